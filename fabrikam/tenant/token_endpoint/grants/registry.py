"""Every grant by its name, in oauthlib's token endpoint: scripts run, MFA may be due.

Refresh and the grants without a page pass through the same journey as a hosted login.
Where a second factor is due the answer is `mfa_required` with a token that opens the
MFA API for ten minutes.
"""

from __future__ import annotations

import json
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from oauthlib.oauth2 import BearerToken, OAuth2Error, TokenEndpoint
from oauthlib.oauth2.rfc6749.grant_types.base import GrantTypeBase
from oauthlib.openid.connect.core.grant_types import (
    AuthorizationCodeGrant,
    RefreshTokenGrant,
)

from fabrikam.tenant.factors import OTP, PUSH, RECOVERY_CODE
from fabrikam.tenant.storage.database import new_key
from fabrikam.tenant.storage.tables import IssuedGrant
from fabrikam.tenant.token_endpoint.grants.client_credentials import for_a_machine
from fabrikam.tenant.token_endpoint.grants.mfa import by_code, by_push, by_recovery_code
from fabrikam.tenant.token_endpoint.grants.password import by_default, by_realm
from fabrikam.tenant.token_endpoint.grants.refresh import renewed
from fabrikam.tenant.token_endpoint.request_validator import TenantRequestValidator
from fabrikam.tenant.token_endpoint.signing import access_token

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from oauthlib.common import Request
    from oauthlib.oauth2.rfc6749.tokens import OAuth2Token

    from fabrikam.tenant.context import TenantContext

__all__ = ["token_endpoint"]

Redeem: TypeAlias = "Callable[[TenantContext, Request], IssuedGrant]"

_DIRECT_GRANTS: Final[Mapping[str, Redeem]] = MappingProxyType(
    {
        "password": by_default,
        "http://auth0.com/oauth/grant-type/password-realm": by_realm,
        OTP.grant_type: by_code,
        PUSH.grant_type: by_push,
        RECOVERY_CODE.grant_type: by_recovery_code,
        "client_credentials": for_a_machine,
    }
)


def token_endpoint(tenant: TenantContext) -> TokenEndpoint:
    """Put the grants of a tenant together."""
    validator = TenantRequestValidator(tenant)
    grants: dict[str, Any] = {
        "authorization_code": AuthorizationCodeGrant(validator),
        "refresh_token": RefreshTokenGrant(
            validator, post_token=[lambda request: renewed(tenant, request)]
        ),
        **{
            grant_type: _DirectGrant(validator, _bound(tenant, redeem))
            for grant_type, redeem in _DIRECT_GRANTS.items()
        },
    }
    tokens = _Tokens(tenant, validator)
    return TokenEndpoint("authorization_code", tokens, grants)  # type: ignore[arg-type]  # the stub says str, oauthlib calls it


class _Tokens(BearerToken):
    """Tokens of one tenant: of the kind and the age that the grant in hand wants."""

    def __init__(
        self, tenant: TenantContext, validator: TenantRequestValidator
    ) -> None:
        super().__init__(
            validator,
            token_generator=lambda request: access_token(tenant, _given(request).grant),
            expires_in=lambda request: _given(request).grant.access_token_seconds,
            refresh_token_generator=lambda _: new_key(),
        )

    def create_token(
        self, request: Request, refresh_token: bool = False, **kwargs: Any
    ) -> OAuth2Token:
        """Make the tokens; a refresh token only where `offline_access` is granted."""
        lasting = _given(request).renewed_from
        renewable = refresh_token and "offline_access" in lasting.granted
        request.scopes = list(_given(request).grant.granted)
        return super().create_token(request, renewable, **kwargs)


class _DirectGrant(GrantTypeBase):
    """A grant of Auth0's own: the client brings the proof, and no page is shown."""

    def __init__(
        self,
        validator: TenantRequestValidator,
        redeem: Callable[[Request], IssuedGrant],
    ) -> None:
        super().__init__(validator)
        self._validator = validator
        self._redeem = redeem

    def create_token_response(
        self, request: Request, token_handler: Any
    ) -> tuple[dict[str, str], str | None, int | None]:
        """Check the proof and answer with tokens."""
        headers = {"Content-Type": "application/json", "Cache-Control": "no-store"}
        try:
            self.validate_client_authentication(request)
            self.validate_grant_type(request)
            request.user = self._redeem(request)
        except OAuth2Error as error:
            return {**headers, **error.headers}, error.json, error.status_code
        grant = _given(request).grant
        of_a_user = not grant.for_a_machine  # nobody else has a name, or comes again
        token = token_handler.create_token(request, refresh_token=of_a_user)
        if of_a_user and "openid" in grant.granted:
            token["id_token"] = self._validator.get_id_token(
                token, token_handler, request
            )
        self._validator.save_token(token, request)
        return headers, json.dumps(token), 200


def _bound(tenant: TenantContext, redeem: Redeem) -> Callable[[Request], IssuedGrant]:
    return lambda request: redeem(tenant, request)


def _given(request: Request) -> IssuedGrant:
    if not isinstance(request.user, IssuedGrant):
        raise TypeError("request without an entitlement")
    return request.user
