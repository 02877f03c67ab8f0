"""`/u/mfa-push-challenge-push`: a page that waits for an answer on the phone.

The request on the phone belongs to this one login: an answer moves no other.  The
page's script asks how the request stands, and the answer moves nothing.  Without
scripts the page comes again a few times by itself, and then by a button.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

from bottle import HTTPResponse, request

from fabrikam.tenant.decisions.steps import AskFactor
from fabrikam.tenant.http.pages import json_reply, page
from fabrikam.tenant.http.request_fields import form
from fabrikam.tenant.services.push_requests import PushAnswer, answer_of, send_push
from fabrikam.tenant.universal_login.factor_challenges import ways, whose
from fabrikam.tenant.universal_login.factor_completion import (
    after_factor,
    to_be_remembered,
)
from fabrikam.tenant.universal_login.prompts import at_a_stop
from fabrikam.tenant.universal_login.transaction import CHALLENGES, go_on, keep_ticket

if TYPE_CHECKING:
    from bottle import Bottle

    from fabrikam.tenant.context import House
    from fabrikam.tenant.http.browser import Visit
    from fabrikam.tenant.universal_login.transaction import Stop

__all__ = ["push_page"]

Standing: TypeAlias = PushAnswer | Literal["over", "too many"]

_PAGE: Final = CHALLENGES["push-notification"]
_RELOAD_SECONDS: Final = 15
_RELOADS: Final = 4


class _Words(NamedTuple):
    """What the page says while a request stands as it does.

    With patience it is not the button that leads on.
    """

    title: str
    button: str
    problem: str = ""
    todo: str = ""
    status: int = 200
    patience: bool = False


_WAITING: Final = _Words("Approve on your phone", "I have answered", patience=True)
_WORDS: Final = {
    "deny": _Words(
        "Not approved",
        "Send again",
        "The request was denied on the phone, so nobody was signed in.",
        "If that was you, send it again. If it was not you, somebody knows your "
        "password: change your password and tell an administrator.",
    ),
    "expired": _Words(
        "Not answered in time",
        "Send again",
        "The request on the phone was not answered in time.",
        "Take the phone at hand and send it again.",
    ),
    "too many": _Words(
        "Too many notifications",
        "Try again",
        "Nothing was sent: the phone was asked too often in the last minute.",
        "Wait a minute before you try again.",
        429,
        patience=True,
    ),
}


def push_page(app: Bottle, house: House) -> None:
    """Add the page."""

    @app.route(_PAGE, method=["GET", "POST"])
    @at_a_stop(house)
    def push(visit: Visit, stop: Stop) -> HTTPResponse:
        standing = _standing(house, stop)
        if request.get_header("Accept") == "application/json":
            return json_reply({"answer": standing})
        if standing == "over":
            return go_on(house, visit, stop, stop.ticket)
        if standing == "allow":
            return after_factor(house, visit, stop, "push-notification")
        chosen = to_be_remembered(visit, stop)
        if chosen != stop.ticket.remember:
            stop = keep_ticket(house, stop, replace(stop.ticket, remember=chosen))
        if standing == "unsent" or (standing != "pending" and "again" in form()):
            return _send(house, visit, stop)
        return _page(house, visit, stop, standing)


def _standing(house: House, stop: Stop) -> Standing:
    step, user = stop.step, stop.ticket.login.user
    if not isinstance(step, AskFactor) or "push-notification" not in step.factors:
        return "over"
    return answer_of(house, stop.ticket.push, user.user_id if user else "")


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


def _page(house: House, visit: Visit, stop: Stop, standing: Standing) -> HTTPResponse:
    words = _WORDS.get(standing, _WAITING)
    offered = isinstance(stop.step, AskFactor) and stop.step.remember == "offer"
    shown = page(
        "push",
        status=words.status,
        leads_to=stop.ticket.login.request.redirect_uri,
        state=stop.key,
        **whose(stop),
        words=words,
        waits=words is _WAITING,
        reload="" if words is not _WAITING or offered else _reload(stop),
        remember=offered,
        ticked=stop.ticket.remember,
        others=ways(stop, "push-notification"),
        phone=house.local,
    )
    return visit.dress(shown)


def _reload(stop: Stop) -> str:
    """Say when the page comes again by itself; after some times it does no more."""
    said = request.query.get("reloads", "")
    reloads = int(said) if said in map(str, range(_RELOADS + 1)) else 0
    if reloads == _RELOADS:
        return ""
    return f"{_RELOAD_SECONDS};url={_PAGE}?state={stop.key}&reloads={reloads + 1}"
