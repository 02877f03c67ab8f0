"""One request of a browser: who calls, which cookies came, which go back.

Cookies ride on the answer that is returned; a forwarded-for header is never believed.
Over https their names bear the prefix `__Host-`, so that no neighbour can plant one.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from bottle import request

from fabrikam.tenant.decisions.facts import Caller
from fabrikam.tenant.http.request_fields import header
from fabrikam.tenant.storage.database import new_key
from fabrikam.tenant.storage.keys import derived

if TYPE_CHECKING:
    from bottle import HTTPResponse

__all__ = [
    "DEVICE",
    "REMEMBER",
    "SESSION",
    "Browser",
    "current_browser",
    "current_caller",
]

SESSION: Final = "auth0"
REMEMBER: Final = "auth0-mf"
DEVICE: Final = "did"  # names the browser; forms and logins under way are bound to it
_DEVICES: Final = re.compile(r"[\w-]{43}", re.ASCII)  # as `new_key` makes them
_DEVICE_SECONDS: Final = 365 * 86_400
_REMEMBER_SECONDS: Final = 30 * 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Browser:
    """A browser at the tenant, as far as one request shows it."""

    device: str
    session_key: str | None
    remember_key: str | None
    caller: Caller
    secure: bool
    cookies: tuple[tuple[str, str, int | None], ...] = ()

    def sending(self, name: str, value: str, max_age: int | None = None) -> Browser:
        """Send a cookie with the answer; an age of zero deletes it."""
        return replace(self, cookies=(*self.cookies, (name, value, max_age)))

    def with_session(self, key: str) -> Browser:
        """Give the browser another session."""
        return replace(self, session_key=key).sending(SESSION, key)

    def without_session(self) -> Browser:
        """Take the browser's session away."""
        return replace(self, session_key=None).sending(SESSION, "", 0)

    def remembering(self, key: str) -> Browser:
        """Let the browser prove later that a factor was passed here."""
        changed = replace(self, remember_key=key)
        return changed.sending(REMEMBER, key, _REMEMBER_SECONDS)

    def dress(self, response: HTTPResponse) -> HTTPResponse:
        """Put the cookies on the answer that is returned."""
        for name, value, max_age in self.cookies:
            age = {} if max_age is None else {"max_age": max_age}
            response.set_cookie(
                _named(name, secure=self.secure),
                value,
                path="/",
                httponly=True,
                samesite="lax",
                secure=self.secure,
                **age,
            )
        return response

    @property
    def device_hash(self) -> str:
        """The name of the browser as it may be stored."""
        return hashlib.sha256(self.device.encode()).hexdigest()

    def form_token(self, purpose: str, master: bytes) -> str:
        """Make the hidden field of a form that belongs to no login under way."""
        whose = f"form:{purpose}:{self.device}:{self.session_key or ''}"
        return derived(master, whose)

    def made_form(self, purpose: str, token: str, master: bytes) -> bool:
        """Tell whether we made a form for this browser and its session."""
        made = self.form_token(purpose, master)
        return hmac.compare_digest(made.encode(), token.encode("utf-8", "replace"))


def current_browser(issuer: str) -> Browser:
    """Read the request that is being answered."""
    secure = issuer.startswith("https:")
    known = _cookie(DEVICE, secure=secure)
    device = known if known and _DEVICES.fullmatch(known) else new_key()
    browser = Browser(
        device=device,
        session_key=_cookie(SESSION, secure=secure),
        remember_key=_cookie(REMEMBER, secure=secure),
        caller=current_caller(issuer),
        secure=secure,
    )
    return (
        browser if device == known else browser.sending(DEVICE, device, _DEVICE_SECONDS)
    )


def _cookie(name: str, *, secure: bool) -> str | None:
    value: str | None = request.get_cookie(_named(name, secure=secure))
    return value


def _named(name: str, *, secure: bool) -> str:
    return f"__Host-{name}" if secure else name


def current_caller(issuer: str) -> Caller:
    """Read who sent the request that is being answered."""
    return Caller(
        address=request.environ.get("REMOTE_ADDR", "127.0.0.1"),
        user_agent=header("User-Agent")[:512],
        hostname=urlsplit(issuer).hostname or "",
        language=(header("Accept-Language") or "en")[:2].lower(),
        method=request.method,
    )
