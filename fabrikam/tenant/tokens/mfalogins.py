"""Logins that wait for the MFA API, found by their `mfa_token`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fabrikam.tenant.tokens.refusals import Refused

if TYPE_CHECKING:
    from fabrikam.tenant.house import House
    from fabrikam.tenant.login.facts import Person
    from fabrikam.tenant.records.shelves import MfaLogin

__all__ = ["mfa_login_of", "outstanding"]


def mfa_login_of(house: House, token: str | None) -> MfaLogin:
    """Find a waiting login, or refuse in the words that libraries compare."""
    waiting = house.shelves.mfa_logins.look(token or "", house.now())
    if waiting is None:
        raise Refused("invalid_grant", "Malformed mfa_token")
    if waiting.ends_at <= house.now():
        raise Refused("expired_token", "mfa_token is expired")
    return waiting


def outstanding(waiting: MfaLogin) -> Person:
    """Say whose second factor is outstanding."""
    if waiting.login.user is None:
        raise Refused("invalid_grant", "Malformed mfa_token")
    return waiting.login.user
