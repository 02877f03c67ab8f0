"""A verdict as HTTP: a way onward for browsers, a challenge for programs."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Final, assert_never
from urllib.parse import urlencode

from bottle import HTTPResponse, request

from fabrikam.stepup import (
    Denied,
    Granted,
    LoginRequired,
    Requirement,
    StepUpRequired,
    Strategy,
    Verdict,
    preferred,
)
from fabrikam.web.csrf import FIELD
from fabrikam.web.current_session import CurrentSession
from fabrikam.web.error_pages import ErrorPages
from fabrikam.web.kept_forms import KeptForms
from fabrikam.web.loop_guard import LoopGuard
from fabrikam.web.metrics import Metrics
from fabrikam.web.problem_details import (
    is_program,
    lacking_words,
    login_challenge,
    problem,
    step_up_challenge,
)
from fabrikam.web.request_fields import address_of, every
from fabrikam.web.sessions import Session

__all__ = ["KEPT", "Refusals", "see_other"]

log = logging.getLogger(__name__)

KEPT: Final = "kept"
"""The query parameter that names a kept form on the page that asks about it."""


def see_other(address: str, **query: str) -> HTTPResponse:
    """Send the browser on with a GET, whatever it came with (RFC 9700 §4.12)."""
    location = f"{address}?{urlencode(query)}" if query else address
    return HTTPResponse("", 303, {"Location": location})


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusals:
    """Turns verdicts into answers for the present request."""

    strategy: Strategy
    current_session: CurrentSession
    forms: KeptForms
    loop_guard: LoopGuard
    error_pages: ErrorPages
    metrics: Metrics

    def __call__(
        self, verdict: Verdict, requirement: Requirement
    ) -> HTTPResponse | None:
        """Return what to answer instead of the page; None: let them pass."""
        self.metrics.count_verdict(verdict)
        match verdict:
            case Granted():
                self.loop_guard.end("login", "step-up")
                return None
            case LoginRequired():
                log.info("login required: %s %s", request.method, request.path)
                return self._login()
            case StepUpRequired():
                log.info("step-up required: %s %s", request.method, request.path)
                return self._step_up(verdict, requirement)
            case Denied():  # an answer to a step-up, and the guard makes none
                raise LookupError("the guard does not deny: it asks")
            case _:
                assert_never(verdict)

    def _login(self) -> HTTPResponse:
        if not is_program(request):
            if self.loop_guard.goes_round("login"):
                self.loop_guard.end("login")
                return self.error_pages.lost(address_of(request))
            return see_other("/login", return_to=address_of(request))
        return problem(
            401,
            "login-required",
            "You are not signed in",
            "Sign in first; a browser does so at /login.",
            challenge=login_challenge(),
        )

    def _step_up(
        self, verdict: StepUpRequired, requirement: Requirement
    ) -> HTTPResponse:
        if not is_program(request):
            return self._ask(verdict)
        need = preferred(requirement)
        return problem(
            401,
            "step-up-required",
            "A stronger sign-in is needed",
            "Step up first, as the challenge says; a browser does so at /login/mfa.",
            challenge=step_up_challenge(need, self.strategy, need.login_within),
            more=lacking_words(verdict.shortfalls),
        )

    def _ask(self, verdict: StepUpRequired) -> HTTPResponse:
        session = self.current_session.session()
        self.loop_guard.end("login")  # it held, or nobody would be asked for more
        if session is not None and self.loop_guard.goes_round("step-up"):
            self.loop_guard.end("step-up")
            return self.error_pages.denied(
                verdict.shortfalls,
                asked=self.strategy.ask(),
                evidence=session.evidence,
                return_to=address_of(request),
            )
        return see_other("/login/mfa", return_to=self._way_back())

    def _way_back(self) -> str:
        session = self.current_session.session()
        if session is None or "keeps_form" not in request.route.config:
            return address_of(request)
        kept = self._kept_form(session)
        return request.path if kept is None else f"{request.path}?{KEPT}={kept}"

    def _kept_form(self, session: Session) -> str | None:
        fields = {k: v for k, v in every(request.forms).items() if k != FIELD}
        known = fields.get(KEPT, "")
        if self.forms.look(session, request.path, known) is not None:
            return known  # it was kept before, and the factor has aged meanwhile
        return self.forms.keep(session, request.path, fields)
