"""One line of the real world: a log event of a tenant, or the claims of an ID token.

Both nestings of events are read, the plain one and that of log streams.  Whatever else
stands in a line, reading it ends in one of the values below.  Pure.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = [
    "Broken",
    "Entry",
    "FactorPassed",
    "LineRejected",
    "LoggedLogin",
    "Other",
    "RecordedClaims",
    "entries_of",
]

_LOGINS: Final = {  # type codes of logins that ended in tokens
    "s": "page",
    "ssa": "silent",
    "sertft": "refresh",
    "sepft": "password",
    "seotpft": "MFA API",
    "seoobft": "MFA API",
    "sercft": "MFA API",
}
_REFUSALS: Final = frozenset(
    {
        "f", "fp", "fu", "fsa", "fcoa", "mfar", "limit_wc", "feacft", "fertft",
        "fepft", "feotpft", "feoobft", "fercft", "gd_auth_failed", "gd_auth_rejected",
    }
)  # fmt: skip
_FACTORS: Final = frozenset({"gd_auth_succeed", "gd_recovery_succeed"})
_OWN_CLAIMS: Final = ("sub", "iss", "aud", "amr", "acr")


@dataclass(frozen=True, slots=True)
class Broken:
    """A line that says nothing, and why."""

    why: str


@dataclass(frozen=True, slots=True)
class Other:
    """An event that is no login."""


@dataclass(frozen=True, slots=True)
class LineRejected:
    """A login that the tenant refused: no token, on neither side."""


@dataclass(frozen=True, slots=True)
class FactorPassed:
    """A second factor that a user passed, as an event of its own."""

    user: str
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedLogin:
    """A login that ended in tokens, as a tenant's log tells it.

    `scopes` is None where the event does not say what was asked for.
    """

    flow: str
    user: str
    client: str
    at: float
    scopes: tuple[str, ...] | None
    factor: bool


@dataclass(frozen=True, slots=True)
class RecordedClaims:
    """The claims of one ID token, and those of `/userinfo` where they were kept."""

    client: str
    claims: Mapping[str, Any]
    userinfo: Mapping[str, Any] | None

    @property
    def user(self) -> str:
        """Whose token it is."""
        return _word(self.claims.get("sub"))


Entry: TypeAlias = (
    Broken | Other | LineRejected | FactorPassed | LoggedLogin | RecordedClaims
)


def entries_of(line: bytes) -> Iterator[Entry]:
    """Read one line; one that holds a list, as log streams send them, gives several."""
    try:
        value = json.loads(line)
    except UnicodeDecodeError:
        yield Broken("not in UTF-8")
    except RecursionError:
        yield Broken("nested too deeply")
    except ValueError:
        yield Broken("not JSON")
    else:
        for entry in value if isinstance(value, list) else [value]:
            yield _entry(entry)


def _entry(value: Any) -> Entry:
    if not isinstance(value, dict):
        return Broken("not an object")
    inner = value.get("data", value)
    if not isinstance(inner, dict):
        return Broken("data is not an object")
    if isinstance(inner.get("claims"), dict):
        return _claims(inner)
    kind = inner.get("type")
    if isinstance(kind, str):
        return _event(kind, inner)
    if any(name in inner for name in _OWN_CLAIMS):
        return _claims({"claims": inner})
    return Broken("neither a log event nor claims")


def _claims(recorded: Mapping[str, Any]) -> RecordedClaims:
    claims, userinfo = recorded["claims"], recorded.get("userinfo")
    named = recorded.get("client") or claims.get("azp") or claims.get("aud")
    client = named[0] if isinstance(named, list) and named else named
    return RecordedClaims(
        _word(client), claims, userinfo if isinstance(userinfo, dict) else None
    )


def _event(kind: str, event: Mapping[str, Any]) -> Entry:
    if kind in _REFUSALS:
        return LineRejected()
    if kind in _FACTORS:
        return FactorPassed(_user(event), _moment(event.get("date")))
    if kind not in _LOGINS:
        return Other()
    return LoggedLogin(
        flow=_LOGINS[kind],
        user=_user(event),
        client=_word(event.get("client_id")) or _word(event.get("client_name")),
        at=_moment(event.get("date")),
        scopes=_scopes(event),
        factor=_has_factor(_LOGINS[kind], event),
    )


def _scopes(event: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Give the scopes that were asked for; a request without any asked for none."""
    details = _mapping(event.get("details"))
    requests = tuple(_requests(details))
    for place in (*requests, details, event):
        if place.get("scope") is not None:
            return _words(place["scope"])
    return () if any(requests) else None


def _requests(details: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Give the places where the parameters of a request may stand."""
    request = _mapping(details.get("request"))
    for place in (request, details):
        for name in ("qs", "query", "body"):
            yield _mapping(place.get(name))


def _has_factor(flow: str, event: Mapping[str, Any]) -> bool:
    if flow != "page":
        return flow == "MFA API"
    prompts = _mapping(event.get("details")).get("prompts")
    named = [_mapping(prompt).get("name") for prompt in _list(prompts)]
    return "mfa" in [*named, *_list(event.get("methods"))]


def _user(event: Mapping[str, Any]) -> str:
    return _word(event.get("user_id")) or _word(event.get("user_name"))


def _moment(date: Any) -> float:
    try:
        moment = datetime.fromisoformat(date)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (TypeError, ValueError, OverflowError):
        return 0.0


def _words(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(value.split())
    return tuple(word for word in _list(value) if isinstance(word, str))


def _word(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
