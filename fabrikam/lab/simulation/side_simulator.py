"""A side with an engine: its scripts in Node, and what was observed of it so far."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Self, TypeAlias

from fabrikam.lab.simulation.forgetful import UsersWithoutMemory
from fabrikam.lab.simulation.observe import observe_with_retries
from fabrikam.lab.simulation.script_cache import ScriptCache
from fabrikam.lab.simulation.simulator import simulate
from fabrikam.lab.simulation.tracked_reads import OutcomeMemory, TrackedSituation
from fabrikam.tenant.scripts import Engine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fabrikam.lab.scenarios.regions import Region
    from fabrikam.lab.scenarios.situation import Situation
    from fabrikam.lab.simulation.observation import Observation
    from fabrikam.lab.simulation.sides import Side
    from fabrikam.lab.simulation.simulator import SimulatedLogin
    from fabrikam.tenant.decisions.steps import Refuse

__all__ = ["WAITS_SECONDS", "Progress", "SideSimulator"]

Progress: TypeAlias = "Callable[[str, int, int], None]"
"""Is told what is done, how much of it, and of how much."""

WAITS_SECONDS: Final = 1.5  # Auth0 waits for 20; what is not done by now never will be


class SideSimulator:
    """One side with an engine of its own; close it, or use it in a `with`."""

    def __init__(self, side: Side, *, traced: bool = True) -> None:
        self.side = side
        self._traced = traced
        self._engine = Engine(
            side.folder, time_limit=WAITS_SECONDS, users=UsersWithoutMemory()
        )
        self._ran_in: list[Situation] = []
        self._start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def observe(self, situation: Situation) -> Observation:
        """Say what a situation comes to on this side."""
        return self._memory.recall(situation)

    def parts(self, region: Region) -> Iterator[tuple[Region, Observation]]:
        """Divide a region into parts, each of which comes to the same on this side."""
        return self._memory.parts(region)

    def look_again(self, situation: Situation) -> Observation:
        """Say what this very situation comes to, whatever others like it came to."""
        return observe_with_retries(
            TrackedSituation(situation), self.side, self._scripts
        )

    def simulate(self, situation: Situation) -> SimulatedLogin | Refuse:
        """Simulate a situation again, to tell its story."""
        return simulate(TrackedSituation(situation), self.side, self._scripts)

    def forget(self) -> None:
        """Begin anew, with the same workers."""
        self._start()

    @property
    def ran_in(self) -> tuple[Situation, ...]:
        """The situations in which scripts really ran, each for the first time."""
        return tuple(self._ran_in)

    @property
    def logins(self) -> int:
        """How many logins were simulated; the others are like one of them."""
        return len(self._memory)

    @property
    def script_runs(self) -> int:
        """How many different runs of scripts in Node there were."""
        return len(self._scripts)

    def close(self) -> None:
        """End the engine's workers."""
        self._engine.close()

    def _start(self) -> None:
        self._scripts = ScriptCache(self._engine, traced=self._traced)
        self._memory = OutcomeMemory(self._observed)

    def _observed(self, tracked: TrackedSituation) -> Observation:
        before = len(self._scripts)
        observation = observe_with_retries(tracked, self.side, self._scripts)
        if len(self._scripts) > before:
            self._ran_in.append(tracked.situation)
        return observation
