"""The experiment: every situation on both sides, and what differs, made small.

The control runs against itself first: where it does not agree with itself, nothing
that follows would mean anything.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from fabrikam.lab.compare import DIRECTIONS, FAILING, Comparison, Observation, compare
from fabrikam.lab.driving.bench import Bench
from fabrikam.lab.driving.story import Moment, story_of
from fabrikam.lab.shrink import Shrinker, size
from fabrikam.lab.situations import (
    ORDINARY,
    census,
    departures,
    doubts_of,
    situations,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from fabrikam.lab.compare import Direction, Door, Known
    from fabrikam.lab.driving.sides import Side
    from fabrikam.lab.situations import Census, Situation

__all__ = [
    "Difference",
    "Findings",
    "Kind",
    "Noise",
    "Pair",
    "Progress",
    "Search",
    "cell_of",
    "experiment",
]

Kind: TypeAlias = tuple[Any, ...]
Progress: TypeAlias = "Callable[[str, int, int], None]"
Story: TypeAlias = tuple[Moment, ...]
Pair: TypeAlias = tuple[Observation, Observation]
Cell: TypeAlias = tuple[str, str]


class Search(Protocol):
    """Looks for failing situations that the axes do not have."""

    @property
    def seed(self) -> int:
        """The number that makes it look in the same places again."""

    @property
    def examples(self) -> int:
        """How many situations it tries."""

    def failing(
        self, kind_of: Callable[[Situation], Kind | None], met: Collection[Kind]
    ) -> Iterable[Situation]:
        """Give failing situations whose kind was not met."""


class Noise(Exception):
    """The control came to two results in one situation."""

    def __init__(self, situation: Situation, pair: Pair) -> None:
        super().__init__("the control does not agree with itself")
        self.situation = situation
        self.pair = pair


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
    logins: int
    script_runs: int
    seconds: float
    searched: int = 0
    seed: int | None = None
    walked: int = 0

    @property
    def judged(self) -> int:
        """How many situations the verdict is about: those without a doubt in them."""
        return sum(self.directions.values())

    def counting(self, *directions: Direction) -> tuple[Difference, ...]:
        """Give the differences of some directions that count in the verdict."""
        return tuple(
            found
            for found in self.differences
            if found.counts and found.comparison.at(self.door) in directions
        )


def experiment(
    control: Side,
    candidate: Side,
    known: Sequence[Known] = (),
    *,
    door: Door = "application",
    rare: int = 1,
    sample: int = 1,
    search: Search | None = None,
    progress: Progress = lambda *_: None,
    clock: Callable[[], float] = time.monotonic,
) -> Findings:
    """Compare two sides in every situation; raises Noise."""
    began = clock()
    chosen = tuple(situations(rare))[::sample]
    with Bench(control) as old, Bench(control) as again, Bench(candidate) as new:
        _hold_still(old, again, chosen, progress)
        work = _Work(old, new, known)
        for number, situation in enumerate(chosen):
            progress("old against new", number, len(chosen))
            work.take(situation)
        if search is not None:
            work.seek(search)
        differences = tuple(work.differences())
        return Findings(
            control=control,
            candidate=candidate,
            door=door,
            census=census(rare),
            compared=len(chosen),
            asked=work.asked,
            directions=work.directions,
            differences=differences,
            cells=work.cells,
            stale=_stale(known, differences),
            logins=old.logins + new.logins,
            script_runs=old.script_runs + new.script_runs,
            seconds=clock() - began,
            searched=search.examples if search else 0,
            seed=search.seed if search else None,
        )


def _hold_still(
    old: Bench, again: Bench, chosen: Sequence[Situation], progress: Progress
) -> None:
    for number, situation in enumerate(chosen):
        progress("old against old", number, len(chosen))
        pair = old.observe(situation), again.observe(situation)
        if pair[0] != pair[1]:
            raise Noise(situation, pair)


class _Work:
    """Two benches side by side: counts what they come to, and keeps what differs."""

    def __init__(self, old: Bench, new: Bench, known: Sequence[Known]) -> None:
        self._old, self._new, self._known = old, new, known
        self._verdicts: dict[tuple[int, int], Comparison] = {}
        self._shrinker = Shrinker(self._alike)
        self._cases: Counter[Situation] = Counter()
        self.asked = False
        self.directions: Counter[Direction] = Counter()
        self.cells: dict[Cell, Counter[Direction]] = {}

    def take(self, situation: Situation) -> None:
        """Compare one situation."""
        found = self._comparison(situation)
        doubted = bool(doubts_of(situation))
        if found.direction != "same" or found.exposed:
            case = self._shrinker.smallest(situation)
            as_modelled = not doubted or bool(doubts_of(case))
            self._cases[case] += as_modelled
        if not doubted:
            self.asked = self.asked or self._asks(situation)
            self.directions[found.direction] += 1
            cell = cell_of(situation)
            self.cells.setdefault(cell, Counter())[found.direction] += 1

    def seek(self, search: Search) -> None:
        """Let a search look for failing situations of a kind not met so far."""
        met = {self._kind(case) for case in self._cases}
        for situation in search.failing(self._failing_kind, met):
            self._cases[self._shrinker.smallest(situation)] += 1

    def differences(self) -> Iterable[Difference]:
        """Give what differs, each by its smallest case, the worst first."""
        found = [self._difference(case, n) for case, n in self._cases.items()]
        return sorted(found, key=_worst_first)

    def _asks(self, situation: Situation) -> bool:
        usual = (situation.client, situation.policy)
        if usual != (ORDINARY.client, ORDINARY.policy):
            return False
        return self._old.observe(situation).asked_by is not None

    def _failing_kind(self, situation: Situation) -> Kind | None:
        found = self._comparison(situation)
        return self._kind(situation) if found.direction in FAILING else None

    def _pair(self, situation: Situation) -> Pair:
        return self._old.observe(situation), self._new.observe(situation)

    def _comparison(self, situation: Situation) -> Comparison:
        pair = self._pair(situation)
        if situation.beyond != ORDINARY.beyond:  # no bench keeps these
            return compare(*pair)
        key = id(pair[0]), id(pair[1])  # the benches keep what they observed
        if key not in self._verdicts:
            self._verdicts[key] = compare(*pair)
        return self._verdicts[key]

    def _alike(self, one: Situation, other: Situation) -> bool:
        return self._kind(one) == self._kind(other)

    def _kind(self, situation: Situation) -> Kind:
        control, candidate = self._pair(situation)
        found = self._comparison(situation)
        reached = control.reach, candidate.reach
        return found, reached, (control.ending, candidate.ending), candidate.error

    def _difference(self, case: Situation, count: int) -> Difference:
        control, candidate = self._pair(case)
        return Difference(
            smallest=case,
            control=control,
            candidate=candidate,
            comparison=compare(control, candidate, self._known, departures(case)),
            count=count,
            doubts=doubts_of(case),
            stories=(_story(self._old, case), _story(self._new, case)),
        )


def _story(bench: Bench, case: Situation) -> Story:
    return story_of(bench.travel(case), bench.observe(case), bench.side.folder)


def cell_of(situation: Situation) -> Cell:
    """Say where in the map of situations one belongs."""
    browser = situation.session
    if situation.cookie != "none":
        browser += ", remembered"
    return f"{situation.flow}: {situation.request}", browser


def _worst_first(found: Difference) -> tuple[Any, ...]:
    worst = DIRECTIONS.index(found.comparison.direction)
    return bool(found.doubts), worst, size(found.smallest), -found.count


def _stale(
    known: Iterable[Known], differences: Iterable[Difference]
) -> tuple[Known, ...]:
    met = [found.comparison.known for found in differences]
    return tuple(one for one in known if one not in met)
