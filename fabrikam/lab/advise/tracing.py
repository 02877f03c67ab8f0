"""What a Rule reads and writes, seen while it runs in every situation of the lab."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fabrikam.lab.forgetful import Forgetful
from fabrikam.lab.glance import Memory
from fabrikam.lab.observe import observe
from fabrikam.lab.situations import situations
from fabrikam.lab.trip import Scripts
from fabrikam.tenant.pipeline import Engine

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fabrikam.lab.sides import Side
    from fabrikam.tenant.pipeline import Access, Occasion, Outcome

__all__ = ["accesses_of"]

_SECONDS = 5.0


def accesses_of(
    side: Side,
    script: str,
    progress: Callable[[str, int, int], None] = lambda *_: None,
) -> tuple[Access, ...]:
    """Give everything that one script of a side touched, in the order of the first."""
    chosen = tuple(situations(0))
    with _Tracing(side.folder, time_limit=_SECONDS, users=Forgetful()) as engine:
        scripts = Scripts(engine)
        memory = Memory(lambda glance: observe(glance, side, scripts))
        for number, situation in enumerate(chosen):
            progress("tracing the Rule", number, len(chosen))
            memory.recall(situation)
        return tuple(one for one in engine.seen if one.script == script)


class _Tracing(Engine):
    """An engine that traces every run and keeps what was seen."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.seen: dict[Access, None] = {}

    def run(
        self,
        occasion: Occasion,
        checkpoint: Mapping[str, Any] | None = None,
        *,
        trace: bool = True,
    ) -> Outcome:
        """Run the scripts under the tracer."""
        outcome = super().run(occasion, checkpoint, trace=trace)
        self.seen.update(dict.fromkeys(outcome.trace))
        return outcome
