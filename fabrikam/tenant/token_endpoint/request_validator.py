"""oauthlib's questions about codes and tokens, answered from the store.

It decides nothing itself.  Clients are authenticated before a code is touched.  A code
is taken, so of any number of redeemers one gets its grant; a code that was used already
ends all that came of it.
"""

# ruff: noqa: ARG002 - the names of the arguments are oauthlib's

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fabrikam.tenant.decisions.facts import RegisteredClient
from fabrikam.tenant.decisions.session_lifetime import renewed_grant, sooner
from fabrikam.tenant.storage.tables import IssuedGrant, Origin
from fabrikam.tenant.token_endpoint.client_authentication import ClientAuthentication
from fabrikam.tenant.token_endpoint.signing import id_token
from fabrikam.tenant.token_endpoint.token_errors import TokenRefused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from oauthlib.common import Request

__all__ = ["TenantRequestValidator"]


class TenantRequestValidator(ClientAuthentication):
    """What oauthlib wants to know about codes and tokens of one tenant.

    The grant that a request is about travels as `request.user`, an `IssuedGrant`.
    """

    def validate_code(
        self,
        client_id: str,
        code: str,
        client: Any,
        request: Request,
        *args: Any,
        **kwargs: Any,
    ) -> bool:
        """Take the code; whoever comes later gets nothing and ends what it gave."""
        entitlement = self.tenant.tables.codes.take(code, self.tenant.now())
        if entitlement is None:
            self._end_what_came_of(code)
            raise TokenRefused("invalid_grant", "Invalid authorization code")
        grant = entitlement.grant
        if grant.client_id != client_id:
            raise TokenRefused("invalid_grant", "Invalid authorization code")
        if request.code_verifier is not None and grant.code_challenge is None:
            raise TokenRefused("invalid_grant", "Failed to verify code verifier")
        request.user = entitlement
        request.scopes = list(grant.granted)
        return True

    def get_code_challenge(self, code: str, request: Request) -> str:
        """Read the challenge of the code in hand."""
        challenge: str = _entitlement(request).grant.code_challenge  # type: ignore[assignment]  # None says that there is none; the stub knows only str
        return challenge

    def get_code_challenge_method(self, code: str, request: Request) -> str:
        """Know one method: `/authorize` accepts no other."""
        return "S256"

    def confirm_redirect_uri(
        self,
        client_id: str,
        code: str,
        redirect_uri: str,
        client: Any,
        request: Request,
        *args: Any,
        **kwargs: Any,
    ) -> bool:
        """Compare the address with the one that the code was sent to."""
        if redirect_uri == _entitlement(request).grant.redirect_uri:
            return True
        raise TokenRefused("invalid_grant", "Invalid authorization code")

    def invalidate_authorization_code(self, *args: Any, **kwargs: Any) -> None:
        """Do nothing: the code was taken when it was validated."""

    def get_authorization_code_nonce(
        self, client_id: str, code: str, redirect_uri: str, request: Request
    ) -> str:
        """Read the nonce of the code in hand."""
        return _entitlement(request).grant.nonce or ""

    def validate_refresh_token(
        self,
        refresh_token: str,
        client: Any,
        request: Request,
        *args: Any,
        **kwargs: Any,
    ) -> bool:
        """Look a refresh token up; one that was used already ends its family."""
        shelf = self.tenant.tables.refresh_tokens
        entitlement = shelf.look(refresh_token, self.tenant.now())
        if entitlement is None:
            self._end_what_came_of(refresh_token)
            raise TokenRefused("invalid_grant", "Unknown or invalid refresh token.")
        if entitlement.grant.client_id != client.client_id:
            raise TokenRefused("invalid_grant", "Unknown or invalid refresh token.")
        request.user = entitlement
        return True

    def get_original_scopes(
        self, refresh_token: str, request: Request, *args: Any, **kwargs: Any
    ) -> list[str]:
        """Read what was granted at the login."""
        return list(_entitlement(request).renewed_from.granted)

    def is_within_original_scope(self, *args: Any, **kwargs: Any) -> bool:
        """Let other scopes pass: scripts see them, and nothing is granted for them."""
        return True

    def rotate_refresh_token(self, request: Request) -> bool:
        """Give a new refresh token at every use."""
        return True

    def refresh_id_token(self, request: Request) -> bool:
        """Renew the ID token where `openid` was granted."""
        return "openid" in _entitlement(request).grant.granted

    def get_id_token(
        self, token: dict[str, Any], token_handler: Any, request: Request
    ) -> str:
        """Sign the ID token of an answer."""
        grant = _entitlement(request).grant
        return id_token(self.tenant, grant, _client(request), token["access_token"])

    def save_token(
        self, token: Mapping[str, Any], request: Request, *args: Any, **kwargs: Any
    ) -> None:
        """Keep what was given, unless its family ended meanwhile."""
        tenant, entitlement, now = self.tenant, _entitlement(request), self.tenant.now()
        tenant.tables.access_tokens.keep(
            token["access_token"],
            entitlement,
            ends_at=now + entitlement.grant.access_token_seconds,
            family=entitlement.family,
        )
        if "refresh_token" in token:
            self._keep_refresh_token(token["refresh_token"], entitlement, now)

    def revoke_token(
        self,
        token: str,
        token_type_hint: str,
        request: Request,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        """End a refresh token with all its family, or one access token."""
        tenant, client_id = self.tenant, _client(request).client_id
        refresh = tenant.tables.refresh_tokens.look(token, tenant.now())
        if refresh is not None and refresh.grant.client_id == client_id:
            tenant.store.end_family(refresh.family, tenant.now())
        access = tenant.tables.access_tokens.look(token, tenant.now())
        if access is not None and access.grant.client_id == client_id:
            tenant.tables.access_tokens.drop(token)

    def _keep_refresh_token(self, token: str, given: IssuedGrant, now: int) -> None:
        tenant = self.tenant
        said = given.grant.refresh_token
        usual = given.renewable_until or now + tenant.lifetimes.refresh_token
        until = sooner(usual, said.expires_at)
        grant = renewed_grant(given.renewed_from, given.grant)
        lasting = IssuedGrant(grant, given.family, until, renewals=given.renewals)
        tenant.tables.origins.keep(token, Origin(given.family), ends_at=until)
        tenant.tables.refresh_tokens.keep(
            token,
            lasting,
            ends_at=min(
                until, sooner(now + tenant.lifetimes.refresh_idle, said.idle_expires_at)
            ),
            family=given.family,
        )

    def _end_what_came_of(self, key: str) -> None:
        origin = self.tenant.tables.origins.look(key, self.tenant.now())
        if origin is not None:
            self.tenant.store.end_family(origin.family, self.tenant.now())


def _entitlement(request: Request) -> IssuedGrant:
    found = request.user
    if not isinstance(found, IssuedGrant):
        raise TypeError("request without an entitlement")
    return found


def _client(request: Request) -> RegisteredClient:
    found = request.client
    if not isinstance(found, RegisteredClient):
        raise TypeError("request without a client")
    return found
