"""Logout tokens on their way to clients, by HTTP.

Telling happens beside the answer to the browser; a client that does not listen is noted
in the tenant log and holds nobody up, neither the browser, nor another client, nor the
end of the program.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from queue import Empty, Full, Queue
from socket import SHUT_RDWR, create_connection, socket
from threading import Event, Lock, Thread, Timer
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urlencode, urlsplit

import jwt

if TYPE_CHECKING:
    from fabrikam.tenant.storage.tenant_log import TenantLog

__all__ = ["HttpLogoutDelivery"]

_SECONDS: Final = 5.0  # from the first byte sent to the last one read
_LONGEST_LINE: Final = 200
_PORTS: Final = {"http": 80, "https": 443}
_HEARD: Final = range(200, 300)


class _Letter(NamedTuple):
    log: TenantLog
    url: str
    token: str


class HttpLogoutDelivery:
    """Brings tokens by HTTP; each address has a line of its own."""

    def __init__(self, *, seconds: float = _SECONDS) -> None:
        self._seconds = seconds
        self._lock = Lock()
        self._lines: dict[str, Queue[_Letter | None]] = {}

    def bring(self, log: TenantLog, url: str, token: str) -> None:
        """Put a token in the line for its address and go on."""
        letter = _Letter(log, url, token)
        try:
            self._line(url).put_nowait(letter)
        except Full:
            _note(letter, "too many wait for this client")

    def close(self, *, wait: bool = False) -> None:
        """Stop; what was not yet sent is forgotten, unless it is waited for."""
        for line in self._lines.values():
            if wait:
                line.join()
            with suppress(Empty):
                while True:
                    line.get_nowait()
            line.put(None)

    def _line(self, url: str) -> Queue[_Letter | None]:
        with self._lock:
            line = self._lines.get(url)
            if line is None:
                line = self._lines[url] = Queue(_LONGEST_LINE)
                # a daemon: whoever never answers does not keep the program alive
                Thread(target=self._work, args=(line,), daemon=True).start()
            return line

    def _work(self, line: Queue[_Letter | None]) -> None:
        while (letter := line.get()) is not None:
            try:
                status = _posted(letter.url, letter.token, self._seconds)
                _note(letter, None if status in _HEARD else str(status))
            except (OSError, HTTPException, ValueError) as error:
                _note(letter, type(error).__name__)
            finally:
                line.task_done()


def _note(letter: _Letter, wrong: str | None) -> None:
    claims = jwt.decode(letter.token, options={"verify_signature": False})  # our own
    letter.log.write(
        f"oidc_backchannel_logout_{'failed' if wrong else 'succeeded'}",
        f"back-channel logout: {wrong or 'told'}",
        client_id=claims["aud"],
        user_id=claims["sub"],
        url=letter.url,
    )


def _posted(url: str, token: str, seconds: float) -> int:
    """Send a token and return the status; nothing more of the answer is read.

    No redirect is followed, and no proxy or password of the environment is used.
    """
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or _PORTS.get(parts.scheme)
    if port is None:
        raise ValueError(f"no address to send to: {url}")
    line = HTTPConnection(host, port)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    path = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
    with (
        create_connection((host, port), seconds) as wire,
        _ended_after(seconds, wire),
        _secured(wire, host) if parts.scheme == "https" else wire as line.sock,
    ):
        line.request("POST", path, urlencode({"logout_token": token}), form)
        return line.getresponse().status


def _secured(wire: socket, host: str) -> socket:
    return ssl.create_default_context().wrap_socket(wire, server_hostname=host)


@contextmanager
def _ended_after(seconds: float, wire: socket) -> Iterator[None]:
    """Hang up in time: a time-out alone begins anew with every byte that drips in."""
    late = Event()
    with wire.dup() as same:  # outlives the wrapping in TLS
        clock = Timer(seconds, _hang_up, (same, late))
        clock.daemon = True
        clock.start()
        try:
            yield
        finally:
            clock.cancel()
            clock.join()
    if late.is_set():  # what was read is cut off, though it may look whole
        raise TimeoutError


def _hang_up(wire: socket, late: Event) -> None:
    late.set()
    with suppress(OSError):  # the other side was quicker
        wire.shutdown(SHUT_RDWR)
