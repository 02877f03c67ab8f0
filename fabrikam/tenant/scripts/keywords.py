"""The Deploy CLI's keywords: `@@KEY@@` and `##KEY##` in JSON and in scripts.

First every `@@KEY@@`, together with the quotes around it, becomes a JSON literal; then
every `##KEY##` becomes the plain text.  Values are spelled as JavaScript spells them.
A keyword without a value is left as it is.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = [
    "MAPPINGS",
    "NO_KEYWORDS",
    "left_over",
    "plain_text",
    "quoted_literals",
    "replaced",
    "without_unset",
]

MAPPINGS: Final = "AUTH0_KEYWORD_REPLACE_MAPPINGS"
NO_KEYWORDS: Final[Mapping[str, Any]] = MappingProxyType({})

_KEY: Final = r"\w[\w.\-]*?"
_LITERAL: Final = re.compile(rf"""(?P<quote>["']?)@@(?P<key>{_KEY})@@(?P=quote)""")
_PLAIN: Final = re.compile(rf"##(?P<key>{_KEY})##")
_ANY: Final = re.compile(rf"@@{_KEY}@@|##{_KEY}##")
_WHOLE: Final = re.compile(r"@@[A-Z0-9_]+@@|##[A-Z0-9_]+##")
# a thing without its name is none, so that these stay as they are
_IDENTIFYING: Final = frozenset(
    {"name", "identifier", "key", "client_id", "audience", "code", "script", "value"}
)
_WHOLE_DIGITS: Final = 21  # beyond these JavaScript writes an exponent
_MOST_ZEROS: Final = 6  # and beyond these behind the point


def replaced(text: str, values: Mapping[str, Any]) -> str:
    """Put values in the place of keywords; only the names in the text are looked up."""

    def literal(match: re.Match[str]) -> str:
        key = match["key"]
        return _json_text(values[key]) if key in values else match[0]

    def plain(match: re.Match[str]) -> str:
        key = match["key"]
        return plain_text(values[key]) if key in values else match[0]

    return _PLAIN.sub(plain, _LITERAL.sub(literal, text))


def quoted_literals(text: str, values: Mapping[str, Any]) -> str:
    """Put quotes around each `@@KEY@@`: it means the same, and is JavaScript."""
    return _LITERAL.sub(
        lambda match: f'"@@{match["key"]}@@"' if match["key"] in values else match[0],
        text,
    )


def left_over(text: str) -> Iterator[tuple[int, str]]:
    """Find the keywords that are still there, with their lines."""
    for number, line in enumerate(text.split("\n"), start=1):
        for match in _ANY.finditer(line):
            yield number, match[0]


def without_unset(value: Any) -> Any:
    """Leave out each property that is one keyword as a whole, as the Deploy CLI does.

    Inside a list nothing is left out, and neither is what names a thing.
    """
    match value:
        case dict():
            return {
                key: without_unset(inner)
                for key, inner in value.items()
                if key in _IDENTIFYING or not _is_unset(inner)
            }
        case _:
            return value


def _is_unset(value: Any) -> bool:
    return isinstance(value, str) and _WHOLE.fullmatch(value) is not None


def plain_text(value: Any) -> str:
    """Spell a JSON value as JavaScript's `String(value)` does."""
    match value:
        case str():
            return value
        case list():  # null inside a list is nothing at all there
            return ",".join("" if one is None else plain_text(one) for one in value)
        case dict():
            return "[object Object]"
        case float():
            return _number(value)
        case _:
            return json.dumps(value)


def _json_text(value: Any) -> str:
    match value:
        case list():
            return f"[{','.join(map(_json_text, value))}]"
        case dict():
            pairs = (f"{_json_text(key)}:{_json_text(of)}" for key, of in value.items())
            return f"{{{','.join(pairs)}}}"
        case float():
            return _number(value)
        case _:
            return json.dumps(value, ensure_ascii=False)


def _number(value: float) -> str:
    """Spell a number with the shortest digits that mean it, which are the same here."""
    if value == 0:
        return "0"
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    mantissa = "".join(map(str, digits))
    point = len(mantissa) + int(exponent)  # where it stands, counted from the left
    if len(mantissa) <= point <= _WHOLE_DIGITS:
        text = mantissa.ljust(point, "0")
    elif 0 < point <= _WHOLE_DIGITS:
        text = f"{mantissa[:point]}.{mantissa[point:]}"
    elif -_MOST_ZEROS < point <= 0:
        text = f"0.{'0' * -point}{mantissa}"
    else:
        rest = f".{mantissa[1:]}" if mantissa[1:] else ""
        text = f"{mantissa[0]}{rest}e{point - 1:+d}"
    return f"-{text}" if sign else text
