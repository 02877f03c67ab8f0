"""The files of a tenant folder, read so that a mistake never stops the reading.

Rule 1: nothing outside the folder is read, whatever a path or a symlink says.
Rule 2: a file that cannot be used leaves a problem and is then as if absent.
Rule 3: a keyword without a value stays as it is, as the Deploy CLI leaves it.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from fabrikam.tenant.scripts.folder_problems import Problem
from fabrikam.tenant.scripts.keywords import (
    MAPPINGS,
    left_over,
    replaced,
    without_unset,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["FolderFile", "FolderFiles", "paper_of", "walk"]

_MOST_BYTES: Final = 1_000_000  # of one file
_UNREAD: Final = frozenset({"node_modules", ".git"})  # large, and no part of it


def walk(root: Path) -> Iterator[Path]:
    """Go through the files and links of a folder, but not through packages."""
    for directory, names, files in os.walk(root):
        names[:] = sorted(name for name in names if name not in _UNREAD)
        here = Path(directory)
        yield from (here / name for name in names if (here / name).is_symlink())
        yield from (here / name for name in sorted(files))


@dataclass(frozen=True, slots=True)
class FolderFile:
    """A JSON file of the folder: an object, and the text that it was read from.

    `unset` are the keywords without a value that stand under each of its keys.
    """

    file: str
    text: str
    value: Mapping[str, Any]
    unset: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def line_of(self, word: str) -> int:
        """Find the first line that has this JSON string, or the first of all."""
        for written in (json.dumps(word), json.dumps(word, ensure_ascii=False)):
            before, found, _ = self.text.partition(written)
            if found:
                return before.count("\n") + 1
        return 1


@dataclass(slots=True)
class FolderFiles:
    """A reader of one folder that keeps a list of what it found wrong.

    `warnings` are what somebody should know of a folder that can be used.
    """

    root: Path
    replacements: Mapping[str, Any]
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def complain(self, file: str, line: int, message: str) -> None:
        """Write down a mistake and go on."""
        self.problems.append(Problem(_printable(file), line, _printable(message)))

    def complain_of(self, paper: FolderFile, word: str, message: str) -> None:
        """Write down a mistake in a paper, where this word stands."""
        self.complain(paper.file, paper.line_of(word), message)

    def warn(self, file: str, line: int, message: str) -> None:
        """Write down what is no mistake, but may surprise."""
        self.warnings.append(Problem(_printable(file), line, _printable(message)))

    def warn_of(self, paper: FolderFile, word: str, message: str) -> None:
        """Write that down where this word stands in a paper."""
        self.warn(paper.file, paper.line_of(word), message)

    def warn_of_unset(self, paper: FolderFile, keys: Iterable[str]) -> None:
        """Write down the keywords without a value in what a login depends on."""
        for key in keys:
            for keyword in paper.unset.get(key, ()):
                self.warn_of(paper, key, f"{key}: {_without_value(keyword)}")

    def warn_of_keywords(self, file: str, source: str) -> None:
        """Write down the keywords without a value in a script, once for each."""
        reported = set()
        for number, keyword in left_over(source):
            if keyword not in reported:
                reported.add(keyword)
                self.warn(file, number, _without_value(keyword))

    def check_links(self) -> None:
        """Complain of links that lead out of the folder: a script could follow them."""
        for path in walk(self.root):
            if path.is_symlink() and not self._is_inside(path):
                file = path.relative_to(self.root).as_posix()
                self.complain(file, 1, "a link that leaves the folder")

    def each(self, directory: str) -> Iterator[FolderFile]:
        """Read the JSON files of a directory, by name; a missing one has none."""
        for name in self.names(directory):
            paper = self.paper(f"{directory}/{name}") if _is_json(name) else None
            if paper is not None:
                yield paper

    def databases(self) -> Iterator[FolderFile]:
        """Read the databases, each in a directory of its own.

        One that is not JSON is left aside: the Deploy CLI says so and goes on.
        """
        for name in self.names("database-connections"):
            mistakes = len(self.problems)
            paper = self.paper(f"database-connections/{name}/database.json")
            self.warnings += self.problems[mistakes:]
            del self.problems[mistakes:]
            if paper is not None:
                yield paper

    def manages(self, directory: str) -> bool:
        """Whether the folder says what there is of this kind, be it nothing."""
        return (self.root / directory).is_dir()

    def names(self, directory: str) -> list[str]:
        """List a directory; one that is there and cannot be listed is a mistake."""
        path = self.root / directory
        if not os.path.lexists(path):
            return []
        try:
            return sorted(os.listdir(path))
        except OSError as error:
            self.complain(directory, 1, f"no folder to be read: {error.strerror}")
            return []

    def paper(self, file: str) -> FolderFile | None:
        """Read one JSON object; None where there is none to use."""
        if not os.path.lexists(self.root / file):
            return None
        raw = self._raw(file, (file, 1))
        value = None if raw is None else self._object(file, raw)
        if raw is None or value is None:
            return None
        return paper_of(file, replaced(raw, self.replacements), value)

    def path_of(self, named: str, base: str, home: str) -> str:
        """Find the file that a path means, whatever machine it was written on.

        The path leads from `base`.  Where nothing is there, its end counts that begins
        with `home`: exports name scripts from the folder's parent, or from the root.
        """
        path = PurePosixPath(named.replace("\\", "/"))
        usual = str(PurePosixPath(base, path))
        places = [place for place, part in enumerate(path.parts) if part == home]
        ends = (str(PurePosixPath(*path.parts[place:])) for place in places)
        for file in (usual, *ends):
            if self._unreadable(file) is None:
                return file
        return usual

    def text(
        self, file: str, *, named_in: FolderFile | None = None, line: int = 1
    ) -> str | None:
        """Read a file inside the folder, with its keywords replaced.

        A path that a JSON file names is complained of there, where it can be put right.
        """
        where = (file, 1) if named_in is None else (named_in.file, line)
        raw = self._raw(file, where)
        return None if raw is None else replaced(raw, self.replacements)

    def _raw(self, file: str, where: tuple[str, int]) -> str | None:
        wrong = self._unreadable(file)
        try:
            if wrong is None:
                return (self.root / file).read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            wrong = f"{file} cannot be read: {_reason(error)}"
        self.complain(*where, wrong)
        return None

    def _unreadable(self, file: str) -> str | None:
        try:
            return self._unfit(file)
        except OSError as error:
            return f"{file} cannot be read: {_reason(error)}"

    def _unfit(self, file: str) -> str | None:
        if "\0" in file:
            return f"{file!r} is no path"
        path = self.root / file
        if not self._is_inside(path):
            return f"{file} leaves the folder"
        if not path.exists():
            return f"{file} is not there"
        if not path.is_file():
            return f"{file} is not a file"
        huge = path.stat().st_size > _MOST_BYTES
        return f"{file} has more than {_MOST_BYTES} bytes" if huge else None

    def _is_inside(self, path: Path) -> bool:
        try:
            return path.resolve().is_relative_to(self.root.resolve())
        except RuntimeError:  # a link that leads to itself leads nowhere
            return False

    def _object(self, file: str, raw: str) -> Mapping[str, Any] | None:
        text = replaced(raw, self.replacements)
        try:
            value = json.loads(text, parse_constant=_no_number)
            json.dumps(value, ensure_ascii=False).encode()
        except json.JSONDecodeError as error:
            return self._with_keywords_inside(file, raw, error)
        except UnicodeEncodeError:
            self.complain(file, 1, "not JSON: one half of a surrogate pair")
        except ValueError as error:
            self.complain(file, 1, f"not JSON: {error}")
        except RecursionError:
            self.complain(file, 1, "not JSON: nested too deep")
        else:
            if isinstance(value, dict):
                return value
            self.complain(file, 1, "not a JSON object")
        return None

    def _with_keywords_inside(
        self, file: str, raw: str, error: json.JSONDecodeError
    ) -> Mapping[str, Any] | None:
        """Read what is JSON only before its keywords are replaced.

        `"code: @@password@@"` is Auth0's own mark for a text message, and no JSON once
        something else of that name has a value.
        """
        try:
            value = json.loads(raw)
        except (ValueError, RecursionError):
            value = None
        if isinstance(value, dict):
            self.warn(file, error.lineno, "no JSON once its keywords are replaced")
            return value
        lines = dict(left_over(replaced(raw, self.replacements)))
        wrong = f"not JSON: {error.msg.lower()}"
        if error.lineno in lines:
            wrong = _without_value(lines[error.lineno])
        self.complain(file, error.lineno, wrong)
        return None


def paper_of(file: str, text: str, value: Mapping[str, Any]) -> FolderFile:
    """Return an object of an export without what has no value in it."""
    unset = {
        key: tuple(dict.fromkeys(word for _, word in left_over(json.dumps(inner))))
        for key, inner in value.items()
    }
    found = {key: words for key, words in unset.items() if words}
    return FolderFile(file, text, without_unset(value), found)


def _is_json(name: str) -> bool:
    return name.endswith(".json")


def _printable(text: str) -> str:
    """Keep a mistake on its one line, whatever a file is called."""
    return "".join(
        one if one.isprintable() else one.encode("unicode_escape").decode()
        for one in text
    )


def _reason(error: OSError | UnicodeDecodeError) -> str:
    return str(error.strerror if isinstance(error, OSError) else error)


def _without_value(keyword: str) -> str:
    name = keyword[2:-2]
    return f"{keyword} has no value: name one for {name} in {MAPPINGS}"


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is no number")
