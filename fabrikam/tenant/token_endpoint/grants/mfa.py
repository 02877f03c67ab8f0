"""The grants of the MFA API: a waiting login goes on with its second factor.

The user is read anew, and only the factor that was asked for passes.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from fabrikam.tenant.factors import OTP, PUSH, RECOVERY_CODE
from fabrikam.tenant.services.push_requests import answer_of
from fabrikam.tenant.storage.tables import MfaTransaction
from fabrikam.tenant.token_endpoint.direct_login import (
    KEPT_SECONDS,
    granted,
    run_to_end,
)
from fabrikam.tenant.token_endpoint.grants.refresh import renewed_at_last
from fabrikam.tenant.token_endpoint.mfa_transactions import (
    may_enrol,
    mfa_transaction_of,
    outstanding,
    unsupported_challenge,
)
from fabrikam.tenant.token_endpoint.token_errors import TokenRefused
from fabrikam.tenant.token_endpoint.token_request import client_of, required

if TYPE_CHECKING:
    from oauthlib.common import Request

    from fabrikam.tenant.context import TenantContext
    from fabrikam.tenant.storage.authenticators import CodeAnswer
    from fabrikam.tenant.storage.tables import IssuedGrant

__all__ = ["by_code", "by_push", "by_recovery_code"]

_POLL_SECONDS: Final = 2  # as fast as Guardian's own page may ask


def by_code(tenant: TenantContext, request: Request) -> IssuedGrant:
    """Weigh a code of an authenticator app."""
    token, waiting = _waiting(tenant, request, OTP.name)
    code = required(request, "otp")
    user = outstanding(tenant, waiting)
    proposed = waiting.proposed if may_enrol(waiting, user) else None
    answer = tenant.authenticators.use_code(
        user.user_id, code, tenant.now(), proposed=proposed
    )
    _refuse_unless_passed(tenant, answer, "Invalid otp_code.")
    _confirm(tenant, proposed)
    return _finished(tenant, token, waiting, OTP.name)


def by_push(tenant: TenantContext, request: Request) -> IssuedGrant:
    """Weigh the answer to a push notification."""
    token, waiting = _waiting(tenant, request, PUSH.name)
    oob_code = required(request, "oob_code")
    if oob_code != waiting.oob_code:
        wrong = "The oob_code doesn't match the mfa_token"
        raise TokenRefused("invalid_request", wrong, 400)
    user = outstanding(tenant, waiting)
    if waiting.proposed is not None and not may_enrol(waiting, user):
        raise TokenRefused("access_denied", "User is already enrolled.", 403)
    match answer_of(tenant, oob_code, user.user_id):
        case "allow":
            _confirm(tenant, waiting.proposed)
            return _finished(tenant, token, waiting, PUSH.name)
        case "deny":
            raise TokenRefused("invalid_grant", "MFA Authorization rejected.")
        case "pending":
            raise _pending(tenant, token, waiting)
        case _:
            raise TokenRefused("expired_token", "oob_code is expired")


def by_recovery_code(tenant: TenantContext, request: Request) -> IssuedGrant:
    """Weigh a recovery code; it is replaced."""
    token, waiting = _waiting(tenant, request, RECOVERY_CODE.name)
    code = required(request, "recovery_code")
    user_id = outstanding(tenant, waiting).user_id
    answer = tenant.authenticators.use_recovery_code(user_id, code, tenant.now())
    _refuse_unless_passed(tenant, answer, "Invalid recovery_code.")
    fresh = tenant.authenticators.new_recovery_code(user_id, tenant.now())
    request.extra_credentials = {"recovery_code": fresh}
    return _finished(tenant, token, waiting, RECOVERY_CODE.name)


def _waiting(
    tenant: TenantContext, request: Request, factor: str
) -> tuple[str, MfaTransaction]:
    token = required(request, "mfa_token")
    waiting = mfa_transaction_of(tenant, token)
    if waiting.client_id != client_of(request).client_id:
        raise TokenRefused(
            "invalid_request", "mfa_token not issued to this client", 400
        )
    if waiting.will_do and factor not in waiting.will_do:
        raise unsupported_challenge()
    return token, waiting


def _pending(
    tenant: TenantContext, token: str, waiting: MfaTransaction
) -> TokenRefused:
    now = tenant.now()
    polled = replace(waiting, polled_at=now)
    ends_at = waiting.ends_at + KEPT_SECONDS
    tenant.tables.mfa_logins.swap(token, waiting, polled, ends_at=ends_at)
    if now - waiting.polled_at < _POLL_SECONDS:
        return TokenRefused("slow_down", "You are polling too fast.", 400)
    again = "Authorization pending: please repeat the request in a few seconds."
    return TokenRefused("authorization_pending", again, 400)


def _confirm(tenant: TenantContext, proposed: str | None) -> None:
    if proposed and not tenant.authenticators.confirm(proposed, tenant.now()):
        raise TokenRefused("expired_token", "The enrolment is expired")


def _refuse_unless_passed(
    tenant: TenantContext, answer: CodeAnswer, wrong: str
) -> None:
    if answer == "locked":
        tenant.log.write("gd_otp_rate_limit_exceed")
        raise TokenRefused("too_many_attempts", "Too many wrong codes.", 429)
    if answer == "wrong":
        tenant.log.write("gd_auth_failed")
        raise TokenRefused("invalid_grant", wrong)


def _finished(
    tenant: TenantContext, token: str, waiting: MfaTransaction, factor: str
) -> IssuedGrant:
    if tenant.tables.mfa_logins.take(token, tenant.now()) is None:
        raise TokenRefused("invalid_grant", "Malformed mfa_token")
    tenant.log.write("gd_auth_succeed", client_id=waiting.client_id)
    login = waiting.login.after_factor(factor, tenant.now())
    user = outstanding(tenant, waiting)
    login = run_to_end(tenant, replace(login, user=user), waiting.renews)
    if waiting.renews is None:
        return granted(tenant, login)
    return renewed_at_last(tenant, login, waiting.renews)
