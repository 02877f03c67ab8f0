"""A side on the bench: its scripts in Node, and what was seen of it so far."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from fabrikam.lab.driving.forgetful import Forgetful
from fabrikam.lab.driving.glance import Glance, Memory
from fabrikam.lab.driving.observe import observe
from fabrikam.lab.driving.trip import Scripts, travel
from fabrikam.tenant.pipeline import Engine

if TYPE_CHECKING:
    from fabrikam.lab.compare import Observation
    from fabrikam.lab.driving.sides import Side
    from fabrikam.lab.driving.trip import Trip
    from fabrikam.lab.situations import Situation
    from fabrikam.tenant.login.steps import Refuse

__all__ = ["Bench"]

_SECONDS = 5.0  # a lab has no user who waits, but thousands of runs to make


class Bench:
    """One side with an engine of its own; close it, or use it in a `with`."""

    def __init__(self, side: Side) -> None:
        self.side = side
        self._engine = Engine(side.folder, time_limit=_SECONDS, users=Forgetful())
        self._scripts = Scripts(self._engine)
        self._memory = Memory(lambda glance: observe(glance, self.side, self._scripts))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def observe(self, situation: Situation) -> Observation:
        """Say what a situation comes to on this side."""
        return self._memory.recall(situation)

    def travel(self, situation: Situation) -> Trip | Refuse:
        """Drive a situation again, to tell its story."""
        return travel(Glance(situation), self.side, self._scripts)

    @property
    def logins(self) -> int:
        """How many logins were driven to their end; the others are like one of them."""
        return len(self._memory.firsts)

    @property
    def script_runs(self) -> int:
        """How many times the scripts ran in Node."""
        return len(self._scripts)

    def close(self) -> None:
        """End the engine's workers."""
        self._engine.close()
