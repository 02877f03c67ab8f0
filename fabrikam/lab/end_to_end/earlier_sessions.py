"""What a browser did before a walk: earlier sessions, factors it is trusted with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from fabrikam.lab.end_to_end.page_login import PageLogin
from fabrikam.lab.simulation.actors import DAY, HOUR, MINUTE, NOW
from fabrikam.lab.simulation.sides import ISSUER
from fabrikam.tenant import MFA_ACR

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fabrikam.lab.end_to_end.programs import Programs, Visitor
    from fabrikam.lab.end_to_end.user_agent import UserAgent
    from fabrikam.lab.scenarios.situation import Situation

__all__ = ["EarlierSessions"]


class EarlierSessions:
    """What the browser did before: earlier sessions, and factors it is trusted with."""

    def __init__(
        self,
        programs: Programs,
        browser: UserAgent,
        visitor: Visitor,
        client: Mapping[str, Any],
    ) -> None:
        self._programs, self._browser = programs, browser
        self._visitor, self._client = visitor, client

    def bring_about(self, situation: Situation) -> None:
        """Live through it, then stand in the present."""
        if (situation.cookie, situation.session) != ("none", "none"):
            self._programs.neutral()
            self._programs.register({**self._client, "sso": True})
            self._remember(situation.cookie)
            self._sign_in(situation.session)
        self._programs.now = NOW

    def _remember(self, cookie: str) -> None:
        match cookie:
            case "5 days" | "another user's":
                who = self._visitor if cookie == "5 days" else self._somebody_else()
                self._pass_a_factor(who, 5 * DAY)
            case "8 days idle":
                self._pass_a_factor(self._visitor, 8 * DAY)
            case "31 days":
                for days in (31, 25, 19, 13, 7, 2):  # never idle for a week
                    self._pass_a_factor(self._visitor, days * DAY)
        self._browser.forget("auth0")

    def _somebody_else(self) -> Visitor:
        return self._programs.visitor("authenticator app", {})

    def _pass_a_factor(self, visitor: Visitor, ago: int) -> None:
        self._programs.now = NOW - ago
        self._browser.forget("auth0")
        visit = PageLogin(
            self._programs, self._browser, visitor, "passes", remember=True
        )
        visit.through(self._browser.get(self._authorize()))

    def _sign_in(self, session: str) -> None:
        if session == "none":
            return
        ago = 8 * HOUR if session.endswith("8 hours ago") else 10 * MINUTE
        self._programs.now = NOW - ago - MINUTE
        answer = "fails" if session == "password" else "passes"
        visit = PageLogin(self._programs, self._browser, self._visitor, answer)
        visit.through(self._browser.get(self._authorize(acr_values=MFA_ACR)))

    def _authorize(self, **more: str) -> str:
        plain = {
            "response_type": "code",
            "client_id": self._client["client_id"],
            "redirect_uri": self._programs.callback,
            "scope": "openid",
            "state": "past",
            **more,
        }
        return f"{ISSUER}authorize?{urlencode(plain)}"
