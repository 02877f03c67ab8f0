"""The one decision: may this visitor pass? Pure."""

from __future__ import annotations

from collections.abc import Callable

from fabrikam.oidc import AccessToken, Evidence
from fabrikam.stepup.strategies import Strategy
from fabrikam.stepup.verdict import (
    Denied,
    Granted,
    LoginRequired,
    Need,
    Requirement,
    Shortfall,
    StepUpRequired,
    Verdict,
    needs_of,
)

__all__ = ["judge", "judge_token", "preferred"]


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
    needs = needs_of(requirement)
    if any(not need.login for need in needs):
        return Granted()
    if evidence is None:
        return LoginRequired()
    lacking = [_shortfalls(need, evidence, by, now) for need in needs]
    if not all(lacking):
        return Granted()
    return Denied(lacking[0]) if attempted else StepUpRequired(lacking[0])


def judge_token(
    requirement: Requirement, token: AccessToken, *, by: Strategy, now: int
) -> Granted | StepUpRequired:
    """Weigh what a route needs against the access token that a program has sent.

    Where a factor or a login must be recent, `auth_time` says how old it is.
    """
    lacking = [
        _token_shortfalls(need, token, by, now) for need in needs_of(requirement)
    ]
    return StepUpRequired(lacking[0]) if all(lacking) else Granted()


def preferred(requirement: Requirement) -> Need:
    """Return the need that a step-up asks for: the first that would be enough."""
    return needs_of(requirement)[0]


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


def _token_shortfalls(
    need: Need, token: AccessToken, by: Strategy, now: int
) -> tuple[Shortfall, ...]:
    lacking = by.token_shortfalls(token.claims) if need.second_factor else ()
    return lacking + _too_old(token.claims.get("auth_time"), need.token_within, now)


def _old_login(need: Need, evidence: Evidence, now: int) -> tuple[Shortfall, ...]:
    at = evidence.id_token.claims.get("auth_time")
    return _too_old(at, need.login_within, now, evidence.on_our_clock)


def _too_old(
    at: object,
    limit: int | None,
    now: int,
    on_our_clock: Callable[[int], int] = int,
) -> tuple[Shortfall, ...]:
    if limit is None:
        return ()
    if type(at) is not int:
        return (Shortfall("auth_time", "missing" if at is None else "malformed", at),)
    if now - on_our_clock(at) > limit:
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
