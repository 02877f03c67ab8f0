"""`/.well-known/openid-configuration`: what the tenant can do, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fabrikam.tenant.decisions.authorization_request import RESPONSE_MODES
from fabrikam.tenant.endpoints.simulated_faults import with_simulated_faults
from fabrikam.tenant.factors import OTP, PUSH, RECOVERY_CODE
from fabrikam.tenant.http.pages import json_reply

if TYPE_CHECKING:
    from bottle import Bottle, HTTPResponse

    from fabrikam.tenant.context import TenantContext

__all__ = ["discovery"]

_SCOPES: Final = ["openid", "profile", "email", "phone", "address", "offline_access"]
_CLAIMS: Final = [
    "aud",
    "auth_time",
    "created_at",
    "email",
    "email_verified",
    "exp",
    "family_name",
    "given_name",
    "iat",
    "identities",
    "iss",
    "name",
    "nickname",
    "phone_number",
    "picture",
    "sub",
]
_GRANTS: Final = [
    "authorization_code",
    "refresh_token",
    "client_credentials",
    "password",
    "http://auth0.com/oauth/grant-type/password-realm",
    OTP.grant_type,
    PUSH.grant_type,
    RECOVERY_CODE.grant_type,
]


def discovery(app: Bottle, tenant: TenantContext) -> None:
    """Add the address."""

    @app.get("/.well-known/openid-configuration")
    @with_simulated_faults(tenant, "discovery")
    def openid_configuration() -> HTTPResponse:
        return json_reply(_metadata(tenant))


def _metadata(tenant: TenantContext) -> dict[str, Any]:
    supported = tenant.configuration.settings.acr_values_supported
    return {
        "issuer": tenant.issuer,
        "authorization_endpoint": f"{tenant.issuer}authorize",
        "pushed_authorization_request_endpoint": f"{tenant.issuer}oauth/par",
        "token_endpoint": f"{tenant.issuer}oauth/token",
        "userinfo_endpoint": f"{tenant.issuer}userinfo",
        "mfa_challenge_endpoint": f"{tenant.issuer}mfa/challenge",
        "jwks_uri": f"{tenant.issuer}.well-known/jwks.json",
        "revocation_endpoint": f"{tenant.issuer}oauth/revoke",
        "end_session_endpoint": f"{tenant.issuer}oidc/logout",
        "scopes_supported": _SCOPES,
        "response_types_supported": ["code"],
        "response_modes_supported": list(RESPONSE_MODES),
        "grant_types_supported": _GRANTS,
        "code_challenge_methods_supported": ["S256"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256", "HS256", "PS256"],
        "token_endpoint_auth_methods_supported": [
            "client_secret_basic",
            "client_secret_post",
            "none",
        ],
        "claims_supported": _CLAIMS,
        "claims_parameter_supported": False,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,  # those of others; pushed ones are
        "require_pushed_authorization_requests": False,
        "authorization_response_iss_parameter_supported": True,
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
        **({"acr_values_supported": list(supported)} if supported else {}),
    }
