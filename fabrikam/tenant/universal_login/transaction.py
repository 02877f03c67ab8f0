"""A login on its way through the pages: kept under a ticket, moved by one step.

The ticket's key is the `state` of every form.  It is bound to the browser that began,
and a form that comes twice moves the login once.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

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
from fabrikam.tenant.http.browser import current_visit
from fabrikam.tenant.http.pages import away, page, problem
from fabrikam.tenant.services.script_runs import settled
from fabrikam.tenant.storage.database import new_key
from fabrikam.tenant.storage.tables import Finished, Ticket
from fabrikam.tenant.universal_login.authorization_response import (
    issue_code,
    refuse,
    with_parameters,
)
from fabrikam.tenant.universal_login.back_to_application import way_back, way_to
from fabrikam.tenant.universal_login.browser_sessions import (
    close_session,
    current_session,
    remembered_in,
)

if TYPE_CHECKING:
    from bottle import HTTPResponse

    from fabrikam.tenant.context import House
    from fabrikam.tenant.decisions.facts import (
        AuthorizeRequest,
        Client,
        Person,
        Session,
    )
    from fabrikam.tenant.decisions.steps import Step
    from fabrikam.tenant.http.browser import Visit
    from fabrikam.tenant.http.pages import Link
    from fabrikam.tenant.scripts import Resume

__all__ = [
    "CHALLENGES",
    "ENROLMENTS",
    "RECOVERY_CODE",
    "Stop",
    "begin",
    "consent_key",
    "go_on",
    "keep_ticket",
    "stale",
    "stop_at",
]

CHALLENGES: Final = {
    "push-notification": "/u/mfa-push-challenge-push",
    "otp": "/u/mfa-otp-challenge",
    "recovery-code": "/u/mfa-recovery-code-challenge",
}
ENROLMENTS: Final = {
    "otp": "/u/mfa-otp-enrollment",
    "push-notification": "/u/mfa-push-enrollment-qr",
}
RECOVERY_CODE: Final = "/u/mfa-recovery-code-enrollment"


class Stop(NamedTuple):
    """Where a browser's login stands: the ticket, as kept and with fresh facts."""

    key: str
    kept: Ticket
    ticket: Ticket
    step: Step

    def moved(self, login: Login) -> Ticket:
        """The same ticket with the login moved on."""
        return replace(self.ticket, login=login)


def begin(
    house: House, visit: Visit, request: AuthorizeRequest, client: Client
) -> HTTPResponse:
    """Set out on a login that a client asked for."""
    login = Login(
        request=request,
        client=client,
        tenancy=house.configuration.tenancy,
        transaction_id=new_key(),
    )
    login = _with_facts(house, visit, login)
    return go_on(house, visit, None, Ticket(login=login, device=visit.device_hash))


def stop_at(house: House, visit: Visit, key: str) -> Stop | None:
    """Find the login that a form or a page belongs to, if this browser began it."""
    kept = house.shelves.tickets.look(key, house.now())
    if kept is None or kept.device != visit.device_hash:
        return None
    if not _may_answer(house, kept.login):
        return None
    login = _with_facts(house, visit, kept.login)
    same = _sid(login.session) == _sid(kept.login.session)
    ticket = kept if same else kept.of(login)
    login, step = settled(house, login, visit.caller)
    return Stop(key, kept, replace(ticket, login=login), step)


def go_on(
    house: House,
    visit: Visit,
    stop: Stop | None,
    ticket: Ticket,
    resume: Resume | None = None,
) -> HTTPResponse:
    """Move a login until the next page, or to its end."""
    login, step = settled(house, ticket.login, visit.caller, resume)
    visit = _without_revoked(house, visit, login)
    ticket = replace(ticket, login=login)
    if isinstance(step, IssueCode) and not ticket.recovery_due:
        if not _ends(house, stop, login):
            return _where_it_stands(house, visit, stop)
        return issue_code(house, visit, ticket)
    if isinstance(step, Refuse):
        if not _ends(house, stop, login):
            return _where_it_stands(house, visit, stop)
        return refuse(house, visit, login.request, step, login)
    key = _kept(house, stop, ticket, step)
    if key is None:
        return _where_it_stands(house, visit, stop)
    _log(house, visit, login, step)
    return visit.dress(_next_page(visit, ticket, step, key))


def keep_ticket(house: House, stop: Stop, ticket: Ticket) -> Stop:
    """Note something about a login that stays where it is."""
    ends_at = house.now() + _seconds(house, stop.step)
    house.shelves.tickets.swap(stop.key, stop.kept, ticket, ends_at=ends_at)
    return stop._replace(kept=ticket, ticket=ticket)


def _where_it_stands(house: House, visit: Visit, stop: Stop | None) -> HTTPResponse:
    """Lead a form that came twice to where the first one brought the login.

    What the second one proved is nothing: its session ends before it began.
    """
    key, before = stop.key if stop else "", current_visit(house.issuer)
    if visit.session_key not in (None, before.session_key):
        house.shelves.sessions.drop(visit.session_key or "")
    now = stop_at(house, before, key)
    if now is None:
        return stale(house, before, key)
    return before.dress(_next_page(before, now.ticket, now.step, key))


