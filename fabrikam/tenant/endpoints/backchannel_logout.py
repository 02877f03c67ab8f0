"""Back-channel logout: clients that registered an address are told of an ended session.

The tokens are brought beside the answer to the browser, which waits for no client.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fabrikam.tenant.token_endpoint.signing import logout_token

if TYPE_CHECKING:
    from fabrikam.tenant.context import TenantContext
    from fabrikam.tenant.decisions.facts import SsoSession

__all__ = ["end_sessions_of", "tell_clients"]


def end_sessions_of(tenant: TenantContext, user_id: str) -> None:
    """End every session of a user, in all browsers, and tell the clients."""
    sessions = tenant.tables.sessions.take_all(
        lambda session: session.user_id == user_id, tenant.now()
    )
    for session in sessions:
        tell_clients(tenant, session)


def tell_clients(tenant: TenantContext, session: SsoSession) -> None:
    """Tell every client of a session that it is over."""
    for client_id in session.clients:
        client = tenant.client(client_id)
        if client is not None and client.backchannel_logout_url is not None:
            token = logout_token(tenant, client, session.user_id, session.sid)
            tenant.logout_delivery.bring(
                tenant.log, client.backchannel_logout_url, token
            )
