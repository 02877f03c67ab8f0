"""The pages on which a factor is enrolled inside a login; it then counts as passed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import segno
from bottle import HTTPResponse, request

from fabrikam.tenant.decisions.steps import AskEnrolment
from fabrikam.tenant.factors import BY_NAME, OTP, PUSH
from fabrikam.tenant.factors.otp import as_secret, enrolment_uri
from fabrikam.tenant.http.pages import page
from fabrikam.tenant.http.request_fields import form
from fabrikam.tenant.universal_login.factor_challenges import (
    email_of,
    in_fours,
    other_factors,
    whose,
)
from fabrikam.tenant.universal_login.factor_completion import after_enrolment, log_code
from fabrikam.tenant.universal_login.prompts import on_open_transaction
from fabrikam.tenant.universal_login.transaction import advance, keep_transaction

if TYPE_CHECKING:
    from bottle import Bottle

    from fabrikam.tenant.context import TenantContext
    from fabrikam.tenant.decisions.facts import User
    from fabrikam.tenant.decisions.login import Login
    from fabrikam.tenant.http.browser import Browser
    from fabrikam.tenant.storage.authenticators import Authenticator
    from fabrikam.tenant.universal_login.transaction import OpenTransaction

__all__ = ["enrolment_pages"]

_WORDS: Final = {
    OTP.name: {
        "title": "Set up an authenticator app",
        "what": "Set up an app that shows codes: it takes a minute, once.",
        "scan": "Scan this picture with your authenticator app:",
    },
    PUSH.name: {
        "title": "Set up notifications on your phone",
        "what": "Set up an app that asks you on your phone: it takes a minute, once.",
        "scan": "Scan this picture with the app that shall notify you:",
    },
}


def enrolment_pages(app: Bottle, tenant: TenantContext) -> None:
    """Add the enrolment of an authenticator app and of a phone."""

    @app.route(OTP.enrolment_page, method=["GET", "POST"])
    @on_open_transaction(tenant)
    def app_enrolment(browser: Browser, opened: OpenTransaction) -> HTTPResponse:
        return _enrol(tenant, browser, opened, OTP.name)

    @app.route(PUSH.enrolment_page, method=["GET", "POST"])
    @on_open_transaction(tenant)
    def phone_enrolment(browser: Browser, opened: OpenTransaction) -> HTTPResponse:
        return _enrol(tenant, browser, opened, PUSH.name)


def _enrol(
    tenant: TenantContext, browser: Browser, opened: OpenTransaction, factor: str
) -> HTTPResponse:
    user = opened.transaction.login.user
    offered = isinstance(opened.step, AskEnrolment) and factor in opened.step.factors
    if user is None or not offered:
        return advance(tenant, browser, opened, opened.transaction)
    proposed = _proposed(tenant, opened, factor)
    if proposed is None or request.method == "GET":
        return _fresh_page(tenant, browser, opened, user, factor)
    code = form().get("code", "")
    code_of = proposed.id.replace(f"{PUSH.method}|", f"{OTP.method}|")
    answer = tenant.authenticators.use_code(
        user.user_id, code, tenant.now(), proposed=code_of
    )
    if answer == "passed" and tenant.authenticators.confirm(proposed.id, tenant.now()):
        return after_enrolment(tenant, browser, opened, factor)
    log_code(tenant, browser, opened, answer)
    return _page(tenant, browser, opened, proposed, _trouble(answer))


def _trouble(answer: str) -> str:
    if answer == "locked":
        return "Too many wrong codes. Wait an hour, then try again."
    return "That code does not fit the secret below. Take the one that shows now."


def _proposed(
    tenant: TenantContext, opened: OpenTransaction, factor: str
) -> Authenticator | None:
    user = opened.transaction.login.user
    if opened.transaction.proposed is None or user is None:
        return None
    found = tenant.authenticators.find(opened.transaction.proposed)
    if found is None or found.user_id != user.user_id:
        return None
    return found if found.factor == factor else None


def _fresh_page(
    tenant: TenantContext,
    browser: Browser,
    opened: OpenTransaction,
    user: User,
    factor: str,
) -> HTTPResponse:
    proposed = _proposed(tenant, opened, factor)
    if proposed is None:
        secret = _chosen_secret(opened.transaction.login, factor)
        proposed = tenant.authenticators.propose(
            user.user_id, factor, tenant.now(), secret
        )
        tenant.log.write("gd_start_enroll", user_id=user.user_id, factor=factor)
        opened = keep_transaction(
            tenant, opened, replace(opened.transaction, proposed=proposed.id)
        )
    return _page(tenant, browser, opened, proposed, "")


def _chosen_secret(login: Login, factor: str) -> str | None:
    """Take `context.multifactor.key` of a Rule, which is for an app of its own only."""
    asked = login.outcome.multifactor if login.outcome else None
    if asked is None or (asked.provider, factor) != (OTP.provider, OTP.name):
        return None
    key = asked.options.get("key")
    return as_secret(key) if isinstance(key, str) else None


def _label(opened: OpenTransaction) -> str:
    login = opened.transaction.login
    asked = login.outcome.multifactor if login.outcome else None
    chosen = asked.options.get("issuer") if asked else None
    return chosen if isinstance(chosen, str) else login.settings.label


def _page(
    tenant: TenantContext,
    browser: Browser,
    opened: OpenTransaction,
    proposed: Authenticator,
    trouble: str,
) -> HTTPResponse:
    uri = enrolment_uri(_label(opened), email_of(opened), proposed.secret)
    shown = page(
        "enrolment",
        status=400 if trouble else 200,
        leads_to=opened.transaction.login.request.redirect_uri,
        **_WORDS[proposed.factor],
        **whose(opened),
        uri=uri,
        action=BY_NAME[proposed.factor].enrolment_page,
        qr=segno.make(uri, micro=False).png_data_uri(scale=5, border=3),
        secret=proposed.secret,
        fours=in_fours(proposed.secret),
        state=opened.key,
        problem=trouble,
        remember=isinstance(opened.step, AskEnrolment)
        and opened.step.remember == "offer",
        others=other_factors(opened, proposed.factor),
        phone=tenant.local,
    )
    return browser.dress(shown)