def stale(house: House, visit: Visit, key: str = "") -> HTTPResponse:
    """Say that a page belongs to no login that is under way in this browser."""
    finished = house.shelves.finished.look(key, house.now())
    client = house.client(finished.client_id) if finished else None
    known = current_session(house, visit) is not None
    if finished and client and finished.device == visit.device_hash:
        done = "You are signed in already." if known else "It went on already."
        what = f"{done} This page was sent twice, or opened again."
        return _nothing_left("This sign-in is finished", what, way_to(client))
    title = "This page has expired"
    if known:
        what = "You are signed in already. The sign-in of this page is over."
        return _nothing_left(title, what, way_back(house))
    what = "The sign-in of this page is finished, too old, or of another browser."
    todo = "Go back to the application and sign in again."
    return problem(400, title, what, todo, way_back(house))


def _nothing_left(title: str, what: str, link: Link | None) -> HTTPResponse:
    """Say calmly that there is nothing left to do here."""
    return page("finished", status=400, title=title, what=what, link=link)


def _may_answer(house: House, login: Login) -> bool:
    # the client, or its address, may have been taken away since it asked
    client = house.client(login.client.client_id)
    return client is not None and login.request.redirect_uri in client.callbacks


def _with_facts(house: House, visit: Visit, login: Login) -> Login:
    session = current_session(house, visit)
    if login.session is not None and _sid(session) != _sid(login.session):
        # signed out meanwhile, perhaps in again: a form of before must not act for now
        session, login = None, login.begun_anew()
    client = house.client(login.client.client_id)
    user = house.directory.find(session.user_id) if session else None
    return replace(
        login,
        client=client or login.client,
        tenancy=house.configuration.tenancy,
        session=session,
        user=user,
        remembered=remembered_in(house, visit),
        consented=_consented(house, user, login.client),
    )


def _consented(house: House, user: Person | None, client: Client) -> tuple[str, ...]:
    if user is None:
        return ()
    key = consent_key(user.user_id, client)
    consent = house.shelves.consents.look(key, house.now())
    return consent.scopes if consent else ()


def _sid(session: Session | None) -> str | None:
    return session.sid if session else None


def consent_key(user_id: str | None, client: Client) -> str:
    """Name what a user allowed a client."""
    return f"{user_id}|{client.client_id}"


def _without_revoked(house: House, visit: Visit, login: Login) -> Visit:
    if login.outcome is None or login.outcome.session_revoked is None:
        return visit
    return close_session(house, visit)[1]


def _ends(house: House, stop: Stop | None, login: Login) -> bool:
    now, shelves, pushed = house.now(), house.shelves, login.request.request_uri
    if stop is not None:
        # noted before it is so, for the same form that comes a moment later
        finished = Finished(stop.kept.device, login.client.client_id)
        ends_at = now + house.lifetimes.password_page
        shelves.finished.keep(stop.key, finished, ends_at=ends_at)
        if shelves.tickets.take(stop.key, now) is None:
            return False
    if pushed is not None and shelves.pushed.take(pushed, now) is None:
        shelves.finished.drop(stop.key if stop else "")
        return False
    return True


def _kept(house: House, stop: Stop | None, ticket: Ticket, step: Step) -> str | None:
    tickets, ends_at = house.shelves.tickets, house.now() + _seconds(house, step)
    if stop is not None and not _has_passed_on(stop.kept.login, ticket.login):
        swapped = tickets.swap(stop.key, stop.kept, ticket, ends_at=ends_at)
        return stop.key if swapped else None
    if stop is not None and tickets.take(stop.key, house.now()) is None:
        return None
    key = new_key()
    tickets.keep(key, ticket, ends_at=ends_at)
    return key


def _has_passed_on(before: Login, login: Login) -> bool:
    """Tell whether a login was one session's and is no more: its pages are void."""
    return before.session is not None and _sid(before.session) != _sid(login.session)


def _seconds(house: House, step: Step) -> int:
    match step:
        case AskPassword():
            return house.lifetimes.password_page
        case SendAway():
            return house.lifetimes.script_redirect
        case _:
            return house.lifetimes.factor_page


def _next_page(visit: Visit, ticket: Ticket, step: Step, key: str) -> HTTPResponse:
    if not isinstance(step, SendAway):
        return away(with_parameters(_page_of(ticket, step), {"state": key}))
    url = with_parameters(step.url, {"state": key})
    if visit.caller.method == "GET":
        return away(url)
    # the policy of the form before allows no redirect to an address of a script
    return page("away", url=url, refresh=f"0;url={url}")


def _log(house: House, visit: Visit, login: Login, step: Step) -> None:
    if login.user is None or not isinstance(step, AskFactor | AskEnrolment):
        return
    who = {
        "client_id": login.client.client_id,
        "user_id": login.user.user_id,
        "ip": visit.caller.address,
    }
    house.log.write("mfar", connection=login.tenancy.connection.name, **who)
    if isinstance(step, AskFactor):
        house.log.write("gd_start_auth", **who)


def _page_of(ticket: Ticket, step: Step) -> str:
    if ticket.recovery_due:
        return RECOVERY_CODE
    match step:
        case AskFactor(factors):
            return CHALLENGES[factors[0]]
        case AskEnrolment(factors):
            return ENROLMENTS[factors[0]]
        case AskConsent():
            return "/u/consent"
        case _:
            return "/u/login"
