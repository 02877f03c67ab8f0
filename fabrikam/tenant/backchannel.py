"""Back-channel logout: clients that registered an address are told of an ended session.

Telling happens beside the answer to the browser; a client that does not listen is noted
in the tenant log and holds nobody up.
"""

from __future__ import annotations

from concurrent.futures import Executor, ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, Protocol

import requests

from fabrikam.tenant.tokens.signing import logout_token

if TYPE_CHECKING:
    from fabrikam.tenant.house import House
    from fabrikam.tenant.login.facts import Session

__all__ = ["Courier", "HttpCourier", "end_sessions_of", "tell_clients"]

_SECONDS: Final = 3.0


class Courier(Protocol):
    """Who brings logout tokens to clients."""

    def bring(self, house: House, url: str, token: str) -> None:
        """Bring one token; failing is noted, never raised."""

    def close(self) -> None:
        """Stop."""


class HttpCourier:
    """Brings tokens by HTTP, two at a time."""

    def __init__(self) -> None:
        self._executor: Executor = ThreadPoolExecutor(2, "back-channel")

    def bring(self, house: House, url: str, token: str) -> None:
        """Send a token off and go on."""
        self._executor.submit(_post, house, url, token)

    def close(self, *, wait: bool = False) -> None:
        """Stop; what was not yet sent is forgotten, unless it is waited for."""
        self._executor.shutdown(wait=wait, cancel_futures=not wait)


def end_sessions_of(house: House, user_id: str) -> None:
    """End every session of a user, in all browsers, and tell the clients."""
    sessions = house.shelves.sessions
    for session in sessions.take_all(lambda one: one.user_id == user_id, house.now()):
        tell_clients(house, session)


def tell_clients(house: House, session: Session) -> None:
    """Tell every client of a session that it is over."""
    for client_id in session.clients:
        client = house.client(client_id)
        if client is not None and client.backchannel_logout_url is not None:
            token = logout_token(house, client, session.user_id, session.sid)
            house.courier.bring(house, client.backchannel_logout_url, token)


def _post(house: House, url: str, token: str) -> None:
    try:
        answer = requests.post(
            url,
            data={"logout_token": token},
            timeout=_SECONDS,
            allow_redirects=False,
        )
    except requests.RequestException as error:
        house.log.write("flo", f"back-channel logout: {type(error).__name__}", url=url)
        return
    if not answer.ok:
        house.log.write("flo", f"back-channel logout: {answer.status_code}", url=url)
