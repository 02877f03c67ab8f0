"""`/.well-known/jwks.json`: the public halves of the signing keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fabrikam.tenant.endpoints.simulated_faults import with_simulated_faults
from fabrikam.tenant.http.pages import json_reply

if TYPE_CHECKING:
    from bottle import Bottle, HTTPResponse

    from fabrikam.tenant.context import TenantContext

__all__ = ["jwks"]


def jwks(app: Bottle, tenant: TenantContext) -> None:
    """Add the address."""

    @app.get("/.well-known/jwks.json")
    @with_simulated_faults(tenant, "jwks")
    def key_set() -> HTTPResponse:
        return json_reply(tenant.keys.jwks(_algorithms(tenant)))


def _algorithms(tenant: TenantContext) -> tuple[str, ...]:
    # access tokens have RS256 whatever the clients have
    clients = tenant.clients.all(tenant.now())
    by_client = any(client.algorithm == "PS256" for client in clients)
    return ("RS256", "PS256") if by_client else ("RS256",)
