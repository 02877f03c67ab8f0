"""Findings that one safe edit mends: the edits applied, and shown as a diff.  Pure."""

from __future__ import annotations

from difflib import unified_diff
from typing import TYPE_CHECKING

from fabrikam.shared.terminal import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fabrikam.lab.lint.finding import Finding

__all__ = ["diff", "mended"]


def mended(source: str, findings: Iterable[Finding]) -> str:
    """Apply the edits of a source's open findings; of two that meet, the first."""
    edits = {
        finding.edit
        for finding in findings
        if finding.edit is not None and finding.accepted is None
    }
    written, end = source.encode(), 0
    parts: list[bytes] = []
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        if edit.start >= end:
            parts += [written[end : edit.start], edit.text.encode()]
            end = edit.end
    return b"".join([*parts, written[end:]]).decode()


def diff(file: str, before: str, after: str) -> str:
    """Show what an edit changes."""
    lines = unified_diff(
        before.splitlines(), after.splitlines(), file, file, lineterm=""
    )
    return "\n".join(map(printable, lines))
