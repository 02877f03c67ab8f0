"""The intranet's two cookies, and how they are read when neighbours plant others.

`intranet_session` opens a session; `intranet_browser` tells browsers apart while a
sign-in is under way.  Over https both bear the prefix `__Host-`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bottle import BaseRequest, HTTPResponse

__all__ = ["Cookie", "cookies_of"]

_LONGEST_VALUE: Final = 200


@dataclass(frozen=True, slots=True)
class Cookie:
    """One cookie by name; `secure` says whether it travels over https only."""

    name: str
    secure: bool

    def values(self, request: BaseRequest) -> tuple[str, ...]:
        """Return every value that the browser sends under this name, in order.

        Parsed by hand: a neighbour on the same host may have planted a second one,
        and a dictionary would keep only one of them.
        """
        pairs = (part.strip().partition("=") for part in _header(request).split(";"))
        return tuple(
            value
            for name, _, value in pairs
            if name == self.name and 0 < len(value) <= _LONGEST_VALUE
        )

    def set(self, response: HTTPResponse, value: str) -> None:
        """Give the browser a value; it ends with the browser's session."""
        response.set_cookie(
            self.name,
            value,
            path="/",
            httponly=True,
            samesite="lax",
            secure=self.secure,
        )

    def clear(self, response: HTTPResponse) -> None:
        """Take the cookie away."""
        response.delete_cookie(
            self.name, path="/", httponly=True, samesite="lax", secure=self.secure
        )


def cookies_of(base_url: str) -> tuple[Cookie, Cookie]:
    """Return the session cookie and the browser cookie for this base URL."""
    secure = base_url.startswith("https://")
    prefix = "__Host-" if secure else ""
    return (
        Cookie(f"{prefix}intranet_session", secure),
        Cookie(f"{prefix}intranet_browser", secure),
    )


def _header(request: BaseRequest) -> str:
    return str(request.environ.get("HTTP_COOKIE", ""))
