"""Logins that wait for the MFA API, found by their `mfa_token`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fabrikam.tenant.factors import INDEPENDENT
from fabrikam.tenant.token_endpoint.token_errors import TokenRefused

if TYPE_CHECKING:
    from fabrikam.tenant.context import TenantContext
    from fabrikam.tenant.decisions.facts import User
    from fabrikam.tenant.storage.tables import MfaTransaction

__all__ = [
    "may_enrol",
    "mfa_transaction_of",
    "outstanding",
    "unsupported_challenge",
]


def mfa_transaction_of(tenant: TenantContext, token: str | None) -> MfaTransaction:
    """Find a waiting login, or refuse in the words that libraries compare."""
    waiting = tenant.tables.mfa_logins.look(token or "", tenant.now())
    if waiting is None:
        raise TokenRefused("invalid_grant", "Malformed mfa_token")
    if waiting.ends_at <= tenant.now():
        raise TokenRefused("expired_token", "mfa_token is expired")
    return waiting


def outstanding(tenant: TenantContext, waiting: MfaTransaction) -> User:
    """Say whose second factor is outstanding, as they are now."""
    known = waiting.login.user
    user = tenant.users.find(known.user_id) if known else None
    if user is None:
        raise TokenRefused("invalid_grant", "Malformed mfa_token")
    return user


def may_enrol(waiting: MfaTransaction, user: User) -> bool:
    """Tell whether a factor may be added: the first one, or after another passed."""
    has_one = any(factor in INDEPENDENT for factor in user.enrolled)
    return waiting.login.has_passed("mfa") or not has_one


def unsupported_challenge() -> TokenRefused:
    """Refuse a factor other than those that a script asked for."""
    other = "User does not have any of the requested challenge types."
    return TokenRefused("unsupported_challenge_type", other, 401)
