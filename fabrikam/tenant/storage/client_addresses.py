"""Whether an address may be registered for a client: nothing is sent in the clear.

Plain http is for this machine only, as RFC 8252 has it; a scheme of an app's own is
named after a domain, so no browser takes it for a script.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

__all__ = ["is_loopback", "unfit", "unfit_addresses"]

_LISTS: Final = ("callbacks", "allowed_logout_urls", "web_origins")
_SINGLE: Final = ("backchannel_logout_uri", "initiate_login_uri")
_NESTED: Final = ("oidc_backchannel_logout", "oidc_logout")


def unfit(url: str) -> str | None:
    """Say why an address may not be registered, or None."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return "is no address"
    if parts.fragment or "#" in url:
        return "has a fragment"
    if parts.scheme in ("http", "https") and not host:
        return "names no host"
    if parts.scheme == "http" and not is_loopback(host):
        return "is http beyond this machine; use https"
    if parts.scheme not in ("http", "https") and "." not in parts.scheme:
        return "has a scheme that is neither https nor an app's own (com.example.app)"
    return None


def unfit_addresses(client: Mapping[str, Any]) -> list[str]:
    """List what a client brings and may not have, each with its place and reason."""
    found = [(name, client.get(name)) for name in _SINGLE]
    found += [(name, url) for name in _LISTS for url in _list(client.get(name))]
    for name in _NESTED:
        inner = client.get(name)
        urls = inner.get("backchannel_logout_urls") if isinstance(inner, dict) else ()
        found += [(name, url) for url in _list(urls)]
    texts = [(name, url) for name, url in found if isinstance(url, str) and url]
    return [f"{name}: {url} {why}" for name, url in texts if (why := unfit(url))]


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else []
