"""`/oauth/par`: a client sends its request itself, so that no browser changes it.

What was pushed is for one client and one sign-in.  A second look before that, as
previews of links take it, spends nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bottle import HTTPResponse

from fabrikam.tenant.decisions.authorization_request import PUSHED_URI
from fabrikam.tenant.decisions.steps import Refuse
from fabrikam.tenant.endpoints.authorization_checks import (
    AuthorizationChecks,
    NoWayBack,
)
from fabrikam.tenant.http.pages import json_reply
from fabrikam.tenant.http.request_fields import body_of, header
from fabrikam.tenant.storage.database import new_key
from fabrikam.tenant.storage.tables import PushedRequest
from fabrikam.tenant.token_endpoint.request_validator import TenantRequestValidator
from fabrikam.tenant.token_endpoint.token_request import SECRET_FIELDS

if TYPE_CHECKING:
    from bottle import Bottle

    from fabrikam.tenant.context import TenantContext
    from fabrikam.tenant.decisions.facts import AuthorizeRequest
    from fabrikam.tenant.endpoints.authorization_checks import Pairs

__all__ = ["par", "unfolded"]


def par(app: Bottle, tenant: TenantContext) -> None:
    """Add the address."""
    scales, validator = AuthorizationChecks(tenant), TenantRequestValidator(tenant)

    @app.post("/oauth/par")
    def push() -> HTTPResponse:
        came = body_of()
        client = validator.caller(dict(came), header("Authorization"))
        if client is None:
            return _refused("access_denied", "Unauthorized", 401)
        # proofs are for this call, not for the request
        pairs = [(name, value) for name, value in came if name not in SECRET_FIELDS]
        if "client_id" not in dict(pairs):
            pairs.append(("client_id", client.client_id))
        if "request_uri" in dict(pairs):
            return _refused("invalid_request", "request_uri cannot be pushed")
        asked = scales.weigh(pairs)
        if isinstance(asked, NoWayBack):
            return _refused("invalid_request", asked.what)
        if isinstance(asked, Refuse):
            return _refused(asked.error, asked.description)
        return _keep(tenant, asked)


def unfolded(tenant: TenantContext, pairs: Pairs) -> Pairs | NoWayBack:
    """Put what was pushed in the place of a request that names it, and nothing else."""
    came = dict(reversed(pairs))
    request_uri = came.get("request_uri", "")
    if not request_uri.startswith(PUSHED_URI):
        return pairs
    pushed = tenant.tables.pushed.look(request_uri, tenant.now())
    if pushed is None or pushed.begins_until <= tenant.now():
        return NoWayBack("request_uri is unknown, used, or too old.")
    if pushed.client_id != came.get("client_id"):
        return NoWayBack("request_uri is of another client.")
    # from now on it is kept for the sign-in that it began, to be ended by it
    ends_at = pushed.begins_until + tenant.lifetimes.script_redirect
    tenant.tables.pushed.swap(request_uri, pushed, pushed, ends_at=ends_at)
    return [*pushed.query.items(), ("request_uri", request_uri)]


def _keep(tenant: TenantContext, asked: AuthorizeRequest) -> HTTPResponse:
    until = tenant.now() + tenant.lifetimes.pushed_request
    request_uri = PUSHED_URI + new_key()
    pushed = PushedRequest(
        client_id=asked.client_id, query=asked.query, begins_until=until
    )
    tenant.tables.pushed.keep(request_uri, pushed, ends_at=until)
    said = {"request_uri": request_uri, "expires_in": tenant.lifetimes.pushed_request}
    return json_reply(said, 201)


def _refused(error: str, description: str, status: int = 400) -> HTTPResponse:
    said = {"error": error, "error_description": description}
    return json_reply(said, status)
