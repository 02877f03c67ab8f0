"""`client_credentials`: tokens for an application itself, no user and no scripts.

They are for the APIs of the tenant folder and for the Management API.  No login of a
user leads to a token for the latter, so no user manages another; and no client gets one
whom a client grant of the folder does not name, since every web application may have
the grant type.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from fabrikam.tenant.decisions.facts import RegisteredClient, ResourceServer
from fabrikam.tenant.decisions.grants import Grant
from fabrikam.tenant.scripts.management_api import SCOPES
from fabrikam.tenant.storage.database import new_key
from fabrikam.tenant.storage.tables import IssuedGrant
from fabrikam.tenant.token_endpoint.token_errors import TokenRefused

if TYPE_CHECKING:
    from oauthlib.common import Request

    from fabrikam.tenant.context import TenantContext

__all__ = ["for_a_machine", "management_audience"]

_TODO: Final = "Name it in grants/ of the tenant folder, with audience and scope."


def management_audience(tenant: TenantContext) -> str:
    """Name the Management API of this tenant."""
    return f"{tenant.issuer}api/v2/"


def for_a_machine(tenant: TenantContext, request: Request) -> IssuedGrant:
    """Give an application what it asks of one API, or all that it may have."""
    client, fields = request.client, dict(request.decoded_body or ())
    if not isinstance(client, RegisteredClient) or client.public:
        raise TokenRefused("access_denied", "Unauthorized", 401)
    api = _api(tenant, fields.get("audience", ""))
    allowed = _allowed(tenant, client, api)
    requested = tuple(dict.fromkeys(fields.get("scope", "").split()))
    request.scopes = [one for one in allowed if one in (requested or allowed)]
    grant = Grant(
        issuer=tenant.issuer,
        client_id=client.client_id,
        subject=f"{client.client_id}@clients",
        user={},
        requested=requested,
        granted=tuple(request.scopes),
        conformant=True,
        authenticated_at=tenant.now(),
        audience=api.identifier,
        api_seconds=api.token_seconds,
        dialect=api.dialect,
    )
    return IssuedGrant(grant, new_key())


def _api(tenant: TenantContext, audience: str) -> ResourceServer:
    if not audience:
        raise TokenRefused(
            "invalid_request", "Missing required parameter: audience", 400
        )
    management = ResourceServer(identifier=management_audience(tenant), scopes=SCOPES)
    offered = (management, *tenant.configuration.settings.apis)
    known = {api.identifier: api for api in offered}
    known.pop(f"{tenant.issuer}mfa/", None)  # it is about the factors of a user
    if audience not in known:
        raise TokenRefused("access_denied", f"Service not found: {audience}")
    return known[audience]


def _allowed(
    tenant: TenantContext, client: RegisteredClient, api: ResourceServer
) -> tuple[str, ...]:
    """Say which scopes of an API a client may have; raises Refused where it is none."""
    grants, managing = tenant.configuration.settings.grants, _is_managing(tenant, api)
    if grants is None and not managing:
        return api.scopes  # the folder says nothing of who may have what
    named = [
        one
        for one in grants or ()
        if one.client in (client.client_id, client.name)
        and (
            _names_management(one.audience)
            if managing
            else one.audience == api.identifier
        )
    ]
    if not named or (managing and not client.first_party):
        wrong = f'Client is not authorized to access "{api.identifier}".'
        raise TokenRefused("access_denied", f"{wrong} {_TODO}")
    given = [api.scopes if one.scopes is None else one.scopes for one in named]
    return tuple(scope for scope in api.scopes if any(scope in one for one in given))


def _is_managing(tenant: TenantContext, api: ResourceServer) -> bool:
    return api.identifier == management_audience(tenant)


def _names_management(audience: str) -> bool:
    # an export names it by the address of the tenant that it came from
    return urlsplit(audience).path == "/api/v2/"
