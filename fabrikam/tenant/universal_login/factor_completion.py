"""What follows a second factor: the session grows, the log knows, the login goes on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fabrikam.tenant.decisions.second_factor import takes_recovery_codes
from fabrikam.tenant.decisions.steps import AskEnrolment, AskFactor
from fabrikam.tenant.http.request_fields import form
from fabrikam.tenant.scripts import Resume
from fabrikam.tenant.storage.authenticators import recovery_code_from
from fabrikam.tenant.storage.database import new_key
from fabrikam.tenant.universal_login.browser_sessions import renew_session
from fabrikam.tenant.universal_login.transaction import go_on

if TYPE_CHECKING:
    from bottle import HTTPResponse

    from fabrikam.tenant.context import House
    from fabrikam.tenant.decisions.login import Login
    from fabrikam.tenant.http.browser import Visit
    from fabrikam.tenant.storage.authenticators import CodeAnswer
    from fabrikam.tenant.universal_login.transaction import Stop

__all__ = ["after_enrolment", "after_factor", "log_code", "to_be_remembered"]


def after_factor(house: House, visit: Visit, stop: Stop, factor: str) -> HTTPResponse:
    """Go on with a factor that was just passed."""
    recovery = factor == "recovery-code"
    _log(house, visit, stop, "gd_recovery_succeed" if recovery else "gd_auth_succeed")
    return _passed(house, visit, stop, factor, recovery_due=recovery)


def after_enrolment(
    house: House, visit: Visit, stop: Stop, factor: str
) -> HTTPResponse:
    """Go on with a factor that was just enrolled, and show a recovery code once.

    Where none would be taken none is given: nobody shall rely on it.
    """
    _log(house, visit, stop, "gd_enrollment_complete")
    login = stop.ticket.login
    has_one = login.user is not None and "recovery-code" in login.user.enrolled
    due = takes_recovery_codes(login) and not has_one
    return _passed(house, visit, stop, factor, recovery_due=due)


def log_code(
    house: House,
    visit: Visit,
    stop: Stop,
    answer: CodeAnswer,
    *,
    recovery: bool = False,
) -> None:
    """Note a code that did not pass."""
    if answer == "locked":
        limit = (
            "gd_recovery_rate_limit_exceed" if recovery else "gd_otp_rate_limit_exceed"
        )
        _log(house, visit, stop, limit)
    else:
        _log(house, visit, stop, "gd_recovery_failed" if recovery else "gd_auth_failed")


def _passed(
    house: House, visit: Visit, stop: Stop, factor: str, *, recovery_due: bool
) -> HTTPResponse:
    login = stop.ticket.login.after_factor(factor, house.now())
    user = house.directory.find(login.user.user_id) if login.user else None
    login, visit = renew_session(house, visit, replace(login, user=user))
    if login.session is None:
        return go_on(house, visit, stop, stop.ticket.of(login))
    seed = _recovery_seed(house, visit, login) if recovery_due else None
    ticket = replace(
        stop.ticket,
        login=login,
        push=None,
        proposed=None,
        recovery_seed=seed,
        remember=to_be_remembered(visit, stop),
    )
    resume = Resume(visit.caller.method, {"state": stop.key}, {"state": stop.key})
    return go_on(house, visit, stop, ticket, resume)


def _recovery_seed(house: House, visit: Visit, login: Login) -> str | None:
    """Give the user a new recovery code; say of what it can be made once more."""
    if login.user is None:
        return None
    seed = new_key()
    code = recovery_code_from(seed, visit.device)
    house.authenticators.new_recovery_code(login.user.user_id, house.now(), code)
    return seed


def to_be_remembered(visit: Visit, stop: Stop) -> bool:
    """Tell whether to trust this browser next time: said now, or a page before."""
    match stop.step:
        case AskFactor(_, "always") | AskEnrolment(_, "always"):
            return True
        case AskFactor(_, "offer") | AskEnrolment(_, "offer"):
            if visit.caller.method != "POST":
                return stop.ticket.remember
            return form().get("rememberBrowser") in ("true", "on", "1")
        case _:
            return False


def _log(house: House, visit: Visit, stop: Stop, event: str) -> None:
    login = stop.ticket.login
    house.log.write(
        event,
        client_id=login.client.client_id,
        user_id=login.user.user_id if login.user else None,
        ip=visit.caller.address,
    )
