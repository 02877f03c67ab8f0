"""A visit: one browser at the real pages, with somebody who answers them."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode, urlsplit, urlunsplit

import pyotp

from fabrikam.lab.end_to_end.programs import APP, PASSWORD, Programs, Visitor
from fabrikam.lab.end_to_end.user_agent import ReceivedPage, UserAgent, query_of
from fabrikam.lab.simulation.sides import CALLBACK, ISSUER

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fabrikam.lab.scenarios.situation import Situation
    from fabrikam.tenant import Login

__all__ = ["WRONG_CODE", "PageLogin", "WalkedLogin"]

_MOST_PAGES: Final = 30
_SENT: Final = ("scope", "acr_values", "prompt", "max_age", "audience")
_KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "/u/login": ("password", ""),
    "/u/mfa-otp-challenge": ("factor", "otp"),
    "/u/mfa-push-challenge-push": ("factor", "push-notification"),
    "/u/mfa-otp-enrollment": ("enrolment", "otp"),
    "/u/mfa-push-enrollment-qr": ("enrolment", "push-notification"),
    "/u/consent": ("consent", ""),
}
WRONG_CODE: Final = "000000"


@dataclass(frozen=True, slots=True)
class WalkedLogin:
    """What a walk came to: the pages met, the error brought back, how far it led."""

    pages: tuple[tuple[str, str], ...]
    error: str | None
    employees: bool


class PageLogin:
    """One browser at the tenant's pages, with somebody who answers them."""

    def __init__(
        self,
        programs: Programs,
        browser: UserAgent,
        visitor: Visitor,
        answer: str,
        *,
        remember: bool = False,
    ) -> None:
        self._programs, self._browser, self._visitor = programs, browser, visitor
        self._answer = answer
        self._remember = {"rememberBrowser": "true"} if remember else {}
        self.pages: list[tuple[str, str]] = []
        self._stopped = False

    def go(self, situation: Situation, login: Login) -> WalkedLogin:
        """Walk from the intranet's door to its verdict."""
        way = "/login" if situation.request == "login" else "/login/mfa"
        departed = self._browser.get(APP + way, return_to="/employees")
        sent = _on_the_way(departed.leads_to, login.request.query)
        back = self.through(self._browser.get(sent))
        error = None
        if back is not None:
            error = query_of(back).get("error")
            self._browser.get(CALLBACK, **query_of(back))
        employees = self._browser.get(f"{APP}/employees").status == HTTPStatus.OK
        return WalkedLogin(tuple(self.pages), error, employees)

    def through(self, page: ReceivedPage) -> str | None:
        """Answer pages until the browser is sent back to the application."""
        for _ in range(_MOST_PAGES):
            where = page.leads_to
            if page.location is None:
                page = self._answered(page)
            elif where.startswith(self._programs.callback):
                return where
            elif not where.startswith(ISSUER):  # a script sent the browser away
                self.pages.append(("redirect", ""))
                page = self._browser.get(f"{ISSUER}continue", **_state(where))
            else:
                page = self._browser.get(where)
            if self._stopped:
                return None
        raise RuntimeError(f"a login that never ends: {self.pages}")

    def _answered(self, page: ReceivedPage) -> ReceivedPage:
        kind = _KINDS.get(page.path)
        if kind is not None:
            self.pages.append(kind)
        return self._answers()[kind[0] if kind else page.path](page)

    def _answers(self) -> Mapping[str, Callable[[ReceivedPage], ReceivedPage]]:
        return {
            "password": self._password,
            "factor": self._factor,
            "enrolment": self._enrolment,
            "consent": lambda page: self._send(page, action="accept"),
            "/u/mfa-recovery-code-enrollment": self._send,
        }

    def _password(self, page: ReceivedPage) -> ReceivedPage:
        return self._send(page, username=self._visitor.email, password=PASSWORD)

    def _factor(self, page: ReceivedPage) -> ReceivedPage:
        if self._answer == "cancels":
            return self._cancel(page)
        if page.path.endswith("-push"):
            word = "deny" if self._answer == "fails" else "allow"
            self._programs.answer_push(self._visitor, word)
            self._stopped = self._answer == "fails"
            return self._send(page, **self._remember)
        return self._typed(page, lambda: self._programs.code(self._visitor))

    def _enrolment(self, page: ReceivedPage) -> ReceivedPage:
        if self._answer == "cancels":
            return self._cancel(page)
        now = self._programs.now
        return self._typed(page, lambda: pyotp.TOTP(page.secret).at(now))

    def _typed(self, page: ReceivedPage, code: Callable[[], str]) -> ReceivedPage:
        self._stopped = self._answer == "fails"
        typed = WRONG_CODE if self._stopped else code()
        return self._send(page, code=typed, **self._remember)

    def _cancel(self, page: ReceivedPage) -> ReceivedPage:
        return self._browser.post(f"{ISSUER}u/cancel", page.hidden)

    def _send(self, page: ReceivedPage, **fields: str) -> ReceivedPage:
        filled = {**page.hidden, "action": "default", **fields}
        return self._browser.post(page.url, filled)


def _on_the_way(url: str, asked: Mapping[str, str]) -> str:
    """Change what the application sent into what reaches the tenant."""
    sent = {n: value for n, value in query_of(url).items() if n not in _SENT}
    arrived = {name: asked[name] for name in _SENT if name in asked}
    return urlunsplit(urlsplit(url)._replace(query=urlencode(sent | arrived)))


def _state(url: str) -> dict[str, str]:
    return {"state": query_of(url)["state"]}
