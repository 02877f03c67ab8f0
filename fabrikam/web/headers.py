"""The headers that every answer bears: pages, redirects, errors and files alike.

They are added around the application, where no handler can forget them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

__all__ = ["WsgiApp", "policy", "with_headers"]

WsgiApp: TypeAlias = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_YEAR = 31_536_000


def policy(*, tenant_origin: str, https: bool) -> Mapping[str, str]:
    """Return the headers of the intranet.

    A form may lead to the tenant, since a step-up can follow a POST and browsers
    apply `form-action` to the redirects after it.
    """
    headers = {
        "Content-Security-Policy": (
            "default-src 'none'; style-src 'self'; img-src 'self' data:; "
            f"form-action 'self' {tenant_origin}; frame-ancestors 'none'; "
            "base-uri 'none'; object-src 'none'"
        ),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "Cache-Control": "no-store",
    }
    if https:
        headers["Strict-Transport-Security"] = f"max-age={_YEAR}; includeSubDomains"
    return headers


def with_headers(app: WsgiApp, headers: Mapping[str, str]) -> WsgiApp:
    """Wrap an application; what it says itself about a header stands."""

    def wrapped(
        environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        def start(
            status: str, own: list[tuple[str, str]], exc_info: object = None
        ) -> Any:
            named = {name.lower() for name, _ in own}
            added = [item for item in headers.items() if item[0].lower() not in named]
            return start_response(status, own + added, exc_info)

        return app(environ, start)

    return wrapped
