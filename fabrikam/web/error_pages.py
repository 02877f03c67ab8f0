"""The pages at which a sign-in or a form ends, each with its log line."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from bottle import HTTPResponse, request

from fabrikam.oidc import Evidence, SignInError
from fabrikam.stepup import Shortfall, Strategy
from fabrikam.web.error_texts import (
    ProblemPage,
    forged_page,
    lost_page,
    problem_page,
)
from fabrikam.web.explanations import denied_page
from fabrikam.web.metrics import Metrics
from fabrikam.web.pages import Pages
from fabrikam.web.problem_details import is_program, problem

__all__ = ["ErrorPages", "new_reference"]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ErrorPages:
    """Answers with the page that says what happened, why, and what to do next."""

    pages: Pages
    strategy: Strategy
    metrics: Metrics

    def denied(
        self,
        shortfalls: tuple[Shortfall, ...],
        *,
        asked: Mapping[str, str],
        evidence: Evidence,
        return_to: str,
    ) -> HTTPResponse:
        """Answer after a step-up that brought too little: 403."""
        page = denied_page(
            shortfalls,
            asked=asked,
            evidence=evidence,
            strategy=self.strategy,
            return_to=return_to,
            reference=new_reference(),
        )
        log.warning("denied %s %s", page["code"], page["reference"])
        self.metrics.count_sign_in("denied")
        return self.pages.response("denied", 403, page)

    def problem(self, error: SignInError, again: str = "/login") -> HTTPResponse:
        """Answer after a sign-in that broke off; it may be tried again at `again`."""
        return self._refused(problem_page(error, again), str(error))

    def lost(self, return_to: str) -> HTTPResponse:
        """Answer to somebody who signed in and is a stranger again at once: 403."""
        return self._refused(lost_page(return_to), "the session did not hold")

    def forged(self) -> HTTPResponse:
        """Answer a form without the token of this session: 403."""
        if is_program(request):
            return problem(
                403,
                "form-not-ours",
                "This form was not sent from our pages",
                "Send the token that the page of the form carries in its field csrf.",
            )
        keeps_form = "keeps_form" in request.route.config
        again = str(request.path) if keeps_form else "/"
        return self._refused(forged_page(again), f"{request.method} {request.path}")

    def _refused(self, page: ProblemPage, detail: str) -> HTTPResponse:
        reference = new_reference()
        log.warning("%s %s: %s", page.code, reference, detail)
        self.metrics.count_sign_in(page.code)
        shown = {**asdict(page), "reference": reference}
        return self.pages.response("refused", page.status, shown)


def new_reference() -> str:
    """Make a word by which a page can be found again in the log."""
    return secrets.token_hex(5)
