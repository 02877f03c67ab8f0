"""How requests leave this house: to one origin, bounded in size and time.

A `requests` session that was `confine`d has an adapter for the tenant's origin and
for nothing else.  Redirects are not followed, so a secret cannot be led away.
"""

from __future__ import annotations

import io
import socket
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Final, TypeVar
from urllib.parse import unquote, urlsplit
from wsgiref.util import setup_testing_defaults

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from requests.structures import CaseInsensitiveDict
from urllib3 import BaseHTTPResponse, HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, ProtocolError

from fabrikam.oidc.breaker import Breaker, LeftAlone

__all__ = [
    "BoundedAdapter",
    "WsgiAdapter",
    "WsgiApp",
    "confine",
    "origin_of",
    "reason_of",
]

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
SessionT = TypeVar("SessionT", bound=requests.Session)

_CONNECT_SECONDS: Final = 3.0
_MOST_BYTES: Final = 1_000_000
_CHUNK: Final = 65_536


def confine(session: SessionT, url: str, adapter: BaseAdapter) -> SessionT:
    """Let a session reach the origin of `url` and nothing else."""
    session.trust_env = False  # no proxy, no netrc
    session.adapters.clear()
    session.mount(origin_of(url) + "/", adapter)
    return session


def origin_of(url: str) -> str:
    """Return scheme, host and port of a URL (RFC 6454), as it spells them."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def reason_of(error: Exception) -> str:
    """Say in a few words why a request failed; urllib3 would tell its whole chain."""
    cause = error.args[0] if error.args else None
    match error:
        case requests.JSONDecodeError() | RecursionError():
            return "the answer is not in JSON"
        case requests.exceptions.SSLError():
            return "its certificate is not one to trust"
        case requests.RequestException() if isinstance(cause, ProtocolError):
            return "the connection ended before an answer"  # also when we cut it
        case requests.RequestException() if isinstance(cause, HTTPError):
            return "nobody answers there"
        case _:
            return str(error)


class BoundedAdapter(HTTPAdapter):
    """HTTP with limits: the seconds and bytes of an answer, and how many ask at once.

    The time-outs of `requests` are per read; an answer that drips a byte a second
    would never end.
    """

    def __init__(self, *, seconds: float) -> None:
        self._seconds = seconds
        self._breaker = Breaker(time.monotonic)
        super().__init__(pool_connections=1, pool_maxsize=8)
        self.poolmanager.pool_classes_by_scheme = {
            "http": _HttpPool,
            "https": _HttpsPool,
        }

    def send(  # noqa: PLR0917 - the signature is that of requests
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: ARG002
        timeout: object = None,  # noqa: ARG002
        verify: bool | str = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Send one request; raises requests.ConnectionError and its children."""
        deadline = time.monotonic() + self._seconds
        times = (min(_CONNECT_SECONDS, self._seconds), self._seconds)
        try:
            with self._breaker.asking():
                response = super().send(request, True, times, verify, cert, proxies)
                response.raw = io.BytesIO(_read_until(response.raw, deadline))
        except LeftAlone as error:
            raise requests.ConnectionError(str(error)) from error
        return response


class _Impatient:
    """A connection that is cut when the head of an answer takes too long.

    `http.client` waits for every line anew.
    """

    timeout: Any
    sock: Any

    def getresponse(self) -> Any:
        watch = threading.Timer(float(self.timeout), _cut, [self.sock])
        watch.daemon = True
        watch.start()
        try:
            return super().getresponse()  # type: ignore[misc]  # the mixed-in class's
        finally:
            watch.cancel()


def _cut(sock: socket.socket) -> None:
    with suppress(OSError):  # it may have ended by itself
        sock.shutdown(socket.SHUT_RDWR)


class _HttpConnection(_Impatient, HTTPConnection):
    pass


class _HttpsConnection(_Impatient, HTTPSConnection):
    pass


class _HttpPool(HTTPConnectionPool):
    ConnectionCls = _HttpConnection


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls = _HttpsConnection


def _read_until(raw: BaseHTTPResponse, deadline: float) -> bytes:
    body = bytearray()
    try:
        while chunk := raw.read1(_CHUNK, decode_content=True):
            body += chunk
            _within_limits(body, deadline)
    except HTTPError as error:  # urllib3's own family, unknown to requests here
        raise requests.ConnectionError("the answer broke off") from error
    finally:
        raw.close()
    return bytes(body)


def _within_limits(body: bytearray, deadline: float) -> None:
    if len(body) > _MOST_BYTES:
        raise requests.ConnectionError("the answer is too large")
    if time.monotonic() > deadline:
        raise requests.ReadTimeout("the answer takes too long")


class WsgiAdapter(BaseAdapter):
    """Calls a WSGI application in this process, as if it were behind a socket.

    It runs in a thread of its own, as behind a socket: Bottle keeps the present
    request in the thread, and the caller may be answering one.
    """

    def __init__(self, app: WsgiApp) -> None:
        super().__init__()
        self._app = app
        self._behind = ThreadPoolExecutor(thread_name_prefix="behind-wsgi")

    def send(
        self,
        request: requests.PreparedRequest,
        *_: object,
        **__: object,
    ) -> requests.Response:
        """Answer one request."""
        return self._behind.submit(self._answer, request).result()

    def close(self) -> None:
        """Let the threads end."""
        self._behind.shutdown()

    def _answer(self, request: requests.PreparedRequest) -> requests.Response:
        response = requests.Response()

        def start_response(
            status: str, headers: list[tuple[str, str]], exc_info: object = None
        ) -> None:
            del exc_info
            response.status_code = int(status[:3])
            response.headers = CaseInsensitiveDict(headers)

        body = b"".join(self._app(_environ(request), start_response))
        response.raw = io.BytesIO(body)
        response.request = request
        response.url = request.url or ""
        return response


def _environ(request: requests.PreparedRequest) -> dict[str, Any]:
    parts = urlsplit(request.url or "")
    body = request.body or b""
    body = body.encode() if isinstance(body, str) else body
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "PATH_INFO": unquote(str(parts.path)),
        "QUERY_STRING": str(parts.query),
        "HTTP_HOST": str(parts.netloc),
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_LENGTH": str(len(body)),
        "CONTENT_TYPE": request.headers.get("Content-Type", ""),
        "wsgi.url_scheme": str(parts.scheme),
        "wsgi.input": io.BytesIO(bytes(body)),
    }
    for name, value in request.headers.items():
        key = name.upper().replace("-", "_")
        if key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            environ[f"HTTP_{key}"] = value
    setup_testing_defaults(environ)
    return environ
