"""Going round: sign-ins that lead a browser to a page again and again, in vain.

Two arrivals within a minute at a page that stays shut are a circle; it ends there.
"""

from __future__ import annotations

from dataclasses import dataclass

from bottle import request

from fabrikam.web.cookies import Cookie
from fabrikam.web.pending import Pending, Purpose

__all__ = ["LoopGuard"]


@dataclass(frozen=True, slots=True)
class LoopGuard:
    """The rounds of the present browser, told by its cookie."""

    pending: Pending
    browser_cookie: Cookie

    def goes_round(self, purpose: Purpose) -> bool:
        """Say whether asking once more would send this browser in a circle."""
        return any(
            self.pending.has_arrived_in_vain(request.path, browser=browser, by=purpose)
            for browser in self.browser_cookie.values(request)
        )

    def end(self, *purposes: Purpose) -> None:
        """Let this browser ask anew: it got further, or it was told why not."""
        for browser in self.browser_cookie.values(request):
            for purpose in purposes:
                self.pending.forget_arrivals(request.path, browser=browser, by=purpose)

    def note_arrival(self, address: str, purpose: Purpose) -> None:
        """Note that a finished sign-in leads this browser to a page."""
        path = address.partition("?")[0]
        for browser in self.browser_cookie.values(request):
            self.pending.note_arrival(path, browser=browser, by=purpose)
