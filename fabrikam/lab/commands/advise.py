"""The command `advise RULE.js`: stdout is the advice, stderr the progress.

Exit codes: 0 the draft protects what the Rule did, 1 it does not or is not whole, 2 the
file is no Rule that a draft can be made of, 3 the comparison could not run or, because
the Rule asks nobody, proves nothing.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from fabrikam.lab.advise.advice import Advice, advise
from fabrikam.lab.advise.advice_text import as_json, lines_of
from fabrikam.lab.advise.rule_in_folder import RuleRejected
from fabrikam.lab.commands.failures import CommandFailed, command_failures, console
from fabrikam.lab.commands.file_access import check_writable
from fabrikam.lab.commands.progress import Meter
from fabrikam.lab.report import print_record, record
from fabrikam.lab.simulation.sides import STRATEGIES
from fabrikam.shared.exit_codes import MISUSED

__all__ = ["add_advise"]


def add_advise(commands: Any) -> None:
    """Add `advise` to the subparsers of a command line."""
    parser = commands.add_parser(
        "advise",
        help="draft the Action for a Rule",
        description="Run a Rule in every login situation, draft the Action for it, and"
        " compare the two.  Example: python app.py advise rules/before/rules/Step-up.js"
        " --out draft.js",
    )
    parser.add_argument("rule", type=Path, metavar="RULE", help="the Rule's .js file")
    parser.add_argument(
        "--strategy",
        choices=STRATEGIES,
        help="how the application asks and checks (as the Rule serves it)",
    )
    parser.add_argument("--client", help="the application that asks, by name or id")
    parser.add_argument("--claim", help="the level's claim (as the Rule writes it)")
    parser.add_argument(
        "--quick",
        action="store_true",
        help="the main axes only, all others as they ordinarily are",
    )
    parser.add_argument("--out", type=Path, help="write the draft into a file, too")
    parser.add_argument("--json", action="store_true", help="print it as JSON")
    parser.add_argument("--quiet", action="store_true", help="no progress")
    parser.add_argument("--no-color", action="store_true", help="plain text")
    parser.set_defaults(run=_advise, keywords={})


def _advise(asked: argparse.Namespace) -> int:
    try:
        advice = _advice(asked)
    except RuleRejected as rejected:
        print(rejected, file=sys.stderr)
        return MISUSED
    except CommandFailed as refused:
        print(refused, file=sys.stderr)
        return refused.code
    if asked.json:
        print(json.dumps(as_json(advice), indent=2))
    else:
        _print(asked, advice)
    if asked.out is not None:
        asked.out.write_text(advice.source, "utf-8")
    return advice.exit_code


def _advice(asked: argparse.Namespace) -> Advice:
    with command_failures(), Meter(sys.stderr, shown=not asked.quiet) as meter:
        if asked.out is not None:
            check_writable(asked.out)
        return advise(
            asked.rule,
            strategy=asked.strategy,
            claim=asked.claim,
            client=asked.client,
            quick=asked.quick,
            progress=meter,
            keywords=asked.keywords,
        )


def _print(asked: argparse.Namespace, advice: Advice) -> None:
    screen = console(asked)
    if advice.draft.gaps:
        print(advice.sentence)
    print_record(screen, record(advice.findings))
    screen.print()
    for line in lines_of(advice):
        print(line)  # rich would read some words of a script as pictures
