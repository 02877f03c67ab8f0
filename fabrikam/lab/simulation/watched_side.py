"""One side whose scripts are watched: what came of a login, and every decision in it.

A watched script is rewritten, so nothing that is seen here is told as it is: each
counterexample is looked at once more on the scripts as the team wrote them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self, TypeAlias

from fabrikam.lab.simulation.axis_reads import written_names
from fabrikam.lab.simulation.observe import observed
from fabrikam.lab.simulation.script_cache import CachedRun, ScriptCache
from fabrikam.lab.simulation.side_simulator import WAITS_SECONDS
from fabrikam.lab.simulation.simulator import simulate
from fabrikam.lab.simulation.tracked_reads import TrackedSituation
from fabrikam.lab.simulation.watched_engine import conditions_of, watched_engine

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fabrikam.lab.javascript.watched import Condition
    from fabrikam.lab.scenarios.situation import Situation
    from fabrikam.lab.simulation.observation import Observation
    from fabrikam.lab.simulation.sides import Side
    from fabrikam.tenant.scripts import Engine, Report, ScriptInput

__all__ = ["ConditionKey", "WatchedLogin", "WatchedSide"]

ConditionKey: TypeAlias = tuple[str, str]
"""A file, and the key of a condition in it."""


@dataclass(frozen=True, slots=True)
class WatchedLogin:
    """What a login came to, what its scripts decided, and the paths that they read."""

    observation: Observation
    reports: tuple[Report, ...]
    reads: tuple[str, ...]


class WatchedSide:
    """A side with an engine of its own; close it, or use it in a `with`."""

    def __init__(self, side: Side) -> None:
        self.side = side
        self._engine, self.sources = watched_engine(
            side.folder, time_limit=WAITS_SECONDS
        )
        self.by_key: Mapping[ConditionKey, Condition] = {
            (condition.file, condition.key): condition
            for condition in conditions_of(self.sources)
        }
        self._logins: dict[Situation, WatchedLogin] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the engine's workers."""
        self._engine.close()

    def login(self, situation: Situation) -> WatchedLogin:
        """Say what a situation comes to, and what was decided on the way."""
        if situation not in self._logins:
            self._logins[situation] = self._watched(situation, {})
        return self._logins[situation]

    def forced(
        self, situation: Situation, outcomes: Mapping[ConditionKey, str]
    ) -> WatchedLogin:
        """Say what a situation would come to if some conditions came out so."""
        forced = {" ".join(key): outcome for key, outcome in outcomes.items()}
        return self._watched(situation, {"forced": forced})

    def by_chance(self, situation: Situation) -> tuple[Observation, Observation]:
        """Say what a situation comes to when chance is at its least and its most."""
        low, high = ({"chance": end} for end in (0, 1))
        return (
            self._watched(situation, low).observation,
            self._watched(situation, high).observation,
        )

    def __len__(self) -> int:
        """How many different situations were watched."""
        return len(self._logins)

    def _watched(self, situation: Situation, watch: Mapping[str, Any]) -> WatchedLogin:
        scripts = _WatchedScripts(self._engine, watch)
        tracked = TrackedSituation(situation)
        login = simulate(tracked, self.side, scripts)
        return WatchedLogin(
            observed(login, tracked, self.side),
            tuple(scripts.reports),
            tuple(scripts.reads),
        )


class _WatchedScripts(ScriptCache):
    """Runs the scripts of one login, watched, and keeps what they report."""

    def __init__(self, engine: Engine, watch: Mapping[str, Any]) -> None:
        super().__init__(engine)
        self._watch = watch
        self.reports: list[Report] = []
        self.reads: dict[str, None] = {}

    def run(
        self, script_input: ScriptInput, checkpoint: Mapping[str, Any] | None
    ) -> CachedRun:
        """Run the scripts, once more for every time they are asked."""
        outcome = self._engine.run(
            script_input, checkpoint, trace=True, watch=self._watch
        )
        self.reports += outcome.reports
        reads = (access.path for access in outcome.trace if access.kind == "read")
        self.reads |= dict.fromkeys(reads)
        return CachedRun(outcome, (), written_names(outcome.trace))
