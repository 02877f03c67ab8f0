"""`client_credentials`: tokens for an application itself, no user and no scripts.

They are for the APIs of the tenant folder and for the Management API.  No login of a
user leads to a token for the latter, so no user manages another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fabrikam.tenant.login.facts import Api, Client
from fabrikam.tenant.login.grants import Grant
from fabrikam.tenant.pipeline.management import SCOPES
from fabrikam.tenant.records.shelves import Entitlement
from fabrikam.tenant.records.store import new_key
from fabrikam.tenant.tokens.refusals import Refused

if TYPE_CHECKING:
    from oauthlib.common import Request

    from fabrikam.tenant.house import House

__all__ = ["for_a_machine", "management_audience"]


def management_audience(house: House) -> str:
    """Name the Management API of this tenant."""
    return f"{house.issuer}api/v2/"


def for_a_machine(house: House, request: Request) -> Entitlement:
    """Give an application what it asks of one API, or everything of it."""
    client, fields = request.client, dict(request.decoded_body or ())
    if not isinstance(client, Client) or client.public:
        raise Refused("access_denied", "Unauthorized", 401)
    api = _api(house, fields.get("audience", ""))
    requested = tuple(dict.fromkeys(fields.get("scope", "").split()))
    request.scopes = [one for one in api.scopes if one in (requested or api.scopes)]
    grant = Grant(
        issuer=house.issuer,
        client_id=client.client_id,
        subject=f"{client.client_id}@clients",
        user={},
        requested=requested,
        granted=tuple(request.scopes),
        conformant=True,
        authenticated_at=house.now(),
        audience=api.identifier,
        api_seconds=api.token_seconds,
        dialect=api.dialect,
    )
    return Entitlement(grant, new_key())


def _api(house: House, audience: str) -> Api:
    if not audience:
        raise Refused("invalid_request", "Missing required parameter: audience", 400)
    management = Api(identifier=management_audience(house), scopes=SCOPES)
    offered = (management, *house.configuration.tenancy.apis)
    known = {api.identifier: api for api in offered}
    known.pop(f"{house.issuer}mfa/", None)  # it is about the factors of a user
    if audience not in known:
        raise Refused("access_denied", f"Service not found: {audience}")
    return known[audience]
