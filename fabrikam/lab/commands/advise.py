"""`advise RULE.js`, run: stdout is the advice, stderr the progress.

Exit codes: 0 the draft protects what the Rule did, 1 it does not or is not whole, 2 the
file is no Rule that a draft can be made of, 3 the comparison could not run or, because
the Rule asks nobody, proves nothing.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from fabrikam.lab.advise.advice import Advice, advise
from fabrikam.lab.advise.advice_text import as_json, lines_of
from fabrikam.lab.advise.rule_in_folder import RuleRejected
from fabrikam.lab.commands.failures import CommandFailed, command_failures
from fabrikam.lab.commands.file_access import check_writable
from fabrikam.lab.commands.progress import Meter
from fabrikam.lab.compare.record import record
from fabrikam.lab.report import console, print_record

if TYPE_CHECKING:
    import argparse

__all__ = ["run_advise"]


def run_advise(asked: argparse.Namespace) -> int:
    """Advise on one Rule; return the exit code."""
    try:
        advice = _advice(asked)
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
    with (
        command_failures(RuleRejected),
        Meter(sys.stderr, shown=not asked.quiet) as meter,
    ):
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
    screen = console(no_color=asked.no_color)
    if advice.draft.gaps:
        print(advice.sentence)
    print_record(screen, record(advice.findings))
    screen.print()
    for line in lines_of(advice):
        print(line)  # rich would read some words of a script as pictures
