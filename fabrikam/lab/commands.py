"""The lab's commands: `lab compare OLD NEW` and `lab replay CASE`.

stdout is the result, stderr the progress.  Exit codes: 0 nothing fails or all of it is
known, 1 somebody gets in with less or is locked out, 2 wrong usage, 3 could not run.
"""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console

from fabrikam.lab.cases import CaseRejected, read_case, write_cases
from fabrikam.lab.compare import FAILING
from fabrikam.lab.experiment import Noise, experiment
from fabrikam.lab.fieldwork import add_fieldwork
from fabrikam.lab.known import KnownRejected, read_known
from fabrikam.lab.progress import Meter
from fabrikam.lab.replay import replay
from fabrikam.lab.report import (
    junit,
    page,
    print_record,
    print_replayed,
    record,
)
from fabrikam.lab.sides import LEVEL, STRATEGIES, side_of
from fabrikam.lab.situations import departures
from fabrikam.lab.trip import ScriptsStuck
from fabrikam.tenant.pipeline import FolderRejected

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fabrikam.lab.experiment import Findings

__all__ = ["add_commands"]

PASSED: Final = 0
FOUND: Final = 1
MISUSED: Final = 2
COULD_NOT_RUN: Final = 3


class _Refused(Exception):
    """A command ends here: its exit code, and the sentence for stderr."""

    def __init__(self, code: int, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


def add_commands(commands: Any) -> None:
    """Add `lab` to the subparsers of a command line; `run` takes the parsed words."""
    lab = commands.add_parser("lab", help="prove what a new tenant folder protects")
    experiments = lab.add_subparsers(required=True, metavar="EXPERIMENT")
    _add_compare(experiments)
    _add_replay(experiments)
    add_fieldwork(experiments)


def _add_compare(experiments: Any) -> None:
    compare = experiments.add_parser(
        "compare", help="compare two tenant folders in every login situation"
    )
    compare.add_argument("old", type=Path, metavar="OLD")
    compare.add_argument("new", type=Path, metavar="NEW")
    for side, usual in (("old", "legacy"), ("new", "modern")):
        compare.add_argument(
            f"--{side}-strategy",
            choices=STRATEGIES,
            default=usual,
            help=f"how the application asks and checks there ({usual})",
        )
    compare.add_argument("--claim", default=LEVEL, help=f"the level's claim ({LEVEL})")
    compare.add_argument("--known", type=Path, help="known differences, in TOML")
    compare.add_argument(
        "--door",
        choices=("application", "tenant"),
        default="application",
        help="whose door decides: the application's check, or the tenant alone",
    )
    compare.add_argument("--html", type=Path, help="write the report as a page")
    compare.add_argument("--junit", type=Path, help="write the report for a CI server")
    compare.add_argument("--json", action="store_true", help="print the report as JSON")
    compare.add_argument("--cases", type=Path, help="write a case file per difference")
    compare.add_argument(
        "--sample", type=_number, default=1, help="take every Nth situation only"
    )
    compare.add_argument(
        "--rare", type=int, choices=(0, 1, 2), default=1, help="rare things at once (1)"
    )
    _add_manners(compare)
    compare.set_defaults(run=_compare)


def _add_replay(experiments: Any) -> None:
    again = experiments.add_parser("replay", help="run a case file again, step by step")
    again.add_argument("case", type=Path, metavar="CASE")
    _add_manners(again)
    again.set_defaults(run=_replay)


def _add_manners(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--quiet", action="store_true", help="the verdict only")
    parser.add_argument("--no-color", action="store_true", help="plain text")


def _number(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text}: write a number from 1 up")
    return number


def _compare(asked: argparse.Namespace) -> int:
    try:
        findings = _findings(asked)
    except _Refused as refused:
        print(refused, file=sys.stderr)
        return refused.code
    data = record(findings)
    if asked.cases is not None:
        write_cases(
            asked.cases, findings.control, findings.candidate, findings.differences
        )
    if asked.html is not None:
        asked.html.write_text(page(data), "utf-8")
    if asked.junit is not None:
        asked.junit.write_text(junit(data), "utf-8")
    _print(asked, data)
    return int(data["verdict"]["exit_code"])


def _print(asked: argparse.Namespace, data: dict[str, Any]) -> None:
    if asked.json:
        print(json.dumps(data, indent=2))
    elif asked.quiet:
        print(data["verdict"]["sentence"])
    else:
        print_record(_console(asked), data)


def _findings(asked: argparse.Namespace) -> Findings:
    with _refusals():
        known = read_known(asked.known) if asked.known else ()
        old = side_of(asked.old, asked.old_strategy, asked.claim)
        new = side_of(asked.new, asked.new_strategy, asked.claim)
        meter = Meter(sys.stderr, shown=not asked.quiet)
        try:
            return experiment(
                old,
                new,
                known,
                door=asked.door,
                rare=asked.rare,
                sample=asked.sample,
                progress=meter,
            )
        finally:
            meter.done()


def _replay(asked: argparse.Namespace) -> int:
    try:
        with _refusals():
            replayed = replay(read_case(asked.case))
    except _Refused as refused:
        print(refused, file=sys.stderr)
        return refused.code
    if asked.quiet:
        print(replayed.comparison.direction)
    else:
        print_replayed(_console(asked), replayed)
    return FOUND if replayed.comparison.direction in FAILING else PASSED


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except (FolderRejected, KnownRejected, CaseRejected, OSError) as error:
        raise _Refused(MISUSED, str(error)) from error
    except Noise as noise:
        raise _Refused(COULD_NOT_RUN, _told(noise)) from noise
    except ScriptsStuck as stuck:
        raise _Refused(COULD_NOT_RUN, str(stuck)) from stuck


def _told(noise: Noise) -> str:
    words = departures(noise.situation)
    case = ", ".join(f"{name}: {word}" for name, word in words.items())
    first, second = (seen.verdict for seen in noise.pair)
    return (
        "the old side does not agree with itself, so nothing can be compared: in"
        f" {case or 'an ordinary login'} it came to {first!r}, then to {second!r}"
    )


def _console(asked: argparse.Namespace) -> Console:
    return Console(no_color=asked.no_color, highlight=False, soft_wrap=True)
