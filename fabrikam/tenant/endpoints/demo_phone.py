"""`/phone`: the demo users' codes and pending requests; local use only.

The app of a user who is setting one up shows its codes as well: it scanned the picture.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pyotp
from bottle import HTTPError, HTTPResponse

from fabrikam.tenant.endpoints.loopback import loopback_only
from fabrikam.tenant.factors import OTP
from fabrikam.tenant.http.browser import current_browser
from fabrikam.tenant.http.pages import Link, away, page, problem
from fabrikam.tenant.http.request_fields import form
from fabrikam.tenant.services.push_requests import answer_push, pending_pushes

if TYPE_CHECKING:
    from bottle import Bottle

    from fabrikam.tenant.context import TenantContext
    from fabrikam.tenant.storage.authenticators import Authenticator
    from fabrikam.tenant.storage.tables import Push

__all__ = ["phone"]

_PURPOSE = "phone"


def phone(app: Bottle, tenant: TenantContext) -> None:
    """Add the addresses."""

    @app.get("/phone")
    @loopback_only(tenant)
    def screen() -> HTTPResponse:
        browser = current_browser(tenant.issuer)
        shown = page(
            "phone",
            pushes=[_push(push) for push in reversed(pending_pushes(tenant))],
            codes=_codes(tenant),
            state=browser.form_token(_PURPOSE, tenant.master),
        )
        return browser.dress(shown)

    @app.post("/phone/<push_id>")
    @loopback_only(tenant)
    def answer(push_id: str) -> HTTPResponse:
        browser = current_browser(tenant.issuer)
        if not browser.made_form(_PURPOSE, form().get("state", ""), tenant.master):
            raise HTTPError(403, "the form was not made for this browser")
        if answer_push(tenant, push_id, form().get("answer", "")):
            return away("/phone")
        return problem(
            409,
            "Too late",
            "That request was answered already, or is over.",
            "Look at the phone again; if nothing waits there, sign in again.",
            Link("Back to the demo phone", "/phone"),
        )


def _push(push: Push) -> dict[str, str]:
    return {
        "id": push.id,
        "email": push.email,
        "client": push.client_name,
        "address": push.address,
        "at": _time(push.asked_at),
    }


def _time(at: int) -> str:
    """Tell a time as the clock on this machine's wall does."""
    return datetime.fromtimestamp(at, UTC).astimezone().strftime("%H:%M:%S")


def _codes(tenant: TenantContext) -> list[dict[str, str]]:
    now = tenant.now()
    return [
        {
            "email": person.profile["email"],
            "code": pyotp.TOTP(one.secret).at(now),
            "next": pyotp.TOTP(one.secret).at(now + 30),
            "note": "" if one.confirmed else "being set up",
        }
        for person in tenant.users.people()
        for one in _apps(tenant, person.user_id, now)
    ]


def _apps(tenant: TenantContext, user_id: str, now: int) -> list[Authenticator]:
    """List the apps of a user, and the last one that is being set up."""
    known, proposed = tenant.authenticators, tenant.authenticators.being_set_up
    codes = [code for code in known.of(user_id) if code.factor == OTP.name]
    return codes + [c for c in proposed(user_id, now) if c.factor == OTP.name][-1:]
