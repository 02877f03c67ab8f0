"""How deep a JSON value may be nested, so that recursion comes to its end.  Pure."""

from __future__ import annotations

from typing import Any

__all__ = ["is_deeper"]


def is_deeper(value: Any, levels: int) -> bool:
    """Tell whether lists and objects lie in one another beyond so many levels."""
    if not isinstance(value, dict | list | tuple):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(is_deeper(one, levels - 1) for one in inner)
