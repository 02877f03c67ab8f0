"""What every report reads of a record in the same way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from fabrikam.lab.compare.comparison import FAILING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Record", "case_words", "fails"]

Record: TypeAlias = dict[str, Any]
"""An experiment, or a part of one, as plain data."""


def case_words(situation: Mapping[str, str]) -> str:
    """Tell a situation by what is not ordinary about it."""
    words = ", ".join(f"{name}: {word}" for name, word in situation.items())
    return words or "an ordinary login"


def fails(difference: Record, door: str) -> bool:
    """Tell whether a difference fails at a door, whatever Auth0 answers in doubt."""
    direction = difference["at_tenant" if door == "tenant" else "direction"]
    return direction in FAILING and not difference["doubts"]
