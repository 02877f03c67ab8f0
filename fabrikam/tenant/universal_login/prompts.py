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
from fabrikam.tenant.http.browser import Visit, current_visit
from fabrikam.tenant.http.pages import page
from fabrikam.tenant.http.request_fields import form, text_of
from fabrikam.tenant.services.demo_users import DEMO_HINTS
from fabrikam.tenant.storage.tables import Consent
from fabrikam.tenant.universal_login.browser_sessions import open_session
from fabrikam.tenant.universal_login.transaction import (
    consent_key,
    go_on,
    stale,
    stop_at,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from bottle import Bottle

    from fabrikam.tenant.context import House
    from fabrikam.tenant.decisions.facts import Person
    from fabrikam.tenant.universal_login.transaction import Stop

__all__ = ["at_a_stop", "prompts"]

View: TypeAlias = "Callable[[Visit, Stop], HTTPResponse]"

_WRONG: Final = "Wrong email or password."
_LOCKED: Final = "Too many attempts. Wait a quarter of an hour, then try again."


class _Trouble(NamedTuple):
    """What the login form already says when it is shown."""

    username: str
    what: str = ""
    status: int = 200


def at_a_stop(house: House) -> Callable[[View], Callable[[], HTTPResponse]]:
    """Hand a page the login it belongs to, or say that there is none."""

    def decorate(view: View) -> Callable[[], HTTPResponse]:
        @wraps(view)
        def found() -> HTTPResponse:
            visit = current_visit(house.issuer)
            key = text_of("state")
            stop = stop_at(house, visit, key)
            return stale(house, visit, key) if stop is None else view(visit, stop)

        return found

    return decorate


def prompts(app: Bottle, house: House) -> None:
    """Add the login, the consent and the way out."""

    @app.route("/u/login", method=["GET", "POST"])
    @at_a_stop(house)
    def login(visit: Visit, stop: Stop) -> HTTPResponse:
        if request.method == "POST" and not stop.ticket.login.has_passed("pwd"):
            # whoever typed it means it, though somebody signed in meanwhile
            return _weigh_password(house, visit, stop)
        if not isinstance(stop.step, AskPassword):
            return go_on(house, visit, stop, stop.ticket)
        hinted = _Trouble(stop.step.login_hint or "")
        return _login_page(house, visit, stop, hinted)

    @app.route("/u/consent", method=["GET", "POST"])
    @at_a_stop(house)
    def consent(visit: Visit, stop: Stop) -> HTTPResponse:
        if not isinstance(stop.step, AskConsent):
            return go_on(house, visit, stop, stop.ticket)
        if request.method == "GET":
            return _consent_page(visit, stop, stop.step)
        if form().get("action") != "accept":
            return _cancel(house, visit, stop)
        return _accept(house, visit, stop)

    @app.post("/u/cancel")
    @at_a_stop(house)
    def cancel(visit: Visit, stop: Stop) -> HTTPResponse:
        return _cancel(house, visit, stop)


def _weigh_password(house: House, visit: Visit, stop: Stop) -> HTTPResponse:
    fields = form()
    name, address = fields.get("username", ""), visit.caller.address
    answer = house.directory.password(
        name, fields.get("password", ""), address, house.now()
    )
    if answer == "wrong":
        _log(house, visit, stop, name)
        return _login_page(house, visit, stop, _Trouble(name, _WRONG, 400))
    if answer == "locked":
        house.log.write("limit_wc", user_name=house.masked(name), ip=address)
        return _login_page(house, visit, stop, _Trouble(name, _LOCKED, 429))
    return _after_password(house, visit, stop, answer)


def _after_password(
    house: House, visit: Visit, stop: Stop, user: Person
) -> HTTPResponse:
    login, visit = open_session(house, visit, stop.ticket.login, user)
    return go_on(house, visit, stop, stop.ticket.of(login))


def _log(house: House, visit: Visit, stop: Stop, name: str) -> None:
    known = house.directory.by_name(name) is not None
    house.log.write(
        "fp" if known else "fu",
        user_name=house.masked(name),
        client_id=stop.ticket.login.client.client_id,
        ip=visit.caller.address,
    )


def _login_page(
    house: House, visit: Visit, stop: Stop, trouble: _Trouble
) -> HTTPResponse:
    shown = page(
        "login",
        status=trouble.status,
        leads_to=stop.ticket.login.request.redirect_uri,
        state=stop.key,
        client_name=stop.ticket.login.client.name,
        username=trouble.username,
        problem=trouble.what,
        demo_users=DEMO_HINTS if house.local else (),
    )
    return visit.dress(shown)


def _consent_page(visit: Visit, stop: Stop, step: AskConsent) -> HTTPResponse:
    login = stop.ticket.login
    shown = page(
        "consent",
        leads_to=login.request.redirect_uri,
        state=stop.key,
        client_name=login.client.name,
        username=login.user.profile.get("email", "") if login.user else "",
        scopes=step.scopes,
    )
    return visit.dress(shown)


def _accept(house: House, visit: Visit, stop: Stop) -> HTTPResponse:
    login = stop.ticket.login
    scopes = tuple(dict.fromkeys((*login.consented, *login.request.scopes)))
    if login.user is not None:
        key = consent_key(login.user.user_id, login.client)
        house.shelves.consents.keep(key, Consent(scopes), ends_at=2**53)
    accepted = replace(login, accepted=True, consented=scopes)
    return go_on(house, visit, stop, stop.moved(accepted))


def _cancel(house: House, visit: Visit, stop: Stop) -> HTTPResponse:
    cancelled = replace(stop.ticket.login, cancelled=True)
    return go_on(house, visit, stop, stop.moved(cancelled))
