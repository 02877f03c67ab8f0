"""The Management API as scripts reach it: requests in, a status and JSON out.

It knows what step-up scripts do there: read a user, find users, write metadata, give
roles, link accounts.  Everything else is refused by name, never ignored.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol, TypeAlias

from fabrikam.tenant.factors import FACTORS
from fabrikam.tenant.scripts.user_update import METADATA, too_much, type_error_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = [
    "SCOPES",
    "TOKEN",
    "Account",
    "ManagementResponse",
    "ManagementSession",
    "Request",
    "Users",
    "answered",
    "scope_for",
]

TOKEN: Final = "local-tenant"  # noqa: S105 - `auth0.accessToken`, worth nothing elsewhere
_TOKEN_SCOPES: Final = frozenset({"read:users", "update:users"})  # as on Auth0
_GUARDIAN_WORDS: Final = {f.name: f.guardian for f in FACTORS if f.guardian}
_METHOD_WORDS: Final = {factor.name: factor.method for factor in FACTORS}
# possessive, since a search of many words is otherwise tried from each letter anew
_TERM: Final = re.compile(r"""(?<![\w.])([\w.]++):(?:"([^"]*+)"|(\S++))""")
_LONGEST_SEARCH: Final = 500  # characters


@dataclass(frozen=True, slots=True)
class Account:
    """A user as the Management API knows them; `enrolled` are Action factor types."""

    profile: Mapping[str, Any]
    roles: tuple[str, ...] = ()
    enrolled: tuple[str, ...] = ()

    @property
    def user_id(self) -> str:
        """Who it is."""
        return str(self.profile.get("user_id", ""))

    def with_patch(self, patch: Mapping[str, Any]) -> Account:
        """Take a patch over; metadata is merged, and None removes a key of it."""
        merged = {
            name: _merged(self.profile.get(name), value) if name in METADATA else value
            for name, value in patch.items()
        }
        return replace(self, profile={**self.profile, **merged})


class Users(Protocol):
    """Who keeps the users that scripts read and write."""

    def find(self, user_id: str, /) -> Account | None:
        """Look a user up."""

    def by_email(self, email: str, /) -> Sequence[Account]:
        """Find the users with an address."""

    def update(self, user_id: str, patch: Mapping[str, Any], /) -> object:
        """Write attributes; metadata is merged, and None removes a key of it."""

    def assign_roles(self, user_id: str, roles: tuple[str, ...], /) -> object:
        """Give a user these roles and no others."""


class ManagementSession:
    """Users as one login sees them: whoever signs in is always among them."""

    def __init__(self, users: Users | None, present: Account) -> None:
        self._users = users
        self._present = present

    def find(self, user_id: str) -> Account | None:
        """Look a user up, where they are kept or as the one who signs in."""
        kept = self._users.find(user_id) if self._users else None
        return kept or (self._present if user_id == self._present.user_id else None)

    def by_email(self, email: str) -> Sequence[Account]:
        """Find the users with an address."""
        kept = tuple(self._users.by_email(email)) if self._users else ()
        known = {account.user_id for account in kept}
        same = str(self._present.profile.get("email", "")).casefold()
        if same != email.casefold() or self._present.user_id in known:
            return kept
        return (*kept, self._present)

    def update(self, user_id: str, patch: Mapping[str, Any]) -> None:
        """Write attributes, also so that this login reads them again."""
        if user_id == self._present.user_id:
            self._present = self._present.with_patch(patch)
        if self._users is not None:
            self._users.update(user_id, patch)

    def assign_roles(self, user_id: str, roles: tuple[str, ...]) -> None:
        """Give a user these roles and no others."""
        if user_id == self._present.user_id:
            self._present = replace(self._present, roles=roles)
        if self._users is not None:
            self._users.assign_roles(user_id, roles)


@dataclass(frozen=True, slots=True)
class Request:
    """What a script asks of the Management API; `path` begins after `/api/v2`."""

    method: str
    path: tuple[str, ...]
    query: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    token: str = ""


class ManagementResponse(NamedTuple):
    """What it says: a status and JSON."""

    status: int
    body: Any = None


