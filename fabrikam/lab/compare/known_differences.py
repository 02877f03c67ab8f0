"""Known differences: a TOML file that a team keeps beside its tenant folders.

Each entry names a difference, says why it is there and who answers for it, and which
facts it is recognised by.  It renames a difference and never hides its direction.
"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any, Final

from fabrikam.lab.compare.comparison import Known
from fabrikam.lab.scenarios.axes import AXES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["FACTS", "KnownRejected", "read_known"]

_SIDE_FACTS: Final = ("ending", "error", "verdict", "reach", "proof")
FACTS: Final = (
    "direction",
    "at_tenant",
    *(f"{side}.{fact}" for side in ("old", "new") for fact in _SIDE_FACTS),
    *(axis.name for axis in AXES),
)
_WORDS: Final = ("name", "because", "owner")


class KnownRejected(Exception):
    """The file cannot be used; `problems` says why, all at once."""

    def __init__(self, file: Path, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(f"{file}: {problem}" for problem in problems))
        self.problems = problems


def read_known(file: Path) -> tuple[Known, ...]:
    """Read a team's known differences; raises KnownRejected, OSError."""
    try:
        document = tomllib.loads(file.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise KnownRejected(file, (str(error),)) from error
    entries = document.get("known", [])
    problems = tuple(_problems(document, entries))
    if problems:
        raise KnownRejected(file, problems)
    return tuple(
        Known(
            name=entry["name"],
            because=entry["because"],
            owner=entry["owner"],
            matches={fact: _values(value) for fact, value in entry["matches"].items()},
        )
        for entry in entries
    )


def _problems(document: dict[str, Any], entries: Any) -> Iterator[str]:
    for name in document:
        if name != "known":
            yield f"{name}: only [[known]] is read"
    if not isinstance(entries, list):
        yield "known: write [[known]] above each entry"
        return
    names = [entry.get("name") for entry in entries if isinstance(entry, dict)]
    for number, entry in enumerate(entries, start=1):
        if not isinstance(entry, dict):
            yield f"entry {number}: write [[known]] above it"
            continue
        yield from (f"entry {number}: {wrong}" for wrong in _wrong(entry))
        if names.count(entry.get("name")) > 1:
            yield f"entry {number}: another entry has the same name"


def _wrong(entry: dict[str, Any]) -> Iterator[str]:
    for word in _WORDS:
        value = entry.get(word)
        if not isinstance(value, str) or not value.strip():
            yield f"{word} is missing"
    matches = entry.get("matches")
    if not isinstance(matches, dict) or not matches:
        yield "matches is missing; without it everything would be known"
        return
    for fact, value in matches.items():
        if fact not in FACTS:
            yield f"matches: no fact is called {fact}; known are {', '.join(FACTS)}"
        if not _values(value):
            yield f"matches: {fact} is neither a word nor a list of words"


def _values(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list) and all(isinstance(word, str) for word in value):
        return tuple(value)
    return ()
