"""What a finished login is worth, and the claims it becomes.

Rule 1: `amr` and `acr` come from the factors passed in this very login, never from a
script, a session or a cookie (unless a named quirk says so).
Rule 2: what a script wrote is copied as it stands, where its pipeline shows it: the
legacy one shows attributes of the user, the conformant one shows custom claims only.
Rule 3: nothing here knows of HTTP, of keys or of storage.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from fabrikam.tenant.decisions.custom_claims import STANDARD, custom_claims
from fabrikam.tenant.decisions.facts import MFA_ACR
from fabrikam.tenant.decisions.second_factor import Demand, demand_of
from fabrikam.tenant.scripts.outcome import Outcome, SessionLimits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fabrikam.tenant.decisions.facts import (
        RegisteredClient,
        ResourceServer,
        TenantSettings,
    )
    from fabrikam.tenant.decisions.login import Login

__all__ = ["Grant", "TokenClaims", "claims_for", "grant_for", "is_conformant"]

_OIDC_SCOPES: Final = frozenset(
    {"openid", "profile", "email", "phone", "address", "offline_access"}
)
_NAMESPACES: Final = ("http://", "https://")
_USERINFO_SECONDS: Final = 86_400
_PROTOCOL_NAMES: Final = frozenset(  # no attribute of a user stands for these
    {"acr", "amr", "at_hash", "auth_time", "azp", "c_hash", "nonce", "sid", "typ"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What one finished login gave one client.

    `user` is the profile as the scripts left it.  `multifactor` says that the ID token
    carries `amr` and `acr`, `second_factor` that one was passed, also where no browser
    was there; `auth_time` is None where the client did not ask.
    """

    issuer: str
    client_id: str
    subject: str
    user: Mapping[str, Any]
    requested: tuple[str, ...]
    granted: tuple[str, ...]
    conformant: bool
    authenticated_at: int
    audience: str | None = None
    api_seconds: int | None = None
    dialect: str = "access_token"
    redirect_uri: str = ""
    code_challenge: str | None = None
    nonce: str | None = None
    auth_time: int | None = None
    multifactor: bool = False
    second_factor: bool = False
    sid: str | None = None
    id_token_claims: Mapping[str, Any] = field(default_factory=dict)
    access_token_claims: Mapping[str, Any] = field(default_factory=dict)
    jwt_scopes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    id_token_seconds: int | None = None
    given_at: int = 0
    refresh_token: SessionLimits = field(default_factory=SessionLimits)

    @property
    def for_a_machine(self) -> bool:
        """Whether no user stands behind it, only the application itself."""
        return self.subject == f"{self.client_id}@clients"

    @property
    def access_token_seconds(self) -> int:
        """How long the access token lives."""
        return self.api_seconds or _USERINFO_SECONDS


@dataclass(frozen=True, slots=True)
class TokenClaims:
    """The claims of one answer; no access-token claims means an opaque token."""

    id_token: Mapping[str, Any]
    access_token: Mapping[str, Any] | None
    userinfo: Mapping[str, Any]


def is_conformant(login: Login) -> bool:
    """Tell which pipeline a login takes: one `audience` is enough for the new one."""
    asked = login.request.audience or login.settings.default_audience
    return login.client.conformant or asked is not None


def grant_for(login: Login, now: int) -> Grant:
    """Weigh a finished login."""
    outcome = login.outcome or Outcome()
    profile = login.user.profile if login.user else {}
    request = login.request
    api = _api(login.settings, request.audience or login.settings.default_audience)
    authenticated_at = _authenticated_at(login, now)
    conformant = is_conformant(login)
    return Grant(
        issuer=login.settings.issuer,
        client_id=login.client.client_id,
        subject=outcome.primary_user or (login.user.user_id if login.user else ""),
        user=outcome.user if outcome.user is not None else profile,
        requested=request.scopes,
        granted=_granted(login, outcome, api),
        conformant=conformant,
        authenticated_at=authenticated_at,
        audience=api.identifier if api else None,
        api_seconds=_api_seconds(login, api),
        dialect=api.dialect if api else "access_token",
        redirect_uri=request.redirect_uri,
        code_challenge=request.code_challenge,
        nonce=request.nonce,
        auth_time=authenticated_at if _wants_auth_time(login) else None,
        multifactor=_vouches_for_mfa(login),
        second_factor=login.has_passed("mfa"),
        sid=login.session.sid if login.session and conformant else None,
        id_token_claims=outcome.id_token_claims,
        access_token_claims=outcome.access_token_claims,
        jwt_scopes=outcome.jwt_scopes,
        id_token_seconds=None if conformant else outcome.jwt_seconds,
        given_at=now,
        refresh_token=outcome.refresh_token,
    )


def claims_for(grant: Grant, client: RegisteredClient, now: int) -> TokenClaims:
    """Say what each token and `/userinfo` tell the client about a grant."""
    return TokenClaims(
        id_token=_id_token(grant, client, now),
        access_token=_access_token(grant, now) if grant.audience else None,
        userinfo=_userinfo(grant),
    )


