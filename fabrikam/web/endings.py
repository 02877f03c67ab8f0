"""The pages at which a sign-in ends that does not lead on, each with its log line."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from bottle import HTTPResponse

from fabrikam.oidc import Evidence, SignInError
from fabrikam.stepup import Shortfall, Strategy
from fabrikam.web.metrics import Metrics
from fabrikam.web.pages import Pages
from fabrikam.web.problempages import ProblemPage, lost_page, problem_page
from fabrikam.web.words import denied_page

__all__ = ["Endings"]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Endings:
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
            reference=_reference(),
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

    def _refused(self, page: ProblemPage, detail: str) -> HTTPResponse:
        reference = _reference()
        log.warning("%s %s: %s", page.code, reference, detail)
        self.metrics.count_sign_in(page.code)
        shown = {**asdict(page), "reference": reference}
        return self.pages.response("refused", page.status, shown)


def _reference() -> str:
    return secrets.token_hex(5)
