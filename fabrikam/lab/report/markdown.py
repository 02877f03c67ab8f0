"""Diagnostics as the body of one Markdown comment, or of a job's summary.

The first line is a marker: whoever posts the comment finds the last one by it, and
edits that instead of writing another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fabrikam.shared.counting import counted
from fabrikam.shared.terminal import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fabrikam.lab.report.diagnostic import Diagnostic

__all__ = ["markdown_comment"]

_HARMLESS: Final = frozenset(" '(),-./:;?")


def markdown_comment(
    diagnostics: Iterable[Diagnostic], *, marker: str, heading: str
) -> str:
    """Write a table of what is open, and say how many are accepted."""
    listed = tuple(diagnostics)
    still_open = [diagnostic for diagnostic in listed if diagnostic.accepted is None]
    accepted = len(listed) - len(still_open)
    lines = [
        f"<!-- {marker} -->",
        f"### {heading}: {counted(len(still_open), 'finding')}",
    ]
    if still_open:
        lines += ["", "| Place | Weight | Finding |", "| --- | --- | --- |"]
        lines += map(_row, still_open)
    if accepted:
        lines += ["", f"{counted(accepted, 'finding')} accepted in the scripts."]
    return "\n".join([*lines, ""])


def _row(diagnostic: Diagnostic) -> str:
    place, rule = diagnostic.location, diagnostic.rule
    where = _escaped(f"{place.file}:{place.line}")
    words = f"{_escaped(diagnostic.message)}<br>{_escaped(rule.help)}"
    return f"| {where} | {rule.level} | {rule.id} {words} |"


def _escaped(text: str) -> str:
    """Write a text that stays text: no markup, no link, nobody called by name."""
    return "".join(
        letter if letter.isalnum() or letter in _HARMLESS else f"&#{ord(letter)};"
        for letter in printable(text.replace("\n", " "))
    )
