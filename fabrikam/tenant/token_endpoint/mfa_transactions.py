"""Logins that wait for the MFA API, found by their `mfa_token`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fabrikam.tenant.token_endpoint.token_errors import Refused

if TYPE_CHECKING:
    from fabrikam.tenant.context import House
    from fabrikam.tenant.decisions.facts import Person
    from fabrikam.tenant.storage.tables import MfaLogin

__all__ = ["INDEPENDENT", "may_enrol", "mfa_login_of", "not_asked_for", "outstanding"]

INDEPENDENT: Final = ("otp", "push-notification")  # others come beside one of these


def mfa_login_of(house: House, token: str | None) -> MfaLogin:
    """Find a waiting login, or refuse in the words that libraries compare."""
    waiting = house.shelves.mfa_logins.look(token or "", house.now())
    if waiting is None:
        raise Refused("invalid_grant", "Malformed mfa_token")
    if waiting.ends_at <= house.now():
        raise Refused("expired_token", "mfa_token is expired")
    return waiting


def outstanding(house: House, waiting: MfaLogin) -> Person:
    """Say whose second factor is outstanding, as they are now."""
    known = waiting.login.user
    user = house.directory.find(known.user_id) if known else None
    if user is None:
        raise Refused("invalid_grant", "Malformed mfa_token")
    return user


def may_enrol(waiting: MfaLogin, user: Person) -> bool:
    """Tell whether a factor may be added: the first one, or after another passed."""
    has_one = any(factor in INDEPENDENT for factor in user.enrolled)
    return waiting.login.has_passed("mfa") or not has_one


def not_asked_for() -> Refused:
    """Refuse a factor other than those that a script asked for."""
    other = "User does not have any of the requested challenge types."
    return Refused("unsupported_challenge_type", other, 401)
