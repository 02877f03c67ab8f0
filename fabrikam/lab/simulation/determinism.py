"""Each side against itself: where it does not agree with itself, nothing can be said.

A script that uses chance shows itself when it runs again, and one that keeps something
from one login to the next when the logins come in another order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fabrikam.lab.simulation.script_cache import LOST
from fabrikam.lab.simulation.side_simulator import SideSimulator
from fabrikam.lab.simulation.tracked_reads import ReadsUnsteady

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fabrikam.lab.scenarios.regions import Region
    from fabrikam.lab.scenarios.situation import Situation
    from fabrikam.lab.simulation.observation import Observation
    from fabrikam.lab.simulation.side_simulator import Progress
    from fabrikam.lab.simulation.sides import Side

__all__ = ["NotDeterministic", "check_determinism"]

_RUNS_AGAIN: Final = 50


class NotDeterministic(Exception):
    """One side came to two results in one situation."""

    def __init__(
        self, side: Side, situation: Situation, pair: tuple[Observation, Observation]
    ) -> None:
        super().__init__(f"{side.name} does not agree with itself")
        self.side = side
        self.situation = situation
        self.pair = pair


def check_determinism(
    simulator: SideSimulator, whole: Region, progress: Progress
) -> None:
    """Look at all of a region on one side, then at some of it again.

    Raises NotDeterministic.
    """
    name, done = f"{simulator.side.name} against itself", 0
    try:
        for region, _ in simulator.parts(whole):
            done += region.count
            progress(name, done, whole.count)
    except ReadsUnsteady as unsteady:
        _run_again(simulator, [unsteady.situation])
        observation = simulator.look_again(unsteady.situation)
        raise NotDeterministic(
            simulator.side, unsteady.situation, (observation, observation)
        ) from unsteady
    chosen = [
        situation
        for situation in simulator.ran_in[::-1]
        if _answered(simulator.observe(situation))
    ]
    _run_again(simulator, chosen)


def _run_again(simulator: SideSimulator, chosen: Sequence[Situation]) -> None:
    with SideSimulator(simulator.side, traced=False) as again:
        for _ in range(0, _RUNS_AGAIN, max(1, len(chosen))):
            again.forget()
            for situation in chosen:
                pair = simulator.look_again(situation), again.observe(situation)
                if pair[0] != pair[1]:
                    raise NotDeterministic(simulator.side, situation, pair)


def _answered(observation: Observation) -> bool:
    """Tell whether every script answered; to wait for one again shows nothing new."""
    return observation.broken is None or observation.broken.kind not in LOST
