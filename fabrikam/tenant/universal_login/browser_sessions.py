"""Browser sessions at the tenant: single sign-on, with a new cookie at every proof."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fabrikam.tenant.decisions.facts import Remembered, Session
from fabrikam.tenant.decisions.second_factor import Demand, demand_of
from fabrikam.tenant.decisions.session_lifetime import has_ended, used_session
from fabrikam.tenant.storage.database import new_key

if TYPE_CHECKING:
    from fabrikam.tenant.context import House
    from fabrikam.tenant.decisions.facts import Person
    from fabrikam.tenant.decisions.login import Login
    from fabrikam.tenant.http.browser import Visit

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


def current_session(house: House, visit: Visit) -> Session | None:
    """Read the session of a browser, if it has one that is not over."""
    if visit.session_key is None:
        return None
    session = house.shelves.sessions.look(visit.session_key, house.now())
    if session is None or has_ended(session, house.configuration.tenancy, house.now()):
        return None
    return session


def open_session(
    house: House, visit: Visit, login: Login, user: Person
) -> tuple[Login, Visit]:
    """Begin a session with a password that was right just now."""
    now = house.now()
    before = current_session(house, visit)
    same = before if before and before.user_id == user.user_id else None
    login = login.after_password(user, now)
    session = Session(
        sid=same.sid if same else new_key(),
        user_id=user.user_id,
        created_at=now,
        authenticated_at=now,
        seen_at=now,
        methods=login.passed,
        clients=same.clients if same else (),
        began_from=(visit.caller.address, visit.caller.user_agent),
    )
    return _kept(house, visit, replace(login, session=session))


def renew_session(house: House, visit: Visit, login: Login) -> tuple[Login, Visit]:
    """Write what was proved just now into the session, under a new cookie.

    Where the session ended meanwhile, what was proved for it is nothing.
    """
    key, now = visit.session_key, house.now()
    if key is None or house.shelves.sessions.take(key, now) is None:
        return login.begun_anew(), visit
    if login.session is None:
        return login, visit
    stronger = replace(login.session, methods=login.methods, seen_at=house.now())
    return _kept(house, visit, replace(login, session=stronger))


def touch_session(house: House, visit: Visit, login: Login) -> None:
    """Note that a session was used, by which client, and what scripts recorded."""
    session = login.session
    if session is None or visit.session_key is None:
        return
    used = used_session(session, login.outcome, house.now())
    shelf, ends_at = house.shelves.sessions, _ends_at(house, session)
    for _ in range(_TABS):
        before = shelf.look(visit.session_key, house.now())
        if before is None:  # a logout meanwhile wins
            return
        # and who signed in meanwhile, in another tab, is told of the logout as well
        clients = tuple(dict.fromkeys((*before.clients, login.client.client_id)))
        used = replace(used, clients=clients, methods=login.methods)
        if shelf.swap(visit.session_key, before, used, ends_at=ends_at):
            return


def close_session(house: House, visit: Visit) -> tuple[Session | None, Visit]:
    """End the session of a browser."""
    if visit.session_key is None:
        return None, visit
    session = house.shelves.sessions.take(visit.session_key, house.now())
    return session, visit.without_session()


def remembered_in(house: House, visit: Visit) -> Remembered | None:
    """Read what a browser remembers of an earlier second factor."""
    if visit.remember_key is None:
        return None
    return house.shelves.remembered.look(visit.remember_key, house.now())


def remember_browser(
    house: House, visit: Visit, login: Login, *, chosen: bool
) -> Visit:
    """Trust a browser from now on, or go on trusting it where that was relied on."""
    now, user = house.now(), login.user
    if user is None:
        return visit
    if chosen:
        fresh = Remembered(user.user_id, now, now, user.fingerprint)
        return _remembering(house, visit, fresh)
    demand = demand_of(login)
    relied = isinstance(demand, Demand) and demand.remember != "never"
    if relied and login.remembered is not None and not login.has_passed("mfa"):
        return _remembering(house, visit, replace(login.remembered, seen_at=now))
    return visit


def _remembering(house: House, visit: Visit, remembered: Remembered) -> Visit:
    key = new_key()
    ends_at = remembered.passed_at + _REMEMBERED_SECONDS
    house.shelves.remembered.keep(key, remembered, ends_at=ends_at)
    if visit.remember_key is not None:
        house.shelves.remembered.drop(visit.remember_key)
    return visit.remembering(key)


def _kept(house: House, visit: Visit, login: Login) -> tuple[Login, Visit]:
    if login.session is None:
        return login, visit
    if visit.session_key is not None:
        house.shelves.sessions.drop(visit.session_key)
    key = new_key()
    ends_at = _ends_at(house, login.session)
    house.shelves.sessions.keep(key, login.session, ends_at=ends_at)
    return login, visit.with_session(key)


def _ends_at(house: House, session: Session) -> int:
    return session.created_at + house.configuration.tenancy.session_seconds
