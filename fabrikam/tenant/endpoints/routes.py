"""Every address of the tenant, by the file that answers it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fabrikam.tenant.endpoints.authorize import authorize
from fabrikam.tenant.endpoints.control import control
from fabrikam.tenant.endpoints.demo_phone import phone
from fabrikam.tenant.endpoints.discovery import discovery
from fabrikam.tenant.endpoints.error_pages import errors
from fabrikam.tenant.endpoints.health import health
from fabrikam.tenant.endpoints.jwks import jwks
from fabrikam.tenant.endpoints.logout import logout
from fabrikam.tenant.endpoints.management_api import management
from fabrikam.tenant.endpoints.mfa_api import mfa_api
from fabrikam.tenant.endpoints.par import par
from fabrikam.tenant.endpoints.token import token
from fabrikam.tenant.endpoints.userinfo import userinfo
from fabrikam.tenant.universal_login.enrolment import enrolment_pages
from fabrikam.tenant.universal_login.factor_challenges import factor_pages
from fabrikam.tenant.universal_login.prompts import prompts
from fabrikam.tenant.universal_login.push_challenge import push_page

if TYPE_CHECKING:
    from collections.abc import Callable

    from bottle import Bottle

    from fabrikam.tenant.context import TenantContext

__all__ = ["add_routes"]

_ENDPOINTS: Final[tuple[Callable[[Bottle, TenantContext], None], ...]] = (
    health,
    discovery,
    jwks,
    authorize,
    par,
    prompts,
    factor_pages,
    push_page,
    enrolment_pages,
    token,
    mfa_api,
    management,
    userinfo,
    logout,
)
_LOCAL_ENDPOINTS: Final[tuple[Callable[[Bottle, TenantContext], None], ...]] = (
    phone,
    control,
)


def add_routes(app: Bottle, tenant: TenantContext) -> None:
    """Add every address; the phone and the control API only to a local tenant."""
    local = _LOCAL_ENDPOINTS if tenant.local else ()
    for endpoint in (*_ENDPOINTS, *local):
        endpoint(app, tenant)
    errors(app, tenant)
