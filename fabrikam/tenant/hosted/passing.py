"""What follows a second factor: the session grows, the log knows, the login goes on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fabrikam.tenant.forms import form
from fabrikam.tenant.hosted.sessions import renew_session
from fabrikam.tenant.hosted.travel import go_on
from fabrikam.tenant.login.steps import AskEnrolment, AskFactor
from fabrikam.tenant.pipeline import Resume

if TYPE_CHECKING:
    from bottle import HTTPResponse

    from fabrikam.tenant.hosted.travel import Stop
    from fabrikam.tenant.house import House
    from fabrikam.tenant.records.authenticators import CodeAnswer
    from fabrikam.tenant.visit import Visit

__all__ = ["after_enrolment", "after_factor", "log_code"]


def after_factor(house: House, visit: Visit, stop: Stop, factor: str) -> HTTPResponse:
    """Go on with a factor that was just passed."""
    recovery = factor == "recovery-code"
    _log(house, visit, stop, "gd_recovery_succeed" if recovery else "gd_auth_succeed")
    return _passed(house, visit, stop, factor, recovery_due=recovery)


def after_enrolment(
    house: House, visit: Visit, stop: Stop, factor: str
) -> HTTPResponse:
    """Go on with a factor that was just enrolled, and show a recovery code once."""
    _log(house, visit, stop, "gd_enrollment_complete")
    user = stop.ticket.login.user
    enabled = "recovery-code" in house.configuration.tenancy.factors
    has_one = user is not None and "recovery-code" in user.enrolled
    return _passed(house, visit, stop, factor, recovery_due=enabled and not has_one)


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
    ticket = replace(
        stop.ticket,
        login=login,
        push=None,
        proposed=None,
        recovery_due=recovery_due,
        remember=_remember(stop),
    )
    resume = Resume(visit.caller.method, {"state": stop.key}, {"state": stop.key})
    return go_on(house, visit, stop, ticket, resume)


def _remember(stop: Stop) -> bool:
    match stop.step:
        case AskFactor(_, "always") | AskEnrolment(_, "always"):
            return True
        case AskFactor(_, "offer") | AskEnrolment(_, "offer"):
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
