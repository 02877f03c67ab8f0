"""What a browser or a program is told when an address or a request is no good."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from bottle import HTTPError, request

from fabrikam.shared.unavailable import StoreUnavailable
from fabrikam.tenant.http.pages import json_reply, problem
from fabrikam.tenant.universal_login.back_to_application import link_back

if TYPE_CHECKING:
    from bottle import Bottle, HTTPResponse

    from fabrikam.tenant.context import TenantContext

__all__ = ["errors"]

log = logging.getLogger(__name__)

_PROGRAMS: Final = (
    "/api/",
    "/oauth/",
    "/mfa/",
    "/userinfo",
    "/tokeninfo",
    "/_tenant",
    "/.well",
)
_CALLER_IS_WRONG: Final = range(400, 500)
_BUSY: Final = 503
_TITLES: Final = {
    400: "That cannot be read",
    403: "Not allowed",
    404: "There is nothing here",
    405: "Not like this",
    413: "Too large",
    503: "Too busy",
}


_REASONS: Final = {
    404: "The tenant has no page at this address.",
    503: "The tenant cannot reach its files at the moment.",
}


def errors(app: Bottle, tenant: TenantContext) -> None:
    """Answer every error as a page, or as JSON where programs call."""

    def shown(error: HTTPError) -> HTTPResponse:
        if error.exception is not None:
            log.error("tenant: %s failed", request.path, exc_info=error.exception)
        answer = _answer(tenant, _status(error), error)
        if "Allow" in error.headers:
            answer.set_header("Allow", error.headers["Allow"])
        return answer

    app.add_hook("before_request", _refuse_odd_paths)
    app.default_error_handler = shown


def _refuse_odd_paths() -> None:
    # bottle leaves out what is no UTF-8, and would find `/phone` at `/phone%ff`, which
    # a proxy's rule for `/phone` has let pass
    try:
        request.environ["bottle.raw_path"].encode("latin-1").decode("utf-8")
    except UnicodeError:
        raise HTTPError(404) from None


def _status(error: HTTPError) -> int:
    if isinstance(error.exception, StoreUnavailable | OSError):
        return _BUSY  # a locked file, a full disk: worth another try
    status: int = error.status_code
    return status


def _answer(tenant: TenantContext, status: int, error: HTTPError) -> HTTPResponse:
    wrong = status in _CALLER_IS_WRONG
    if request.path.startswith(_PROGRAMS):
        said = str(error.body) if wrong else "the tenant has a fault; see its output"
        name = "invalid_request" if wrong else "server_error"
        return json_reply({"error": name, "error_description": said}, status)
    return problem(
        status,
        _TITLES.get(status, "Something broke"),
        _REASONS.get(status, "The tenant cannot answer this request."),
        "Go back to the application and try again.",
        link_back(tenant) if wrong else None,  # what broke may break again
    )
