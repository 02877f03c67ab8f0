"""Everything that is not a page: unknown addresses, wrong methods, broken parts.

The last resort.  It never shows a stack trace, and it works when the store does not.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bottle import HTTPError, request, response

from fabrikam.web.pages import Pages
from fabrikam.web.problem import is_program, problem
from fabrikam.web.store import STORE_ERRORS
from fabrikam.web.visit import forget_session

__all__ = ["trouble_pages"]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Trouble:
    status: int
    title: str
    what: str
    why: str


_STORE_AWAY: Final = _Trouble(
    503,
    "Our storage does not answer",
    "Your request was not carried out, and nothing was changed.",
    "The place where we keep sessions is locked, full or away. Try again in a minute.",
)
_BROKEN: Final = _Trouble(
    500,
    "Something broke on our side",
    "Your request was not carried out.",
    "A part of the intranet failed in a way that we did not expect.",
)
_NOT_HERE: Final = {403, 404}  # a file out of reach is as good as none
_BY_STATUS: Final = {
    400: _Trouble(
        400,
        "This request cannot be read",
        "Nothing was changed.",
        "The address or the form came in a shape that we do not understand.",
    ),
    405: _Trouble(
        405,
        "This cannot be done here",
        "Nothing was changed.",
        "The address exists, but not for this kind of request.",
    ),
    413: _Trouble(
        413,
        "This is too much at once",
        "Nothing was changed.",
        "A form of ours is never as long as what came.",
    ),
}


def trouble_pages(pages: Pages) -> Callable[[HTTPError], str | bytes]:
    """Return what Bottle calls for every answer that is an error."""

    def show(error: HTTPError) -> str | bytes:
        if error.status_code in _NOT_HERE:
            return _missing(pages)
        return _shown(error, pages)

    return show


def _what_happened(error: HTTPError) -> _Trouble:
    if isinstance(error.exception, STORE_ERRORS):
        return _STORE_AWAY
    return _BY_STATUS.get(error.status_code, _BROKEN)


def _missing(pages: Pages) -> str | bytes:
    response.status = 404
    if is_program(request):
        return _as_problem(404, "There is nothing at this address", "Look for another.")
    return pages.render("missing", {})


def _shown(error: HTTPError, pages: Pages) -> str | bytes:
    trouble, reference = _what_happened(error), secrets.token_hex(5)
    cause = type(error.exception).__name__ if error.exception else error.status_line
    log.error("trouble %s %s: %s: %s", trouble.status, reference, request.path, cause)
    response.status = trouble.status
    if is_program(request):
        return _as_problem(trouble.status, trouble.title, trouble.why)
    if trouble.status >= 500:  # noqa: PLR2004
        forget_session()  # looking it up might break the same way again
    return pages.render(
        "refused",
        {
            "eyebrow": "Intranet",
            "title": trouble.title,
            "what": trouble.what,
            "why": trouble.why,
            "next_steps": (("Go to the start page", "/"),),
            "for_admin": (),
            "reference": reference,
        },
    )


def _as_problem(status: int, title: str, detail: str) -> str | bytes:
    answer = problem(status, f"http-{status}", title, detail)
    response.content_type = "application/problem+json; charset=UTF-8"
    body: str | bytes = answer.body
    return body
