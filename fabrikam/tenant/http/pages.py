"""The tenant's pages: templates of its own, and headers on every answer.

Pages work without JavaScript.  What a page may load, and where its forms may lead, is
said in its content security policy.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import urlsplit

from bottle import HTTPResponse, request, template

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = [
    "SCRIPTS",
    "Link",
    "away",
    "json_reply",
    "origin_of",
    "page",
    "problem",
    "with_headers",
]

_VIEWS: Final = Path(__file__).parent.parent / "views"

# the only scripts, each for a page of its own; what they carry stands in the page.
# The first sends a form_post answer on its way, and a button does so without it; the
# second tells the page around it and nobody else; the others ask what happened on the
# phone, so that no page is reloaded under somebody's hands.
SCRIPTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "form_post": "document.forms[0].submit()",
        "web_message": 'const {response, origin} = document.getElementById("answer")'
        '.dataset; parent.postMessage({type: "authorization_response", response: '
        "JSON.parse(response)}, origin)",
        "push": (_VIEWS / "push.js").read_text(),
        "phone": (_VIEWS / "phone.js").read_text(),
    }
)

_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
}

_SECURE_HEADERS: Final = {
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains"
}


def page(
    name: str,
    *,
    status: int = 200,
    leads_to: str = "",
    refresh: str = "",
    framed_by: str = "'none'",
    **shown: Any,
) -> HTTPResponse:
    """Show a template.

    `leads_to` is where its form may redirect besides ourselves; `refresh` says when the
    browser asks again, and for what; `framed_by` is the one origin that may show it
    inside a page of its own.
    """
    script = SCRIPTS.get(name, "")
    body = template(
        f"{name}.tpl",
        template_lookup=[str(_VIEWS)],
        script=script,
        refresh=refresh,
        **shown,
    )
    return HTTPResponse(
        body,
        status=status,
        headers={
            "Content-Type": "text/html; charset=utf-8",
            "Content-Security-Policy": _policy(leads_to, script, framed_by),
            **({"Refresh": refresh} if refresh else {}),
        },
    )


class Link(NamedTuple):
    """Where a page leads on to, and in which words."""

    words: str
    address: str


def problem(
    status: int, title: str, what: str, todo: str, link: Link | None = None
) -> HTTPResponse:
    """Show what went wrong, what to do next, and where."""
    return page("problem", status=status, title=title, what=what, todo=todo, link=link)


def json_reply(body: Any, status: int = 200) -> HTTPResponse:
    """Answer a program."""
    return HTTPResponse(
        json.dumps(body), status=status, headers={"Content-Type": "application/json"}
    )


def away(url: str) -> HTTPResponse:
    """Send the browser elsewhere; after a form with 303, so that it is not sent on."""
    status = 302 if request.method == "GET" else 303
    return HTTPResponse(status=status, headers={"Location": url})


def with_headers(
    wsgi: Callable[..., Iterable[bytes]], *, secure: bool
) -> Callable[..., Iterable[bytes]]:
    """Dress every answer of an application, errors and static files included."""
    always = {**_HEADERS, **(_SECURE_HEADERS if secure else {})}

    def dressed(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        def start_dressed(
            status: str, headers: list[tuple[str, str]], exc_info: Any = None
        ) -> Any:
            return start(status, _dressed(headers, always), exc_info)

        return wsgi(environ, start_dressed)

    return dressed


def _dressed(
    headers: list[tuple[str, str]], always: Mapping[str, str]
) -> list[tuple[str, str]]:
    present = {name.lower() for name, _ in headers}
    wanted = {**always, "Content-Security-Policy": _policy("", "", "'none'")}
    if any("frame-ancestors http" in value for _, value in headers):
        del wanted["X-Frame-Options"]  # it knows no single origin; the policy does
    missing = [(n, v) for n, v in wanted.items() if n.lower() not in present]
    return [*headers, *missing]


def _policy(leads_to: str, script: str, framed_by: str) -> str:
    # browsers apply form-action to the redirects that follow a form, too
    origin = origin_of(leads_to)
    hashed = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    allowed = f"'sha256-{hashed}'" if script else "'none'"
    asked = "connect-src 'self'; " if "fetch(" in script else ""
    return (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; "
        f"script-src {allowed}; {asked}"
        f"form-action 'self'{f' {origin}' if origin else ''}; "
        f"base-uri 'none'; object-src 'none'; frame-ancestors {framed_by}"
    )


def origin_of(url: str) -> str:
    """Read the origin of an address, or the scheme of one that has none."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https"):
        return f"{parts.scheme}:" if parts.scheme else ""
    return f"{parts.scheme}://{parts.netloc}"
