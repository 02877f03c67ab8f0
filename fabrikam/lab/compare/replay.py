"""One case again, step by step, on both sides."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from fabrikam.lab.compare.comparison import Comparison, compare
from fabrikam.lab.scenarios.situation import departures
from fabrikam.lab.simulation.application import application_named
from fabrikam.lab.simulation.observation import Moment, Observation
from fabrikam.lab.simulation.side_simulator import SideSimulator
from fabrikam.lab.simulation.sides import Side, side_with
from fabrikam.lab.simulation.timeline import story_of
from fabrikam.tenant.scripts import NO_KEYWORDS, read_folder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fabrikam.lab.compare.cases import Case, SideName
    from fabrikam.lab.scenarios.situation import Situation

__all__ = ["ReplayedCase", "ReplayedSide", "replay"]


@dataclass(frozen=True, slots=True)
class ReplayedSide:
    """One side of a replay: what was seen, and the story that led there."""

    side: Side
    seen: Observation
    story: tuple[Moment, ...]


@dataclass(frozen=True, slots=True)
class ReplayedCase:
    """A case as it comes out now."""

    case: Case
    old: ReplayedSide
    new: ReplayedSide
    comparison: Comparison


def replay(case: Case, keywords: Mapping[str, Any] = NO_KEYWORDS) -> ReplayedCase:
    """Run a case again; raises FolderRejected."""
    old = _told(case.old, case.situation, keywords)
    new = _told(case.new, case.situation, keywords)
    comparison = compare(old.seen, new.seen, (), departures(case.situation))
    return ReplayedCase(case, old, new, comparison)


def _told(
    name: SideName, situation: Situation, keywords: Mapping[str, Any]
) -> ReplayedSide:
    folder = read_folder(name.folder, replacements=keywords)
    asking = application_named(folder, *name.client) if name.client else None
    side = side_with(folder, str(name.folder), name.strategy, name.claim, asking)
    side = replace(side, on_error=name.on_error)
    with SideSimulator(side) as simulator:
        seen = simulator.observe(situation)
        return ReplayedSide(
            side, seen, story_of(simulator.simulate(situation), seen, side.folder)
        )
