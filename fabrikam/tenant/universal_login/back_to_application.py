"""The way back to the application, on pages that belong to no login any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fabrikam.tenant.http.pages import Link, origin_of

if TYPE_CHECKING:
    from fabrikam.tenant.context import TenantContext
    from fabrikam.tenant.decisions.facts import RegisteredClient

__all__ = ["link_back", "link_to"]


def link_back(tenant: TenantContext) -> Link | None:
    """Lead to the tenant's own application; where there are several, to none."""
    homes = {
        _home(client): client.name
        for client in tenant.clients.all(tenant.now())
        if client.first_party
    }
    homes.pop("", None)
    if len(homes) != 1:
        return None
    ((home, name),) = homes.items()
    return Link(f"Go to {name}", home)


def link_to(client: RegisteredClient) -> Link | None:
    """Lead to one application, where it has an address for browsers."""
    home = _home(client) or client.initiate_login_uri
    return Link(f"Go to {client.name}", home) if home else None


def _home(client: RegisteredClient) -> str:
    origins = map(origin_of, client.callbacks)
    return next((f"{one}/" for one in origins if one.startswith("http")), "")
