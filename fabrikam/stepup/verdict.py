"""What a route may need, and what can follow when a visitor comes. Pure values.

Need            one way to be let in: a login, a second factor, how recent each
AnyOf           several needs, each of them enough
Shortfall       what the evidence lacks: the claim, the fault, what was found
Verdict         Granted | LoginRequired | StepUpRequired | Denied
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final, NoReturn, TypeAlias

from fabrikam.oidc import Fault

__all__ = [
    "LOGIN",
    "MULTI_FACTOR",
    "NOTHING",
    "AnyOf",
    "Denied",
    "Granted",
    "LoginRequired",
    "Need",
    "Requirement",
    "Shortfall",
    "StepUpRequired",
    "Verdict",
    "needs_of",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One way to be let in.

    `factor_within` is the greatest age of the second factor in seconds,
    `login_within` that of the password; None where any age will do.
    """

    login: bool = False
    second_factor: bool = False
    factor_within: int | None = None
    login_within: int | None = None

    def __post_init__(self) -> None:
        """Refuse a need that nobody could have meant; raises ValueError."""
        recent = self.factor_within is not None or self.login_within is not None
        if (self.second_factor or recent) and not self.login:
            raise ValueError("a second factor, or a recent login, needs a login")
        if self.factor_within is not None and not self.second_factor:
            raise ValueError("a recent second factor needs a second factor")

    @property
    def token_within(self) -> int | None:
        """The greatest age of an access token's `auth_time`, in seconds.

        It has no other clock: one age is that of the password and of the factor.
        """
        return _shorter(self.login_within, self.factor_within)

    def within(self, *, minutes: int = 0, seconds: int = 0) -> Need:
        """Return this need, met only by something recent.

        What has to be recent is the second factor where one is needed, else the login.
        """
        limit = minutes * 60 + seconds
        if limit <= 0:
            raise ValueError("say within how many minutes or seconds: nobody meets 0")
        if self.second_factor:
            return replace(self, factor_within=_shorter(self.factor_within, limit))
        return replace(self, login_within=_shorter(self.login_within, limit))

    def __and__(self, other: Need) -> Need:
        """Return the need that is met where both are."""
        return Need(
            login=self.login or other.login,
            second_factor=self.second_factor or other.second_factor,
            factor_within=_shorter(self.factor_within, other.factor_within),
            login_within=_shorter(self.login_within, other.login_within),
        )

    def __or__(self, other: Requirement) -> AnyOf:
        """Return the requirement that is met where one of both is."""
        return AnyOf((self, *needs_of(other)))


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Several needs, each of them enough; the first is the one we ask for."""

    needs: tuple[Need, ...]

    def __post_init__(self) -> None:
        """Refuse a choice of nothing; raises ValueError."""
        if not self.needs:
            raise ValueError("a choice between no needs lets nobody in")

    def __or__(self, other: Requirement) -> AnyOf:
        """Return the requirement with more ways in."""
        return AnyOf((*self.needs, *needs_of(other)))


Requirement: TypeAlias = Need | AnyOf


def needs_of(requirement: Requirement) -> tuple[Need, ...]:
    """Return the needs of which one is enough, the preferred one first."""
    return requirement.needs if isinstance(requirement, AnyOf) else (requirement,)


def _shorter(first: int | None, second: int | None) -> int | None:
    limits = [limit for limit in (first, second) if limit is not None]
    return min(limits, default=None)


NOTHING: Final = Need()
LOGIN: Final = Need(login=True)
MULTI_FACTOR: Final = Need(login=True, second_factor=True)


@dataclass(frozen=True, slots=True)
class Shortfall:
    """What the evidence lacks: which claim, how, and what stood in its place."""

    claim: str
    fault: Fault
    found: Any = None


class _Answer:
    """A verdict is matched, never tested for truth.

    Every dataclass is truthy, so `if verdict:` would let everybody in.
    """

    __slots__ = ()

    def __bool__(self) -> NoReturn:
        raise TypeError("match a verdict; do not test it for truth")


@dataclass(frozen=True, slots=True)
class Granted(_Answer):
    """The evidence is enough."""


@dataclass(frozen=True, slots=True)
class LoginRequired(_Answer):
    """Nobody is signed in: ask for a login."""


@dataclass(frozen=True, slots=True)
class StepUpRequired(_Answer):
    """Somebody is signed in, but not well enough: ask the tenant for more."""

    shortfalls: tuple[Shortfall, ...]


@dataclass(frozen=True, slots=True)
class Denied(_Answer):
    """The tenant was asked for more already, and this is what is still lacking."""

    shortfalls: tuple[Shortfall, ...]


Verdict: TypeAlias = Granted | LoginRequired | StepUpRequired | Denied
