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
from fabrikam.tenant.factors import PUSH
from fabrikam.tenant.http.pages import json_reply, page
from fabrikam.tenant.http.request_fields import form
from fabrikam.tenant.services.push_requests import PushAnswer, answer_of, send_push
from fabrikam.tenant.universal_login.factor_challenges import other_factors, whose
from fabrikam.tenant.universal_login.factor_completion import (
    after_factor,
    to_be_remembered,
)
from fabrikam.tenant.universal_login.prompts import on_open_transaction
from fabrikam.tenant.universal_login.transaction import advance, keep_transaction

if TYPE_CHECKING:
    from bottle import Bottle

    from fabrikam.tenant.context import TenantContext
    from fabrikam.tenant.http.browser import Browser
    from fabrikam.tenant.universal_login.transaction import OpenTransaction

__all__ = ["push_page"]

Standing: TypeAlias = PushAnswer | Literal["over", "too many"]

_PAGE: Final = PUSH.challenge_page
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


def push_page(app: Bottle, tenant: TenantContext) -> None:
    """Add the page."""

    @app.route(_PAGE, method=["GET", "POST"])
    @on_open_transaction(tenant)
    def push(browser: Browser, opened: OpenTransaction) -> HTTPResponse:
        standing = _standing(tenant, opened)
        if request.get_header("Accept") == "application/json":
            return json_reply({"answer": standing})
        if standing == "over":
            return advance(tenant, browser, opened, opened.transaction)
        if standing == "allow":
            return after_factor(tenant, browser, opened, PUSH.name)
        chosen = to_be_remembered(browser, opened)
        if chosen != opened.transaction.remember:
            opened = keep_transaction(
                tenant, opened, replace(opened.transaction, remember=chosen)
            )
        if standing == "unsent" or (standing != "pending" and "again" in form()):
            return _send(tenant, browser, opened)
        return _page(tenant, browser, opened, standing)


def _standing(tenant: TenantContext, opened: OpenTransaction) -> Standing:
    step, user = opened.step, opened.transaction.login.user
    if not isinstance(step, AskFactor) or PUSH.name not in step.factors:
        return "over"
    return answer_of(tenant, opened.transaction.push, user.user_id if user else "")


def _send(
    tenant: TenantContext, browser: Browser, opened: OpenTransaction
) -> HTTPResponse:
    login = opened.transaction.login
    if login.user is None:
        return advance(tenant, browser, opened, opened.transaction)
    address = browser.caller.address
    push = send_push(tenant, login.user, login.client.name, address)
    if push is None:
        return _page(tenant, browser, opened, "too many")
    opened = keep_transaction(tenant, opened, replace(opened.transaction, push=push.id))
    return _page(tenant, browser, opened, "pending")


def _page(
    tenant: TenantContext, browser: Browser, opened: OpenTransaction, standing: Standing
) -> HTTPResponse:
    words = _WORDS.get(standing, _WAITING)
    offered = isinstance(opened.step, AskFactor) and opened.step.remember == "offer"
    shown = page(
        "push",
        status=words.status,
        leads_to=opened.transaction.login.request.redirect_uri,
        state=opened.key,
        **whose(opened),
        words=words,
        waits=words is _WAITING,
        reload="" if words is not _WAITING or offered else _reload(opened),
        remember=offered,
        ticked=opened.transaction.remember,
        others=other_factors(opened, PUSH.name),
        phone=tenant.local,
    )
    return browser.dress(shown)


def _reload(opened: OpenTransaction) -> str:
    """Say when the page comes again by itself; after some times it does no more."""
    said = request.query.get("reloads", "")
    reloads = int(said) if said in map(str, range(_RELOADS + 1)) else 0
    if reloads == _RELOADS:
        return ""
    return f"{_RELOAD_SECONDS};url={_PAGE}?state={opened.key}&reloads={reloads + 1}"
