"""What one experiment came to: its differences, its counts, its effort.  Data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fabrikam.lab.compare.comparison import Comparison, Direction, Door, Known
    from fabrikam.lab.compare.unseen import Unseen
    from fabrikam.lab.scenarios.regions import Census
    from fabrikam.lab.scenarios.situation import Situation
    from fabrikam.lab.simulation.observation import Observation, Story
    from fabrikam.lab.simulation.sides import Side

__all__ = ["Cell", "Difference", "Findings"]

Cell: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One difference: its smallest case, what was seen there, how often it is met.

    `doubts` are questions about Auth0 that must be answered otherwise than the model
    does for it to be met at all.
    """

    smallest: Situation
    control: Observation
    candidate: Observation
    comparison: Comparison
    count: int
    doubts: tuple[str, ...]
    stories: tuple[Story, Story]

    @property
    def counts(self) -> bool:
        """Tell whether it counts in the verdict: no name, and no doubt, behind it."""
        return self.comparison.known is None and not self.doubts


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """All that one experiment came to.

    `asked` says whether the old side ever asked its own application's users for a
    second factor, by its own policy: where it did not, there was nothing to protect.
    `unseen` are outcomes of conditions that no login brought about, `unjudged` says
    why a verdict would be a guess; `bounded` that the search for inputs was cut short.
    """

    control: Side
    candidate: Side
    door: Door
    census: Census
    compared: int
    asked: bool
    directions: Mapping[Direction, int]
    differences: tuple[Difference, ...]
    cells: Mapping[Cell, Mapping[Direction, int]]
    stale: tuple[Known, ...]
    unseen: tuple[Unseen, ...]
    unjudged: tuple[str, ...]
    bounded: bool
    watched: int
    logins: int
    script_runs: int
    seconds: float
    walked: int = 0

    @property
    def judged(self) -> int:
        """How many situations the verdict is about: those without a doubt in them."""
        return sum(self.directions.values())

    @property
    def open_questions(self) -> tuple[Unseen, ...]:
        """The outcomes that nobody saw, and that would make something worse."""
        return tuple(unseen for unseen in self.unseen if unseen.matters)

    def counting(self, *directions: Direction) -> tuple[Difference, ...]:
        """Give the differences of some directions that count in the verdict."""
        return tuple(
            difference
            for difference in self.differences
            if difference.counts and difference.comparison.at(self.door) in directions
        )
