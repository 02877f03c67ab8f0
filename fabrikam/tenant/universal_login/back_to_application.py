"""The way back to the application, on pages that belong to no login any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fabrikam.tenant.http.pages import Link, origin_of

if TYPE_CHECKING:
    from fabrikam.tenant.context import House
    from fabrikam.tenant.decisions.facts import Client

__all__ = ["way_back", "way_to"]


def way_back(house: House) -> Link | None:
    """Lead to the tenant's own application; where there are several, to none."""
    homes = {
        _home(client): client.name
        for client in house.clients.all(house.now())
        if client.first_party
    }
    homes.pop("", None)
    if len(homes) != 1:
        return None
    ((home, name),) = homes.items()
    return Link(f"Go to {name}", home)


def way_to(client: Client) -> Link | None:
    """Lead to one application, where it has an address for browsers."""
    home = _home(client) or client.initiate_login_uri
    return Link(f"Go to {client.name}", home) if home else None


def _home(client: Client) -> str:
    origins = map(origin_of, client.callbacks)
    return next((f"{one}/" for one in origins if one.startswith("http")), "")
