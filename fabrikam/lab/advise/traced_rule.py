"""What a Rule reads and writes, seen while it runs in every situation of the lab."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from fabrikam.lab.scenarios.situation import situations
from fabrikam.lab.simulation.forgetful import UsersWithoutMemory
from fabrikam.lab.simulation.observe import observe
from fabrikam.lab.simulation.simulator import ScriptCache
from fabrikam.lab.simulation.tracked_reads import OutcomeMemory
from fabrikam.tenant.scripts import Engine
from fabrikam.tenant.scripts.rule_context import rule_context, rule_user

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fabrikam.lab.simulation.side_simulator import Progress
    from fabrikam.lab.simulation.sides import Side
    from fabrikam.tenant.scripts import Access, Outcome, ScriptInput

__all__ = ["Traced", "traced"]

_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class Traced:
    """What one script touched, in the order of the first time.

    `constant` are the paths that it read and that said the same in every situation:
    what it decides by them was never put to the test.
    """

    accesses: tuple[Access, ...]
    constant: tuple[str, ...]


def traced(
    side: Side,
    script: str,
    *,
    sample: int = 1,
    progress: Progress = lambda *_: None,
) -> Traced:
    """Run a side in every situation, and say what one of its scripts touched."""
    chosen = tuple(situations())[::sample]
    with _Tracing(
        side.folder, time_limit=_SECONDS, users=UsersWithoutMemory()
    ) as engine:
        scripts = ScriptCache(engine)
        memory = OutcomeMemory(lambda tracked: observe(tracked, side, scripts))
        for number, situation in enumerate(chosen):
            progress("tracing the Rule", number, len(chosen))
            memory.recall(situation)
        accesses = tuple(access for access in engine.seen if access.script == script)
        return Traced(accesses, tuple(_constant(accesses, engine.script_inputs)))


class _Tracing(Engine):
    """An engine that traces every run and keeps what was seen."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.seen: dict[Access, None] = {}
        self.script_inputs: list[ScriptInput] = []

    def run(
        self,
        script_input: ScriptInput,
        checkpoint: Mapping[str, Any] | None = None,
        *,
        trace: bool = True,
        watch: Mapping[str, Any] | None = None,
    ) -> Outcome:
        """Run the scripts under the tracer."""
        outcome = super().run(script_input, checkpoint, trace=trace, watch=watch)
        self.seen.update(dict.fromkeys(outcome.trace))
        self.script_inputs.append(script_input)
        return outcome


def _constant(
    accesses: tuple[Access, ...], script_inputs: list[ScriptInput]
) -> Iterator[str]:
    read = [access.path for access in accesses if access.kind == "read"]
    touched = [access.path for access in accesses]
    leaves = [
        path
        for path in read
        if not any(other.startswith(f"{path}.") for other in touched)
    ]
    given = [
        {"user": rule_user(script_input), "context": rule_context(script_input)}
        for script_input in script_inputs
    ]
    for path in leaves:
        steps = path.split(".")
        if len({json.dumps(_at(whole, steps)) for whole in given}) == 1:
            yield path


def _at(whole: Any, steps: list[str]) -> Any:
    for step in steps:
        if isinstance(whole, list):
            return whole  # its members and its methods change with it
        if isinstance(whole, dict):
            whole = whole.get(step)
        else:
            return None
    return whole
