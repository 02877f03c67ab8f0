"""What a token request says: its fields, its client, what it asks scripts about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fabrikam.tenant.decisions.facts import AuthorizeRequest, RegisteredClient
from fabrikam.tenant.http.request_fields import body_of
from fabrikam.tenant.storage.tables import IssuedGrant
from fabrikam.tenant.token_endpoint.token_errors import TokenRefused

if TYPE_CHECKING:
    from oauthlib.common import Request

    from fabrikam.tenant.decisions.facts import Protocol

__all__ = [
    "SECRET_FIELDS",
    "as_authorization_request",
    "client_of",
    "fields_of",
    "issued_grant_of",
    "required",
]

SECRET_FIELDS: Final = frozenset(  # scripts do not see them, and no file keeps them
    {
        "access_token",
        "assertion",
        "binding_code",
        "client_assertion",
        "client_secret",
        "code",
        "code_verifier",
        "id_token",
        "mfa_token",
        "oob_code",
        "otp",
        "password",
        "recovery_code",
        "refresh_token",
        "token",
    }
)


def as_authorization_request(
    request: Request,
    protocol: Protocol,
    scopes: tuple[str, ...],
    audience: str | None,
) -> AuthorizeRequest:
    """Say what a token request asks for, in the words of an authorization request."""
    return AuthorizeRequest(
        client_id=client_of(request).client_id,
        protocol=protocol,
        scopes=scopes,
        audience=audience,
        body={n: v for n, v in body_of() if n not in SECRET_FIELDS},
    )


def fields_of(request: Request) -> dict[str, str]:
    """Return the fields of the body, each once."""
    return dict(request.decoded_body or ())


def required(request: Request, name: str) -> str:
    """Return a field; raises Refused where it is missing."""
    value = fields_of(request).get(name)
    if not value:
        raise TokenRefused(
            "invalid_request", f"Missing required parameter: {name}", 400
        )
    return value


def client_of(request: Request) -> RegisteredClient:
    """Return the client that was authenticated."""
    if not isinstance(request.client, RegisteredClient):
        raise TypeError("request without a client")
    return request.client


def issued_grant_of(request: Request) -> IssuedGrant:
    """Return what the presented refresh token stands for."""
    if not isinstance(request.user, IssuedGrant):
        raise TypeError("request without an entitlement")
    return request.user
