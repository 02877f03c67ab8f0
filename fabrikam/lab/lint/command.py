"""The command `lint FOLDER`: findings on stdout, exit code 1 where one is open."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any, Final

from fabrikam.lab.lint.linter import lint_folder
from fabrikam.lab.lint.report import as_json, report_text, verdict
from fabrikam.tenant.pipeline import read_folder

__all__ = ["add_lint"]

CLEAN: Final = 0
FOUND: Final = 1


def add_lint(commands: Any) -> None:
    """Add `lint` to the subparsers of a command line; `run` takes the parsed words."""
    lint = commands.add_parser("lint", help="find step-up mistakes in a tenant folder")
    lint.add_argument("folder", type=Path, metavar="FOLDER")
    lint.add_argument("--json", action="store_true", help="print the findings as JSON")
    lint.add_argument("--quiet", action="store_true", help="the verdict only")
    lint.set_defaults(run=_lint, keywords={})


def _lint(asked: argparse.Namespace) -> int:
    findings = lint_folder(read_folder(asked.folder, replacements=asked.keywords))
    if asked.json:
        print(json.dumps(as_json(findings), indent=2))
    elif asked.quiet:
        print(verdict(findings))
    else:
        print(report_text(findings), end="")
    return FOUND if any(found.accepted is None for found in findings) else CLEAN
