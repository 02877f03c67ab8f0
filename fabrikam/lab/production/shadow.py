"""A candidate strategy in the shadow of the one in use: watched, never obeyed.

Rule 1: the control decides, before anybody watches, and its answer is never changed.
Rule 2: whatever the candidate does, the visitor does not notice.
Rule 3: a sighting holds claims and faults; it never holds a token.  Pure, but for the
report.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from fabrikam.lab.compare.comparison import Known

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fabrikam.lab.compare.comparison import Direction
    from fabrikam.oidc import Claims, Evidence
    from fabrikam.stepup import Shortfall, Strategy

__all__ = [
    "ONE_CLAIM",
    "Shadow",
    "Sighting",
    "StrategyAnswer",
    "Token",
    "answer_of",
    "client_of",
    "direction_of",
]

log = logging.getLogger(__name__)

Token: TypeAlias = Literal["ID token", "access token"]

ONE_CLAIM: Final = Known(
    name="the tenant writes one claim",
    because="a shadow asks only for the control, so nobody has asked this tenant for"
    " what the candidate reads",
    owner="the shadow",
    matches={"direction": ("stronger",), "candidate": ("amr missing",)},
)
"""The difference that a shadow meets where the tenant has not moved yet."""


@dataclass(frozen=True, slots=True)
class StrategyAnswer:
    """What one strategy made of some claims: what is lacking, or how it broke."""

    lacking: tuple[str, ...] = ()
    raised: str | None = None

    def __str__(self) -> str:
        if self.raised:
            return f"raised {self.raised}"
        return ", ".join(self.lacking) or "lets in"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One sign-in as both strategies see it, and which of them is weaker."""

    subject: str
    client: str
    issued_at: int
    token: Token
    control: StrategyAnswer
    candidate: StrategyAnswer

    @property
    def direction(self) -> Direction:
        """On which side it is easier to get in."""
        return direction_of(self.control, self.candidate)


@dataclass(frozen=True, slots=True)
class Shadow:
    """The strategy in use, with another one that sees the same evidence.

    It asks only for the control: asking for both would change what is compared.  So
    `stronger` and `weaker` speak only of what the control asked for, and against a
    tenant that writes one claim the other strategy is stronger for ever.  `report`
    must return at once.
    """

    control: Strategy
    candidate: Strategy
    report: Callable[[Sighting], None]

    @property
    def name(self) -> str:
        """The word of the control: what was asked by it counts for it."""
        return self.control.name

    @property
    def reads_userinfo(self) -> bool:
        """Whether the control reads `/userinfo`."""
        return self.control.reads_userinfo

    def ask(self) -> Mapping[str, str]:
        """Return the parameters of the control."""
        return self.control.ask()

    def shortfalls(self, evidence: Evidence) -> tuple[Shortfall, ...]:
        """Return what the control finds lacking."""
        decided = self.control.shortfalls(evidence)
        claims = evidence.id_token.claims
        self._watch(
            decided, lambda: self.candidate.shortfalls(evidence), claims, "ID token"
        )
        return decided

    def token_shortfalls(self, claims: Claims) -> tuple[Shortfall, ...]:
        """Return what the control finds lacking in an access token."""
        decided = self.control.token_shortfalls(claims)
        self._watch(
            decided,
            lambda: self.candidate.token_shortfalls(claims),
            claims,
            "access token",
        )
        return decided

    def _watch(
        self,
        decided: tuple[Shortfall, ...],
        candidate: Callable[[], tuple[Shortfall, ...]],
        claims: Claims,
        token: Token,
    ) -> None:
        try:
            sighting = Sighting(
                subject=str(claims.get("sub", "")),
                client=client_of(claims),
                issued_at=int(claims.get("iat", 0)),
                token=token,
                control=StrategyAnswer(_words(decided)),
                candidate=answer_of(candidate),
            )
            self.report(sighting)
        except Exception:  # the visitor never pays for the experiment
            log.exception("shadow: a comparison was lost")


def answer_of(read: Callable[[], tuple[Shortfall, ...]]) -> StrategyAnswer:
    """Let a strategy read, and say what came of it."""
    try:
        return StrategyAnswer(_words(read()))
    except Exception as error:  # a strategy that breaks is a finding, not our end
        return StrategyAnswer(raised=type(error).__name__)


def direction_of(control: StrategyAnswer, candidate: StrategyAnswer) -> Direction:
    """Say on which side it is easier to get in."""
    if control.raised or candidate.raised:
        return "could not run"
    if bool(control.lacking) == bool(candidate.lacking):
        return "same"
    return "weaker" if control.lacking else "stronger"


def client_of(claims: Claims) -> str:
    """Name the client that a token was made for."""
    match claims.get("azp") or claims.get("client_id") or claims.get("aud"):
        case [str(first), *_]:
            return first
        case str(name):
            return name
        case _:
            return ""


def _words(shortfalls: tuple[Shortfall, ...]) -> tuple[str, ...]:
    return tuple(f"{lack.claim} {lack.fault}" for lack in shortfalls)
