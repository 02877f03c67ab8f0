"""A login without a page, run to its end: what is granted, or which factor is due."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fabrikam.tenant.decisions.grants import grant_for
from fabrikam.tenant.decisions.login import Login
from fabrikam.tenant.decisions.steps import IssueCode, Refuse, RequireMultifactor
from fabrikam.tenant.http.browser import current_caller
from fabrikam.tenant.services.script_runs import settled
from fabrikam.tenant.storage.database import new_key
from fabrikam.tenant.storage.tables import Entitlement, MfaLogin
from fabrikam.tenant.token_endpoint.token_errors import Refused

if TYPE_CHECKING:
    from fabrikam.tenant.context import House
    from fabrikam.tenant.decisions.facts import AuthorizeRequest, Client, Person
    from fabrikam.tenant.scripts import PassedMethod

__all__ = ["KEPT_SECONDS", "granted", "login_for", "through"]

KEPT_SECONDS: Final = 86_400
"""How long an `mfa_token` is known beyond its end, so that old is told from wrong."""


def login_for(
    house: House,
    client: Client,
    asked: AuthorizeRequest,
    user: Person | None,
    passed: tuple[PassedMethod, ...],
) -> Login:
    """Begin a login that shows no page."""
    return Login(
        request=asked,
        client=client,
        tenancy=house.configuration.tenancy,
        user=user,
        passed=passed,
        transaction_id=new_key(),
    )


def through(house: House, login: Login, renews: Entitlement | None = None) -> Login:
    """Run a login to its end, or say at which point it ends otherwise."""
    login, step = settled(house, login, current_caller(house.issuer))
    match step:
        case IssueCode():
            return login
        case Refuse(error, description):
            raise Refused(error, description)
        case RequireMultifactor():
            raise _mfa_required(house, login, step, renews)
        case _:
            raise Refused("interaction_required", "A page would have to be shown")


def granted(house: House, login: Login) -> Entitlement:
    """Give what a finished login is worth, in a family of its own."""
    if login.user is not None:
        house.directory.count_login(login.user.user_id)
    return Entitlement(grant_for(login, house.now()), new_key())


def _mfa_required(
    house: House, login: Login, step: RequireMultifactor, renews: Entitlement | None
) -> Refused:
    token, ends_at = new_key(), house.now() + house.lifetimes.mfa_token
    waiting = MfaLogin(
        login=login,
        client_id=login.client.client_id,
        ends_at=ends_at,
        will_do=step.challenge or step.enroll,
        renews=renews,
    )
    # kept beyond its end, so that an old one can be told from a wrong one
    house.shelves.mfa_logins.keep(token, waiting, ends_at=ends_at + KEPT_SECONDS)
    house.log.write(
        "mfar",
        client_id=login.client.client_id,
        user_id=login.user.user_id if login.user else None,
        connection=login.tenancy.connection.name,
        ip=current_caller(house.issuer).address,
    )
    wanted = {"challenge": step.challenge, "enroll": step.enroll}
    requirements = {
        name: [{"type": factor} for factor in factors]
        for name, factors in wanted.items()
        if factors
    }
    more = {"mfa_token": token}
    return Refused(
        "mfa_required",
        "Multifactor authentication required",
        int(login.tenancy.quirks.mfa_required_status),
        {**more, "mfa_requirements": requirements} if requirements else more,
    )
