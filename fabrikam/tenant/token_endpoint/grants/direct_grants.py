"""Auth0's grants without a page, each by its name.

They run the same scripts as a hosted login.  Where a second factor is due the answer is
`mfa_required` with a token that opens the MFA API for ten minutes.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TypeAlias

from fabrikam.tenant.token_endpoint.grants.mfa import by_code, by_push, by_recovery_code
from fabrikam.tenant.token_endpoint.grants.password import by_default, by_realm

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from oauthlib.common import Request

    from fabrikam.tenant.context import TenantContext
    from fabrikam.tenant.storage.tables import IssuedGrant

__all__ = ["DIRECT_GRANTS"]

Weigh: TypeAlias = "Callable[[TenantContext, Request], IssuedGrant]"

DIRECT_GRANTS: Final[Mapping[str, Weigh]] = MappingProxyType(
    {
        "password": by_default,
        "http://auth0.com/oauth/grant-type/password-realm": by_realm,
        "http://auth0.com/oauth/grant-type/mfa-otp": by_code,
        "http://auth0.com/oauth/grant-type/mfa-oob": by_push,
        "http://auth0.com/oauth/grant-type/mfa-recovery-code": by_recovery_code,
    }
)
