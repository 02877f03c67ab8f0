"""The reference of all findings as Markdown, made from the checks themselves."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from fabrikam.lab.lint.accepted_findings import NO_REASON, UNUSED
from fabrikam.lab.lint.linter import FOLDER_CHECKS, SCRIPT_CHECKS, SOURCE_CHECKS
from fabrikam.lab.lint.source import does_not_compile

if TYPE_CHECKING:
    from fabrikam.lab.lint.check import LintCheck
    from fabrikam.lab.lint.finding import Finding

__all__ = ["FAMILIES", "reference"]

FAMILIES: Final = {
    "SU0": "Files that do not load",
    "SU1": "Comparisons",
    "SU2": "Options of the second factor",
    "SU3": "Reasons not to ask",
    "SU4": "Claims",
    "SU5": "The life of a script",
    "SU6": "The folder as a whole",
    "SU7": "Words that do not exist",
    "SU9": "Acceptances",
}
_SCRIPTS: Final = {
    frozenset({"rule"}): "Rules",
    frozenset({"action"}): "Actions",
    frozenset({"rule", "action"}): "Rules and Actions",
}


def reference() -> str:
    """Describe every finding, family by family, in the order of the codes."""
    of_scripts: tuple[LintCheck[Any], ...] = (
        does_not_compile,
        *SOURCE_CHECKS,
        *SCRIPT_CHECKS,
    )
    entries = sorted(
        [_entry(check, _SCRIPTS[check.of]) for check in of_scripts]
        + [_entry(check, "the folder") for check in FOLDER_CHECKS]
        + [_entry(complaint, "comments") for complaint in (NO_REASON, UNUSED)]
    )
    return "\n".join(
        f"## {heading}\n\n"
        + "\n".join(text for code, text in entries if code.startswith(family))
        for family, heading in FAMILIES.items()
    )


def _entry(check: LintCheck[Any] | Finding, where: str) -> tuple[str, str]:
    lines = (
        f"### {check.code}: {check.title}",
        "",
        _line_by_line(f"{check.severity.capitalize()}, in {where}. {check.why}"),
        "",
        f"Instead: {check.instead}.",
        "",
    )
    return check.code, "\n".join(lines)


def _line_by_line(text: str) -> str:
    return re.sub(r"(?<=[.!?]) (?=[A-Z])", "\n", text)
