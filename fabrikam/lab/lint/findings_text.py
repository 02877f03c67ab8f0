"""Findings as text for a terminal, and as plain values for JSON."""

from __future__ import annotations

from dataclasses import asdict
from textwrap import fill
from typing import TYPE_CHECKING, Any, Final

from fabrikam.shared.counting import counted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fabrikam.lab.lint.finding import Finding

__all__ = ["as_json", "report_text", "verdict"]

_WIDTH: Final = 88
_LABEL: Final = 9  # "   why   "


def report_text(findings: Iterable[Finding]) -> str:
    """Write findings for a person: place, code, title, source, why, how to write it."""
    listed = tuple(findings)
    return "\n".join([*(_block(finding) for finding in listed), verdict(listed), ""])


def verdict(findings: Iterable[Finding]) -> str:
    """Say in one line how many findings are open and how many are accepted."""
    listed = tuple(findings)
    accepted = sum(finding.accepted is not None for finding in listed)
    if not listed:
        return "no step-up mistakes found"
    sentence = counted(len(listed) - accepted, "finding")
    return f"{sentence}, {accepted} accepted" if accepted else sentence


def as_json(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Give findings as values that JSON knows."""
    return [asdict(finding) for finding in findings]


def _block(finding: Finding) -> str:
    place = f"{finding.file}:{finding.line}:{finding.column}"
    lines = [f"{place}  {finding.code}  {finding.title}", *_excerpt(finding)]
    if finding.accepted is not None:
        lines += [_labelled("accepted", finding.accepted.reason)]
    else:
        lines += [_labelled("why", finding.why), _labelled("instead", finding.instead)]
    return "\n".join([*lines, ""])


def _excerpt(finding: Finding) -> list[str]:
    if not finding.excerpt:
        return []
    number = str(finding.line)
    before = finding.excerpt[: finding.column - 1]
    indent = "".join("\t" if letter == "\t" else " " for letter in before)
    left = max(1, len(finding.excerpt) - len(before))
    caret = "^" * min(finding.length, left)
    return [
        f"  {number} | {finding.excerpt}",
        f"  {' ' * len(number)} | {indent}{caret}",
    ]


def _labelled(label: str, text: str) -> str:
    return fill(
        text,
        _WIDTH,
        initial_indent=f"  {label:{_LABEL}} ",
        subsequent_indent=" " * (_LABEL + 3),
        break_long_words=False,
        break_on_hyphens=False,
    )
