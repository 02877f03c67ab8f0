"""`lint FOLDER`, run: findings on stdout.

Exit codes: 0 nothing is open, 1 a finding is, 2 the folder is no tenant's,
3 there is no Node that could say which scripts compile.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Final

from fabrikam.lab.lint.findings_text import as_json, report_text, verdict
from fabrikam.lab.lint.linter import lint_folder, linted_scripts
from fabrikam.shared.exit_codes import COULD_NOT_RUN, FOUND, MISUSED, PASSED
from fabrikam.tenant.scripts import NodeMissing, survey_folder, uncompiled

if TYPE_CHECKING:
    import argparse

    from fabrikam.tenant.scripts import Folder

__all__ = ["run_lint"]

_EXPECTED: Final = "expected tenant.json, rules/, actions/ or clients/ in it"


def run_lint(asked: argparse.Namespace) -> int:
    """Lint as the words of the command line say; return the exit code."""
    if not asked.folder.is_dir():
        return _misused(f"{asked.folder}: there is no such folder")
    folder = survey_folder(asked.folder, replacements=asked.keywords)
    for problem in folder.problems:
        print(problem, file=sys.stderr)
    if not folder.problems and not _is_a_tenant(folder):
        return _misused(f"{asked.folder} holds no tenant: {_EXPECTED}")
    try:
        findings = lint_folder(folder, uncompiled(linted_scripts(folder)))
    except NodeMissing as missing:
        print(missing, file=sys.stderr)
        return COULD_NOT_RUN
    if asked.json:
        print(json.dumps(as_json(findings), indent=2))
    elif asked.quiet:
        print(verdict(findings))
    else:
        print(report_text(findings), end="")
    if folder.script_problems:  # a script that nobody read has no findings
        return MISUSED
    return FOUND if any(finding.accepted is None for finding in findings) else PASSED


def _is_a_tenant(folder: Folder) -> bool:
    """Say whether a folder holds anything that makes up a tenant."""
    scripts = (*folder.rules, *folder.actions, *folder.modules)
    return bool(scripts or folder.tenant or folder.clients or folder.factors)


def _misused(why: str) -> int:
    print(why, file=sys.stderr)
    return MISUSED
