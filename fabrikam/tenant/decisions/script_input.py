"""What a login tells the scripts: one `ScriptInput` for one run.  Pure."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from fabrikam.tenant.decisions.facts import Caller
from fabrikam.tenant.decisions.second_factor import holds_factor
from fabrikam.tenant.decisions.session_lifetime import ends_at, idles_until
from fabrikam.tenant.scripts.event import ScriptInput, SessionFacts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fabrikam.tenant.decisions.facts import SsoSession, TenantSettings
    from fabrikam.tenant.decisions.login import Login
    from fabrikam.tenant.scripts.event import Resume

__all__ = ["script_input_for"]

_NOBODY: Final[Mapping[str, Any]] = {}
# where a login may come from, with the names below
_CAPITALS: Final = (
    ("CH", "CHE", "Switzerland", "Bern", 46.948, 7.447, "EU", "Europe/Zurich"),
    ("DE", "DEU", "Germany", "Berlin", 52.52, 13.405, "EU", "Europe/Berlin"),
    ("FR", "FRA", "France", "Paris", 48.857, 2.352, "EU", "Europe/Paris"),
    ("GB", "GBR", "United Kingdom", "London", 51.507, -0.128, "EU", "Europe/London"),
    ("IN", "IND", "India", "New Delhi", 28.614, 77.209, "AS", "Asia/Kolkata"),
    ("JP", "JPN", "Japan", "Tokyo", 35.69, 139.692, "AS", "Asia/Tokyo"),
    ("US", "USA", "United States", "Washington", 38.907, -77.037, "NA",
     "America/New_York"),
)  # fmt: skip
_NAMES: Final = (
    "countryCode", "countryCode3", "countryName", "cityName", "latitude", "longitude",
    "continentCode", "timeZone",
)  # fmt: skip

_PLACES: Final[Mapping[str, Mapping[str, str | float]]] = MappingProxyType(
    {place[0]: dict(zip(_NAMES, place, strict=True)) for place in _CAPITALS}
)


def script_input_for(
    login: Login, now: int, caller: Caller | None = None, resume: Resume | None = None
) -> ScriptInput:
    """Tell the scripts about a login."""
    request, session, user = login.request, login.session, login.user
    who = caller or Caller()
    return ScriptInput(
        now=now,
        tenant=login.settings.name,
        issuer=login.settings.issuer,
        protocol=request.protocol,
        query=request.query,
        body=request.body,
        client_id=login.client.client_id,
        client_name=login.client.name,
        client_metadata=login.client.metadata,
        connection=login.settings.connection,
        user=_profile(login),
        multifactor=("guardian",) if holds_factor(user) else (),
        enrolled_factors=tuple(dict.fromkeys(user.enrolled)) if user else (),
        methods=login.methods,
        session_id=session.sid if session else None,
        session_created_at=session.created_at if session else None,
        session_clients=session.clients if session else (),
        session_facts=_session_facts(session, login.settings) if session else None,
        refresh_token=_refresh_token(login),
        logins_count=_logins_count(login),
        roles=user.roles if user else (),
        resource_server=_resource_server(login),
        risk_assessment=_risk(login),
        transaction_id=login.transaction_id,
        transaction_metadata=login.outcome.transaction_metadata
        if login.outcome
        else {},
        ip=who.address,
        user_agent=who.user_agent,
        hostname=who.hostname,
        language=who.language,
        method="GET" if request.hosted else "POST",  # not of the form that led here
        geoip=_PLACES.get(login.settings.assumptions.country, {}),
        acr_values_absent_is_undefined=_absent_is_undefined(login),
        query_absent_is_undefined=not request.hosted and _query_is_undefined(login),
        resume=resume,
    )


def _profile(login: Login) -> Mapping[str, Any]:
    """Tell the profile, and the permissions that the user's roles give."""
    user, known = login.user, login.settings.roles or {}
    if user is None:
        return _NOBODY
    given = [one for role in user.roles for one in known.get(role, ())]
    permissions = {"permissions": [*dict.fromkeys(given)]} if given else {}
    return {**user.profile, **permissions}


def _session_facts(session: SsoSession, settings: TenantSettings) -> SessionFacts:
    return SessionFacts(
        expires_at=ends_at(session, settings),
        idle_expires_at=idles_until(session, settings),
        last_interacted_at=session.seen_at,
        metadata=session.metadata,
        cookie_mode=session.cookie_mode,
        began_from=session.began_from,
    )


def _refresh_token(login: Login) -> Mapping[str, Any] | None:
    token = login.refresh_token
    if token is None:
        return None
    bound = {} if token.session_id is None else {"session_id": token.session_id}
    return {
        "id": token.id,
        "client_id": login.client.client_id,
        "user_id": login.user.user_id if login.user else "",
        "created_at": token.created_at,
        "expires_at": token.expires_at,
        "rotating": True,
        "metadata": dict(token.metadata),
        **bound,
    }


def _logins_count(login: Login) -> int:
    before = login.user.logins_count if login.user else 0
    refreshed = login.request.protocol == "oauth2-refresh-token"
    return before if login.request.silent or refreshed else before + 1


def _resource_server(login: Login) -> str | None:
    asked = login.request.audience or login.settings.default_audience
    known = {api.identifier for api in login.settings.apis}
    return asked if asked in known else None


def _risk(login: Login) -> Mapping[str, Any] | None:
    if login.settings.policy != "adaptive":
        return None
    confidence = login.settings.assumptions.risk_confidence
    assessed = {"confidence": confidence, "code": "assessed"}
    names = ("UntrustedIP", "NewDevice", "ImpossibleTravel")
    return {
        "confidence": confidence,
        "version": "1",
        "assessments": dict.fromkeys(names, assessed),
    }


def _absent_is_undefined(login: Login) -> bool:
    return login.settings.assumptions.acr_values_absent == "undefined"


def _query_is_undefined(login: Login) -> bool:
    return login.settings.assumptions.query_without_authorize == "undefined"
