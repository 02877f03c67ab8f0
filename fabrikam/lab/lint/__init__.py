"""The linter: step-up mistakes in the Rules and Actions of a tenant folder."""

from __future__ import annotations

from fabrikam.lab.lint.finding import Accepted as Accepted
from fabrikam.lab.lint.finding import Finding as Finding
from fabrikam.lab.lint.findings_text import as_json as as_json
from fabrikam.lab.lint.findings_text import report_text as report_text
from fabrikam.lab.lint.findings_text import verdict as verdict
from fabrikam.lab.lint.linter import CHECKS as CHECKS
from fabrikam.lab.lint.linter import lint_file as lint_file
from fabrikam.lab.lint.linter import lint_folder as lint_folder
from fabrikam.lab.lint.linter import linted_scripts as linted_scripts
