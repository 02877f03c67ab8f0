"""`lab replay`, run: one case again, step by step."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from fabrikam.lab.commands.failures import CommandFailed, command_failures
from fabrikam.lab.compare.cases import CaseRejected, read_case
from fabrikam.lab.compare.comparison import FAILING
from fabrikam.lab.compare.record import replay_record
from fabrikam.lab.compare.replay import replay
from fabrikam.lab.report import console, print_replay
from fabrikam.shared.exit_codes import FOUND, PASSED

if TYPE_CHECKING:
    import argparse

__all__ = ["run_replay"]


def run_replay(asked: argparse.Namespace) -> int:
    """Run a case again and tell it; return the exit code."""
    try:
        with command_failures(CaseRejected):
            replayed = replay(read_case(asked.case), asked.keywords)
    except CommandFailed as refused:
        print(refused, file=sys.stderr)
        return refused.code
    if asked.quiet:
        print(replayed.comparison.direction)
    else:
        print_replay(console(no_color=asked.no_color), replay_record(replayed))
    return FOUND if replayed.comparison.direction in FAILING else PASSED
