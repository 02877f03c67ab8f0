"""The lab's commands: `lab compare OLD NEW` and `lab replay CASE`.

stdout is the result, stderr the progress.  Exit codes: 0 nothing fails or all of it is
known, 1 somebody gets in with less or is locked out, 2 wrong usage, 3 could not run.
"""

from __future__ import annotations

import argparse
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fabrikam.lab.commands.compare import run_compare
from fabrikam.lab.commands.failures import CommandFailed, command_failures, console
from fabrikam.lab.commands.production import add_production
from fabrikam.lab.compare.cases import read_case
from fabrikam.lab.compare.comparison import FAILING
from fabrikam.lab.compare.replay import replay
from fabrikam.lab.report import print_replayed
from fabrikam.lab.simulation.sides import LEVEL, ON_ERROR, STRATEGIES
from fabrikam.shared.counting import from_nought_up, from_one_up
from fabrikam.shared.exit_codes import FOUND, PASSED

if TYPE_CHECKING:
    from fabrikam.lab.end_to_end.programs import OpenIntranet

__all__ = ["add_commands"]


def add_commands(commands: Any, open_intranet: OpenIntranet | None = None) -> None:
    """Add `lab` to the subparsers of a command line; `run` takes the parsed words.

    Where the caller says how an intranet is opened, situations are also walked.
    """
    lab = commands.add_parser(
        "lab",
        help="prove what a new tenant folder protects",
        description="Experiments with tenant folders and recorded logins."
        "  Example: python app.py lab compare rules/before rules/after",
    )
    experiments = lab.add_subparsers(required=True, metavar="EXPERIMENT")
    _add_compare(experiments, open_intranet)
    _add_replay(experiments)
    add_production(experiments)


def _add_compare(experiments: Any, open_intranet: OpenIntranet | None) -> None:
    compare = experiments.add_parser(
        "compare",
        help="compare two tenant folders in every login situation",
        description="Say in which login situations somebody gets in with less on the"
        " new side, or is locked out.  Example: python app.py lab compare rules/before"
        " rules/after --html report.html",
    )
    compare.add_argument(
        "old", type=Path, metavar="OLD", help="the tenant folder that protects today"
    )
    compare.add_argument(
        "new", type=Path, metavar="NEW", help="the tenant folder that shall replace it"
    )
    _add_application(compare)
    _add_reports(compare)
    _add_reach(compare)
    _add_manners(compare)
    compare.set_defaults(run=partial(run_compare, open_intranet), keywords={})


def _add_application(compare: Any) -> None:
    for side, usual in (("old", "legacy"), ("new", "modern")):
        compare.add_argument(
            f"--{side}-strategy",
            choices=STRATEGIES,
            default=usual,
            help=f"how the application asks and checks there ({usual})",
        )
    compare.add_argument("--client", help="the application that asks, by name or id")
    compare.add_argument("--claim", default=LEVEL, help=f"the level's claim ({LEVEL})")
    compare.add_argument(
        "--on-error",
        choices=ON_ERROR,
        default="page",
        help="what the application does when the tenant refuses: show a page, or take"
        " access_denied for a cancelled login and try again (page)",
    )
    compare.add_argument(
        "--door",
        choices=("application", "tenant"),
        default="application",
        help="whose door decides: the application's check, or the tenant alone",
    )


def _add_reports(compare: Any) -> None:
    compare.add_argument("--known", type=Path, help="known differences, in TOML")
    compare.add_argument("--html", type=Path, help="write the report as a page")
    compare.add_argument("--junit", type=Path, help="write the report for a CI server")
    compare.add_argument("--json", action="store_true", help="print the report as JSON")
    compare.add_argument("--cases", type=Path, help="write a case file per difference")


def _add_reach(compare: Any) -> None:
    compare.add_argument(
        "--quick",
        action="store_true",
        help="the main axes only, all others as they ordinarily are",
    )
    compare.add_argument(
        "--seed", type=int, help="search at random beyond the axes, from this number"
    )
    compare.add_argument(
        "--examples",
        type=from_one_up,
        default=1000,
        help="how many to try there (1000)",
    )
    compare.add_argument(
        "--walk",
        type=from_nought_up,
        default=5,
        help="situations to walk on each side, 0 for none (5)",
    )


def _add_replay(experiments: Any) -> None:
    again = experiments.add_parser(
        "replay",
        help="run a case file again, step by step",
        description="Tell one situation on both sides: pages, scripts, claims, verdict."
        "  Example: python app.py lab replay cases/01-locked-out.json",
    )
    again.add_argument(
        "case", type=Path, metavar="CASE", help="a file that --cases wrote"
    )
    _add_manners(again)
    again.set_defaults(run=_replay, keywords={})


def _add_manners(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--quiet", action="store_true", help="the verdict only")
    parser.add_argument("--no-color", action="store_true", help="plain text")


def _replay(asked: argparse.Namespace) -> int:
    try:
        with command_failures():
            replayed = replay(read_case(asked.case), asked.keywords)
    except CommandFailed as refused:
        print(refused, file=sys.stderr)
        return refused.code
    if asked.quiet:
        print(replayed.comparison.direction)
    else:
        print_replayed(console(asked), replayed)
    return FOUND if replayed.comparison.direction in FAILING else PASSED
