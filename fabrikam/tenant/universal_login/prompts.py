"""The pages of a login under `/u/`, with the names that Auth0's own pages have.

Each page shows itself only while the login stands there; otherwise it sends the browser
to where the login stands.
"""

from __future__ import annotations

from dataclasses import replace
from functools import wraps
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from bottle import HTTPResponse, request

from fabrikam.tenant.decisions.steps import AskConsent, AskPassword
from fabrikam.tenant.http.browser import Browser, current_browser
from fabrikam.tenant.http.pages import page
from fabrikam.tenant.http.request_fields import form, text_of
from fabrikam.tenant.services.demo_users import DEMO_HINTS
from fabrikam.tenant.storage.tables import Consent
from fabrikam.tenant.universal_login.browser_sessions import open_session
from fabrikam.tenant.universal_login.transaction import (
    advance,
    consent_key,
    expired_page,
    open_transaction,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from bottle import Bottle

    from fabrikam.tenant.context import TenantContext
    from fabrikam.tenant.decisions.facts import User
    from fabrikam.tenant.universal_login.transaction import OpenTransaction

__all__ = ["on_open_transaction", "prompts"]

View: TypeAlias = "Callable[[Browser, OpenTransaction], HTTPResponse]"

_WRONG: Final = "Wrong email or password."
_LOCKED: Final = "Too many attempts. Wait a quarter of an hour, then try again."


class _Trouble(NamedTuple):
    """What the login form already says when it is shown."""

    username: str
    what: str = ""
    status: int = 200


def on_open_transaction(
    tenant: TenantContext,
) -> Callable[[View], Callable[[], HTTPResponse]]:
    """Hand a page the login it belongs to, or say that there is none."""

    def decorate(view: View) -> Callable[[], HTTPResponse]:
        @wraps(view)
        def found() -> HTTPResponse:
            browser = current_browser(tenant.issuer)
            key = text_of("state")
            opened = open_transaction(tenant, browser, key)
            return (
                expired_page(tenant, browser, key)
                if opened is None
                else view(browser, opened)
            )

        return found

    return decorate


def prompts(app: Bottle, tenant: TenantContext) -> None:
    """Add the login, the consent and the way out."""

    @app.route("/u/login", method=["GET", "POST"])
    @on_open_transaction(tenant)
    def login(browser: Browser, opened: OpenTransaction) -> HTTPResponse:
        if request.method == "POST" and not opened.transaction.login.has_passed("pwd"):
            # whoever typed it means it, though somebody signed in meanwhile
            return _weigh_password(tenant, browser, opened)
        if not isinstance(opened.step, AskPassword):
            return advance(tenant, browser, opened, opened.transaction)
        hinted = _Trouble(opened.step.login_hint or "")
        return _login_page(tenant, browser, opened, hinted)

    @app.route("/u/consent", method=["GET", "POST"])
    @on_open_transaction(tenant)
    def consent(browser: Browser, opened: OpenTransaction) -> HTTPResponse:
        if not isinstance(opened.step, AskConsent):
            return advance(tenant, browser, opened, opened.transaction)
        if request.method == "GET":
            return _consent_page(browser, opened, opened.step)
        if form().get("action") != "accept":
            return _cancel(tenant, browser, opened)
        return _accept(tenant, browser, opened)

    @app.post("/u/cancel")
    @on_open_transaction(tenant)
    def cancel(browser: Browser, opened: OpenTransaction) -> HTTPResponse:
        return _cancel(tenant, browser, opened)


def _weigh_password(
    tenant: TenantContext, browser: Browser, opened: OpenTransaction
) -> HTTPResponse:
    fields = form()
    name, address = fields.get("username", ""), browser.caller.address
    answer = tenant.users.password(
        name, fields.get("password", ""), address, tenant.now()
    )
    if answer == "wrong":
        _log(tenant, browser, opened, name)
        return _login_page(tenant, browser, opened, _Trouble(name, _WRONG, 400))
    if answer == "locked":
        tenant.log.write("limit_wc", user_name=tenant.masked(name), ip=address)
        return _login_page(tenant, browser, opened, _Trouble(name, _LOCKED, 429))
    return _after_password(tenant, browser, opened, answer)


def _after_password(
    tenant: TenantContext, browser: Browser, opened: OpenTransaction, user: User
) -> HTTPResponse:
    login, browser = open_session(tenant, browser, opened.transaction.login, user)
    return advance(tenant, browser, opened, opened.transaction.of(login))


def _log(
    tenant: TenantContext, browser: Browser, opened: OpenTransaction, name: str
) -> None:
    known = tenant.users.by_name(name) is not None
    tenant.log.write(
        "fp" if known else "fu",
        user_name=tenant.masked(name),
        client_id=opened.transaction.login.client.client_id,
        ip=browser.caller.address,
    )


def _login_page(
    tenant: TenantContext, browser: Browser, opened: OpenTransaction, trouble: _Trouble
) -> HTTPResponse:
    shown = page(
        "login",
        status=trouble.status,
        leads_to=opened.transaction.login.request.redirect_uri,
        state=opened.key,
        client_name=opened.transaction.login.client.name,
        username=trouble.username,
        problem=trouble.what,
        demo_users=DEMO_HINTS if tenant.local else (),
    )
    return browser.dress(shown)


def _consent_page(
    browser: Browser, opened: OpenTransaction, step: AskConsent
) -> HTTPResponse:
    login = opened.transaction.login
    shown = page(
        "consent",
        leads_to=login.request.redirect_uri,
        state=opened.key,
        client_name=login.client.name,
        username=login.user.profile.get("email", "") if login.user else "",
        scopes=step.scopes,
    )
    return browser.dress(shown)


def _accept(
    tenant: TenantContext, browser: Browser, opened: OpenTransaction
) -> HTTPResponse:
    login = opened.transaction.login
    scopes = tuple(dict.fromkeys((*login.consented, *login.request.scopes)))
    if login.user is not None:
        key = consent_key(login.user.user_id, login.client)
        tenant.tables.consents.keep(key, Consent(scopes), ends_at=2**53)
    accepted = replace(login, accepted=True, consented=scopes)
    return advance(tenant, browser, opened, opened.moved(accepted))


def _cancel(
    tenant: TenantContext, browser: Browser, opened: OpenTransaction
) -> HTTPResponse:
    cancelled = replace(opened.transaction.login, cancelled=True)
    return advance(tenant, browser, opened, opened.moved(cancelled))
