"""The words in which a command line or a case file says how a side is made.

Importing them loads nothing else, so that a parser can offer them.
"""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

__all__ = ["LEVEL", "ON_ERROR", "STRATEGY_WORDS", "OnError"]

LEVEL: Final = "authentication_level"

OnError: TypeAlias = Literal["page", "retry"]
ON_ERROR: Final[tuple[OnError, ...]] = ("page", "retry")

STRATEGY_WORDS: Final = (
    "legacy",
    "legacy-userinfo",
    "modern",
    "modern-acr",
    "either",
    "both",
)
