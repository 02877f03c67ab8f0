"""One recorded login in the eyes of two strategies.

A log does not hold the tokens, so they are written again from what was asked and what
was proved, as the two mechanisms write them: a Rule answers the scope with the level,
the tenant lists `mfa` in the login at a page in which the factor was passed.  Recorded
claims are judged as they stand.  Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from fabrikam.lab.compare.comparison import compare
from fabrikam.lab.production.shadow import StrategyAnswer, answer_of, direction_of
from fabrikam.lab.production.shadow_summary import MEANINGS
from fabrikam.lab.simulation.observation import Observation
from fabrikam.oidc import Evidence, recall_id_token
from fabrikam.stepup import MFA_ACR

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fabrikam.lab.compare.comparison import Direction
    from fabrikam.lab.production.log_events import LoggedLogin, RecordedClaims
    from fabrikam.stepup import Strategy

__all__ = ["Judge", "Judgement", "Sides"]


class Judgement(NamedTuple):
    """What one login comes to: the direction, both answers, the reason."""

    direction: Direction
    control: str
    candidate: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """The two strategies, and how the legacy one is written into tokens.

    `claim` is where a Rule writes the level, `scope` the word that it answers.
    """

    control: Strategy
    candidate: Strategy
    claim: str
    scope: str


class Judge:
    """Judges by both strategies; remembers what it judged before."""

    def __init__(self, sides: Sides) -> None:
        self._sides = sides
        self._login = lru_cache(maxsize=None)(self._of_login)

    def login(self, login: LoggedLogin, *, factor: bool) -> Judgement:
        """Judge a logged login; `factor` says whether one was passed in it."""
        level = self._sides.scope in (login.scopes or ())
        at_a_page = login.flow == "page"
        return self._login(level, factor, factor and at_a_page)

    def claims(self, recorded: RecordedClaims) -> Judgement:
        """Judge recorded claims."""
        control, candidate = self._answers(recorded.claims, recorded.userinfo)
        direction = direction_of(control, candidate)
        return Judgement(direction, str(control), str(candidate), MEANINGS[direction])

    def _of_login(self, level: bool, factor: bool, listed: bool) -> Judgement:
        claims: dict[str, Any] = {self._sides.claim: "mfa" if level else "normal"}
        if listed:
            claims |= {"amr": ["mfa"], "acr": MFA_ACR}
        control, candidate = self._answers(claims, claims)
        comparison = compare(
            _observation(control, factor), _observation(candidate, factor)
        )
        return Judgement(
            comparison.direction, str(control), str(candidate), comparison.why
        )

    def _answers(
        self, claims: Mapping[str, Any], userinfo: Mapping[str, Any] | None
    ) -> tuple[StrategyAnswer, StrategyAnswer]:
        evidence = Evidence(
            recall_id_token({"sub": "", **claims}), received_at=0, userinfo=userinfo
        )
        return (
            answer_of(lambda: self._sides.control.shortfalls(evidence)),
            answer_of(lambda: self._sides.candidate.shortfalls(evidence)),
        )


def _observation(answer: StrategyAnswer, factor: bool) -> Observation:
    """Say what a login came to; who proved nothing more has its session behind it."""
    return Observation(
        prompts=(),
        ending="tokens",
        error=None,
        description=None,
        claims=(),
        verdict=str(answer),
        reach="customers" if answer.lacking else "employees",
        proof="factor" if factor else "nothing",
        asked_by=None,
    )
