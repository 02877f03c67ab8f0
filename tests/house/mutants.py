"""Mistakes that nobody noticed: each a row that changes one place of the source.

A row is one thing that a tired programmer forgets, or that an attacker hopes for, and
the test that must see it.  The rows lie beside this file, one file per room.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Mutant", "mutants_of"]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One mistake: what goes wrong, where, and which test catches it."""

    wrong: str
    file: str
    text: str
    instead: str
    caught_by: str

    def __str__(self) -> str:
        return f"{self.file}: {self.wrong}"

    def applied_to(self, source: str) -> str:
        """Return the source with the mistake made in it, in its one place."""
        assert source.count(self.text) == 1, f"{self}: this stands there no more"
        return source.replace(self.text, self.instead)


def mutants_of(
    file: str, tests: str, rows: tuple[tuple[str, str, str, str], ...]
) -> tuple[Mutant, ...]:
    """Return the mistakes in one file: what goes wrong, text, instead, and the test.

    A test of another file is named with its path.
    """
    return tuple(
        Mutant(wrong, file, text, instead, test if "::" in test else f"{tests}::{test}")
        for wrong, text, instead, test in rows
    )
