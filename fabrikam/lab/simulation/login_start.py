"""How a situation begins at the tenant: the request, the browser, the user.  Pure.

The lab brings the facts and the tenant's own core decides on them.  What the token
endpoint makes of a refresh or a password is put together here as it is there.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeAlias

from fabrikam.lab.scenarios.axes import DIRECT, DOUBT_AXES
from fabrikam.lab.simulation.actors import (
    HOUR,
    client_in,
    person_in,
    present,
    session_in,
)
from fabrikam.lab.simulation.tracked_reads import watched
from fabrikam.stepup import Legacy, Modern
from fabrikam.tenant.decisions.assumptions import Quirks
from fabrikam.tenant.decisions.authorization_request import read_request
from fabrikam.tenant.decisions.facts import AuthorizeRequest
from fabrikam.tenant.decisions.login import Login
from fabrikam.tenant.decisions.steps import Refuse
from fabrikam.tenant.scripts import PassedMethod

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fabrikam.lab.simulation.sides import Side
    from fabrikam.lab.simulation.tracked_reads import Glance
    from fabrikam.tenant.decisions.facts import Protocol, Tenancy

__all__ = [
    "GRANT_TYPES",
    "PLAIN_SCOPE",
    "departure",
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


def wants_step_up(glance: Glance) -> bool:
    """Tell whether the application believes that it asked for a second factor."""
    return glance.look("request") != "login"


def parameters(glance: Glance, side: Side) -> Parameters:
    """Say what the application asks with, as it reaches the tenant.

    Words from beyond the axes stand before the application's own, which it never loses:
    each side would else forget another half of its mechanism.
    """
    asked = _asked(glance.look("request"), dict(side.strategy.ask()))
    usual = {"scope": PLAIN_SCOPE, "acr_values": ""} | asked
    return asked | {
        name: _joined(drawn, usual[name]) if name in usual else drawn
        for name, drawn in glance.beyond.parameters
    }


def _tenancy(glance: Glance, side: Side) -> Tenancy:
    """Give the tenant's settings, each looked at only where a login depends on it."""
    doubts = {axis: glance.peek(axis) for axis in DOUBT_AXES}
    changed = side.tenancy
    match glance.peek("policy"):
        case "always":
            changed = replace(changed, policy="always")
        case "adaptive, low confidence":
            changed = replace(changed, policy="adaptive")
            doubts["risk_confidence"] = "low"
        case _:
            pass
    quirks = watched(Quirks(**doubts), glance, _ANSWERS)
    return watched(replace(changed, quirks=quirks), glance, _POLICY)


def _request(glance: Glance, side: Side, tenancy: Tenancy) -> AuthorizeRequest | Refuse:
    if glance.look("flow") in DIRECT:
        return _direct_request(glance, side, tenancy)
    asked = read_request(_query(glance, side, tenancy))
    if isinstance(asked, Refuse):
        return asked
    return watched(asked, glance, _MAX_AGE)


def _query(glance: Glance, side: Side, tenancy: Tenancy) -> Parameters:
    rare = {
        "prompt": _PROMPTS.get(glance.look("flow")),
        "max_age": _MAX_AGES.get(glance.peek("max_age")),
        "audience": _audience(glance, tenancy),
    }
    return {
        "response_type": "code",
        "client_id": client_in(glance, side).client_id,
        "redirect_uri": side.callback,
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


def _joined(drawn: str, own: str) -> str:
    return " ".join(dict.fromkeys((*drawn.split(), *own.split())))


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
    return replace(login, user=user, session=session_in(session, user, login.client))


def _direct(glance: Glance, login: Login) -> Login:
    user = person_in(glance)
    return replace(login, user=user, passed=(PassedMethod("pwd", present(glance)),))
