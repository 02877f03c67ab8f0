"""The one decision: may this visitor pass? Pure."""

from __future__ import annotations

from fabrikam.oidc import Evidence
from fabrikam.stepup.strategies import Strategy
from fabrikam.stepup.verdict import (
    AnyOf,
    Denied,
    Granted,
    LoginRequired,
    Need,
    Requirement,
    Shortfall,
    StepUpRequired,
    Verdict,
)

__all__ = ["judge", "preferred"]


def judge(
    requirement: Requirement,
    evidence: Evidence | None,
    *,
    by: Strategy,
    now: int,
    attempted: bool = False,
) -> Verdict:
    """Weigh what a route needs against what a visitor has shown.

    `attempted` says that this evidence is itself the answer to a step-up;
    asking once more would send the browser in a circle.
    """
    needs = _needs(requirement)
    if any(not need.login for need in needs):
        return Granted()
    if evidence is None:
        return LoginRequired()
    lacking = [_shortfalls(need, evidence, by, now) for need in needs]
    if not all(lacking):
        return Granted()
    return Denied(lacking[0]) if attempted else StepUpRequired(lacking[0])


def preferred(requirement: Requirement) -> Need:
    """Return the need that a step-up asks for: the first that would be enough."""
    return _needs(requirement)[0]


def _needs(requirement: Requirement) -> tuple[Need, ...]:
    return requirement.needs if isinstance(requirement, AnyOf) else (requirement,)


def _shortfalls(
    need: Need, evidence: Evidence, by: Strategy, now: int
) -> tuple[Shortfall, ...]:
    lacking = _old_login(need, evidence, now)
    if not need.second_factor:
        return lacking
    return lacking + (
        by.shortfalls(evidence)
        or _other_mechanism(evidence, by)
        or _old_factor(need, evidence, now)
    )


def _old_login(need: Need, evidence: Evidence, now: int) -> tuple[Shortfall, ...]:
    if need.login_within is None:
        return ()
    at = evidence.id_token.claims.get("auth_time")
    if type(at) is not int:
        return (Shortfall("auth_time", "missing" if at is None else "malformed", at),)
    if now - evidence.on_our_clock(at) > need.login_within:
        return (Shortfall("auth_time", "expired", at),)
    return ()


def _other_mechanism(evidence: Evidence, by: Strategy) -> tuple[Shortfall, ...]:
    if evidence.asked_by == by.name:
        return ()
    return (Shortfall("strategy", "mismatch", evidence.asked_by),)


def _old_factor(need: Need, evidence: Evidence, now: int) -> tuple[Shortfall, ...]:
    if need.factor_within is None or now - evidence.issued_at <= need.factor_within:
        return ()
    return (Shortfall("iat", "expired", evidence.issued_at),)
