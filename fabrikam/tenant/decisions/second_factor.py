"""Whether a second factor is due, which ones will do, and whether a browser is trusted.

Pure: the second half of the decision in `journey`, which alone asks here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from fabrikam.tenant.decisions.awaited_factors import wanted_by
from fabrikam.tenant.decisions.steps import (
    AskEnrolment,
    AskFactor,
    Refuse,
    RequireMultifactor,
    RunPipeline,
)
from fabrikam.tenant.factors import FACTORS, INDEPENDENT, OTP, PUSH, RECOVERY_CODE
from fabrikam.tenant.scripts.outcome import Challenge, Enrollment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fabrikam.tenant.decisions.facts import RememberedBrowser, User
    from fabrikam.tenant.decisions.login import Login
    from fabrikam.tenant.decisions.steps import Remember, Step

__all__ = [
    "Demand",
    "commanded_step",
    "demand_of",
    "demanded_step",
    "holds_factor",
    "is_trusted",
    "takes_recovery_codes",
]

_PROVIDERS: Final = ("any", *(f.provider for f in FACTORS if f.provider))
_AUTOMATIC: Final = (OTP.provider, "duo")  # remembered without a checkbox
_ENROLLED_FIRST: Final = tuple(reversed(INDEPENDENT))  # an app needs no phone
_UNCHALLENGED: Final = (
    "An MFA enrollment was requested but the user is already enrolled in MFA."
    " Challenge with at least one existing factor before enrolling a new one."
)
_REMEMBERED_SECONDS: Final = 30 * 86_400
_REMEMBERED_IDLE_SECONDS: Final = 7 * 86_400


@dataclass(frozen=True, slots=True)
class Demand:
    """Somebody wants a second factor: by which provider, and may it be remembered."""

    provider: str
    remember: Remember


def demand_of(login: Login) -> Demand | Refuse | None:
    """Say who wants a second factor: the MFA audience, a script, or the policy."""
    of_own_factors = login.request.audience == f"{login.settings.issuer}mfa/"
    if of_own_factors and holds_factor(login.user):
        return Demand("any", "never")
    asked = login.outcome.multifactor if login.outcome else None
    if asked is None:
        return _demand_of_policy(login)
    if asked.provider == "none":
        return None
    if asked.provider not in _PROVIDERS:
        unsupported = f'Unsupported multifactor provider: "{asked.provider}"'
        return Refuse("access_denied", unsupported)
    if not asked.allow_remember_browser or login.request.wants_mfa_class:
        return Demand(asked.provider, "never")
    automatic = asked.provider in _AUTOMATIC
    return Demand(asked.provider, "always" if automatic else "offer")


def demanded_step(login: Login, demand: Demand, now: int) -> Step | None:
    """Ask for what was demanded, unless this browser is trusted with it."""
    user = login.user
    if user is None:
        return None
    if demand.remember != "never" and is_trusted(login.remembered, user, now):
        return None
    refused = _unaskable(login)
    if refused is not None:
        return refused
    allowed = _allowed(login, demand)
    usable = _usable((f.name for f in FACTORS), user, allowed)
    if any(factor in INDEPENDENT for factor in usable):
        return AskFactor(usable, demand.remember)
    return _enrolment(allowed, demand.remember)


def commanded_step(login: Login, command: Challenge | Enrollment) -> Step:
    """Do what `challengeWith` or `enrollWith` paused for."""
    wanted = wanted_by(command)
    if isinstance(command, Enrollment):
        return _enrol(login, wanted)
    return _challenge(login, wanted)


def holds_factor(user: User | None) -> bool:
    """Tell whether a user has a factor that can stand alone."""
    return user is not None and any(factor in INDEPENDENT for factor in user.enrolled)


def is_trusted(remembered: RememberedBrowser | None, user: User, now: int) -> bool:
    """Tell whether a remembered browser still stands for this user's second factor."""
    if remembered is None or remembered.user_id != user.user_id:
        return False
    if remembered.fingerprint != user.fingerprint:
        return False  # a password or a factor changed since
    fresh = now - remembered.passed_at < _REMEMBERED_SECONDS
    return fresh and now - remembered.seen_at < _REMEMBERED_IDLE_SECONDS


def takes_recovery_codes(login: Login) -> bool:
    """Tell whether a recovery code will do where this login was asked for a factor."""
    demand = demand_of(login)
    if isinstance(demand, Demand):
        return RECOVERY_CODE.name in _allowed(login, demand)
    return RECOVERY_CODE.name in login.settings.factors


def _demand_of_policy(login: Login) -> Demand | None:
    settings, request = login.settings, login.request
    remember: Remember = "never" if request.wants_mfa_class else "offer"
    if settings.policy == "always":
        return Demand("any", remember)
    if settings.policy == "adaptive" and settings.assumptions.risk_confidence == "low":
        return Demand("any", "never")
    if request.wants_mfa_class and settings.assumptions.acr_values_force_mfa == "yes":
        return Demand("any", "never")
    return None


def _unaskable(login: Login) -> Step | None:
    if not login.request.hosted:
        return RequireMultifactor()
    if login.request.silent:
        error = login.settings.assumptions.silent_mfa_error
        return Refuse(error, "Multifactor authentication required")
    return None


def _allowed(login: Login, demand: Demand) -> frozenset[str]:
    enabled = login.settings.factors
    if demand.provider == OTP.provider:  # a provider overrides the toggles
        return (enabled | {OTP.name}) - {RECOVERY_CODE.name}
    if demand.provider == PUSH.provider and not enabled & set(INDEPENDENT):
        return enabled | {PUSH.name}
    return enabled


def _enrolment(allowed: Iterable[str], remember: Remember) -> Step:
    choices = tuple(f for f in _ENROLLED_FIRST if f in allowed)
    if not choices:
        return Refuse("access_denied", "No second factor is enabled on this tenant")
    return AskEnrolment(choices, remember)


def _challenge(login: Login, wanted: tuple[str, ...]) -> Step:
    if any(done.factor in wanted for done in login.passed):
        return RunPipeline(login.checkpoint)
    usable = _usable(wanted, login.user, login.settings.factors) if login.user else ()
    if not usable:
        return _unmet("Unknown multifactor provider undefined")
    if login.request.hosted:
        return _unaskable(login) or AskFactor(usable)
    return RequireMultifactor(challenge=usable)


def _enrol(login: Login, wanted: tuple[str, ...]) -> Step:
    enrolled = login.user.enrolled if login.user else ()
    enabled = login.settings.factors & set(INDEPENDENT)
    usable = tuple(f for f in wanted if f in enabled and f not in enrolled)
    if not usable and login.settings.assumptions.enroll_when_all_enrolled == "continue":
        return RunPipeline(login.checkpoint)
    if not usable:
        return _unmet("No factor is left to enrol")
    if holds_factor(login.user) and not login.has_passed("mfa"):
        return _unmet(_UNCHALLENGED)  # or a password were enough
    if login.request.hosted:
        return _unaskable(login) or AskEnrolment(usable)
    return RequireMultifactor(enroll=usable)


def _unmet(what: str) -> Refuse:
    return Refuse("access_denied", what, "mfar")


def _usable(
    wanted: Iterable[str], user: User, allowed: frozenset[str]
) -> tuple[str, ...]:
    held = [factor for factor in user.enrolled if factor in allowed]
    if PUSH.name in held and OTP.name in user.enrolled:
        held.append(OTP.name)  # the same app shows codes, also where no other app may
    return tuple(dict.fromkeys(factor for factor in wanted if factor in held))
