"""The pages on which a factor is enrolled inside a login; it then counts as passed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import segno
from bottle import HTTPResponse, request

from fabrikam.tenant.decisions.appkeys import chosen_secret
from fabrikam.tenant.decisions.steps import AskEnrolment
from fabrikam.tenant.http.pages import page
from fabrikam.tenant.http.request_fields import form
from fabrikam.tenant.storage.authenticators import enrolment_uri
from fabrikam.tenant.universal_login.factor_challenges import (
    email_of,
    in_fours,
    ways,
    whose,
)
from fabrikam.tenant.universal_login.factor_completion import after_enrolment, log_code
from fabrikam.tenant.universal_login.prompts import at_a_stop
from fabrikam.tenant.universal_login.transaction import ENROLMENTS, go_on, keep_ticket

if TYPE_CHECKING:
    from bottle import Bottle

    from fabrikam.tenant.context import House
    from fabrikam.tenant.decisions.facts import Person
    from fabrikam.tenant.http.browser import Visit
    from fabrikam.tenant.storage.authenticators import Authenticator
    from fabrikam.tenant.universal_login.transaction import Stop

__all__ = ["enrolment_pages"]

_WORDS: Final = {
    "otp": {
        "title": "Set up an authenticator app",
        "what": "Set up an app that shows codes: it takes a minute, once.",
        "scan": "Scan this picture with your authenticator app:",
    },
    "push-notification": {
        "title": "Set up notifications on your phone",
        "what": "Set up an app that asks you on your phone: it takes a minute, once.",
        "scan": "Scan this picture with the app that shall notify you:",
    },
}


def enrolment_pages(app: Bottle, house: House) -> None:
    """Add the enrolment of an authenticator app and of a phone."""

    @app.route(ENROLMENTS["otp"], method=["GET", "POST"])
    @at_a_stop(house)
    def app_enrolment(visit: Visit, stop: Stop) -> HTTPResponse:
        return _enrol(house, visit, stop, "otp")

    @app.route(ENROLMENTS["push-notification"], method=["GET", "POST"])
    @at_a_stop(house)
    def phone_enrolment(visit: Visit, stop: Stop) -> HTTPResponse:
        return _enrol(house, visit, stop, "push-notification")


def _enrol(house: House, visit: Visit, stop: Stop, factor: str) -> HTTPResponse:
    user = stop.ticket.login.user
    offered = isinstance(stop.step, AskEnrolment) and factor in stop.step.factors
    if user is None or not offered:
        return go_on(house, visit, stop, stop.ticket)
    proposed = _proposed(house, stop, factor)
    if proposed is None or request.method == "GET":
        return _fresh_page(house, visit, stop, user, factor)
    code = form().get("code", "")
    code_of = proposed.id.replace("push|", "totp|")
    answer = house.authenticators.use_code(
        user.user_id, code, house.now(), proposed=code_of
    )
    if answer == "passed" and house.authenticators.confirm(proposed.id, house.now()):
        return after_enrolment(house, visit, stop, factor)
    log_code(house, visit, stop, answer)
    return _page(house, visit, stop, proposed, _trouble(answer))


def _trouble(answer: str) -> str:
    if answer == "locked":
        return "Too many wrong codes. Wait an hour, then try again."
    return "That code does not fit the secret below. Take the one that shows now."


def _proposed(house: House, stop: Stop, factor: str) -> Authenticator | None:
    user = stop.ticket.login.user
    if stop.ticket.proposed is None or user is None:
        return None
    found = house.authenticators.find(stop.ticket.proposed)
    if found is None or found.user_id != user.user_id:
        return None
    return found if found.factor == factor else None


def _fresh_page(
    house: House, visit: Visit, stop: Stop, user: Person, factor: str
) -> HTTPResponse:
    proposed = _proposed(house, stop, factor)
    if proposed is None:
        secret = chosen_secret(stop.ticket.login, factor)
        proposed = house.authenticators.propose(
            user.user_id, factor, house.now(), secret
        )
        house.log.write("gd_start_enroll", user_id=user.user_id, factor=factor)
        stop = keep_ticket(house, stop, replace(stop.ticket, proposed=proposed.id))
    return _page(house, visit, stop, proposed, "")


def _label(stop: Stop) -> str:
    login = stop.ticket.login
    asked = login.outcome.multifactor if login.outcome else None
    chosen = asked.options.get("issuer") if asked else None
    return chosen if isinstance(chosen, str) else login.tenancy.label


def _page(
    house: House, visit: Visit, stop: Stop, proposed: Authenticator, trouble: str
) -> HTTPResponse:
    uri = enrolment_uri(_label(stop), email_of(stop), proposed.secret)
    shown = page(
        "enrolment",
        status=400 if trouble else 200,
        leads_to=stop.ticket.login.request.redirect_uri,
        **_WORDS[proposed.factor],
        **whose(stop),
        uri=uri,
        action=ENROLMENTS[proposed.factor],
        qr=segno.make(uri, micro=False).png_data_uri(scale=5, border=3),
        secret=proposed.secret,
        fours=in_fours(proposed.secret),
        state=stop.key,
        problem=trouble,
        remember=isinstance(stop.step, AskEnrolment) and stop.step.remember == "offer",
        others=ways(stop, proposed.factor),
        phone=house.local,
    )
    return visit.dress(shown)
