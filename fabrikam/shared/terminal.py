"""What other people wrote, as a terminal may show it.  Pure."""

from __future__ import annotations

import unicodedata
from typing import Final

__all__ = ["printable"]

# Controls, marks of direction, ends of lines, half a pair of surrogates.
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_JOINERS: Final = frozenset(
    "\u200c\u200d"
)  # scripts and pictures are written with them
_SHORT: Final = 0xFF


def printable(text: str) -> str:
    """Escape all that would steer a terminal or hide what stands there; tabs stay."""
    return "".join(map(_shown, text))


def _shown(letter: str) -> str:
    hidden = unicodedata.category(letter) in _HIDDEN
    if not hidden or letter == "\t" or letter in _JOINERS:
        return letter
    number = ord(letter)
    if number <= _SHORT:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"  # noqa: PLR2004 - the width of \\u
