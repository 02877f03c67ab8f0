"""The grants of the MFA API: a waiting login goes on with its second factor.

The user is read anew, and only the factor that was asked for passes.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from fabrikam.tenant.services.push_requests import answer_of
from fabrikam.tenant.storage.tables import MfaLogin
from fabrikam.tenant.token_endpoint.direct_login import KEPT_SECONDS, granted, through
from fabrikam.tenant.token_endpoint.grants.refresh import renewed_at_last
from fabrikam.tenant.token_endpoint.mfa_transactions import (
    may_enrol,
    mfa_login_of,
    not_asked_for,
    outstanding,
)
from fabrikam.tenant.token_endpoint.token_errors import Refused
from fabrikam.tenant.token_endpoint.token_request import client_of, required

if TYPE_CHECKING:
    from oauthlib.common import Request

    from fabrikam.tenant.context import House
    from fabrikam.tenant.storage.authenticators import CodeAnswer
    from fabrikam.tenant.storage.tables import Entitlement

__all__ = ["by_code", "by_push", "by_recovery_code"]

_POLL_SECONDS: Final = 2  # as fast as Guardian's own page may ask


def by_code(house: House, request: Request) -> Entitlement:
    """Weigh a code of an authenticator app."""
    token, waiting = _waiting(house, request, "otp")
    code = required(request, "otp")
    user = outstanding(house, waiting)
    proposed = waiting.proposed if may_enrol(waiting, user) else None
    answer = house.authenticators.use_code(
        user.user_id, code, house.now(), proposed=proposed
    )
    _refuse_unless_passed(house, answer, "Invalid otp_code.")
    _confirm(house, proposed)
    return _finished(house, token, waiting, "otp")


def by_push(house: House, request: Request) -> Entitlement:
    """Weigh the answer to a push notification."""
    token, waiting = _waiting(house, request, "push-notification")
    oob_code = required(request, "oob_code")
    if oob_code != waiting.oob_code:
        wrong = "The oob_code doesn't match the mfa_token"
        raise Refused("invalid_request", wrong, 400)
    user = outstanding(house, waiting)
    if waiting.proposed is not None and not may_enrol(waiting, user):
        raise Refused("access_denied", "User is already enrolled.", 403)
    match answer_of(house, oob_code, user.user_id):
        case "allow":
            _confirm(house, waiting.proposed)
            return _finished(house, token, waiting, "push-notification")
        case "deny":
            raise Refused("invalid_grant", "MFA Authorization rejected.")
        case "pending":
            raise _pending(house, token, waiting)
        case _:
            raise Refused("expired_token", "oob_code is expired")


def by_recovery_code(house: House, request: Request) -> Entitlement:
    """Weigh a recovery code; it is replaced."""
    token, waiting = _waiting(house, request, "recovery-code")
    code = required(request, "recovery_code")
    user_id = outstanding(house, waiting).user_id
    answer = house.authenticators.use_recovery_code(user_id, code, house.now())
    _refuse_unless_passed(house, answer, "Invalid recovery_code.")
    fresh = house.authenticators.new_recovery_code(user_id, house.now())
    request.extra_credentials = {"recovery_code": fresh}
    return _finished(house, token, waiting, "recovery-code")


def _waiting(house: House, request: Request, factor: str) -> tuple[str, MfaLogin]:
    token = required(request, "mfa_token")
    waiting = mfa_login_of(house, token)
    if waiting.client_id != client_of(request).client_id:
        raise Refused("invalid_request", "mfa_token not issued to this client", 400)
    if waiting.will_do and factor not in waiting.will_do:
        raise not_asked_for()
    return token, waiting


def _pending(house: House, token: str, waiting: MfaLogin) -> Refused:
    now = house.now()
    polled = replace(waiting, polled_at=now)
    ends_at = waiting.ends_at + KEPT_SECONDS
    house.shelves.mfa_logins.swap(token, waiting, polled, ends_at=ends_at)
    if now - waiting.polled_at < _POLL_SECONDS:
        return Refused("slow_down", "You are polling too fast.", 400)
    again = "Authorization pending: please repeat the request in a few seconds."
    return Refused("authorization_pending", again, 400)


def _confirm(house: House, proposed: str | None) -> None:
    if proposed and not house.authenticators.confirm(proposed, house.now()):
        raise Refused("expired_token", "The enrolment is expired")


def _refuse_unless_passed(house: House, answer: CodeAnswer, wrong: str) -> None:
    if answer == "locked":
        house.log.write("gd_otp_rate_limit_exceed")
        raise Refused("too_many_attempts", "Too many wrong codes.", 429)
    if answer == "wrong":
        house.log.write("gd_auth_failed")
        raise Refused("invalid_grant", wrong)


def _finished(house: House, token: str, waiting: MfaLogin, factor: str) -> Entitlement:
    if house.shelves.mfa_logins.take(token, house.now()) is None:
        raise Refused("invalid_grant", "Malformed mfa_token")
    house.log.write("gd_auth_succeed", client_id=waiting.client_id)
    login = waiting.login.after_factor(factor, house.now())
    user = outstanding(house, waiting)
    login = through(house, replace(login, user=user), waiting.renews)
    if waiting.renews is None:
        return granted(house, login)
    return renewed_at_last(house, login, waiting.renews)
