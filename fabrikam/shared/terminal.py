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
_ESCAPES: Final = ((0xFF, "\\x{:02x}"), (0xFFFF, "\\u{:04x}"), (0x10FFFF, "\\U{:08x}"))


def printable(text: str) -> str:
    """Escape all that would steer a terminal or hide what stands there; tabs stay."""
    return "".join(map(_shown, text))


def _shown(letter: str) -> str:
    hidden = unicodedata.category(letter) in _HIDDEN
    if not hidden or letter == "\t" or letter in _JOINERS:
        return letter
    number = ord(letter)
    return next(form for most, form in _ESCAPES if number <= most).format(number)
