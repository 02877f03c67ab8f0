"""The command `lint FOLDER`: findings on stdout.

Exit codes: 0 nothing is open, 1 a finding is, 2 the folder is no tenant's.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from fabrikam.lab.lint.findings_text import as_json, report_text, verdict
from fabrikam.lab.lint.linter import lint_folder
from fabrikam.shared.exit_codes import FOUND, MISUSED, PASSED
from fabrikam.tenant.scripts import read_folder

if TYPE_CHECKING:
    from fabrikam.tenant.scripts import Folder

__all__ = ["add_lint"]

_EXPECTED: Final = "expected tenant.json, rules/, actions/ or clients/ in it"


def add_lint(commands: Any) -> None:
    """Add `lint` to the subparsers of a command line; `run` takes the parsed words."""
    lint = commands.add_parser(
        "lint",
        help="find step-up mistakes in a tenant folder",
        description="Parse the Rules and Actions of a folder, and say where step-up"
        " goes wrong, why, and how to write it.  Example: python app.py lint"
        " rules/after",
    )
    lint.add_argument(
        "folder",
        type=Path,
        metavar="FOLDER",
        help="a tenant folder as the Deploy CLI exports it",
    )
    lint.add_argument("--json", action="store_true", help="print the findings as JSON")
    lint.add_argument("--quiet", action="store_true", help="the verdict only")
    lint.set_defaults(run=_lint, keywords={})


def _lint(asked: argparse.Namespace) -> int:
    if not asked.folder.is_dir():
        return _misused(f"{asked.folder}: there is no such folder")
    folder = read_folder(asked.folder, replacements=asked.keywords)
    if not _is_a_tenant(folder):
        return _misused(f"{asked.folder} holds no tenant: {_EXPECTED}")
    findings = lint_folder(folder)
    if asked.json:
        print(json.dumps(as_json(findings), indent=2))
    elif asked.quiet:
        print(verdict(findings))
    else:
        print(report_text(findings), end="")
    return FOUND if any(found.accepted is None for found in findings) else PASSED


def _is_a_tenant(folder: Folder) -> bool:
    """Say whether a folder holds anything that makes up a tenant."""
    scripts = (*folder.rules, *folder.actions, *folder.modules)
    return bool(scripts or folder.tenant or folder.clients or folder.factors)


def _misused(why: str) -> int:
    print(why, file=sys.stderr)
    return MISUSED
