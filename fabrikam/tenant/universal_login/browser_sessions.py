"""Browser sessions at the tenant: single sign-on, with a new cookie at every proof."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fabrikam.tenant.decisions.facts import RememberedBrowser, SsoSession
from fabrikam.tenant.decisions.second_factor import Demand, demand_of
from fabrikam.tenant.decisions.session_lifetime import has_ended, used_session
from fabrikam.tenant.storage.database import new_key

if TYPE_CHECKING:
    from fabrikam.tenant.context import TenantContext
    from fabrikam.tenant.decisions.facts import User
    from fabrikam.tenant.decisions.login import Login
    from fabrikam.tenant.http.browser import Browser

__all__ = [
    "close_session",
    "current_session",
    "open_session",
    "remember_browser",
    "remembered_in",
    "renew_session",
    "touch_session",
]

_REMEMBERED_SECONDS = 30 * 86_400
_TABS = 5  # that may write into one session at one moment


def current_session(tenant: TenantContext, browser: Browser) -> SsoSession | None:
    """Read the session of a browser, if it has one that is not over."""
    if browser.session_key is None:
        return None
    session = tenant.tables.sessions.look(browser.session_key, tenant.now())
    if session is None or has_ended(
        session, tenant.configuration.settings, tenant.now()
    ):
        return None
    return session


def open_session(
    tenant: TenantContext, browser: Browser, login: Login, user: User
) -> tuple[Login, Browser]:
    """Begin a session with a password that was right just now."""
    now = tenant.now()
    before = current_session(tenant, browser)
    same = before if before and before.user_id == user.user_id else None
    login = login.after_password(user, now)
    session = SsoSession(
        sid=same.sid if same else new_key(),
        user_id=user.user_id,
        created_at=now,
        authenticated_at=now,
        seen_at=now,
        methods=login.passed,
        clients=same.clients if same else (),
        began_from=(browser.caller.address, browser.caller.user_agent),
    )
    return _kept(tenant, browser, replace(login, session=session))


def renew_session(
    tenant: TenantContext, browser: Browser, login: Login
) -> tuple[Login, Browser]:
    """Write what was proved just now into the session, under a new cookie.

    Where the session ended meanwhile, what was proved for it is nothing.
    """
    key, now = browser.session_key, tenant.now()
    if key is None or tenant.tables.sessions.take(key, now) is None:
        return login.begun_anew(), browser
    if login.session is None:
        return login, browser
    stronger = replace(login.session, methods=login.methods, seen_at=tenant.now())
    return _kept(tenant, browser, replace(login, session=stronger))


def touch_session(tenant: TenantContext, browser: Browser, login: Login) -> None:
    """Note that a session was used, by which client, and what scripts recorded."""
    session = login.session
    if session is None or browser.session_key is None:
        return
    used = used_session(session, login.outcome, tenant.now())
    shelf, ends_at = tenant.tables.sessions, _ends_at(tenant, session)
    for _ in range(_TABS):
        before = shelf.look(browser.session_key, tenant.now())
        if before is None:  # a logout meanwhile wins
            return
        # and who signed in meanwhile, in another tab, is told of the logout as well
        clients = tuple(dict.fromkeys((*before.clients, login.client.client_id)))
        used = replace(used, clients=clients, methods=login.methods)
        if shelf.swap(browser.session_key, before, used, ends_at=ends_at):
            return


def close_session(
    tenant: TenantContext, browser: Browser
) -> tuple[SsoSession | None, Browser]:
    """End the session of a browser."""
    if browser.session_key is None:
        return None, browser
    session = tenant.tables.sessions.take(browser.session_key, tenant.now())
    return session, browser.without_session()


def remembered_in(tenant: TenantContext, browser: Browser) -> RememberedBrowser | None:
    """Read what a browser remembers of an earlier second factor."""
    if browser.remember_key is None:
        return None
    return tenant.tables.remembered.look(browser.remember_key, tenant.now())


def remember_browser(
    tenant: TenantContext, browser: Browser, login: Login, *, chosen: bool
) -> Browser:
    """Trust a browser from now on, or go on trusting it where that was relied on."""
    now, user = tenant.now(), login.user
    if user is None:
        return browser
    if chosen:
        fresh = RememberedBrowser(user.user_id, now, now, user.fingerprint)
        return _remembering(tenant, browser, fresh)
    demand = demand_of(login)
    relied = isinstance(demand, Demand) and demand.remember != "never"
    if relied and login.remembered is not None and not login.has_passed("mfa"):
        return _remembering(tenant, browser, replace(login.remembered, seen_at=now))
    return browser


def _remembering(
    tenant: TenantContext, browser: Browser, remembered: RememberedBrowser
) -> Browser:
    key = new_key()
    ends_at = remembered.passed_at + _REMEMBERED_SECONDS
    tenant.tables.remembered.keep(key, remembered, ends_at=ends_at)
    if browser.remember_key is not None:
        tenant.tables.remembered.drop(browser.remember_key)
    return browser.remembering(key)


def _kept(
    tenant: TenantContext, browser: Browser, login: Login
) -> tuple[Login, Browser]:
    if login.session is None:
        return login, browser
    if browser.session_key is not None:
        tenant.tables.sessions.drop(browser.session_key)
    key = new_key()
    ends_at = _ends_at(tenant, login.session)
    tenant.tables.sessions.keep(key, login.session, ends_at=ends_at)
    return login, browser.with_session(key)


def _ends_at(tenant: TenantContext, session: SsoSession) -> int:
    return session.created_at + tenant.configuration.settings.session_seconds
