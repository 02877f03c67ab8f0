"""The pages of the second factor under `/u/`: codes, push, recovery, enrolment."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from bottle import HTTPResponse, request

from fabrikam.tenant.decisions.steps import AskEnrolment, AskFactor
from fabrikam.tenant.factors import BY_NAME, OTP, PUSH, RECOVERY_CODE
from fabrikam.tenant.factors.recovery_code import recovery_code_from
from fabrikam.tenant.http.pages import page
from fabrikam.tenant.http.request_fields import form
from fabrikam.tenant.universal_login.factor_completion import after_factor, log_code
from fabrikam.tenant.universal_login.prompts import on_open_transaction
from fabrikam.tenant.universal_login.transaction import advance

if TYPE_CHECKING:
    from bottle import Bottle

    from fabrikam.tenant.context import TenantContext
    from fabrikam.tenant.http.browser import Browser
    from fabrikam.tenant.storage.authenticators import CodeAnswer
    from fabrikam.tenant.universal_login.transaction import OpenTransaction

__all__ = ["email_of", "factor_pages", "in_fours", "other_factors", "whose"]

_WRONG: Final = "That code is wrong, too old, or was used already. Take a new one."
_WRONG_RECOVERY: Final = (
    "That recovery code is wrong or was used already. Compare it with your note."
)
_CHALLENGED: Final = {
    PUSH.name: "Approve a notification on your phone",
    OTP.name: "Enter a code from your authenticator app",
    RECOVERY_CODE.name: "Use a recovery code",
}
_ENROLLED: Final = {
    PUSH.name: "Approve a notification on your phone instead",
    OTP.name: "Use an authenticator app instead",
}


class _Trouble(NamedTuple):
    """What a page of a code says about the code before."""

    what: str = ""
    status: int = 200


def factor_pages(app: Bottle, tenant: TenantContext) -> None:
    """Add the pages on which a code is typed."""

    @app.route(OTP.challenge_page, method=["GET", "POST"])
    @on_open_transaction(tenant)
    def otp(browser: Browser, opened: OpenTransaction) -> HTTPResponse:
        if not _may_use(opened, OTP.name):
            return advance(tenant, browser, opened, opened.transaction)
        if request.method == "GET":
            return _otp_page(tenant, browser, opened, _Trouble())
        answer = _weigh_code(tenant, opened)
        if answer == "passed":
            return after_factor(tenant, browser, opened, OTP.name)
        log_code(tenant, browser, opened, answer)
        trouble = _trouble(answer, _WRONG, other_factors(opened, OTP.name))
        return _otp_page(tenant, browser, opened, trouble)

    @app.route(RECOVERY_CODE.challenge_page, method=["GET", "POST"])
    @on_open_transaction(tenant)
    def recovery_code(browser: Browser, opened: OpenTransaction) -> HTTPResponse:
        if not _may_use(opened, RECOVERY_CODE.name):
            return advance(tenant, browser, opened, opened.transaction)
        if request.method == "GET":
            return _recovery_page(browser, opened, _Trouble())
        answer = _weigh_recovery_code(tenant, opened)
        if answer == "passed":
            return after_factor(tenant, browser, opened, RECOVERY_CODE.name)
        log_code(tenant, browser, opened, answer, recovery=True)
        trouble = _trouble(
            answer, _WRONG_RECOVERY, other_factors(opened, RECOVERY_CODE.name)
        )
        return _recovery_page(browser, opened, trouble)

    @app.route(RECOVERY_CODE.enrolment_page, method=["GET", "POST"])
    @on_open_transaction(tenant)
    def new_recovery_code(browser: Browser, opened: OpenTransaction) -> HTTPResponse:
        seed = opened.transaction.recovery_seed
        if seed is None or not opened.transaction.login.has_passed("mfa"):
            return advance(tenant, browser, opened, opened.transaction)
        if request.method == "POST":
            noted = replace(opened.transaction, recovery_seed=None)
            return advance(tenant, browser, opened, noted)
        # made again for every view, so that it is not kept anywhere in the clear
        return _new_recovery_page(
            browser, opened, recovery_code_from(seed, browser.device)
        )


def other_factors(opened: OpenTransaction, here: str) -> list[tuple[str, str]]:
    """List the other factors that would do."""
    match opened.step:
        case AskFactor(factors):
            others = [BY_NAME[factor] for factor in factors if factor != here]
            return [(_CHALLENGED[other.name], other.challenge_page) for other in others]
        case AskEnrolment(factors):
            others = [BY_NAME[factor] for factor in factors if factor != here]
            return [(_ENROLLED[other.name], other.enrolment_page) for other in others]
        case _:
            return []


def email_of(opened: OpenTransaction) -> str:
    """Say whose login it is."""
    user = opened.transaction.login.user
    return user.profile.get("email", "") if user else ""


def whose(opened: OpenTransaction) -> dict[str, Any]:
    """Say what every page of a factor says: who signs in, and to what."""
    client_name = opened.transaction.login.client.name
    return {"username": email_of(opened), "client_name": client_name}


def in_fours(letters: str) -> list[str]:
    """Cut a long code into pieces that the eye can keep."""
    return [letters[start : start + 4] for start in range(0, len(letters), 4)]


def _may_use(opened: OpenTransaction, factor: str) -> bool:
    return isinstance(opened.step, AskFactor) and factor in opened.step.factors


def _weigh_code(tenant: TenantContext, opened: OpenTransaction) -> CodeAnswer:
    user = opened.transaction.login.user
    if user is None:
        return "wrong"
    code = form().get("code", "")
    return tenant.authenticators.use_code(user.user_id, code, tenant.now())


def _weigh_recovery_code(tenant: TenantContext, opened: OpenTransaction) -> CodeAnswer:
    user = opened.transaction.login.user
    if user is None:
        return "wrong"
    code = form().get("code", "")
    return tenant.authenticators.use_recovery_code(user.user_id, code, tenant.now())


def _trouble(answer: CodeAnswer, wrong: str, others: list[tuple[str, str]]) -> _Trouble:
    if answer != "locked":
        return _Trouble(wrong, 400)
    otherwise = "or go another way, below" if others else "then try again"
    return _Trouble(f"Too many wrong codes. Wait an hour, {otherwise}.", 429)


def _otp_page(
    tenant: TenantContext, browser: Browser, opened: OpenTransaction, trouble: _Trouble
) -> HTTPResponse:
    shown = page(
        "code",
        status=trouble.status,
        leads_to=opened.transaction.login.request.redirect_uri,
        title="Enter your code",
        **whose(opened),
        what="Enter the six-digit code that your authenticator app shows.",
        label="Six-digit code",
        action=OTP.challenge_page,
        state=opened.key,
        autocomplete="one-time-code",
        inputmode="numeric",
        problem=trouble.what,
        remember=isinstance(opened.step, AskFactor) and opened.step.remember == "offer",
        others=other_factors(opened, OTP.name),
        phone=tenant.local,
    )
    return browser.dress(shown)


def _recovery_page(
    browser: Browser, opened: OpenTransaction, trouble: _Trouble
) -> HTTPResponse:
    shown = page(
        "code",
        status=trouble.status,
        leads_to=opened.transaction.login.request.redirect_uri,
        title="Use your recovery code",
        **whose(opened),
        what="Enter the 24 letters and digits that you wrote down. "
        "They work once; you get a new recovery code next.",
        label="Recovery code",
        action=RECOVERY_CODE.challenge_page,
        state=opened.key,
        autocomplete="off",
        inputmode="text",
        problem=trouble.what,
        remember=False,
        others=other_factors(opened, RECOVERY_CODE.name),
        phone=False,
    )
    return browser.dress(shown)


def _new_recovery_page(
    browser: Browser, opened: OpenTransaction, code: str
) -> HTTPResponse:
    login = opened.transaction.login
    shown = page(
        "recovery",
        leads_to=login.request.redirect_uri,
        **whose(opened),
        replaces=any(done.factor == RECOVERY_CODE.name for done in login.passed),
        code=code,
        fours=in_fours(code),
        state=opened.key,
    )
    return browser.dress(shown)
