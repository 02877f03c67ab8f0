"""The lab's commands about the real world: `lab shadow`, `lab replay-log FILE`.

stdout is the result, stderr the progress.  Exit codes: 0 nothing is weaker, 1 something
is, 2 wrong usage, 3 could not run.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from fabrikam.lab.commands.file_access import why_not
from fabrikam.lab.commands.progress import Meter
from fabrikam.lab.production import log_replay_text as replaywords
from fabrikam.lab.production.journal import JOURNAL
from fabrikam.lab.production.journal import lines_of as journal_lines
from fabrikam.lab.production.log_replay import ReplayedLog, lines_of, replay_lines
from fabrikam.lab.production.recorded_decision import Sides
from fabrikam.lab.production.shadow_summary import summarise, text_of
from fabrikam.lab.simulation.sides import LEVEL, STRATEGIES
from fabrikam.shared.exit_codes import COULD_NOT_RUN, FOUND, MISUSED, PASSED

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable
    from typing import BinaryIO

__all__ = ["add_production"]

_STEP: Final = 262_144  # bytes between two looks at the clock


class _Call(Protocol):
    """A command of this installation: what was typed, and its settings."""

    @property
    def asked(self) -> argparse.Namespace: ...

    @property
    def settings(self) -> Any: ...


def add_production(experiments: Any) -> None:
    """Add the commands to those of the lab."""
    _add_shadow(experiments)
    _add_replay_log(experiments)


def _add_shadow(experiments: Any) -> None:
    shadow = experiments.add_parser(
        "shadow",
        help="say what STEP_UP_SHADOW has seen so far",
        description="Sum up where the strategy in the shadow decided otherwise."
        "  Example: python app.py lab shadow --json",
    )
    shadow.add_argument("--json", action="store_true", help="print it as JSON")
    shadow.set_defaults(at_home=_shadow)


def _add_replay_log(experiments: Any) -> None:
    log = experiments.add_parser(
        "replay-log",
        help="judge recorded logins or ID-token claims by two strategies",
        description="Say how many users two strategies would treat differently."
        "  Example: python app.py lab replay-log tenant-log.jsonl",
    )
    log.add_argument(
        "file",
        type=Path,
        metavar="FILE",
        help="JSON lines: log events of Auth0, or claims of ID tokens",
    )
    for side, usual in (("old", "legacy"), ("new", "modern")):
        log.add_argument(
            f"--{side}-strategy",
            choices=STRATEGIES,
            default=usual,
            help=f"the strategy on that side ({usual})",
        )
    log.add_argument("--claim", default=LEVEL, help=f"the level's claim ({LEVEL})")
    log.add_argument(
        "--scope", default="step_up", help="the scope that the Rule answers (step_up)"
    )
    log.add_argument("--json", action="store_true", help="print it as JSON")
    log.add_argument("--quiet", action="store_true", help="the verdict only")
    log.set_defaults(run=_replay_log)


def _shadow(call: _Call) -> int:
    summary = summarise(journal_lines(call.settings["DATA_DIR"] / JOURNAL))
    if call.asked.json:
        print(json.dumps(summary.as_json(), indent=2))
    else:
        print(text_of(summary))
    return FOUND if summary.directions.get("weaker") else PASSED


def _replay_log(asked: argparse.Namespace) -> int:
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
