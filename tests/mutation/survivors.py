"""The list of mutants that no test catches, each with a reason or "to do".

A row is `path:function: operator: text of the line — reason`.  Line numbers are not in
it, so that a row lives as long as its line.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

LIST: Final = Path(__file__).with_name("survivors.txt")
SEPARATOR: Final = " — "
UNEXPLAINED: Final = "to do"


class Unreadable(Exception):
    """A row of the list has no reason."""


@dataclass(frozen=True, slots=True)
class Survivors:
    """What stands in the list: the words at its head, and a reason for each mutant."""

    head: tuple[str, ...]
    reasons: Mapping[str, str]

    def unlisted(self, surviving: Iterable[str]) -> list[str]:
        """List the keys that should have been caught."""
        return sorted(set(surviving) - set(self.reasons))

    def stale(self, surviving: Iterable[str], paths: Iterable[str]) -> list[str]:
        """List the rows of files tried in whole whose mutant is caught, or gone."""
        tried = {
            key for key in self.reasons if key.partition(":")[0] in frozenset(paths)
        }
        return sorted(tried - set(surviving))

    def updated(self, surviving: Iterable[str], paths: Iterable[str]) -> Survivors:
        """Put what survives now for the files; reasons that were given stay."""
        gone = self.stale(surviving, paths)
        kept = {key: why for key, why in self.reasons.items() if key not in gone}
        added = dict.fromkeys(self.unlisted(surviving), UNEXPLAINED)
        return Survivors(self.head, kept | added)

    def text(self) -> str:
        """Write the list as `read` takes it."""
        rows = [f"{key}{SEPARATOR}{why}" for key, why in sorted(self.reasons.items())]
        return "\n".join([*self.head, *rows, ""])


def read(text: str) -> Survivors:
    """Read the list; lines with `#` belong to its head."""
    lines = text.splitlines()
    head = tuple(line for line in lines if line.startswith("#") or not line)
    reasons = {}
    for line in lines:
        if line and not line.startswith("#"):
            key, separator, why = line.rpartition(SEPARATOR)
            if not separator or not why.strip():
                raise Unreadable(f"no reason: {line}")
            reasons[key] = why
    return Survivors(head, reasons)
