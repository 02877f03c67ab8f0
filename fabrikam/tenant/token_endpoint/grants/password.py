"""The password grant, and Auth0's own that names its connection, password-realm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fabrikam.tenant.http.browser import current_caller
from fabrikam.tenant.scripts import PassedMethod
from fabrikam.tenant.token_endpoint.direct_login import granted, login_for, run_to_end
from fabrikam.tenant.token_endpoint.token_errors import TokenRefused
from fabrikam.tenant.token_endpoint.token_request import (
    as_authorization_request,
    client_of,
    fields_of,
)

if TYPE_CHECKING:
    from oauthlib.common import Request

    from fabrikam.tenant.context import TenantContext
    from fabrikam.tenant.decisions.facts import User
    from fabrikam.tenant.storage.tables import IssuedGrant

__all__ = ["by_default", "by_realm"]

_LOCKED: Final = (
    "Your account has been blocked after multiple consecutive login attempts."
)


def by_default(tenant: TenantContext, request: Request) -> IssuedGrant:
    """Weigh a password, at the default connection."""
    if tenant.configuration.settings.default_directory is None:
        without = "Authorization server not configured with default connection."
        raise TokenRefused("server_error", without, 500)
    return _by_password(tenant, request)


def by_realm(tenant: TenantContext, request: Request) -> IssuedGrant:
    """Weigh a password, at the connection that is named."""
    realm = fields_of(request).get("realm")
    if realm != tenant.configuration.settings.connection.name:
        raise TokenRefused("invalid_request", f"Unknown realm: {realm}", 400)
    return _by_password(tenant, request)


def _by_password(tenant: TenantContext, request: Request) -> IssuedGrant:
    fields, caller = fields_of(request), current_caller(tenant.issuer)
    for name in ("username", "password"):
        if not fields.get(name):
            raise TokenRefused(
                "invalid_request", f"Missing required parameter: {name}", 400
            )
    answer = tenant.users.password(
        fields["username"], fields["password"], caller.address, tenant.now()
    )
    if answer == "locked":
        name = tenant.masked(fields["username"])
        tenant.log.write("limit_wc", user_name=name, ip=caller.address)
        raise TokenRefused("too_many_attempts", _LOCKED, 429)
    if answer == "wrong":
        raise TokenRefused("invalid_grant", "Wrong email or password.")
    return _by_right_password(tenant, request, answer)


def _by_right_password(
    tenant: TenantContext, request: Request, user: User
) -> IssuedGrant:
    fields = fields_of(request)
    asked = as_authorization_request(
        request,
        "oauth2-password",
        scopes=tuple(dict.fromkeys(fields.get("scope", "").split())),
        audience=fields.get("audience"),
    )
    passed = (PassedMethod("pwd", tenant.now()),)
    login = login_for(tenant, client_of(request), asked, user, passed)
    return granted(tenant, run_to_end(tenant, login))
