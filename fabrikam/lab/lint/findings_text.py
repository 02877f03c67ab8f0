"""Findings as text for a terminal, and as plain values for JSON."""

from __future__ import annotations

from dataclasses import asdict
from textwrap import fill
from typing import TYPE_CHECKING, Any, Final

from fabrikam.shared.counting import counted
from fabrikam.shared.terminal import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fabrikam.lab.lint.finding import Finding

__all__ = ["as_json", "report_text", "verdict"]

_WIDTH: Final = 88
_STYLES: Final = {
    "error": "1;31",
    "warning": "1;33",
    "note": "1;36",
    "accepted": "2",
}
_LABEL: Final = 9  # "   why   "


def report_text(findings: Iterable[Finding], *, colours: bool = False) -> str:
    """Write findings for a person: place, code, title, source, why, how to write it."""
    listed = tuple(findings)
    paint = _painted if colours else _plain
    blocks = (_block(finding, paint) for finding in listed)
    return "\n".join([*blocks, verdict(listed), ""])


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


def _plain(text: str, _: str) -> str:
    return text


def _painted(text: str, style: str) -> str:
    return f"\x1b[{_STYLES[style]}m{text}\x1b[0m"


def _block(finding: Finding, paint: Callable[[str, str], str]) -> str:
    place = f"{printable(finding.file)}:{finding.line}:{finding.column}"
    style = finding.severity if finding.accepted is None else "accepted"
    weight = paint(f"{finding.severity} {finding.code}", style)
    lines = [f"{place}  {weight}  {printable(finding.title)}", *_excerpt(finding)]
    if finding.accepted is not None:
        lines += [_labelled("accepted", printable(finding.accepted.reason))]
    else:
        lines += [_labelled("why", finding.why), _labelled("instead", finding.instead)]
    return "\n".join([*lines, ""])


def _excerpt(finding: Finding) -> list[str]:
    if not finding.excerpt:
        return []
    number = str(finding.line)
    start = finding.column - 1
    before = printable(finding.excerpt[:start])
    indent = "".join("\t" if letter == "\t" else " " for letter in before)
    meant = printable(finding.excerpt[start : start + finding.length])
    caret = "^" * max(1, len(meant))
    return [
        f"  {number} | {printable(finding.excerpt)}",
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
