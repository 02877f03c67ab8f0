"""How a situation begins at the tenant: the request, the browser, the user.  Pure.

The lab brings the facts and the tenant's own core decides on them.  What the token
endpoint makes of a refresh or a password is put together here as it is there.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeAlias

from fabrikam.lab.scenarios.axes import DIRECT, DOUBT_AXES
from fabrikam.lab.scenarios.facts import ABSENT, facts_below
from fabrikam.lab.simulation.actors import (
    HOUR,
    client_in,
    connection_in,
    person_in,
    present,
    session_in,
)
from fabrikam.lab.simulation.tracked_reads import tracked_value
from fabrikam.stepup import Legacy, Modern
from fabrikam.tenant.decisions.assumptions import Assumptions
from fabrikam.tenant.decisions.authorization_request import read_request
from fabrikam.tenant.decisions.facts import AuthorizeRequest
from fabrikam.tenant.decisions.login import Login
from fabrikam.tenant.decisions.steps import Refuse
from fabrikam.tenant.scripts import PassedMethod

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fabrikam.lab.simulation.sides import Side
    from fabrikam.lab.simulation.tracked_reads import TrackedSituation
    from fabrikam.tenant.decisions.facts import Protocol, TenantSettings

__all__ = [
    "GRANT_TYPES",
    "PLAIN_SCOPE",
    "login_start",
    "parameters",
    "wants_step_up",
]

Parameters: TypeAlias = dict[str, str]

PLAIN_SCOPE: Final = "openid profile email"
GRANT_TYPES: Final[Mapping[str, str]] = {
    "refresh": "refresh_token",
    "password": "password",
    "MFA API": "password",
}
_ANSWERS: Final = {axis: (axis, None) for axis in DOUBT_AXES}
_POLICY: Final = {"policy": ("policy", None)}
_MAX_AGE: Final = {"max_age": ("max_age", None)}
_PROMPTS: Final = {"silent": "none", "login again": "login"}
_MAX_AGES: Final = {"one hour": str(HOUR), "zero": "0"}


def login_start(tracked: TrackedSituation, side: Side) -> Login | Refuse:
    """Begin the login of a situation."""
    settings = _tenancy(tracked, side)
    asked = _request(tracked, side, settings)
    if isinstance(asked, Refuse):
        return asked
    login = Login(
        request=asked,
        client=client_in(tracked, side),
        settings=settings,
        transaction_id="transaction",
    )
    return (
        _direct(tracked, login)
        if tracked.look("flow") in DIRECT
        else _hosted(tracked, login)
    )


def wants_step_up(tracked: TrackedSituation) -> bool:
    """Tell whether the application believes that it asked for a second factor."""
    return tracked.look("request") != "login"


def parameters(tracked: TrackedSituation, side: Side) -> Parameters:
    """Say what the application asks with, as it reaches the tenant.

    Words that are facts stand before the application's own, which it never loses:
    each side would else forget another half of its mechanism.
    """
    asked = _asked(tracked.look("request"), dict(side.strategy.ask()))
    usual = {"scope": PLAIN_SCOPE, "acr_values": ""} | asked
    return asked | {
        name: _joined(value, usual[name]) if name in usual else value
        for name, value in _parameters_found(tracked)
    }


def _parameters_found(tracked: TrackedSituation) -> Iterator[tuple[str, str]]:
    for name, fact in facts_below(tracked.facts, "query"):
        if name and fact.value != ABSENT:
            yield name, str(fact.content)


def _tenancy(tracked: TrackedSituation, side: Side) -> TenantSettings:
    """Give the tenant's settings, each looked at only where a login depends on it."""
    doubts = {axis: tracked.peek(axis) for axis in DOUBT_AXES}
    changed = replace(side.settings, connection=connection_in(tracked, side))
    match tracked.peek("policy"):
        case "always":
            changed = replace(changed, policy="always")
        case "adaptive, low confidence":
            changed = replace(changed, policy="adaptive")
            doubts["risk_confidence"] = "low"
        case _:
            pass
    assumptions = tracked_value(Assumptions(**doubts), tracked, _ANSWERS)
    return tracked_value(replace(changed, assumptions=assumptions), tracked, _POLICY)


def _request(
    tracked: TrackedSituation, side: Side, settings: TenantSettings
) -> AuthorizeRequest | Refuse:
    if tracked.look("flow") in DIRECT:
        return _direct_request(tracked, side, settings)
    asked = read_request(_query(tracked, side, settings))
    if isinstance(asked, Refuse):
        return asked
    return tracked_value(asked, tracked, _MAX_AGE)


def _query(
    tracked: TrackedSituation, side: Side, settings: TenantSettings
) -> Parameters:
    rare = {
        "prompt": _PROMPTS.get(tracked.look("flow")),
        "max_age": _MAX_AGES.get(tracked.peek("max_age")),
        "audience": _audience(tracked, settings),
    }
    return {
        "response_type": "code",
        "client_id": client_in(tracked, side).client_id,
        "redirect_uri": side.callback,
        "scope": PLAIN_SCOPE,
        "state": "state",
        "nonce": "nonce",
        "code_challenge": "challenge",
        "code_challenge_method": "S256",
        **{name: value for name, value in rare.items() if value is not None},
        **parameters(tracked, side),
    }


def _direct_request(
    tracked: TrackedSituation, side: Side, settings: TenantSettings
) -> AuthorizeRequest:
    client, flow = client_in(tracked, side), tracked.look("flow")
    protocol: Protocol = (
        "oauth2-refresh-token" if flow == "refresh" else "oauth2-password"
    )
    body = {"grant_type": GRANT_TYPES[flow], "client_id": client.client_id}
    body |= (
        {"refresh_token": "token"}
        if flow == "refresh"
        else {
            "username": str(person_in(tracked).profile.get("email")),
            "scope": PLAIN_SCOPE,
        }
    )
    audience = None if flow == "refresh" else _audience(tracked, settings)
    body |= {} if audience is None else {"audience": audience}
    body |= parameters(tracked, side)
    return AuthorizeRequest(
        client_id=client.client_id,
        protocol=protocol,
        scopes=tuple(dict.fromkeys(body.get("scope", PLAIN_SCOPE).split())),
        audience=audience,
        body=body,
    )


def _audience(tracked: TrackedSituation, settings: TenantSettings) -> str | None:
    match tracked.look("audience"):
        case "userinfo":
            return f"{settings.issuer}userinfo"
        case "an API":
            return _own_api(settings)
        case _:
            return None


def _own_api(settings: TenantSettings) -> str:
    return next(
        api.identifier
        for api in settings.apis
        if not api.identifier.startswith(settings.issuer)
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


def _joined(drawn: str, own: str) -> str:
    return " ".join(dict.fromkeys((*drawn.split(), *own.split())))


def _among_others(name: str, value: str) -> str:
    return f"urn:example:silver {value}" if name == "acr_values" else f"email {value}"


def _near_miss(value: str) -> str:
    words = value.split()
    return " ".join(word if word == "openid" else f"{word}_not" for word in words)


def _hosted(tracked: TrackedSituation, login: Login) -> Login:
    session = tracked.look("session")
    if session == "none":
        return login
    user = person_in(tracked)
    return replace(login, user=user, session=session_in(session, user, login.client))


def _direct(tracked: TrackedSituation, login: Login) -> Login:
    user = person_in(tracked)
    return replace(login, user=user, passed=(PassedMethod("pwd", present(tracked)),))
