"""SU9xx: comments that accept a finding, such as `// lint-accept SU203: one kiosk`.

The comment stands on the line of the finding or above it.  An acceptance without a
reason accepts nothing, and one that meets no finding is out of date: both are said.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from fabrikam.lab.javascript import syntax as js
from fabrikam.lab.lint.finding import Accepted, Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fabrikam.lab.javascript.script import Script
    from fabrikam.lab.javascript.syntax import Node

__all__ = ["NO_REASON", "UNUSED", "accept"]

_WORD: Final = "lint-accept"

NO_REASON: Final = Finding(
    code="SU901",
    severity="warning",
    file="",
    line=1,
    column=1,
    title="A finding is accepted without a reason",
    why="Whoever reads it next cannot tell whether the reason still holds.",
    instead=f"// {_WORD} SU101: why this is right here",
)
UNUSED: Final = replace(
    NO_REASON,
    code="SU902",
    title="A finding is accepted that is not there",
    why="It would hide the mistake when somebody makes it again.",
    instead="delete the comment",
)


@dataclass(frozen=True, slots=True)
class _Comment:
    """One accepting comment: for these codes, on these lines."""

    node: Node
    codes: frozenset[str]
    reason: str
    lines: frozenset[int]


def accept(script: Script, findings: Iterable[Finding]) -> Iterator[Finding]:
    """Give the findings of one script, marked where a comment accepts them."""
    comments = tuple(_comments(script))
    met: set[tuple[int, str]] = set()
    for finding in findings:
        comment = next(
            (candidate for candidate in comments if _speaks_of(candidate, finding)),
            None,
        )
        if comment is None:
            yield finding
            continue
        met.add((comment.node.id, finding.code))
        line = comment.node.start_point[0] + 1
        reason = Accepted(comment.reason, line) if comment.reason else None
        yield replace(finding, accepted=reason)
    for comment in comments:
        yield from _complaints(comment, met, script)


def _complaints(
    comment: _Comment, met: set[tuple[int, str]], script: Script
) -> Iterator[Finding]:
    if not comment.reason:
        yield _at(NO_REASON, comment.node, script)
    if not comment.codes:
        yield _at(UNUSED, comment.node, script, "no code is named")
    for code in sorted(comment.codes):
        if (comment.node.id, code) not in met:
            yield _at(UNUSED, comment.node, script, code)


def _at(finding: Finding, node: Node, script: Script, detail: str = "") -> Finding:
    hit = script.at(node)
    return replace(
        finding,
        file=hit.file,
        line=hit.line,
        column=hit.column,
        length=hit.length,
        excerpt=hit.excerpt,
        title=f"{finding.title}: {detail}" if detail else finding.title,
    )


def _speaks_of(comment: _Comment, finding: Finding) -> bool:
    return finding.code in comment.codes and finding.line in comment.lines


def _comments(script: Script) -> Iterator[_Comment]:
    rows = {
        node.start_point[0]: node.end_point[0]
        for node in script.nodes("comment")
        if not _beside_code(node)
    }
    for node in script.nodes("comment"):
        words = js.text(node).removeprefix("//").removeprefix("/*").removesuffix("*/")
        if not words.strip(" *\t\n").startswith(_WORD):
            continue
        codes, _, reason = words.strip(" *\t\n").removeprefix(_WORD).partition(":")
        yield _Comment(
            node,
            frozenset(codes.replace(",", " ").split()),
            " ".join(word for word in reason.split() if word != "*"),
            frozenset({node.start_point[0] + 1, _next_row(node, rows) + 1}),
        )


def _next_row(comment: Node, rows: dict[int, int]) -> int:
    """Give the first row below a comment that does not begin with another one."""
    row = comment.end_point[0] + 1
    while row in rows:
        row = rows[row] + 1
    return row


def _beside_code(comment: Node) -> bool:
    before = comment.prev_sibling
    return before is not None and before.end_point[0] == comment.start_point[0]
