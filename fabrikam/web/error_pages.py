"""The pages at which a request, a sign-in or a form ends, each with its log line.

`http_error_pages` is the last resort.  It never shows a stack trace, and it works when
the store does not.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Final

from bottle import HTTPError, HTTPResponse, request, response

from fabrikam.oidc import Evidence, SignInError
from fabrikam.stepup import Shortfall, Strategy
from fabrikam.web.explanations import (
    ProblemPage,
    denied_page,
    forged_page,
    http_error_page,
    lost_page,
    problem_page,
    store_away_page,
)
from fabrikam.web.metrics import Metrics
from fabrikam.web.pages import Pages
from fabrikam.web.problem_details import is_program, problem
from fabrikam.web.request_fields import address_of
from fabrikam.web.stores import StoreUnavailable

__all__ = ["ErrorPages", "http_error_pages"]

log = logging.getLogger(__name__)

_NOT_HERE: Final = {403, 404}  # a file out of reach is as good as none


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
            reference=_new_reference(),
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
        reference = _new_reference()
        log.warning("%s %s: %s", page.code, reference, detail)
        self.metrics.count_sign_in(page.code)
        shown = {**asdict(page), "reference": reference}
        return self.pages.response("refused", page.status, shown)


def http_error_pages(pages: Pages) -> Callable[[HTTPError], str | bytes]:
    """Return what Bottle calls for every answer that is an error."""

    def show(error: HTTPError) -> str | bytes:
        if error.status_code in _NOT_HERE:
            return _missing(pages)
        return _explained(error, pages)

    return show


def _missing(pages: Pages) -> str | bytes:
    response.status = 404
    if is_program(request):
        return _as_problem(404, "There is nothing at this address", "Look for another.")
    return pages.render("missing", {})


def _explained(error: HTTPError, pages: Pages) -> str | bytes:
    page, reference = _page_for(error), _new_reference()
    cause = type(error.exception).__name__ if error.exception else error.status_line
    log.error("error %s %s: %s: %s", page.status, reference, request.path, cause)
    response.status = page.status
    if is_program(request):
        return _as_problem(page.status, page.title, page.why)
    return pages.render("refused", {**asdict(page), "reference": reference})


def _page_for(error: HTTPError) -> ProblemPage:
    if isinstance(error.exception, StoreUnavailable | OSError):
        return store_away_page(address_of(request) if request.method == "GET" else None)
    return http_error_page(error.status_code)


def _as_problem(status: int, title: str, detail: str) -> str | bytes:
    answer = problem(status, f"http-{status}", title, detail)
    response.content_type = "application/problem+json; charset=UTF-8"
    body: str | bytes = answer.body
    return body


def _new_reference() -> str:
    """Make a word by which a page can be found again in the log."""
    return secrets.token_hex(5)
