"""oauthlib's questions about clients: who calls, and what they may ask for."""

# ruff: noqa: ARG002 - the names of the arguments are oauthlib's

from __future__ import annotations

import base64
import hmac
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

from oauthlib.common import Request
from oauthlib.openid import RequestValidator

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fabrikam.tenant.context import TenantContext
    from fabrikam.tenant.decisions.facts import RegisteredClient

__all__ = ["ClientAuthentication"]


class ClientAuthentication(RequestValidator):
    """What oauthlib wants to know about the clients of one tenant."""

    def __init__(self, tenant: TenantContext) -> None:
        super().__init__()
        self.tenant = tenant

    def caller(
        self, fields: Mapping[str, str], authorization: str | None
    ) -> RegisteredClient | None:
        """Tell which client calls, if it proves that as it should."""
        headers = {"Authorization": authorization} if authorization else {}
        request = Request(self.tenant.issuer, body=dict(fields), headers=headers)
        if self.client_authentication_required(request):
            known = self.authenticate_client(request)
        else:
            known = self.authenticate_client_id(request.client_id or "", request)
        client: RegisteredClient | None = request.client
        return client if known else None

    def client_authentication_required(
        self, request: Request, *args: Any, **kwargs: Any
    ) -> bool:
        """Every client keeps a secret, unless it is known as public."""
        client = self.tenant.client(_credentials(request)[0])
        return client is None or not client.public

    def authenticate_client(self, request: Request, *args: Any, **kwargs: Any) -> bool:
        """Weigh a client's secret, from the header or from the form."""
        client_id, secret = _credentials(request)
        client = self.tenant.client(client_id)
        if client is None or client.secret is None or secret is None:
            return False
        if request.client_id not in (None, client_id):
            return False
        request.client = client
        return hmac.compare_digest(client.secret.encode(), secret.encode())

    def authenticate_client_id(
        self, client_id: str, request: Request, *args: Any, **kwargs: Any
    ) -> bool:
        """Let a public client in by its name alone."""
        client = self.tenant.client(client_id)
        request.client = client
        return client is not None and client.public

    def validate_client_id(
        self, client_id: str, request: Request, *args: Any, **kwargs: Any
    ) -> bool:
        """Tell whether a client is known."""
        request.client = self.tenant.client(client_id)
        return request.client is not None

    def validate_grant_type(
        self,
        client_id: str,
        grant_type: str,
        client: Any,
        request: Request,
        *args: Any,
        **kwargs: Any,
    ) -> bool:
        """Tell whether a client may use a grant."""
        return grant_type in client.grant_types

    def validate_redirect_uri(
        self,
        client_id: str,
        redirect_uri: str,
        request: Request,
        *args: Any,
        **kwargs: Any,
    ) -> bool:
        """Compare an address with the registered ones, character by character."""
        client = self.tenant.client(client_id)
        return client is not None and redirect_uri in client.callbacks

    def get_default_redirect_uri(
        self, client_id: str, request: Request, *args: Any, **kwargs: Any
    ) -> str:
        """Have none: an address must be said."""
        return ""

    def validate_response_type(self, *args: Any, **kwargs: Any) -> bool:
        """Leave it to `read_request`."""
        return True

    def is_pkce_required(self, client_id: str, request: Request) -> bool:
        """Demand PKCE of clients without a secret."""
        client = self.tenant.client(client_id)
        return client is None or client.public

    def get_default_scopes(
        self, client_id: str, request: Request, *args: Any, **kwargs: Any
    ) -> list[str]:
        """Have none."""
        return []

    def validate_scopes(self, *args: Any, **kwargs: Any) -> bool:
        """Tolerate unknown scopes: scripts see them, and they grant nothing."""
        return True

    def validate_silent_login(self, request: Request) -> bool:
        """Leave it to `next_step`."""
        return True

    def validate_silent_authorization(self, request: Request) -> bool:
        """Leave it to `next_step`."""
        return True

    def validate_user_match(self, *args: Any, **kwargs: Any) -> bool:
        """Leave it to `next_step`."""
        return True


def _credentials(request: Request) -> tuple[str | None, str | None]:
    header = request.headers.get("Authorization", "")
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return request.client_id, request.client_secret
    try:
        decoded = base64.b64decode(encoded, validate=True).decode()
    except ValueError:  # no base64, or no text in it
        return None, None
    name, _, secret = decoded.partition(":")
    return unquote_plus(name), unquote_plus(secret)
