"""A user agent of a few lines: cookies and forms, for applications in process."""

from __future__ import annotations

import io
from dataclasses import dataclass
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlencode, urljoin, urlsplit
from wsgiref.util import setup_testing_defaults

from fabrikam.oidc import origin_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fabrikam.oidc.transport import WsgiApp

__all__ = ["ReceivedPage", "UserAgent", "query_of"]


@dataclass(frozen=True, slots=True)
class ReceivedPage:
    """One answer as a browser sees it."""

    url: str
    status: int
    text: str
    location: str | None = None

    @property
    def path(self) -> str:
        """The path of the page's own address."""
        return urlsplit(self.url).path

    @property
    def leads_to(self) -> str:
        """Where a redirect leads, as a whole address."""
        return urljoin(self.url, self.location or "")

    @property
    def hidden(self) -> Mapping[str, str]:
        """The hidden fields of its forms."""
        return _read(self.text).hidden

    @property
    def secret(self) -> str:
        """The secret that an enrolment shows, in one piece."""
        return _read(self.text).secret


class UserAgent:
    """Keeps cookies for each origin, as it sets them; follows nothing by itself."""

    def __init__(self, applications: Mapping[str, WsgiApp]) -> None:
        self._applications = {origin_of(url): app for url, app in applications.items()}
        self._cookies: dict[str, dict[str, str]] = {
            here: {} for here in self._applications
        }

    def get(self, url: str, **query: str) -> ReceivedPage:
        """Open an address."""
        return self._open("GET", f"{url}?{urlencode(query)}" if query else url, b"")

    def post(self, url: str, fields: Mapping[str, str]) -> ReceivedPage:
        """Send a form."""
        return self._open("POST", url, urlencode(fields).encode())

    def forget(self, cookie: str) -> None:
        """Lose one cookie, as when a session of the browser ends."""
        for kept in self._cookies.values():
            kept.pop(cookie, None)

    def _open(self, method: str, url: str, body: bytes) -> ReceivedPage:
        here = origin_of(url)
        answer: dict[str, Any] = {}

        def start_response(
            status: str, headers: list[tuple[str, str]], exc_info: object = None
        ) -> None:
            del exc_info
            answer.update(status=int(status[:3]), headers=headers)

        environ = self._environ(method, url, body)
        text = b"".join(self._applications[here](environ, start_response)).decode()
        self._keep(here, answer["headers"])
        headers = dict(answer["headers"])
        location = headers.get("Location") or _at_once(headers.get("Refresh", ""))
        return ReceivedPage(url, answer["status"], text, location)

    def _environ(self, method: str, url: str, body: bytes) -> dict[str, Any]:
        parts = urlsplit(url)
        kept = self._cookies[origin_of(url)]
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "PATH_INFO": unquote(parts.path),
            "QUERY_STRING": parts.query,
            "HTTP_HOST": parts.netloc,
            "HTTP_COOKIE": "; ".join(f"{name}={kept[name]}" for name in kept),
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
        }
        setup_testing_defaults(environ)
        return environ

    def _keep(self, here: str, headers: list[tuple[str, str]]) -> None:
        for name, value in headers:
            if name.lower() == "set-cookie":
                for cookie in SimpleCookie(value).values():
                    self._cookies[here][cookie.key] = cookie.value


class _Reader(HTMLParser):
    """Reads the hidden fields of a page, and its `secret`."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden: dict[str, str] = {}
        self.secret = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes: dict[str, Any] = dict(attrs)
        if tag == "input" and attributes.get("type") == "hidden":
            self.hidden[attributes["name"]] = attributes.get("value") or ""
        self.secret = attributes.get("data-secret") or self.secret


def _at_once(refresh: str) -> str | None:
    """Return where a page leads that says to leave it at once."""
    seconds, _, address = refresh.partition(";url=")
    return address if seconds == "0" else None


def _read(text: str) -> _Reader:
    reader = _Reader()
    reader.feed(text)
    return reader


def query_of(url: str) -> dict[str, str]:
    """Read the parameters of an address."""
    return dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))
