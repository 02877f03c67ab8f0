"""Text without case and accents, so that "zoe" finds "Zoë"."""

from __future__ import annotations

import unicodedata
from typing import Final

__all__ = ["folded"]

# Letters of their own right: Unicode does not see an accent in them.
_PLAIN: Final = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "\u0131": "i",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        "ð": "d",
    }
)


def folded(text: str) -> str:
    """Fold case, accents and letters of their own right."""
    letters = unicodedata.normalize("NFKD", text).casefold()
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return plain.translate(_PLAIN)
