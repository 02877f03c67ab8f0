"""A login without a page, run to its end: what is granted, or which factor is due."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fabrikam.tenant.decisions.grants import grant_for
from fabrikam.tenant.decisions.login import Login
from fabrikam.tenant.decisions.steps import IssueCode, Refuse, RequireMultifactor
from fabrikam.tenant.http.browser import current_caller
from fabrikam.tenant.services.script_runs import settle
from fabrikam.tenant.storage.database import new_key
from fabrikam.tenant.storage.tables import IssuedGrant, MfaTransaction
from fabrikam.tenant.token_endpoint.token_errors import TokenRefused

if TYPE_CHECKING:
    from fabrikam.tenant.context import TenantContext
    from fabrikam.tenant.decisions.facts import AuthorizeRequest, RegisteredClient, User
    from fabrikam.tenant.scripts import PassedMethod

__all__ = ["KEPT_SECONDS", "granted", "login_for", "run_to_end"]

KEPT_SECONDS: Final = 86_400
"""How long an `mfa_token` is known beyond its end, so that old is told from wrong."""


def login_for(
    tenant: TenantContext,
    client: RegisteredClient,
    asked: AuthorizeRequest,
    user: User | None,
    passed: tuple[PassedMethod, ...],
) -> Login:
    """Begin a login that shows no page."""
    return Login(
        request=asked,
        client=client,
        settings=tenant.configuration.settings,
        user=user,
        passed=passed,
        transaction_id=new_key(),
    )


def run_to_end(
    tenant: TenantContext, login: Login, renews: IssuedGrant | None = None
) -> Login:
    """Run a login to its end, or say at which point it ends otherwise."""
    login, step = settle(tenant, login, current_caller(tenant.issuer))
    match step:
        case IssueCode():
            return login
        case Refuse(error, description):
            raise TokenRefused(error, description)
        case RequireMultifactor():
            raise _mfa_required(tenant, login, step, renews)
        case _:
            raise TokenRefused("interaction_required", "A page would have to be shown")


def granted(tenant: TenantContext, login: Login) -> IssuedGrant:
    """Give what a finished login is worth, in a family of its own."""
    if login.user is not None:
        tenant.users.count_login(login.user.user_id)
    return IssuedGrant(grant_for(login, tenant.now()), new_key())


def _mfa_required(
    tenant: TenantContext,
    login: Login,
    step: RequireMultifactor,
    renews: IssuedGrant | None,
) -> TokenRefused:
    token, ends_at = new_key(), tenant.now() + tenant.lifetimes.mfa_token
    waiting = MfaTransaction(
        login=login,
        client_id=login.client.client_id,
        ends_at=ends_at,
        will_do=step.challenge or step.enroll,
        renews=renews,
    )
    # kept beyond its end, so that an old one can be told from a wrong one
    tenant.tables.mfa_logins.keep(token, waiting, ends_at=ends_at + KEPT_SECONDS)
    tenant.log.write(
        "mfar",
        client_id=login.client.client_id,
        user_id=login.user.user_id if login.user else None,
        connection=login.settings.connection.name,
        ip=current_caller(tenant.issuer).address,
    )
    wanted = {"challenge": step.challenge, "enroll": step.enroll}
    requirements = {
        name: [{"type": factor} for factor in factors]
        for name, factors in wanted.items()
        if factors
    }
    more = {"mfa_token": token}
    return TokenRefused(
        "mfa_required",
        "Multifactor authentication required",
        int(login.settings.assumptions.mfa_required_status),
        {**more, "mfa_requirements": requirements} if requirements else more,
    )
