"""The Deploy CLI's keywords: `@@KEY@@` and `##KEY##` in JSON and in scripts.

First every `@@KEY@@`, together with the quotes around it, becomes a JSON literal; then
every `##KEY##` becomes the plain text.  A keyword without a value is left as it is.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["left_over", "replaced"]

_LITERAL: Final = re.compile(r"""(?P<quote>["']?)@@(?P<key>\w+)@@(?P=quote)""")
_PLAIN: Final = re.compile(r"##(?P<key>\w+)##")
_ANY: Final = re.compile(r"@@\w+@@|##\w+##")


def replaced(text: str, values: Mapping[str, Any]) -> str:
    """Put values in the place of keywords."""

    def literal(match: re.Match[str]) -> str:
        key = match["key"]
        return json.dumps(values[key]) if key in values else match[0]

    def plain(match: re.Match[str]) -> str:
        key = match["key"]
        return str(values[key]) if key in values else match[0]

    return _PLAIN.sub(plain, _LITERAL.sub(literal, text))


def left_over(text: str) -> Iterator[tuple[int, str]]:
    """Find the keywords that are still there, with their lines."""
    for number, line in enumerate(text.splitlines(), start=1):
        for match in _ANY.finditer(line):
            yield number, match[0]
