"""Everything that is not a page: unknown addresses, wrong methods, broken parts.

The last resort.  It never shows a stack trace, and it works when the store does not.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Final

from bottle import HTTPError, request, response

from fabrikam.web.error_pages import new_reference
from fabrikam.web.error_texts import ProblemPage
from fabrikam.web.pages import Pages
from fabrikam.web.problem_details import is_program, problem
from fabrikam.web.request_fields import address_of
from fabrikam.web.stores import StoreUnavailable

__all__ = ["http_error_pages"]

log = logging.getLogger(__name__)


_HOME: Final = ("Go to the start page", "/")
_STORE_AWAY: Final = ProblemPage(
    status=503,
    code="store-away",
    title="Our storage does not answer",
    what="Your request was not carried out, and nothing was changed.",
    why="The place where we keep sessions is locked, full or away.",
    next_steps=(_HOME,),
    eyebrow="Intranet",
)
_BROKEN: Final = ProblemPage(
    status=500,
    code="broken",
    title="Something broke on our side",
    what="Your request was not carried out.",
    why="A part of the intranet failed in a way that we did not expect.",
    next_steps=(_HOME,),
    eyebrow="Intranet",
)
_NOT_HERE: Final = {403, 404}  # a file out of reach is as good as none
_BY_STATUS: Final = {
    400: replace(
        _BROKEN,
        status=400,
        title="This request cannot be read",
        what="Nothing was changed.",
        why="The address or the form came in a shape that we do not understand.",
    ),
    405: replace(
        _BROKEN,
        status=405,
        title="This cannot be done here",
        what="Nothing was changed.",
        why="The address exists, but not for this kind of request.",
    ),
    413: replace(
        _BROKEN,
        status=413,
        title="This is too much at once",
        what="Nothing was changed.",
        why="A form of ours is never as long as what came.",
    ),
}


def http_error_pages(pages: Pages) -> Callable[[HTTPError], str | bytes]:
    """Return what Bottle calls for every answer that is an error."""

    def show(error: HTTPError) -> str | bytes:
        if error.status_code in _NOT_HERE:
            return _missing(pages)
        return _shown(error, pages)

    return show


def _what_happened(error: HTTPError) -> ProblemPage:
    if isinstance(error.exception, StoreUnavailable | OSError):
        return replace(_STORE_AWAY, next_steps=_once_more())
    return _BY_STATUS.get(error.status_code, _BROKEN)


def _once_more() -> tuple[tuple[str, str], ...]:
    if request.method != "GET":
        return (_HOME,)
    return (("Try again in a minute", address_of(request)), _HOME)


def _missing(pages: Pages) -> str | bytes:
    response.status = 404
    if is_program(request):
        return _as_problem(404, "There is nothing at this address", "Look for another.")
    return pages.render("missing", {})


def _shown(error: HTTPError, pages: Pages) -> str | bytes:
    trouble, reference = _what_happened(error), new_reference()
    cause = type(error.exception).__name__ if error.exception else error.status_line
    log.error("trouble %s %s: %s: %s", trouble.status, reference, request.path, cause)
    response.status = trouble.status
    if is_program(request):
        return _as_problem(trouble.status, trouble.title, trouble.why)
    return pages.render("refused", {**asdict(trouble), "reference": reference})


def _as_problem(status: int, title: str, detail: str) -> str | bytes:
    answer = problem(status, f"http-{status}", title, detail)
    response.content_type = "application/problem+json; charset=UTF-8"
    body: str | bytes = answer.body
    return body
