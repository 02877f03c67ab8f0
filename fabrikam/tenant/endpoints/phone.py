"""`/phone`: the demo users' codes and pending requests; local use only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyotp
from bottle import HTTPError, HTTPResponse

from fabrikam.tenant.endpoints.loopback import loopback_only
from fabrikam.tenant.forms import form
from fabrikam.tenant.hosted.pages import away, page, problem
from fabrikam.tenant.pushes import answer_push, pending_pushes
from fabrikam.tenant.visit import current_visit

if TYPE_CHECKING:
    from bottle import Bottle

    from fabrikam.tenant.house import House
    from fabrikam.tenant.records.shelves import Push

__all__ = ["phone"]

_PURPOSE = "phone"


def phone(app: Bottle, house: House) -> None:
    """Add the addresses."""

    @app.get("/phone")
    @loopback_only(house)
    def screen() -> HTTPResponse:
        visit = current_visit(house.issuer)
        shown = page(
            "phone",
            refresh="5",
            pushes=[_push(push) for push in pending_pushes(house)],
            codes=_codes(house),
            state=visit.form_token(_PURPOSE),
        )
        return visit.dress(shown)

    @app.post("/phone/<push_id>")
    @loopback_only(house)
    def answer(push_id: str) -> HTTPResponse:
        visit = current_visit(house.issuer)
        if not visit.made_form(_PURPOSE, form().get("state", "")):
            raise HTTPError(403, "the form was not made for this browser")
        if answer_push(house, push_id, form().get("answer", "")):
            return away("/phone")
        return problem(
            409,
            "Too late",
            "That request was answered already, or is over.",
            "Go back to the phone; if nothing waits there, sign in again.",
        )


def _push(push: Push) -> dict[str, str]:
    return {
        "id": push.id,
        "email": push.email,
        "client": push.client_name,
        "address": push.address,
    }


def _codes(house: House) -> list[dict[str, str]]:
    return [
        {
            "email": person.profile["email"],
            "code": pyotp.TOTP(one.secret).at(house.now()),
            "next": pyotp.TOTP(one.secret).at(house.now() + 30),
        }
        for person in house.directory.people()
        for one in house.authenticators.of(person.user_id)
        if one.factor == "otp"
    ]
