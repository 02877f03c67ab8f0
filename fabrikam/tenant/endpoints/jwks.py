"""`/.well-known/jwks.json`: the public halves of the signing keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fabrikam.tenant.endpoints.simulated_faults import misbehaving
from fabrikam.tenant.http.pages import json_reply

if TYPE_CHECKING:
    from bottle import Bottle, HTTPResponse

    from fabrikam.tenant.context import House

__all__ = ["jwks"]


def jwks(app: Bottle, house: House) -> None:
    """Add the address."""

    @app.get("/.well-known/jwks.json")
    @misbehaving(house, "jwks")
    def key_set() -> HTTPResponse:
        return json_reply(house.keys.jwks(_algorithms(house)))


def _algorithms(house: House) -> tuple[str, ...]:
    # access tokens have RS256 whatever the clients have
    clients = house.clients.all(house.now())
    by_client = any(client.algorithm == "PS256" for client in clients)
    return ("RS256", "PS256") if by_client else ("RS256",)
