"""`/userinfo` and the legacy `/tokeninfo`: what a token says about a user."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bottle import HTTPResponse

from fabrikam.tenant.decisions.grants import claims_for
from fabrikam.tenant.endpoints.simulated_faults import with_simulated_faults
from fabrikam.tenant.http.pages import json_reply
from fabrikam.tenant.http.request_fields import bearer, body_of, text_of
from fabrikam.tenant.token_endpoint.signing import verified_hint

if TYPE_CHECKING:
    from bottle import Bottle

    from fabrikam.tenant.context import TenantContext

__all__ = ["userinfo"]


def userinfo(app: Bottle, tenant: TenantContext) -> None:
    """Add the addresses."""

    @app.route("/userinfo", method=["GET", "POST"])
    @with_simulated_faults(tenant, "userinfo")
    def about_the_user() -> HTTPResponse:
        entitlement = tenant.tables.access_tokens.look(bearer() or "", tenant.now())
        if entitlement is None:
            return _refused(401, "invalid_token")
        grant = entitlement.grant
        if "openid" not in grant.granted:
            return _refused(403, "insufficient_scope")
        client, user = (
            tenant.client(grant.client_id),
            tenant.users.find(grant.subject),
        )
        if client is None or (user is not None and user.blocked):
            return _refused(401, "invalid_token")
        return json_reply(dict(claims_for(grant, client, tenant.now()).userinfo))

    @app.route("/tokeninfo", method=["GET", "POST"])
    def about_the_token() -> HTTPResponse:
        token = dict(body_of()).get("id_token") or text_of("id_token")
        claims = verified_hint(tenant, token)
        client = tenant.client(claims["aud"]) if claims else None
        if claims is None or client is None or claims["exp"] <= tenant.now():
            return json_reply({"error": "invalid_token"}, 401)
        if client.conformant:  # the address belongs to the legacy pipeline
            return json_reply({"error": "not_supported"}, 400)
        user = tenant.users.find(claims["sub"])
        return json_reply(dict(user.profile) if user else {}, 200 if user else 401)


def _refused(status: int, error: str) -> HTTPResponse:
    answer = json_reply({"error": error}, status)
    answer.set_header("WWW-Authenticate", f'Bearer error="{error}"')
    return answer
