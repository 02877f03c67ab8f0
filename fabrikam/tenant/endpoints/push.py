"""`/u/mfa-push-challenge-push`: a page that waits for an answer on the phone.

The request on the phone belongs to this one login: an answer moves no other.  The page
asks again by itself every few seconds, without JavaScript.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from bottle import HTTPResponse, request

from fabrikam.tenant.endpoints.factors import ways
from fabrikam.tenant.endpoints.prompts import at_a_stop
from fabrikam.tenant.hosted.pages import page
from fabrikam.tenant.hosted.passing import after_factor
from fabrikam.tenant.hosted.travel import CHALLENGES, go_on, keep_ticket
from fabrikam.tenant.login.steps import AskFactor
from fabrikam.tenant.pushes import answer_of, send_push

if TYPE_CHECKING:
    from bottle import Bottle

    from fabrikam.tenant.hosted.travel import Stop
    from fabrikam.tenant.house import House
    from fabrikam.tenant.visit import Visit

__all__ = ["push_page"]

_PAGE: Final = CHALLENGES["push-notification"]
_ASK_AGAIN_SECONDS: Final = 3
_DENIED: Final = "The request was denied on the phone. If that was you, send it again."
_EXPIRED: Final = "The request was not answered in time. Send it again."
_TOO_MANY: Final = "Too many requests were sent. Wait a minute, or use another way."


def push_page(app: Bottle, house: House) -> None:
    """Add the page."""

    @app.route(_PAGE, method=["GET", "POST"])
    @at_a_stop(house)
    def push(visit: Visit, stop: Stop) -> HTTPResponse:
        step = stop.step
        if not isinstance(step, AskFactor) or "push-notification" not in step.factors:
            return go_on(house, visit, stop, stop.ticket)
        user = stop.ticket.login.user
        answer = answer_of(house, stop.ticket.push, user.user_id if user else "")
        if answer == "allow":
            return after_factor(house, visit, stop, "push-notification")
        if answer == "unsent" or (answer != "pending" and request.method == "POST"):
            return _send(house, visit, stop)
        return _page(house, visit, stop, answer)


def _send(house: House, visit: Visit, stop: Stop) -> HTTPResponse:
    login = stop.ticket.login
    if login.user is None:
        return go_on(house, visit, stop, stop.ticket)
    address = visit.caller.address
    push = send_push(house, login.user, login.client.name, address)
    if push is None:
        return _page(house, visit, stop, "too many")
    stop = keep_ticket(house, stop, replace(stop.ticket, push=push.id))
    return _page(house, visit, stop, "pending")


def _page(house: House, visit: Visit, stop: Stop, answer: str) -> HTTPResponse:
    login = stop.ticket.login
    troubles = {"deny": _DENIED, "expired": _EXPIRED, "too many": _TOO_MANY}
    waits = answer == "pending"
    shown = page(
        "push",
        status=429 if answer == "too many" else 200,
        leads_to=login.request.redirect_uri,
        state=stop.key,
        username=login.user.profile.get("email", "") if login.user else "",
        problem=troubles.get(answer, ""),
        refresh=f"{_ASK_AGAIN_SECONDS};url={_PAGE}?state={stop.key}" if waits else "",
        button="I have answered" if waits else "Send again",
        remember=isinstance(stop.step, AskFactor) and stop.step.remember == "offer",
        others=ways(stop, "push-notification"),
        phone=house.local,
    )
    return visit.dress(shown)
