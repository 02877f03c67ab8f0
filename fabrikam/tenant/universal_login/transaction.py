"""A login on its way through the pages: kept under a ticket, moved by one step.

The ticket's key is the `state` of every form.  It is bound to the browser that began,
and a form that comes twice moves the login once.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from fabrikam.tenant.decisions.login import Login
from fabrikam.tenant.decisions.steps import (
    AskConsent,
    AskEnrolment,
    AskFactor,
    AskPassword,
    IssueCode,
    Refuse,
    SendAway,
)
from fabrikam.tenant.factors import BY_NAME, RECOVERY_CODE
from fabrikam.tenant.http.browser import current_browser
from fabrikam.tenant.http.pages import away, page, problem
from fabrikam.tenant.services.script_runs import settle
from fabrikam.tenant.storage.database import new_key
from fabrikam.tenant.storage.tables import FinishedLogin, LoginTransaction
from fabrikam.tenant.universal_login.authorization_response import (
    issue_code,
    refuse,
    with_parameters,
)
from fabrikam.tenant.universal_login.back_to_application import link_back, link_to
from fabrikam.tenant.universal_login.browser_sessions import (
    close_session,
    current_session,
    remembered_in,
)

if TYPE_CHECKING:
    from bottle import HTTPResponse

    from fabrikam.tenant.context import TenantContext
    from fabrikam.tenant.decisions.facts import (
        AuthorizeRequest,
        RegisteredClient,
        SsoSession,
        User,
    )
    from fabrikam.tenant.decisions.steps import Step
    from fabrikam.tenant.http.browser import Browser
    from fabrikam.tenant.http.pages import Link
    from fabrikam.tenant.scripts import Resume

__all__ = [
    "OpenTransaction",
    "advance",
    "begin",
    "consent_key",
    "expired_page",
    "keep_transaction",
    "open_transaction",
]


class OpenTransaction(NamedTuple):
    """Where a browser's login stands: the ticket, as kept and with fresh facts."""

    key: str
    kept: LoginTransaction
    transaction: LoginTransaction
    step: Step

    def moved(self, login: Login) -> LoginTransaction:
        """The same ticket with the login moved on."""
        return replace(self.transaction, login=login)


def begin(
    tenant: TenantContext,
    browser: Browser,
    request: AuthorizeRequest,
    client: RegisteredClient,
) -> HTTPResponse:
    """Set out on a login that a client asked for."""
    login = Login(
        request=request,
        client=client,
        settings=tenant.configuration.settings,
        transaction_id=new_key(),
    )
    login = _with_facts(tenant, browser, login)
    return advance(
        tenant, browser, None, LoginTransaction(login=login, device=browser.device_hash)
    )


def open_transaction(
    tenant: TenantContext, browser: Browser, key: str
) -> OpenTransaction | None:
    """Find the login that a form or a page belongs to, if this browser began it."""
    kept = tenant.tables.transactions.look(key, tenant.now())
    if kept is None or kept.device != browser.device_hash:
        return None
    if not _may_answer(tenant, kept.login):
        return None
    login = _with_facts(tenant, browser, kept.login)
    same = _sid(login.session) == _sid(kept.login.session)
    transaction = kept if same else kept.of(login)
    login, step = settle(tenant, login, browser.caller)
    return OpenTransaction(key, kept, replace(transaction, login=login), step)


def advance(
    tenant: TenantContext,
    browser: Browser,
    opened: OpenTransaction | None,
    transaction: LoginTransaction,
    resume: Resume | None = None,
) -> HTTPResponse:
    """Move a login until the next page, or to its end."""
    login, step = settle(tenant, transaction.login, browser.caller, resume)
    browser = _without_revoked(tenant, browser, login)
    transaction = replace(transaction, login=login)
    if isinstance(step, IssueCode) and not transaction.recovery_due:
        if not _ends(tenant, opened, login):
            return _where_it_stands(tenant, browser, opened)
        return issue_code(tenant, browser, transaction)
    if isinstance(step, Refuse):
        if not _ends(tenant, opened, login):
            return _where_it_stands(tenant, browser, opened)
        return refuse(tenant, browser, login.request, step, login)
    key = _kept(tenant, opened, transaction, step)
    if key is None:
        return _where_it_stands(tenant, browser, opened)
    _log(tenant, browser, login, step)
    return browser.dress(_next_page(browser, transaction, step, key))


def keep_transaction(
    tenant: TenantContext, opened: OpenTransaction, transaction: LoginTransaction
) -> OpenTransaction:
    """Note something about a login that stays where it is."""
    ends_at = tenant.now() + _seconds(tenant, opened.step)
    tenant.tables.transactions.swap(
        opened.key, opened.kept, transaction, ends_at=ends_at
    )
    return opened._replace(kept=transaction, transaction=transaction)


def _where_it_stands(
    tenant: TenantContext, browser: Browser, opened: OpenTransaction | None
) -> HTTPResponse:
    """Lead a form that came twice to where the first one brought the login.

    What the second one proved is nothing: its session ends before it began.
    """
    key, before = opened.key if opened else "", current_browser(tenant.issuer)
    if browser.session_key not in (None, before.session_key):
        tenant.tables.sessions.drop(browser.session_key or "")
    now = open_transaction(tenant, before, key)
    if now is None:
        return expired_page(tenant, before, key)
    return before.dress(_next_page(before, now.transaction, now.step, key))


