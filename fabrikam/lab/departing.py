"""How a situation begins at the tenant: the request, the browser, the user.  Pure.

The lab brings the facts and the tenant's own core decides on them.  What the token
endpoint makes of a refresh or a password is put together here as it is there.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from fabrikam.lab.sides import CALLBACK
from fabrikam.lab.situations import DIRECT, DOUBT_AXES
from fabrikam.stepup import Legacy, Modern
from fabrikam.tenant.facts import AuthorizeRequest, Person, Remembered, Session
from fabrikam.tenant.journey import Login
from fabrikam.tenant.pipeline import PassedMethod
from fabrikam.tenant.quirks import Quirks
from fabrikam.tenant.requests import read_request
from fabrikam.tenant.steps import Refuse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fabrikam.lab.glance import Glance
    from fabrikam.lab.sides import Side
    from fabrikam.tenant.facts import Client, Protocol, Tenancy

__all__ = [
    "DAY",
    "GRANT_TYPES",
    "HOUR",
    "MINUTE",
    "NOW",
    "PLAIN_SCOPE",
    "client_in",
    "departure",
    "metadata_of",
    "parameters",
    "person_in",
    "present",
    "remembered_in",
    "wants_step_up",
]

Parameters: TypeAlias = dict[str, str]

NOW: Final = 1_800_000_000
PLAIN_SCOPE: Final = "openid profile email"
GRANT_TYPES: Final[Mapping[str, str]] = {
    "refresh": "refresh_token",
    "password": "password",
    "MFA API": "password",
}
MINUTE: Final = 60
HOUR: Final = 3_600
DAY: Final = 86_400
_PROMPTS: Final = {"silent": "none", "login again": "login"}
_MAX_AGES: Final = {"one hour": str(HOUR), "zero": "0"}
_FACTORS: Final[Mapping[str, tuple[str, ...]]] = {
    "authenticator app": ("otp",),
    "no factor": (),
    "push": ("push-notification", "otp"),  # the app of a phone shows codes too
    "several": ("push-notification", "otp", "recovery-code"),
    "blocked": ("otp",),
}
_CLAIMED: Final = {"authentication_level": "mfa", "amr": ["mfa"]}
_FINGERPRINT: Final = "as it was"
# the age of the last second factor, and how long ago the browser was last trusted
_COOKIES: Final[Mapping[str, tuple[int, int]]] = {
    "5 days": (5 * DAY, 5 * DAY),
    "8 days idle": (8 * DAY, 8 * DAY),
    "31 days": (31 * DAY, DAY),
    "another user's": (5 * DAY, 5 * DAY),
}


def departure(glance: Glance, side: Side) -> Login | Refuse:
    """Begin the login of a situation."""
    tenancy = _tenancy(glance, side)
    asked = _request(glance, side, tenancy)
    if isinstance(asked, Refuse):
        return asked
    login = Login(
        request=asked,
        client=client_in(glance, side),
        tenancy=tenancy,
        transaction_id="transaction",
    )
    return (
        _direct(glance, login)
        if glance.look("flow") in DIRECT
        else _hosted(glance, login)
    )


def present(glance: Glance) -> int:
    """Say what time it is."""
    return NOW + glance.beyond.later


def wants_step_up(glance: Glance) -> bool:
    """Tell whether the application believes that it asked for a second factor."""
    return glance.look("request") != "login"


def parameters(glance: Glance, side: Side) -> Parameters:
    """Say what the application asks with, as it reaches the tenant."""
    asked = _asked(glance.look("request"), dict(side.strategy.ask()))
    return asked | dict(glance.beyond.parameters)


def client_in(glance: Glance, side: Side) -> Client:
    """Say which application asks."""
    match glance.look("client"):
        case "third party":
            partner = replace(side.client, client_id="fabrikam-partner")
            return replace(partner, name="Fabrikam Partner", first_party=False)
        case "not listed":
            other = replace(side.client, client_id="fabrikam-other")
            return replace(other, name="Fabrikam Other")
        case _:
            return side.client


def person_in(glance: Glance) -> Person:
    """Say who signs in."""
    word = glance.look("user")
    nickname = word.replace(" ", "-")
    user_id = f"auth0|{nickname}"
    return Person(
        user_id=user_id,
        profile={**_profile(nickname, user_id), **metadata_of(glance)},
        enrolled=_FACTORS[word],
        blocked=word == "blocked",
        fingerprint=_FINGERPRINT,
    )


def remembered_in(glance: Glance, login: Login) -> Remembered | None:
    """Say what the browser remembers of an earlier second factor."""
    word = glance.look("cookie")
    if login.user is None or word == "none":
        return None
    mine = word != "another user's"
    passed, seen = _COOKIES[word]
    return Remembered(
        login.user.user_id if mine else "auth0|somebody-else",
        passed_at=NOW - passed,
        seen_at=NOW - seen,
        fingerprint=_FINGERPRINT,
    )


class _Doubts(Quirks):
    """The quirks of a situation, each looked at only where a login depends on it."""

    def __init__(self, glance: Glance, **said: str) -> None:
        super().__init__(**said)
        object.__setattr__(self, "_glance", glance)

    def __getattribute__(self, name: str) -> Any:
        if name in DOUBT_AXES:
            return object.__getattribute__(self, "_glance").look(name)
        return object.__getattribute__(self, name)


def _tenancy(glance: Glance, side: Side) -> Tenancy:
    match glance.look("policy"):
        case "always":
            changed = replace(side.tenancy, policy="always")
        case "adaptive, low confidence":
            quirks = _Doubts(glance, risk_confidence="low")
            return replace(side.tenancy, policy="adaptive", quirks=quirks)
        case _:
            changed = side.tenancy
    return replace(changed, quirks=_Doubts(glance))


def _request(glance: Glance, side: Side, tenancy: Tenancy) -> AuthorizeRequest | Refuse:
    if glance.look("flow") in DIRECT:
        return _direct_request(glance, side, tenancy)
    return read_request(_query(glance, side, tenancy))


def _query(glance: Glance, side: Side, tenancy: Tenancy) -> Parameters:
    rare = {
        "prompt": _PROMPTS.get(glance.look("flow")),
        "max_age": _MAX_AGES.get(glance.look("max_age")),
        "audience": _audience(glance, tenancy),
    }
    return {
        "response_type": "code",
        "client_id": client_in(glance, side).client_id,
        "redirect_uri": CALLBACK,
        "scope": PLAIN_SCOPE,
        "state": "state",
        "nonce": "nonce",
        "code_challenge": "challenge",
        "code_challenge_method": "S256",
        **{name: value for name, value in rare.items() if value is not None},
        **parameters(glance, side),
    }


def _direct_request(glance: Glance, side: Side, tenancy: Tenancy) -> AuthorizeRequest:
    client, flow = client_in(glance, side), glance.look("flow")
    protocol: Protocol = (
        "oauth2-refresh-token" if flow == "refresh" else "oauth2-password"
    )
    body = {"grant_type": GRANT_TYPES[flow], "client_id": client.client_id}
    body |= (
        {"refresh_token": "token"}
        if flow == "refresh"
        else {
            "username": person_in(glance).profile["email"],
            "scope": PLAIN_SCOPE,
        }
    )
    audience = None if flow == "refresh" else _audience(glance, tenancy)
    body |= {} if audience is None else {"audience": audience}
    body |= parameters(glance, side)
    return AuthorizeRequest(
        client_id=client.client_id,
        protocol=protocol,
        scopes=tuple(dict.fromkeys(body.get("scope", PLAIN_SCOPE).split())),
        audience=audience,
        body=body,
    )


def _audience(glance: Glance, tenancy: Tenancy) -> str | None:
    match glance.look("audience"):
        case "userinfo":
            return f"{tenancy.issuer}userinfo"
        case "an API":
            return _own_api(tenancy)
        case _:
            return None


def _own_api(tenancy: Tenancy) -> str:
    return next(
        api.identifier
        for api in tenancy.apis
        if not api.identifier.startswith(tenancy.issuer)
    )


def _asked(word: str, own: Parameters) -> Parameters:
    match word:
        case "step-up":
            return own
        case "among others":
            return {name: _among_others(name, value) for name, value in own.items()}
        case "near miss":
            return {name: _near_miss(value) for name, value in own.items()}
        case "both mechanisms":
            return {**Legacy().ask(), **Modern().ask(), **own}
        case "other mechanism":
            both = {**Legacy().ask(), **Modern().ask()}
            return {n: value for n, value in both.items() if n not in own}
        case _:
            return {}


def _among_others(name: str, value: str) -> str:
    return f"urn:example:silver {value}" if name == "acr_values" else f"email {value}"


def _near_miss(value: str) -> str:
    words = value.split()
    return " ".join(word if word == "openid" else f"{word}_not" for word in words)


def _hosted(glance: Glance, login: Login) -> Login:
    session = glance.look("session")
    if session == "none":
        return login
    user = person_in(glance)
    return replace(login, user=user, session=_session(session, user, login.client))


def _direct(glance: Glance, login: Login) -> Login:
    user = person_in(glance)
    return replace(login, user=user, passed=(PassedMethod("pwd", present(glance)),))


def _session(word: str, user: Person, client: Client) -> Session:
    ago = 8 * HOUR if word.endswith("8 hours ago") else 10 * MINUTE
    password = PassedMethod("pwd", NOW - ago - MINUTE)
    factor = PassedMethod("mfa", NOW - ago, next(iter(user.enrolled), None))
    return Session(
        sid="session",
        user_id=user.user_id,
        created_at=password.at,
        authenticated_at=password.at,
        seen_at=NOW - MINUTE,
        methods=(password,) if word == "password" else (password, factor),
        clients=(client.client_id,),
    )


def _profile(nickname: str, user_id: str) -> dict[str, Any]:
    return {
        "user_id": user_id,
        "email": f"{nickname}@fabrikam.example",
        "email_verified": True,
        "name": nickname,
        "nickname": nickname,
        "identities": [
            {
                "connection": "Username-Password-Authentication",
                "provider": "auth0",
                "user_id": nickname,
                "isSocial": False,
            }
        ],
    }


def metadata_of(glance: Glance) -> dict[str, Any]:
    """Say what is stored about the user."""
    word = glance.look("metadata")
    claimed: dict[str, Any] = {} if word == "none" else {word: _CLAIMED}
    found = dict(glance.beyond.metadata)
    if found:
        claimed["app_metadata"] = {**claimed.get("app_metadata", {}), **found}
    return claimed
