"""Refresh tokens: the scripts run again, and what is given never grows.

A family has one living refresh token.  The one that was used is taken at the end, so
that a refusal on the way costs nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fabrikam.tenant.decisions.facts import RefreshToken
from fabrikam.tenant.decisions.grants import grant_for
from fabrikam.tenant.scripts import Outcome
from fabrikam.tenant.storage.tables import IssuedGrant
from fabrikam.tenant.token_endpoint.direct_login import login_for, run_to_end
from fabrikam.tenant.token_endpoint.token_errors import TokenRefused
from fabrikam.tenant.token_endpoint.token_request import (
    as_authorization_request,
    client_of,
    issued_grant_of,
)

if TYPE_CHECKING:
    from oauthlib.common import Request

    from fabrikam.tenant.context import TenantContext
    from fabrikam.tenant.decisions.login import Login

__all__ = ["renewed", "renewed_at_last"]


def renewed(tenant: TenantContext, request: Request) -> None:
    """Weigh a refresh: the scripts run again; the used token is taken at the end."""
    before, client = issued_grant_of(request), client_of(request)
    origin = before.renewed_from
    user = tenant.users.find(origin.subject)
    asked = as_authorization_request(
        request,
        "oauth2-refresh-token",
        scopes=tuple((request.scope or "").split()) or origin.requested,
        audience=origin.audience,
    )
    login = login_for(tenant, client, asked, user, passed=())
    login = replace(login, refresh_token=_refresh_token(before))
    given = _narrowed(tenant, run_to_end(tenant, login, before), before)
    used = tenant.tables.refresh_tokens.take(request.refresh_token or "", tenant.now())
    if used is None:  # somebody refreshed with it at this very moment
        tenant.store.end_family(before.family, tenant.now())
        raise TokenRefused("invalid_grant", "Unknown or invalid refresh token.")
    request.user = given
    request.scopes = list(given.grant.granted)


def renewed_at_last(
    tenant: TenantContext, login: Login, before: IssuedGrant
) -> IssuedGrant:
    """Give what a refresh is worth that a second factor was asked for."""
    # only the token that this refresh began with: what came of it meanwhile, in another
    # tab, is somebody's who would be signed out
    taken = tenant.tables.refresh_tokens.take_all(
        lambda one: (one.family, one.renewals) == (before.family, before.renewals),
        tenant.now(),
    )
    if not taken:
        raise TokenRefused("invalid_grant", "Unknown or invalid refresh token.")
    return _narrowed(tenant, login, before)


def _refresh_token(before: IssuedGrant) -> RefreshToken:
    origin = before.renewed_from
    return RefreshToken(
        id=before.family,
        created_at=origin.given_at,
        expires_at=before.renewable_until,
        session_id=origin.sid,
        metadata=origin.refresh_token.metadata or {},
    )


def _narrowed(tenant: TenantContext, login: Login, before: IssuedGrant) -> IssuedGrant:
    """Give what scripts added, and of the rest no more than the first login gave."""
    origin, outcome = before.renewed_from, login.outcome or Outcome()
    scripts = (*outcome.added_scopes, *(outcome.access_token_scope or ()))
    grant = grant_for(login, tenant.now())
    kept = replace(
        grant,
        granted=tuple(s for s in grant.granted if s in (*origin.granted, *scripts)),
        authenticated_at=origin.authenticated_at,
        auth_time=origin.auth_time,
        second_factor=origin.second_factor or grant.second_factor,
    )
    return IssuedGrant(
        kept, before.family, before.renewable_until, origin, before.renewals + 1
    )
