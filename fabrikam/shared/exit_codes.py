"""What a command's exit code says, for every command."""

from __future__ import annotations

from typing import Final

__all__ = [
    "AS_FAR_AS_COMPARED",
    "COULD_NOT_RUN",
    "FOUND",
    "INTERRUPTED",
    "MISUSED",
    "PASSED",
]

PASSED: Final = 0
FOUND: Final = 1
"""Something is weaker, or a check failed."""
MISUSED: Final = 2
"""Wrong usage, or a configuration that cannot be used."""
COULD_NOT_RUN: Final = 3
"""It could not run, or nothing could be judged."""
AS_FAR_AS_COMPARED: Final = 4
"""Nothing is weaker as far as it was compared, and something was not."""
INTERRUPTED: Final = 130
"""Somebody pressed Ctrl-C: 128 and the number of the signal, as shells have it."""
