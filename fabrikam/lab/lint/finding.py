"""What the linter says: findings, and the reasons for which a team accepts them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from fabrikam.lab.javascript.script import Edit

__all__ = ["SEVERITIES", "Accepted", "Finding", "Severity"]

Severity: TypeAlias = Literal["error", "warning", "note"]

SEVERITIES: Final[tuple[Severity, ...]] = ("error", "warning", "note")
"""From what keeps people in or out to what is only worth knowing."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A finding that the team knows about and lives with, for a reason."""

    reason: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One mistake at one place: what it is, why it matters, how to write it instead.

    `line` and `column` count from 1; `excerpt` is the line of source and `length` how
    much of it is meant.  `edit` mends it, where one safe edit does.
    """

    code: str
    severity: Severity
    file: str
    line: int
    column: int
    title: str
    why: str
    instead: str
    accepted: Accepted | None = None
    excerpt: str = ""
    length: int = 1
    edit: Edit | None = None
