"""`/api/v2/…`: the Management API for programs, as far as step-up teams script it.

What it answers is the same that scripts get; here a token of the grant
`client_credentials` says who asks, and its scopes what for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bottle import HTTPResponse, request

from fabrikam.tenant.endpoints.backchannel_logout import end_sessions_of
from fabrikam.tenant.http.pages import json_reply
from fabrikam.tenant.http.request_fields import bearer, json_of, query_of
from fabrikam.tenant.scripts.management_api import (
    ManagementResponse,
    Request,
    answered,
    scope_for,
)
from fabrikam.tenant.storage.management_users import ManagementUsers
from fabrikam.tenant.token_endpoint.grants.client_credentials import management_audience

if TYPE_CHECKING:
    from bottle import Bottle

    from fabrikam.tenant.context import TenantContext
    from fabrikam.tenant.decisions.grants import Grant

__all__ = ["management"]

_METHODS: Final = ["GET", "POST", "PATCH", "DELETE"]
_FORGET: Final = ("multifactor", "actions", "invalidate-remember-browser")


def management(app: Bottle, tenant: TenantContext) -> None:
    """Add the address."""

    @app.route("/api/v2/<path:path>", method=_METHODS)
    def api(path: str) -> HTTPResponse:
        grant, words = _granted(tenant), tuple(path.split("/"))
        if grant is None:
            return _reply(_error(401, "Unauthorized", "Invalid token"))
        scope = _scope(request.method, words)
        if scope is not None and scope not in grant.granted:
            missing = f"Insufficient scope, expected any of: {scope}"
            return _reply(_error(403, "Forbidden", missing))
        answer = _answer(tenant, words)
        if request.method != "GET":
            done = f"{request.method} /api/v2/{path}: {answer.status}"
            tenant.log.write("sapi", done, client_id=grant.client_id)
        return _reply(answer)


def _granted(tenant: TenantContext) -> Grant | None:
    entitlement = tenant.tables.access_tokens.look(bearer() or "", tenant.now())
    grant = entitlement.grant if entitlement else None
    if grant is None or grant.audience != management_audience(tenant):
        return None
    known = tenant.client(grant.client_id) is not None
    return grant if known and grant.for_a_machine else None


def _scope(method: str, words: tuple[str, ...]) -> str | None:
    if method == "POST" and words[2:] == _FORGET:
        return "update:users"
    return scope_for(method, words)


def _answer(tenant: TenantContext, words: tuple[str, ...]) -> ManagementResponse:
    if request.method == "POST" and words[2:] == _FORGET:
        return _forget_browsers(tenant, words[1])
    asked = Request(
        request.method, words, query_of(), json_of(), "a token, weighed above"
    )
    answer = answered(ManagementUsers(tenant.users), asked)
    user = answer.body if isinstance(answer.body, dict) else {}
    if request.method == "PATCH" and user.get("blocked") is True:
        end_sessions_of(tenant, words[1])
    return answer


def _forget_browsers(tenant: TenantContext, user_id: str) -> ManagementResponse:
    if tenant.users.find(user_id) is None:
        return _error(404, "Not Found", "The user does not exist.")
    remembered = tenant.tables.remembered
    remembered.take_all(lambda one: one.user_id == user_id, tenant.now())
    return ManagementResponse(204)


def _reply(answer: ManagementResponse) -> HTTPResponse:
    if answer.body is None:
        return HTTPResponse(status=answer.status)
    return json_reply(answer.body, answer.status)


def _error(status: int, error: str, message: str) -> ManagementResponse:
    said: dict[str, Any] = {"statusCode": status, "error": error, "message": message}
    return ManagementResponse(status, said)
