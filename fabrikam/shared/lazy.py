"""Functions that are imported when they are called.

A command line that only builds its parsers loads nothing of what the commands run.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, Protocol

__all__ = ["Deferred", "deferred"]


class Deferred(Protocol):
    """Stands for a function, and imports its module on the first call."""

    def __call__(self, *arguments: Any) -> Any:
        """Import, and call."""


def deferred(place: str) -> Deferred:
    """Stand for the function at `module:name`, as an entry point names it."""
    module, _, name = place.partition(":")

    def imported(*arguments: Any) -> Any:
        return getattr(import_module(module), name)(*arguments)

    return imported
