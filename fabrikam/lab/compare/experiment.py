"""The experiment: every situation on both sides, and what differs, made small.

The control runs against itself first: where it does not agree with itself, nothing
that follows would mean anything.
"""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from fabrikam.lab.compare.comparison import DIRECTIONS, FAILING, Comparison, compare
from fabrikam.lab.compare.findings import Cell, Difference, Findings
from fabrikam.lab.compare.input_search import InputSearch
from fabrikam.lab.compare.unjudged import unjudged
from fabrikam.lab.compare.unseen import unseen_outcomes
from fabrikam.lab.scenarios.axes import axis_named
from fabrikam.lab.scenarios.regions import census, everything
from fabrikam.lab.scenarios.shrink import Shrinker
from fabrikam.lab.scenarios.situation import (
    ORDINARY,
    departures,
    doubts_of,
    size,
)
from fabrikam.lab.simulation.determinism import check_determinism
from fabrikam.lab.simulation.observation import Observation
from fabrikam.lab.simulation.side_simulator import SideSimulator
from fabrikam.lab.simulation.timeline import story_of
from fabrikam.lab.simulation.watched_side import WatchedSide

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from fabrikam.lab.compare.comparison import Direction, Door, Known
    from fabrikam.lab.scenarios.regions import Region
    from fabrikam.lab.scenarios.situation import Situation
    from fabrikam.lab.simulation.observation import Story
    from fabrikam.lab.simulation.side_simulator import Progress
    from fabrikam.lab.simulation.sides import Side

__all__ = ["cells_of", "experiment"]

_FORGOTTEN: Final = axis_named("cookie").words[:1]
_REMEMBERED: Final = axis_named("cookie").words[1:]

DifferenceKind: TypeAlias = tuple[Any, ...]
ObservationPair: TypeAlias = tuple[Observation, Observation]


def experiment(
    control: Side,
    candidate: Side,
    known: Sequence[Known] = (),
    *,
    door: Door = "application",
    within: Region | None = None,
    seed: int | None = None,
    progress: Progress = lambda *_: None,
    clock: Callable[[], float] = time.monotonic,
) -> Findings:
    """Compare two sides in every situation, or within some; raises NotDeterministic."""
    began = clock()
    whole = within or everything()
    with SideSimulator(control) as old, SideSimulator(candidate) as new:
        check_determinism(old, whole, progress)
        work = _Work(old, new, known)
        check_determinism(new, whole, progress)
        for region, pair in _parts(old, new, whole):
            work.take(region, pair)
            progress("old against new", work.compared, whole.count)
        search = _explored(control, candidate, progress, seed)
        with search:
            work.seek(search)
            unseen = tuple(unseen_outcomes(search, door))
            reasons = tuple(unjudged(search))
        differences = tuple(work.differences())
        return Findings(
            control=control,
            candidate=candidate,
            door=door,
            census=census(),
            compared=work.compared,
            asked=work.asked or search.asked,
            directions=work.directions,
            differences=differences,
            cells=work.cells,
            stale=_stale(known, differences),
            unseen=unseen,
            unjudged=reasons,
            bounded=search.reached_its_bound,
            watched=search.logins,
            logins=old.logins + new.logins,
            script_runs=old.script_runs + new.script_runs,
            seconds=clock() - began,
        )


def _explored(
    control: Side, candidate: Side, progress: Progress, seed: int | None
) -> InputSearch:
    sides = WatchedSide(control), WatchedSide(candidate)
    search = InputSearch(*sides, progress, seed)
    search.explore()
    return search


def _parts(
    old: SideSimulator, new: SideSimulator, whole: Region
) -> Iterator[tuple[Region, ObservationPair]]:
    """Divide the situations into parts that come to the same on either side."""
    for region, control in old.parts(whole):
        for part, candidate in new.parts(region):
            yield part, (control, candidate)