def expired_page(
    tenant: TenantContext, browser: Browser, key: str = ""
) -> HTTPResponse:
    """Say that a page belongs to no login that is under way in this browser."""
    finished = tenant.tables.finished.look(key, tenant.now())
    client = tenant.client(finished.client_id) if finished else None
    known = current_session(tenant, browser) is not None
    if finished and client and finished.device == browser.device_hash:
        done = "You are signed in already." if known else "It went on already."
        what = f"{done} This page was sent twice, or opened again."
        return _nothing_left("This sign-in is finished", what, link_to(client))
    title = "This page has expired"
    if known:
        what = "You are signed in already. The sign-in of this page is over."
        return _nothing_left(title, what, link_back(tenant))
    what = "The sign-in of this page is finished, too old, or of another browser."
    todo = "Go back to the application and sign in again."
    return problem(400, title, what, todo, link_back(tenant))


def _nothing_left(title: str, what: str, link: Link | None) -> HTTPResponse:
    """Say calmly that there is nothing left to do here."""
    return page("finished", status=400, title=title, what=what, link=link)


def _may_answer(tenant: TenantContext, login: Login) -> bool:
    # the client, or its address, may have been taken away since it asked
    client = tenant.client(login.client.client_id)
    return client is not None and login.request.redirect_uri in client.callbacks


def _with_facts(tenant: TenantContext, browser: Browser, login: Login) -> Login:
    session = current_session(tenant, browser)
    if login.session is not None and _sid(session) != _sid(login.session):
        # signed out meanwhile, perhaps in again: a form of before must not act for now
        session, login = None, login.begun_anew()
    client = tenant.client(login.client.client_id)
    user = tenant.users.find(session.user_id) if session else None
    return replace(
        login,
        client=client or login.client,
        settings=tenant.configuration.settings,
        session=session,
        user=user,
        remembered=remembered_in(tenant, browser),
        consented=_consented(tenant, user, login.client),
    )


def _consented(
    tenant: TenantContext, user: User | None, client: RegisteredClient
) -> tuple[str, ...]:
    if user is None:
        return ()
    key = consent_key(user.user_id, client)
    consent = tenant.tables.consents.look(key, tenant.now())
    return consent.scopes if consent else ()


def _sid(session: SsoSession | None) -> str | None:
    return session.sid if session else None


def consent_key(user_id: str | None, client: RegisteredClient) -> str:
    """Name what a user allowed a client."""
    return f"{user_id}|{client.client_id}"


def _without_revoked(tenant: TenantContext, browser: Browser, login: Login) -> Browser:
    if login.outcome is None or login.outcome.session_revoked is None:
        return browser
    return close_session(tenant, browser)[1]


def _ends(tenant: TenantContext, opened: OpenTransaction | None, login: Login) -> bool:
    now, tables, pushed = tenant.now(), tenant.tables, login.request.request_uri
    if opened is not None:
        # noted before it is so, for the same form that comes a moment later
        finished = FinishedLogin(opened.kept.device, login.client.client_id)
        ends_at = now + tenant.lifetimes.password_page
        tables.finished.keep(opened.key, finished, ends_at=ends_at)
        if tables.transactions.take(opened.key, now) is None:
            return False
    if pushed is not None and tables.pushed.take(pushed, now) is None:
        tables.finished.drop(opened.key if opened else "")
        return False
    return True


def _kept(
    tenant: TenantContext,
    opened: OpenTransaction | None,
    transaction: LoginTransaction,
    step: Step,
) -> str | None:
    transactions, ends_at = (
        tenant.tables.transactions,
        tenant.now() + _seconds(tenant, step),
    )
    if opened is not None and not _has_passed_on(opened.kept.login, transaction.login):
        swapped = transactions.swap(
            opened.key, opened.kept, transaction, ends_at=ends_at
        )
        return opened.key if swapped else None
    if opened is not None and transactions.take(opened.key, tenant.now()) is None:
        return None
    key = new_key()
    transactions.keep(key, transaction, ends_at=ends_at)
    return key


def _has_passed_on(before: Login, login: Login) -> bool:
    """Tell whether a login was one session's and is no more: its pages are void."""
    return before.session is not None and _sid(before.session) != _sid(login.session)


def _seconds(tenant: TenantContext, step: Step) -> int:
    match step:
        case AskPassword():
            return tenant.lifetimes.password_page
        case SendAway():
            return tenant.lifetimes.script_redirect
        case _:
            return tenant.lifetimes.factor_page


def _next_page(
    browser: Browser, transaction: LoginTransaction, step: Step, key: str
) -> HTTPResponse:
    if not isinstance(step, SendAway):
        return away(with_parameters(_page_of(transaction, step), {"state": key}))
    url = with_parameters(step.url, {"state": key})
    if browser.caller.method == "GET":
        return away(url)
    # the policy of the form before allows no redirect to an address of a script
    return page("away", url=url, refresh=f"0;url={url}")


def _log(tenant: TenantContext, browser: Browser, login: Login, step: Step) -> None:
    if login.user is None or not isinstance(step, AskFactor | AskEnrolment):
        return
    who = {
        "client_id": login.client.client_id,
        "user_id": login.user.user_id,
        "ip": browser.caller.address,
    }
    tenant.log.write("mfar", connection=login.settings.connection.name, **who)
    if isinstance(step, AskFactor):
        tenant.log.write("gd_start_auth", **who)


def _page_of(transaction: LoginTransaction, step: Step) -> str:
    if transaction.recovery_due:
        return RECOVERY_CODE.enrolment_page
    match step:
        case AskFactor(factors):
            return BY_NAME[factors[0]].challenge_page
        case AskEnrolment(factors):
            return BY_NAME[factors[0]].enrolment_page
        case AskConsent():
            return "/u/consent"
        case _:
            return "/u/login"
