"""The files of a tenant folder, read so that a mistake never stops the reading.

Rule 1: nothing outside the folder is read, whatever a path or a symlink says.
Rule 2: a file that cannot be used leaves a problem and is then as if absent.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from fabrikam.tenant.pipeline.keywords import left_over, replaced
from fabrikam.tenant.pipeline.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["Paper", "Papers", "walk"]

Json: TypeAlias = dict[str, Any]


def walk(root: Path) -> Iterator[Path]:
    """Go through the files and links of a folder, but not through its packages."""
    for directory, names, files in os.walk(root):
        names[:] = sorted(name for name in names if name != "node_modules")
        here = Path(directory)
        yield from (here / name for name in names if (here / name).is_symlink())
        yield from (here / name for name in sorted(files))


@dataclass(frozen=True, slots=True)
class Paper:
    """A JSON file of the folder: an object, and the text that it was read from."""

    file: str
    text: str
    value: Mapping[str, Any]

    def line_of(self, word: str) -> int:
        """Find the first line that has this JSON string, or the first of all."""
        before, found, _ = self.text.partition(json.dumps(word))
        return before.count("\n") + 1 if found else 1


@dataclass(slots=True)
class Papers:
    """A reader of one folder that keeps a list of what it found wrong."""

    root: Path
    replacements: Mapping[str, Any]
    problems: list[Problem] = field(default_factory=list)

    def complain(self, file: str, line: int, message: str) -> None:
        """Write down a mistake and go on."""
        self.problems.append(Problem(file, line, message))

    def complain_of(self, paper: Paper, word: str, message: str) -> None:
        """Write down a mistake in a paper, where this word stands."""
        self.complain(paper.file, paper.line_of(word), message)

    def check_links(self) -> None:
        """Complain of links that lead out of the folder: a script could follow them."""
        root = self.root.resolve()
        for path in walk(self.root):
            if path.is_symlink() and not path.resolve().is_relative_to(root):
                file = path.relative_to(self.root).as_posix()
                self.complain(file, 1, "a link that leaves the folder")

    def each(self, directory: str) -> Iterator[Paper]:
        """Read the JSON files of a directory, by name; a missing one has none."""
        for path in sorted((self.root / directory).glob("*.json")):
            paper = self.paper(f"{directory}/{path.name}")
            if paper is not None:
                yield paper

    def paper(self, file: str) -> Paper | None:
        """Read one JSON object; None where there is none to use."""
        if not (self.root / file).exists():
            return None
        text = self.text(file)
        value = None if text is None else self._object(file, text)
        return None if text is None or value is None else Paper(file, text, value)

    def text(
        self, file: str, *, named_in: Paper | None = None, line: int = 1
    ) -> str | None:
        """Read a file inside the folder, with its keywords replaced.

        A path that a JSON file names is complained of there, where it can be put right.
        """
        where = (file, 1) if named_in is None else (named_in.file, line)
        wrong = self._unreadable(file)
        if wrong is not None:
            self.complain(*where, wrong)
            return None
        try:
            raw = (self.root / file).read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            self.complain(*where, f"{file} cannot be read: {error}")
            return None
        text = replaced(raw, self.replacements)
        for number, keyword in left_over(text):
            self.complain(file, number, f"{keyword} has no value")
        return text

    def _unreadable(self, file: str) -> str | None:
        if "\0" in file:
            return f"{file!r} is no path"
        path = (self.root / file).resolve()
        if not path.is_relative_to(self.root.resolve()):
            return f"{file} leaves the folder"
        if not path.exists():
            return f"{file} is not there"
        return None if path.is_file() else f"{file} is not a file"

    def _object(self, file: str, text: str) -> Mapping[str, Any] | None:
        try:
            value = json.loads(text)
        except json.JSONDecodeError as error:
            self.complain(file, error.lineno, f"not JSON: {error.msg.lower()}")
            return None
        except RecursionError:
            self.complain(file, 1, "not JSON: nested too deep")
            return None
        if isinstance(value, dict):
            return value
        self.complain(file, 1, "not a JSON object")
        return None
