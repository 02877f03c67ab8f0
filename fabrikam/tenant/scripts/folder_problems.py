"""What is wrong with a tenant folder: each mistake with its file and line."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["FolderRejected", "Problem"]


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake; `file` is relative to the folder, `line` and `column` count from 1.

    A `file` of "." is the folder itself, which has no lines.
    """

    file: str
    line: int
    message: str
    column: int = 1

    def __str__(self) -> str:
        if self.file == ".":
            return self.message
        return f"{self.file}:{self.line}: {self.message}"


class FolderRejected(Exception):
    """A tenant folder that cannot be used; it names all its mistakes at once."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems
