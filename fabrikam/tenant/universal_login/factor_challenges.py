"""The pages of the second factor under `/u/`: codes, push, recovery, enrolment."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from bottle import HTTPResponse, request

from fabrikam.tenant.decisions.steps import AskEnrolment, AskFactor
from fabrikam.tenant.http.pages import page
from fabrikam.tenant.http.request_fields import form
from fabrikam.tenant.storage.authenticators import recovery_code_from
from fabrikam.tenant.universal_login.factor_completion import after_factor, log_code
from fabrikam.tenant.universal_login.prompts import at_a_stop
from fabrikam.tenant.universal_login.transaction import (
    CHALLENGES,
    ENROLMENTS,
    RECOVERY_CODE,
    go_on,
)

if TYPE_CHECKING:
    from bottle import Bottle

    from fabrikam.tenant.context import House
    from fabrikam.tenant.http.browser import Visit
    from fabrikam.tenant.storage.authenticators import CodeAnswer
    from fabrikam.tenant.universal_login.transaction import Stop

__all__ = ["email_of", "factor_pages", "in_fours", "ways", "whose"]

_WRONG: Final = "That code is wrong, too old, or was used already. Take a new one."
_WRONG_RECOVERY: Final = (
    "That recovery code is wrong or was used already. Compare it with your note."
)
_CHALLENGED: Final = {
    "push-notification": "Approve a notification on your phone",
    "otp": "Enter a code from your authenticator app",
    "recovery-code": "Use a recovery code",
}
_ENROLLED: Final = {
    "push-notification": "Approve a notification on your phone instead",
    "otp": "Use an authenticator app instead",
}


class _Trouble(NamedTuple):
    """What a page of a code says about the code before."""

    what: str = ""
    status: int = 200


def factor_pages(app: Bottle, house: House) -> None:
    """Add the pages on which a code is typed."""

    @app.route(CHALLENGES["otp"], method=["GET", "POST"])
    @at_a_stop(house)
    def otp(visit: Visit, stop: Stop) -> HTTPResponse:
        if not _may_use(stop, "otp"):
            return go_on(house, visit, stop, stop.ticket)
        if request.method == "GET":
            return _otp_page(house, visit, stop, _Trouble())
        answer = _weigh_code(house, stop)
        if answer == "passed":
            return after_factor(house, visit, stop, "otp")
        log_code(house, visit, stop, answer)
        trouble = _trouble(answer, _WRONG, ways(stop, "otp"))
        return _otp_page(house, visit, stop, trouble)

    @app.route(CHALLENGES["recovery-code"], method=["GET", "POST"])
    @at_a_stop(house)
    def recovery_code(visit: Visit, stop: Stop) -> HTTPResponse:
        if not _may_use(stop, "recovery-code"):
            return go_on(house, visit, stop, stop.ticket)
        if request.method == "GET":
            return _recovery_page(visit, stop, _Trouble())
        answer = _weigh_recovery_code(house, stop)
        if answer == "passed":
            return after_factor(house, visit, stop, "recovery-code")
        log_code(house, visit, stop, answer, recovery=True)
        trouble = _trouble(answer, _WRONG_RECOVERY, ways(stop, "recovery-code"))
        return _recovery_page(visit, stop, trouble)

    @app.route(RECOVERY_CODE, method=["GET", "POST"])
    @at_a_stop(house)
    def new_recovery_code(visit: Visit, stop: Stop) -> HTTPResponse:
        seed = stop.ticket.recovery_seed
        if seed is None or not stop.ticket.login.has_passed("mfa"):
            return go_on(house, visit, stop, stop.ticket)
        if request.method == "POST":
            noted = replace(stop.ticket, recovery_seed=None)
            return go_on(house, visit, stop, noted)
        # made again for every view, so that it is not kept anywhere in the clear
        return _new_recovery_page(visit, stop, recovery_code_from(seed, visit.device))


def ways(stop: Stop, here: str) -> list[tuple[str, str]]:
    """List the other factors that would do."""
    match stop.step:
        case AskFactor(factors):
            return [(_CHALLENGED[f], CHALLENGES[f]) for f in factors if f != here]
        case AskEnrolment(factors):
            return [(_ENROLLED[f], ENROLMENTS[f]) for f in factors if f != here]
        case _:
            return []


def email_of(stop: Stop) -> str:
    """Say whose login it is."""
    user = stop.ticket.login.user
    return user.profile.get("email", "") if user else ""


def whose(stop: Stop) -> dict[str, Any]:
    """Say what every page of a factor says: who signs in, and to what."""
    client_name = stop.ticket.login.client.name
    return {"username": email_of(stop), "client_name": client_name}


def in_fours(letters: str) -> list[str]:
    """Cut a long code into pieces that the eye can keep."""
    return [letters[start : start + 4] for start in range(0, len(letters), 4)]


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


def _trouble(answer: CodeAnswer, wrong: str, others: list[tuple[str, str]]) -> _Trouble:
    if answer != "locked":
        return _Trouble(wrong, 400)
    otherwise = "or go another way, below" if others else "then try again"
    return _Trouble(f"Too many wrong codes. Wait an hour, {otherwise}.", 429)


def _otp_page(
    house: House, visit: Visit, stop: Stop, trouble: _Trouble
) -> HTTPResponse:
    shown = page(
        "code",
        status=trouble.status,
        leads_to=stop.ticket.login.request.redirect_uri,
        title="Enter your code",
        **whose(stop),
        what="Enter the six-digit code that your authenticator app shows.",
        label="Six-digit code",
        action=CHALLENGES["otp"],
        state=stop.key,
        autocomplete="one-time-code",
        inputmode="numeric",
        problem=trouble.what,
        remember=isinstance(stop.step, AskFactor) and stop.step.remember == "offer",
        others=ways(stop, "otp"),
        phone=house.local,
    )
    return visit.dress(shown)


def _recovery_page(visit: Visit, stop: Stop, trouble: _Trouble) -> HTTPResponse:
    shown = page(
        "code",
        status=trouble.status,
        leads_to=stop.ticket.login.request.redirect_uri,
        title="Use your recovery code",
        **whose(stop),
        what="Enter the 24 letters and digits that you wrote down. "
        "They work once; you get a new recovery code next.",
        label="Recovery code",
        action=CHALLENGES["recovery-code"],
        state=stop.key,
        autocomplete="off",
        inputmode="text",
        problem=trouble.what,
        remember=False,
        others=ways(stop, "recovery-code"),
        phone=False,
    )
    return visit.dress(shown)


def _new_recovery_page(visit: Visit, stop: Stop, code: str) -> HTTPResponse:
    login = stop.ticket.login
    shown = page(
        "recovery",
        leads_to=login.request.redirect_uri,
        **whose(stop),
        replaces=any(done.factor == "recovery-code" for done in login.passed),
        code=code,
        fours=in_fours(code),
        state=stop.key,
    )
    return visit.dress(shown)
