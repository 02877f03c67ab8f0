"""What a report says of one place in a file, whichever command found it.  Data only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

__all__ = ["Diagnostic", "DiagnosticRule", "Level", "Location"]

Level: TypeAlias = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DiagnosticRule:
    """A kind of diagnostic: what it is called, and what helps against it."""

    id: str
    title: str
    help: str
    level: Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A place in a file; lines and columns count letters from 1."""

    file: str
    line: int = 1
    column: int = 1
    length: int = 1
    excerpt: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """One diagnostic of a rule at its place.

    `flow` are the places that lead there, one after the other, each with its message;
    `accepted` is the reason for which a team lives with it.
    """

    rule: DiagnosticRule
    message: str
    location: Location
    flow: tuple[Location, ...] = ()
    accepted: str | None = None
