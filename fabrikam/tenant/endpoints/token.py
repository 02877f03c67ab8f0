"""`/oauth/token` and `/oauth/revoke`: oauthlib weighs, we say it in Auth0's words."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from bottle import HTTPResponse, request
from oauthlib.oauth2 import OAuth2Error, RevocationEndpoint

from fabrikam.tenant.endpoints.simulated_faults import with_simulated_faults
from fabrikam.tenant.factors import FACTORS
from fabrikam.tenant.http.pages import json_reply
from fabrikam.tenant.http.request_fields import body_of, header
from fabrikam.tenant.storage.tenant_log import request_told
from fabrikam.tenant.token_endpoint.grants.registry import token_endpoint
from fabrikam.tenant.token_endpoint.request_validator import TenantRequestValidator

if TYPE_CHECKING:
    from bottle import Bottle

    from fabrikam.tenant.context import TenantContext

__all__ = ["token"]

# what oauthlib is shown; it would take `user` or `scopes` from a stranger as its own
_FIELDS: Final = frozenset(
    {
        "audience",
        "client_id",
        "client_secret",
        "code",
        "code_verifier",
        "grant_type",
        "mfa_token",
        "binding_code",
        "oob_code",
        "otp",
        "password",
        "realm",
        "recovery_code",
        "redirect_uri",
        "refresh_token",
        "scope",
        "token",
        "token_type_hint",
        "username",
    }
)
_EVENTS: Final = {
    "authorization_code": ("seacft", "feacft"),
    "client_credentials": ("seccft", "feccft"),
    "refresh_token": ("sertft", "fertft"),
    "password": ("sepft", "fepft"),
    "http://auth0.com/oauth/grant-type/password-realm": ("sepft", "fepft"),
    **{factor.grant_type: factor.exchange_events for factor in FACTORS},
}


def token(app: Bottle, tenant: TenantContext) -> None:
    """Add the addresses."""
    endpoint = token_endpoint(tenant)
    revocation = RevocationEndpoint(TenantRequestValidator(tenant))

    @app.post("/oauth/token")
    @with_simulated_faults(tenant, "token")
    def exchange() -> HTTPResponse:
        fields = [(name, value) for name, value in body_of() if name in _FIELDS]
        repeated = _repeated(fields)
        if repeated is not None:
            return _refused("invalid_request", f"{repeated} is repeated", 400)
        try:
            _, body, status = endpoint.create_token_response(
                f"{tenant.issuer}oauth/token", body=fields, headers=_headers()
            )
        except OAuth2Error as error:
            body, status = error.json, error.status_code
        return _answer(tenant, dict(fields), json.loads(body), status)

    @app.post("/oauth/revoke")
    def revoke() -> HTTPResponse:
        fields = [(name, value) for name, value in body_of() if name in _FIELDS]
        _, body, status = revocation.create_revocation_response(
            f"{tenant.issuer}oauth/revoke",
            body=dict(fields),  # type: ignore[arg-type]  # the stub knows text only
            headers=_headers(),
        )
        said = json.loads(body) if body else {}
        if said.get("error") == "invalid_client":
            return _refused("access_denied", "Unauthorized", 401)
        if not said:
            tenant.log.write("srrt", client_id=dict(fields).get("client_id"))
        return json_reply(said, status)


def _answer(
    tenant: TenantContext, fields: dict[str, str], said: dict[str, Any], status: int
) -> HTTPResponse:
    grant_type = fields.get("grant_type", "")
    said, status = _in_auth0_words(said, status, grant_type)
    error = said.get("error")
    succeeded, failed = _EVENTS.get(grant_type, ("seacft", "feacft"))
    tenant.log.write(
        failed if error else succeeded,
        said.get("error_description", ""),
        error=error,
        ip=request.environ.get("REMOTE_ADDR"),
        **_told(tenant, fields, said.get("access_token", "")),
    )
    return json_reply(said, status)


def _told(tenant: TenantContext, fields: dict[str, str], token: str) -> dict[str, Any]:
    """Tell who got which scopes, or, where nobody got any, what was asked for."""
    entitlement = tenant.tables.access_tokens.look(token, tenant.now())
    name = fields.get("username")
    if entitlement is None:
        return {
            "client_id": fields.get("client_id"),
            "user_name": tenant.masked(name) if name else None,
            "details": request_told("body", fields),
        }
    grant = entitlement.grant
    return {
        "client_id": grant.client_id,
        "user_id": grant.subject or None,
        "details": request_told("body", {**fields, "scope": " ".join(grant.requested)}),
    }


def _in_auth0_words(
    said: dict[str, Any], status: int, grant_type: str
) -> tuple[dict[str, Any], int]:
    match said.get("error"):
        case "invalid_client":
            return _error("access_denied", "Unauthorized"), 401
        case "unauthorized_client":
            refused = f"Grant type '{grant_type}' not allowed for the client."
            return _error("unauthorized_client", refused), 403
        case "invalid_grant" if "error_description" not in said:
            return _error("invalid_grant", "Failed to verify code verifier"), 403
        case _:
            return said, status


def _error(error: str, description: str) -> dict[str, Any]:
    return {"error": error, "error_description": description}


def _refused(error: str, description: str, status: int) -> HTTPResponse:
    return json_reply(_error(error, description), status)


def _repeated(fields: list[tuple[str, str]]) -> str | None:
    names = [name for name, _ in fields]
    return next((name for name in names if names.count(name) > 1), None)


def _headers() -> dict[str, str]:
    given = header("Authorization")
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    return {**form, "Authorization": given} if given else form