Handler: TypeAlias = "Callable[[Users, Request, Roles], ManagementResponse]"
Roles: TypeAlias = "Sequence[Mapping[str, Any]]"


def answered(users: Users, request: Request, roles: Roles = ()) -> ManagementResponse:
    """Answer a request; `roles` are those of the tenant folder."""
    if not request.token:
        return _error(401, "Unauthorized", "Missing authentication")
    for method, pattern, scope, handler in _ROUTES:
        if method == request.method and _fits(pattern, request.path):
            if request.token == TOKEN and scope not in _TOKEN_SCOPES:
                missing = f"Insufficient scope, expected any of: {scope}"
                return _error(403, "Forbidden", missing)
            return handler(users, request, roles)
    asked = f"{request.method} /api/v2/{'/'.join(request.path)}"
    return _error(
        501, "Not Implemented", f"{asked} is not supported by the local tenant"
    )


def scope_for(method: str, path: tuple[str, ...]) -> str | None:
    """Name the scope that a request needs, or None where nothing answers it."""
    needed = (s for m, pattern, s, _ in _ROUTES if m == method and _fits(pattern, path))
    return next(needed, None)


def _fits(pattern: str, path: tuple[str, ...]) -> bool:
    words = pattern.split("/")
    return len(words) == len(path) and all(
        word in ("*", part) for word, part in zip(words, path, strict=True)
    )


def _get(users: Users, request: Request, _roles: Roles) -> ManagementResponse:
    account = users.find(request.path[1])
    return (
        _unknown()
        if account is None
        else ManagementResponse(200, _shown(account, request))
    )


def _patch(users: Users, request: Request, _roles: Roles) -> ManagementResponse:
    user_id, patch = request.path[1], request.body
    if not isinstance(patch, dict) or not patch:
        return _error(400, "Bad Request", "Payload validation error: an object is due")
    account = users.find(user_id)
    wrong = type_error_of(patch)
    if account is not None and wrong is None:
        wrong = too_much(account.with_patch(patch).profile)
    if wrong is not None:
        return _error(400, "Bad Request", f"Payload validation error: {wrong}")
    if account is None:
        return _unknown()
    users.update(user_id, patch)
    return _get(users, request, ())


def _search(users: Users, request: Request, _roles: Roles) -> ManagementResponse:
    """Answer the one kind of search that these scripts make: by address or id."""
    if len(request.query.get("q", "")) > _LONGEST_SEARCH:
        much = f"the search is longer than {_LONGEST_SEARCH} characters"
        return _error(400, "Bad Request", much)
    terms = [(name, exact or word) for name, exact, word in _TERM.findall(_q(request))]
    keys = [(name, word) for name, word in terms if name in ("email", "user_id")]
    if not keys or _TERM.sub("", _q(request)).split():
        what = f"the search {_q(request)!r} is not supported by the local tenant"
        return _error(501, "Not Implemented", what)
    found = [_known(users, name, word) for name, word in keys]
    everywhere = [one for one in found[0] if all(one in rest for rest in found[1:])]
    return ManagementResponse(200, [_shown(account, request) for account in everywhere])


def _by_email(users: Users, request: Request, _roles: Roles) -> ManagementResponse:
    accounts = users.by_email(request.query.get("email", ""))
    return ManagementResponse(200, [_shown(account, request) for account in accounts])


def _known(users: Users, name: str, word: str) -> Sequence[Account]:
    if name == "email":
        return users.by_email(word)
    account = users.find(word)
    return [] if account is None else [account]


def _link(users: Users, request: Request, _roles: Roles) -> ManagementResponse:
    """Link a second account; it keeps its place in the directory, unlike on Auth0."""
    said = request.body if isinstance(request.body, dict) else {}
    account = users.find(request.path[1])
    provider, _, bare = str(said.get("user_id", "")).rpartition("|")
    other = users.find(f"{said.get('provider') or provider}|{bare}")
    if account is None or other is None:
        return _unknown()
    held = [*account.profile.get("identities", ())]
    added = [one for one in other.profile.get("identities", ()) if one not in held]
    if not added:
        linked = "Specified identity already exists"
        return _error(409, "Conflict", linked)
    users.update(account.user_id, {"identities": [*held, *added]})
    return ManagementResponse(201, [*held, *added])


