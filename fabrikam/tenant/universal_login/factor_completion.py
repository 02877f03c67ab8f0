"""What follows a second factor: the session grows, the log knows, the login goes on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fabrikam.tenant.decisions.second_factor import takes_recovery_codes
from fabrikam.tenant.decisions.steps import AskEnrolment, AskFactor
from fabrikam.tenant.factors import RECOVERY_CODE
from fabrikam.tenant.factors.recovery_code import recovery_code_from
from fabrikam.tenant.http.request_fields import form
from fabrikam.tenant.scripts import Resume
from fabrikam.tenant.storage.database import new_key
from fabrikam.tenant.universal_login.browser_sessions import renew_session
from fabrikam.tenant.universal_login.transaction import advance

if TYPE_CHECKING:
    from bottle import HTTPResponse

    from fabrikam.tenant.context import TenantContext
    from fabrikam.tenant.decisions.login import Login
    from fabrikam.tenant.http.browser import Browser
    from fabrikam.tenant.storage.authenticators import CodeAnswer
    from fabrikam.tenant.universal_login.transaction import OpenTransaction

__all__ = ["after_enrolment", "after_factor", "log_code", "to_be_remembered"]


def after_factor(
    tenant: TenantContext, browser: Browser, opened: OpenTransaction, factor: str
) -> HTTPResponse:
    """Go on with a factor that was just passed."""
    recovery = factor == RECOVERY_CODE.name
    _log(
        tenant,
        browser,
        opened,
        "gd_recovery_succeed" if recovery else "gd_auth_succeed",
    )
    return _passed(tenant, browser, opened, factor, recovery_due=recovery)


def after_enrolment(
    tenant: TenantContext, browser: Browser, opened: OpenTransaction, factor: str
) -> HTTPResponse:
    """Go on with a factor that was just enrolled, and show a recovery code once.

    Where none would be taken none is given: nobody shall rely on it.
    """
    _log(tenant, browser, opened, "gd_enrollment_complete")
    login = opened.transaction.login
    has_one = login.user is not None and RECOVERY_CODE.name in login.user.enrolled
    due = takes_recovery_codes(login) and not has_one
    return _passed(tenant, browser, opened, factor, recovery_due=due)


def log_code(
    tenant: TenantContext,
    browser: Browser,
    opened: OpenTransaction,
    answer: CodeAnswer,
    *,
    recovery: bool = False,
) -> None:
    """Note a code that did not pass."""
    if answer == "locked":
        limit = (
            "gd_recovery_rate_limit_exceed" if recovery else "gd_otp_rate_limit_exceed"
        )
        _log(tenant, browser, opened, limit)
    else:
        _log(
            tenant,
            browser,
            opened,
            "gd_recovery_failed" if recovery else "gd_auth_failed",
        )


def _passed(
    tenant: TenantContext,
    browser: Browser,
    opened: OpenTransaction,
    factor: str,
    *,
    recovery_due: bool,
) -> HTTPResponse:
    login = opened.transaction.login.after_factor(factor, tenant.now())
    user = tenant.users.find(login.user.user_id) if login.user else None
    login, browser = renew_session(tenant, browser, replace(login, user=user))
    if login.session is None:
        return advance(tenant, browser, opened, opened.transaction.of(login))
    seed = _recovery_seed(tenant, browser, login) if recovery_due else None
    transaction = replace(
        opened.transaction,
        login=login,
        push=None,
        proposed=None,
        recovery_seed=seed,
        remember=to_be_remembered(browser, opened),
    )
    resume = Resume(browser.caller.method, {"state": opened.key}, {"state": opened.key})
    return advance(tenant, browser, opened, transaction, resume)


def _recovery_seed(tenant: TenantContext, browser: Browser, login: Login) -> str | None:
    """Give the user a new recovery code; say of what it can be made once more."""
    if login.user is None:
        return None
    seed = new_key()
    code = recovery_code_from(seed, browser.device)
    tenant.authenticators.new_recovery_code(login.user.user_id, tenant.now(), code)
    return seed


def to_be_remembered(browser: Browser, opened: OpenTransaction) -> bool:
    """Tell whether to trust this browser next time: said now, or a page before."""
    match opened.step:
        case AskFactor(_, "always") | AskEnrolment(_, "always"):
            return True
        case AskFactor(_, "offer") | AskEnrolment(_, "offer"):
            if browser.caller.method != "POST":
                return opened.transaction.remember
            return form().get("rememberBrowser") in ("true", "on", "1")
        case _:
            return False


def _log(
    tenant: TenantContext, browser: Browser, opened: OpenTransaction, event: str
) -> None:
    login = opened.transaction.login
    tenant.log.write(
        event,
        client_id=login.client.client_id,
        user_id=login.user.user_id if login.user else None,
        ip=browser.caller.address,
    )