class _Work:
    """Two simulators side by side: counts what they come to, and keeps what differs."""

    def __init__(
        self, old: SideSimulator, new: SideSimulator, known: Sequence[Known]
    ) -> None:
        self._old, self._new, self._known = old, new, known
        self._verdicts: dict[tuple[int, int], Comparison] = {}
        self._shrinker = Shrinker(self._alike)
        self._cases: Counter[Situation] = Counter()
        self.asked = False
        self.directions: Counter[Direction] = Counter()
        self.cells: dict[Cell, Counter[Direction]] = {}
        self.compared = 0

    def take(self, region: Region, pair: ObservationPair) -> None:
        """Compare a part that comes to the same on either side."""
        self.compared += region.count
        found = self._compared(pair)
        modelled = region.as_modelled
        situation = modelled.ordinary
        doubted = bool(doubts_of(situation))
        if found.direction != "same" or found.exposed:
            case = self._shrinker.smallest(situation)
            if not doubted or doubts_of(case):
                self._cases[case] += modelled.count
        if not doubted:
            self.asked = self.asked or _asks(modelled, pair[0])
            self.directions[found.direction] += modelled.count
            self._map(modelled, found.direction)

    def _map(self, region: Region, direction: Direction) -> None:
        for row, column, there in cells_of(region):
            cell = self.cells.setdefault((row, column), Counter())
            cell[direction] += there.count

    def seek(self, search: InputSearch) -> None:
        """Try what a search found in every flow, on the scripts as they stand."""
        met = {self._kind(case) for case in self._cases}
        for situation in search.failing(self._failing_kind, met):
            self._cases[self._shrinker.smallest(situation)] += 1

    def differences(self) -> Iterable[Difference]:
        """Give what differs, each by its smallest case, the worst first."""
        found = [self._difference(case, n) for case, n in self._cases.items()]
        return sorted(found, key=_worst_first)

    def _failing_kind(self, situation: Situation) -> DifferenceKind | None:
        found = self._comparison(situation)
        failing = found.direction in FAILING or found.exposed
        return self._kind(situation) if failing else None

    def _pair(self, situation: Situation) -> ObservationPair:
        return self._old.observe(situation), self._new.observe(situation)

    def _comparison(self, situation: Situation) -> Comparison:
        pair = self._pair(situation)
        if situation.facts:  # no simulator keeps these
            return compare(*pair)
        return self._compared(pair)

    def _compared(self, pair: ObservationPair) -> Comparison:
        key = id(pair[0]), id(pair[1])  # the simulators keep what they observed
        if key not in self._verdicts:
            self._verdicts[key] = compare(*pair)
        return self._verdicts[key]

    def _alike(self, one: Situation, other: Situation) -> bool:
        return self._kind(one) == self._kind(other)

    def _kind(self, situation: Situation) -> DifferenceKind:
        control, candidate = self._pair(situation)
        found = self._comparison(situation)
        reached = control.reach, candidate.reach
        return found, reached, (control.ending, candidate.ending), candidate.error

    def _difference(self, case: Situation, count: int) -> Difference:
        control, candidate = self._old.look_again(case), self._new.look_again(case)
        return Difference(
            smallest=case,
            control=control,
            candidate=candidate,
            comparison=compare(control, candidate, self._known, departures(case)),
            count=count,
            doubts=doubts_of(case),
            stories=(
                _story(self._old, case, control),
                _story(self._new, case, candidate),
            ),
        )


def _story(simulator: SideSimulator, case: Situation, seen: Observation) -> Story:
    return story_of(simulator.simulate(case), seen, simulator.side.folder)


def cells_of(region: Region) -> Iterator[tuple[str, str, Region]]:
    """Divide a region into cells of the map of situations: row, column, and part."""
    for flow, of_flow in region.split("flow"):
        for request, asked in of_flow.split("request"):
            for session, proved in asked.split("session"):
                for words, kept in ((_FORGOTTEN, ""), (_REMEMBERED, ", remembered")):
                    there = proved.narrowed("cookie", words)
                    if there is not None:
                        yield f"{flow}: {request}", session + kept, there


def _asks(region: Region, control: Observation) -> bool:
    """Tell whether the old side asks its own application's users, by its own policy."""
    usual = region.narrowed("client", (ORDINARY.client,))
    own = usual and usual.narrowed("policy", (ORDINARY.policy,))
    return own is not None and control.asked_by is not None


def _worst_first(found: Difference) -> tuple[Any, ...]:
    worst = DIRECTIONS.index(found.comparison.direction)
    return bool(found.doubts), worst, size(found.smallest), -found.count


def _stale(
    known: Iterable[Known], differences: Iterable[Difference]
) -> tuple[Known, ...]:
    met = [found.comparison.known for found in differences]
    return tuple(one for one in known if one not in met)
