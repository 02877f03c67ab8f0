"""The factors that a paused script waits for, by challengeWith or enrollWith.  Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fabrikam.tenant.factors import OTP, PUSH
from fabrikam.tenant.scripts.outcome import Challenge, Enrollment, Redirect

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

__all__ = ["answers", "wanted_by"]


def answers(command: Challenge | Enrollment | Redirect, factor: str) -> bool:
    """Tell whether a passed factor is one that a paused script waits for."""
    return not isinstance(command, Redirect) and factor in wanted_by(command)


def wanted_by(command: Challenge | Enrollment) -> tuple[str, ...]:
    """Name the factors of a command, with the code that may stand for a push."""
    wanted = tuple(str(factor.get("type")) for factor in command.factors)
    if isinstance(command, Enrollment) or not any(map(_falls_back, command.factors)):
        return wanted
    return (*wanted, OTP.name)


def _falls_back(factor: Mapping[str, Any]) -> bool:
    options = factor.get("options") or {}
    push = factor.get("type") == PUSH.name
    return push and options.get("otpFallback", True) is not False
