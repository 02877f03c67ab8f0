"""Addresses for this machine only: the control API and the demo phone."""

from __future__ import annotations

from functools import wraps
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bottle import HTTPError, request

if TYPE_CHECKING:
    from collections.abc import Callable

    from fabrikam.tenant.house import House

__all__ = ["loopback_only", "sent_object"]


def loopback_only(
    house: House,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Answer callers on this machine, by a name of this machine."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if not (house.local and _is_local()):
                raise HTTPError(403, "for this machine only")
            return view(*args, **kwargs)

        return guarded

    return decorate


def sent_object() -> dict[str, Any]:
    """Read the JSON object of a request."""
    # a form of another site cannot say that it is JSON, so this also stops forgeries
    if not request.content_type.startswith("application/json"):
        raise HTTPError(415, "send application/json")
    sent = request.json
    if not isinstance(sent, dict):
        raise HTTPError(400, "send a JSON object")
    return sent


def _is_local() -> bool:
    address = request.environ.get("REMOTE_ADDR", "127.0.0.1")
    host = urlsplit(f"//{request.environ.get('HTTP_HOST', 'localhost')}").hostname
    return _is_loopback(address) and (host == "localhost" or _is_loopback(host or ""))


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
