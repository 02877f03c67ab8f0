"""Addresses for this machine only: the control API and the demo phone."""

from __future__ import annotations

from functools import wraps
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from bottle import HTTPError, request

from fabrikam.tenant.http.request_fields import header, json_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from fabrikam.tenant.context import TenantContext

__all__ = ["loopback_only", "same_site_only", "sent_object"]

_TRACES_OF_BROWSERS: Final = ("Origin", "Referer", "Sec-Fetch-Site")  # of every form
_TRACES_OF_PROXIES: Final = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via")


def loopback_only(
    tenant: TenantContext,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Answer callers on this machine, by a name of this machine, and no proxy."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if not (tenant.local and _is_local()) or _is_forwarded():
                raise HTTPError(403, "for this machine only")
            return view(*args, **kwargs)

        return guarded

    return decorate


def sent_object() -> dict[str, Any]:
    """Read the JSON object of a request; nothing, from a program, is an empty one.

    A form of another site cannot say that it is JSON, so this also stops forgeries.
    """
    if request.content_length <= 0 and not _is_sent_by_a_browser():
        return {}
    if not request.content_type.startswith("application/json"):
        raise HTTPError(415, "send application/json")
    sent = json_of()
    if not isinstance(sent, dict):
        raise HTTPError(400, "send a JSON object")
    return sent


def same_site_only() -> None:
    """Refuse what a page of another site sends, where its browser says so."""
    origin = header("Origin")
    foreign = bool(origin) and origin.partition("://")[2] != header("Host")
    if foreign or header("Sec-Fetch-Site") == "cross-site":
        raise HTTPError(403, "for pages of this tenant only")


def _is_sent_by_a_browser() -> bool:
    return any(map(header, _TRACES_OF_BROWSERS))


def _is_local() -> bool:
    address = request.environ.get("REMOTE_ADDR", "127.0.0.1")
    host = _named_host()
    return _is_loopback(address) and (host == "localhost" or _is_loopback(host))


def _named_host() -> str:
    sent = header("Host") if "HTTP_HOST" in request.environ else "localhost"
    try:
        parts = urlsplit(f"//{sent}")
        _ = parts.port
    except ValueError:  # half an IPv6 address, or no port
        return ""
    # a name and a port, and nothing that could stand before or behind them
    return (parts.hostname or "") if parts.netloc == sent and "@" not in sent else ""


def _is_forwarded() -> bool:
    # a proxy on this machine speaks for callers who are not on it
    return any(map(header, _TRACES_OF_PROXIES))


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