def _roles_of(users: Users, request: Request, roles: Roles) -> ManagementResponse:
    account = users.find(request.path[1])
    if account is None:
        return _unknown()
    return ManagementResponse(200, [_role(name, roles) for name in account.roles])


def _give_roles(users: Users, request: Request, roles: Roles) -> ManagementResponse:
    return _change_roles(users, request, roles, lambda held, named: (*held, *named))


def _take_roles(users: Users, request: Request, roles: Roles) -> ManagementResponse:
    return _change_roles(
        users, request, roles, lambda held, named: [x for x in held if x not in named]
    )


def _change_roles(
    users: Users,
    request: Request,
    roles: Roles,
    change: Callable[[Sequence[str], Sequence[str]], Sequence[str]],
) -> ManagementResponse:
    account = users.find(request.path[1])
    said = request.body if isinstance(request.body, dict) else {}
    asked = said.get("roles")
    if account is None:
        return _unknown()
    if not isinstance(asked, list) or not all(isinstance(one, str) for one in asked):
        return _error(400, "Bad Request", "Payload validation error: roles is no list")
    named = [_role_name(one, roles) for one in asked]
    left = dict.fromkeys(change(account.roles, named))
    users.assign_roles(account.user_id, tuple(left))
    return ManagementResponse(204)


def _enrollments(users: Users, request: Request, _roles: Roles) -> ManagementResponse:
    return _factors(users, request, _GUARDIAN_WORDS, "auth_method", status="confirmed")


def _methods(users: Users, request: Request, _roles: Roles) -> ManagementResponse:
    return _factors(users, request, _METHOD_WORDS, "type", confirmed=True)


def _factors(
    users: Users, request: Request, words: Mapping[str, str], key: str, **said: Any
) -> ManagementResponse:
    account = users.find(request.path[1])
    if account is None:
        return _unknown()
    known = [words[factor] for factor in account.enrolled if factor in words]
    listed = [{"id": f"{w}|dev_{n}", key: w, **said} for n, w in enumerate(known)]
    return ManagementResponse(200, listed)


def _shown(account: Account, request: Request) -> dict[str, Any]:
    wanted = request.query.get("fields", "").replace(",", " ").split()
    leaves_out = request.query.get("include_fields") == "false"
    return {
        name: value
        for name, value in account.profile.items()
        if not wanted or (name in wanted) is not leaves_out
    }


def _role(name: str, roles: Roles) -> dict[str, Any]:
    known = next((role for role in roles if role["name"] == name), {})
    return {
        "id": known.get("id", name),
        "name": name,
        "description": known.get("description", ""),
    }


def _role_name(asked: str, roles: Roles) -> str:
    named = (str(role["name"]) for role in roles if role.get("id") == asked)
    return next(named, asked)  # an export has names only


def _merged(before: Any, patch: Any) -> dict[str, Any]:
    merged = {**(before or {}), **(patch or {})}
    return {name: value for name, value in merged.items() if value is not None}


def _q(request: Request) -> str:
    return re.sub(r"\s+AND\s+", " ", request.query.get("q", "").strip("() "))


def _unknown() -> ManagementResponse:
    return _error(404, "Not Found", "The user does not exist.")


def _error(status: int, error: str, message: str) -> ManagementResponse:
    return ManagementResponse(
        status, {"statusCode": status, "error": error, "message": message}
    )


_ROUTES: Final[tuple[tuple[str, str, str, Handler], ...]] = (
    ("GET", "users", "read:users", _search),
    ("GET", "users-by-email", "read:users", _by_email),
    ("GET", "users/*", "read:users", _get),
    ("PATCH", "users/*", "update:users", _patch),
    ("POST", "users/*/identities", "update:users", _link),
    ("GET", "users/*/roles", "read:roles", _roles_of),
    ("POST", "users/*/roles", "create:role_members", _give_roles),
    ("DELETE", "users/*/roles", "delete:role_members", _take_roles),
    ("GET", "users/*/enrollments", "read:users", _enrollments),
    ("GET", "users/*/authentication-methods", "read:users", _methods),
)

SCOPES: Final = tuple(sorted({scope for _, _, scope, _ in _ROUTES}))
