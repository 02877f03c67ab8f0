"""`lab shadow` and `lab replay-log FILE`, run: what was seen in production.

stdout is the result, stderr the progress.  Exit codes: 0 nothing is weaker, 1 something
is, 2 wrong usage, 3 could not run.
"""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any, Final, Protocol

from fabrikam.lab.commands.file_access import why_not
from fabrikam.lab.commands.progress import Meter
from fabrikam.lab.production import log_replay_text as replaywords
from fabrikam.lab.production.journal import JOURNAL
from fabrikam.lab.production.journal import lines_of as journal_lines
from fabrikam.lab.production.log_replay import ReplayedLog, lines_of, replay_lines
from fabrikam.lab.production.recorded_decision import Sides
from fabrikam.lab.production.shadow_summary import summarise, text_of
from fabrikam.lab.simulation.sides import STRATEGIES
from fabrikam.shared.exit_codes import COULD_NOT_RUN, FOUND, MISUSED, PASSED

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable
    from typing import BinaryIO

__all__ = ["run_replay_log", "run_shadow"]

_STEP: Final = 262_144  # bytes between two looks at the clock


class _Call(Protocol):
    """A command of this installation: what was typed, and its settings."""

    @property
    def arguments(self) -> argparse.Namespace: ...

    @property
    def settings(self) -> Any: ...


def run_shadow(call: _Call) -> int:
    """Sum up the journal of the shadow; return the exit code."""
    summary = summarise(journal_lines(call.settings["DATA_DIR"] / JOURNAL))
    if call.arguments.json:
        print(json.dumps(summary.as_json(), indent=2))
    else:
        print(text_of(summary))
    return FOUND if summary.directions.get("weaker") else PASSED


def run_replay_log(asked: argparse.Namespace) -> int:
    """Judge a recorded log by two strategies; return the exit code."""
    sides = Sides(
        control=STRATEGIES[asked.old_strategy](asked.claim),
        candidate=STRATEGIES[asked.new_strategy](asked.claim),
        claim=asked.claim,
        scope=asked.scope,
    )
    try:
        with asked.file.open("rb") as file:
            replayed = _replayed(file, sides, Meter(sys.stderr, shown=not asked.quiet))
    except OSError as error:
        print(why_not(error), file=sys.stderr)
        return MISUSED
    print(_told(asked, replayed))
    if not replayed.compared:
        return COULD_NOT_RUN
    return FOUND if replayed.directions.get("weaker") else PASSED


def _replayed(file: BinaryIO, sides: Sides, meter: Meter) -> ReplayedLog:
    try:
        return replay_lines(lines_of(file, _watch(file, meter)), sides)
    finally:
        meter.done()


def _watch(file: BinaryIO, meter: Meter) -> Callable[[int], None]:
    """Return what is told how many bytes were read; it shows whole kilobytes."""
    of = os.fstat(file.fileno()).st_size // 1024
    done = shown = 0

    def read(count: int) -> None:
        nonlocal done, shown
        done += count
        if of and done - shown >= _STEP:
            shown = done - done % _STEP
            meter("kilobytes", shown // 1024, of)

    return read


def _told(asked: argparse.Namespace, replayed: ReplayedLog) -> str:
    names = asked.old_strategy, asked.new_strategy
    if asked.json:
        return json.dumps(replaywords.as_json(replayed, *names), indent=2)
    if asked.quiet:
        return replaywords.verdict_of(replayed)
    return replaywords.text_of(replayed, *names)
