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
from fabrikam.tenant.storage.tables import Entitlement
from fabrikam.tenant.token_endpoint.direct_login import login_for, through
from fabrikam.tenant.token_endpoint.token_errors import Refused
from fabrikam.tenant.token_endpoint.token_request import (
    asked_of,
    client_of,
    entitlement_of,
)

if TYPE_CHECKING:
    from oauthlib.common import Request

    from fabrikam.tenant.context import House
    from fabrikam.tenant.decisions.login import Login

__all__ = ["renewed", "renewed_at_last"]


def renewed(house: House, request: Request) -> None:
    """Weigh a refresh: the scripts run again; the used token is taken at the end."""
    before, client = entitlement_of(request), client_of(request)
    origin = before.renewed_from
    user = house.directory.find(origin.subject)
    asked = asked_of(
        request,
        "oauth2-refresh-token",
        scopes=tuple((request.scope or "").split()) or origin.requested,
        audience=origin.audience,
    )
    login = login_for(house, client, asked, user, passed=())
    login = replace(login, refresh_token=_refresh_token(before))
    given = _narrowed(house, through(house, login, before), before)
    used = house.shelves.refresh_tokens.take(request.refresh_token or "", house.now())
    if used is None:  # somebody refreshed with it at this very moment
        house.store.end_family(before.family, house.now())
        raise Refused("invalid_grant", "Unknown or invalid refresh token.")
    request.user = given
    request.scopes = list(given.grant.granted)


def renewed_at_last(house: House, login: Login, before: Entitlement) -> Entitlement:
    """Give what a refresh is worth that a second factor was asked for."""
    # only the token that this refresh began with: what came of it meanwhile, in another
    # tab, is somebody's who would be signed out
    taken = house.shelves.refresh_tokens.take_all(
        lambda one: (one.family, one.renewals) == (before.family, before.renewals),
        house.now(),
    )
    if not taken:
        raise Refused("invalid_grant", "Unknown or invalid refresh token.")
    return _narrowed(house, login, before)


def _refresh_token(before: Entitlement) -> RefreshToken:
    origin = before.renewed_from
    return RefreshToken(
        id=before.family,
        created_at=origin.given_at,
        expires_at=before.renewable_until,
        session_id=origin.sid,
        metadata=origin.refresh_token.metadata or {},
    )


def _narrowed(house: House, login: Login, before: Entitlement) -> Entitlement:
    """Give what scripts added, and of the rest no more than the first login gave."""
    origin, outcome = before.renewed_from, login.outcome or Outcome()
    scripts = (*outcome.added_scopes, *(outcome.access_token_scope or ()))
    grant = grant_for(login, house.now())
    kept = replace(
        grant,
        granted=tuple(s for s in grant.granted if s in (*origin.granted, *scripts)),
        authenticated_at=origin.authenticated_at,
        auth_time=origin.auth_time,
        second_factor=origin.second_factor or grant.second_factor,
    )
    return Entitlement(
        kept, before.family, before.renewable_until, origin, before.renewals + 1
    )
