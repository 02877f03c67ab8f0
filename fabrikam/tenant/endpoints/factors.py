"""The pages of the second factor under `/u/`: codes, push, recovery, enrolment."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from bottle import HTTPResponse, request

from fabrikam.tenant.endpoints.prompts import at_a_stop
from fabrikam.tenant.forms import form
from fabrikam.tenant.hosted.pages import page
from fabrikam.tenant.hosted.passing import after_factor, log_code
from fabrikam.tenant.hosted.travel import (
    CHALLENGES,
    ENROLMENTS,
    RECOVERY_CODE,
    go_on,
)
from fabrikam.tenant.login.steps import AskEnrolment, AskFactor

if TYPE_CHECKING:
    from bottle import Bottle

    from fabrikam.tenant.hosted.travel import Stop
    from fabrikam.tenant.house import House
    from fabrikam.tenant.records.authenticators import CodeAnswer
    from fabrikam.tenant.visit import Visit

__all__ = ["factor_pages", "ways"]

_LOCKED: Final = "Too many wrong codes. Wait an hour, or sign in another way."
_LABELS: Final = {
    "push-notification": "Approve a notification on your phone",
    "otp": "Enter a code from your authenticator app",
    "recovery-code": "Use a recovery code",
}


def factor_pages(app: Bottle, house: House) -> None:
    """Add the pages on which a code is typed."""

    @app.route(CHALLENGES["otp"], method=["GET", "POST"])
    @at_a_stop(house)
    def otp(visit: Visit, stop: Stop) -> HTTPResponse:
        if not _may_use(stop, "otp"):
            return go_on(house, visit, stop, stop.ticket)
        if request.method == "GET":
            return _otp_page(house, visit, stop, "")
        answer = _weigh_code(house, stop)
        if answer == "passed":
            return after_factor(house, visit, stop, "otp")
        log_code(house, visit, stop, answer)
        wrong = "That code is wrong, too old, or was used already. Take a new one."
        return _otp_page(house, visit, stop, _LOCKED if answer == "locked" else wrong)

    @app.route(CHALLENGES["recovery-code"], method=["GET", "POST"])
    @at_a_stop(house)
    def recovery_code(visit: Visit, stop: Stop) -> HTTPResponse:
        if not _may_use(stop, "recovery-code"):
            return go_on(house, visit, stop, stop.ticket)
        if request.method == "GET":
            return _recovery_page(visit, stop, "")
        answer = _weigh_recovery_code(house, stop)
        if answer == "passed":
            return after_factor(house, visit, stop, "recovery-code")
        log_code(house, visit, stop, answer, recovery=True)
        wrong = "That recovery code is wrong or was used already."
        return _recovery_page(visit, stop, _LOCKED if answer == "locked" else wrong)

    @app.route(RECOVERY_CODE, method=["GET", "POST"])
    @at_a_stop(house)
    def new_recovery_code(visit: Visit, stop: Stop) -> HTTPResponse:
        user = stop.ticket.login.user
        proved = stop.ticket.login.has_passed("mfa")
        if not (stop.ticket.recovery_due and proved) or user is None:
            return go_on(house, visit, stop, stop.ticket)
        if request.method == "POST":
            noted = replace(stop.ticket, recovery_due=False)
            return go_on(house, visit, stop, noted)
        # made anew for every view, so that it need not be kept anywhere in the clear
        code = house.authenticators.new_recovery_code(user.user_id, house.now())
        return _new_recovery_page(visit, stop, code)


def ways(stop: Stop, here: str) -> list[tuple[str, str]]:
    """List the other factors that would do."""
    match stop.step:
        case AskFactor(factors):
            return [(_LABELS[f], CHALLENGES[f]) for f in factors if f != here]
        case AskEnrolment(factors):
            return [(_LABELS[f], ENROLMENTS[f]) for f in factors if f != here]
        case _:
            return []


def _may_use(stop: Stop, factor: str) -> bool:
    return isinstance(stop.step, AskFactor) and factor in stop.step.factors


def _weigh_code(house: House, stop: Stop) -> CodeAnswer:
    user = stop.ticket.login.user
    if user is None:
        return "wrong"
    code = form().get("code", "")
    return house.authenticators.use_code(user.user_id, code, house.now())


def _weigh_recovery_code(house: House, stop: Stop) -> CodeAnswer:
    user = stop.ticket.login.user
    if user is None:
        return "wrong"
    code = form().get("code", "")
    return house.authenticators.use_recovery_code(user.user_id, code, house.now())


def _otp_page(house: House, visit: Visit, stop: Stop, trouble: str) -> HTTPResponse:
    shown = page(
        "code",
        status=_status(trouble),
        leads_to=stop.ticket.login.request.redirect_uri,
        title="Verify your identity",
        what="Enter the six-digit code that your authenticator app shows.",
        label="Six-digit code",
        action=CHALLENGES["otp"],
        state=stop.key,
        autocomplete="one-time-code",
        inputmode="numeric",
        problem=trouble,
        remember=isinstance(stop.step, AskFactor) and stop.step.remember == "offer",
        others=ways(stop, "otp"),
        phone=house.local,
    )
    return visit.dress(shown)


def _recovery_page(visit: Visit, stop: Stop, trouble: str) -> HTTPResponse:
    shown = page(
        "code",
        status=_status(trouble),
        leads_to=stop.ticket.login.request.redirect_uri,
        title="Use your recovery code",
        what="Enter the recovery code that you wrote down. You get a new one next.",
        label="Recovery code",
        action=CHALLENGES["recovery-code"],
        state=stop.key,
        autocomplete="off",
        inputmode="text",
        problem=trouble,
        remember=False,
        others=ways(stop, "recovery-code"),
        phone=False,
    )
    return visit.dress(shown)


def _new_recovery_page(visit: Visit, stop: Stop, code: str) -> HTTPResponse:
    shown = page(
        "recovery",
        leads_to=stop.ticket.login.request.redirect_uri,
        what="With this code you can sign in once when your phone is lost.",
        code=code,
        state=stop.key,
    )
    return visit.dress(shown)


def _status(trouble: str) -> int:
    if not trouble:
        return 200
    return 429 if trouble == _LOCKED else 400