def _vouches_for_mfa(login: Login) -> bool:
    if not login.request.hosted:
        return False  # where the application drives the flow, nobody vouches for it
    if login.has_passed("mfa"):
        return True
    if login.request.silent:
        return False  # of this one nobody doubts
    return _remembered_counts(login) or _earlier_counts(login)


def _remembered_counts(login: Login) -> bool:
    # a finished login that was asked for a factor and passed none was remembered
    if login.remembered is None or not isinstance(demand_of(login), Demand):
        return False
    return login.settings.assumptions.amr_when_remembered == "present"


def _earlier_counts(login: Login) -> bool:
    if not any(method.name == "mfa" for method in login.methods):
        return False
    return login.settings.assumptions.amr_when_session_has_mfa == "present"


def _wants_auth_time(login: Login) -> bool:
    return login.request.max_age is not None or "login" in login.request.prompt


def _authenticated_at(login: Login, now: int) -> int:
    given = [method.at for method in login.passed if method.name == "pwd"]
    if given:
        return given[-1]
    return login.session.authenticated_at if login.session else now


def _api(settings: TenantSettings, audience: str | None) -> ResourceServer | None:
    found = (api for api in settings.apis if api.identifier == audience)
    return next(found, None)


def _api_seconds(login: Login, api: ResourceServer | None) -> int | None:
    if api is None:
        return None
    return api.web_token_seconds if login.request.hosted else api.token_seconds


def _granted(
    login: Login, outcome: Outcome, api: ResourceServer | None
) -> tuple[str, ...]:
    if outcome.access_token_scope is not None:
        return tuple(dict.fromkeys(outcome.access_token_scope))
    known = _OIDC_SCOPES | set(api.scopes if api else ())
    if not _may_go_offline(login, api):
        known -= {"offline_access"}
    kept = [scope for scope in login.request.scopes if scope in known]
    kept += outcome.added_scopes
    return tuple(dict.fromkeys(s for s in kept if s not in outcome.removed_scopes))


def _may_go_offline(login: Login, api: ResourceServer | None) -> bool:
    if "refresh_token" not in login.client.grant_types:
        return False
    return api is None or api.allow_offline_access


def _id_token(grant: Grant, client: RegisteredClient, now: int) -> dict[str, Any]:
    shown = _conformant_profile(grant) if grant.conformant else _legacy_profile(grant)
    optional = {"nonce": grant.nonce, "sid": grant.sid, "auth_time": grant.auth_time}
    return {
        **shown,
        **custom_claims(grant.id_token_claims, _visible_scopes(grant)),
        "iss": grant.issuer,
        "sub": grant.subject,
        "aud": client.client_id,
        "iat": now,
        "exp": now + (grant.id_token_seconds or client.id_token_seconds),
        **{name: value for name, value in optional.items() if value is not None},
        **({"amr": ["mfa"], "acr": MFA_ACR} if grant.multifactor else {}),
    }


def _access_token(grant: Grant, now: int) -> dict[str, Any]:
    userinfo = [f"{grant.issuer}userinfo"] if "openid" in grant.granted else []
    return {
        **_claims_of_scripts(grant),
        "iss": grant.issuer,
        "sub": grant.subject,
        "aud": [grant.audience, *userinfo] if userinfo else grant.audience,
        "azp": grant.client_id,
        "scope": " ".join(grant.granted),
        "iat": now,
        "exp": now + grant.access_token_seconds,
    }


def _claims_of_scripts(grant: Grant) -> dict[str, Any]:
    said = custom_claims(grant.access_token_claims, tuple(STANDARD.values()))
    if not str(grant.audience).startswith(grant.issuer):
        return said
    # the tenant's own APIs take claims with a namespace only
    return {name: v for name, v in said.items() if name.startswith(_NAMESPACES)}


def _userinfo(grant: Grant) -> dict[str, Any]:
    shown = _conformant_profile(grant) if grant.conformant else _attributes(grant)
    custom = custom_claims(grant.id_token_claims, _visible_scopes(grant))
    return {**shown, **custom, "sub": grant.subject}


def _visible_scopes(grant: Grant) -> tuple[str, ...]:
    # the legacy pipeline never filtered, so there every standard claim has its scope
    return grant.granted if grant.conformant else tuple(STANDARD.values())


def _conformant_profile(grant: Grant) -> dict[str, Any]:
    return {
        name: grant.user[name]
        for name, scope in STANDARD.items()
        if scope in grant.granted and name in grant.user
    }


def _legacy_profile(grant: Grant) -> dict[str, Any]:
    if "profile" in grant.requested:
        return _attributes(grant)
    named = {*grant.requested}
    for scope in grant.requested:
        named.update(grant.jwt_scopes.get(scope, ()))
    if "email" in named:
        named.add("email_verified")
    return {name: v for name, v in _attributes(grant).items() if name in named}


def _attributes(grant: Grant) -> dict[str, Any]:
    return {n: v for n, v in grant.user.items() if n not in _PROTOCOL_NAMES}
