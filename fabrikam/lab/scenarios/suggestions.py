"""Which facts might bring a condition about: read off what scripts compared.

Whatever a script holds against something that it was given is a value worth trying
there, with its neighbours.  Where nobody knows what an operand was made of, the other
one is tried at every place that the script read.  Pure.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from fabrikam.lab.scenarios.facts import ABSENT, CLOCK, WORD_LISTS, Fact, place_of
from fabrikam.lab.scenarios.patterns import texts_matching

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

__all__ = [
    "Operand",
    "Operands",
    "clock_facts",
    "suggested",
    "suggested_anywhere",
    "truths",
    "written",
]

_LISTS: Final = frozenset(("roles", "enrolled", *WORD_LISTS))
_TEXTS: Final = frozenset(("ip", "user_agent", "hostname", "language"))
_TEXT_HEADS: Final = ("query.", "geoip.", "client.", "connection.", "session.metadata.")
_BOOLEANS: Final = frozenset(("user.email_verified", "user.phone_verified"))
_DATES: Final = frozenset(
    ("user.created_at", "user.updated_at", "user.last_password_reset")
)
_PROFILE_TEXTS: Final = frozenset(
    f"user.{name}"
    for name in (
        *("user_id", "email", "name", "nickname", "given_name", "family_name"),
        *("picture", "username", "phone_number"),
    )
)
_EARLIEST_MILLISECONDS: Final = 10**11  # the spring of 1973, in milliseconds
_LATEST_MILLISECONDS: Final = 10**14
_DAY: Final = 86_400
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOST_MEMBERS: Final = 50
_METADATA: Final = frozenset(("app_metadata", "user_metadata"))
_SAMPLES: Final[Mapping[str, tuple[Any, ...]]] = {
    "string": ("x",),
    "number": (1,),
    "boolean": (True, False),
    "object": ({"x": "x"}, None),
    "undefined": (),
}
_TRUTHS: Final[tuple[Any, ...]] = (
    True,
    "x",
    1,
    False,
    0,
    "",
    None,
    ["x"],
    [],
    {"x": "x"},
)


@dataclass(frozen=True, slots=True)
class Operand:
    """One side of a comparison: its value, and where the script read it, if known.

    `missing` says that the value was `undefined`; `paths` are those of the script.
    """

    value: Any
    paths: tuple[str, ...] = ()
    missing: bool = False


@dataclass(frozen=True, slots=True)
class Operands:
    """A comparison that a script made: the operator or method, and both sides."""

    operator: str
    left: Operand
    right: Operand


def suggested(operands: Operands) -> Iterator[Fact]:
    """Give the facts that might make a comparison come out otherwise.

    None where nobody knows where an operand came from.
    """
    sides = ((operands.left, operands.right), (operands.right, operands.left))
    for operand, other in sides:
        for path in operand.paths:
            yield from _at(path, operands.operator, operand, other)


def suggested_anywhere(
    operands: Operands, places: Collection[str], literals: Collection[str | int]
) -> Iterator[Fact]:
    """Give the same for operands of unknown origin: every place that was read.

    `literals` are what the condition itself writes down.
    """
    values = [
        *_values(operands.operator, operands.left, operands.right),
        *_values(operands.operator, operands.right, operands.left),
        *literals,
    ]
    for place in places:
        for value in values:
            yield from _facts(place, value)
            yield from _sized_objects(place, value)
    yield from clock_facts(values)


def _sized_objects(place: str, count: Any) -> Iterator[Fact]:
    """Give an object with one name more than a number, where metadata may be one."""
    if place in _METADATA and type(count) is int and 0 <= count < _MOST_MEMBERS:
        yield Fact(place, json.dumps({f"w{n}": "w" for n in range(count + 1)}))


def written(places: Collection[str], literals: Collection[str | int]) -> Iterator[Fact]:
    """Give each place what the condition itself writes down, alone and in a text."""
    for place in places:
        for literal in literals:
            yield from _facts(place, literal)
            if isinstance(literal, int):
                yield from _facts(place, literal + 1)
                yield from _facts(place, str(literal))
            else:
                for text in (f"{literal}x", f"x{literal}"):
                    yield from _facts(place, text)


def truths(places: Collection[str]) -> Iterator[Fact]:
    """Give facts that make each place true, false, empty and absent."""
    for place in places:
        yield Fact(place, ABSENT)
        for value in _TRUTHS:
            yield from _facts(place, value)


def clock_facts(values: Collection[Any]) -> Iterator[Fact]:
    """Give times at which a minute, hour, weekday, day or month has one of the values.

    A number that could be a time in milliseconds is a time itself.
    """
    for value in dict.fromkeys(v for v in values if type(v) is int):
        if _EARLIEST_MILLISECONDS < value < _LATEST_MILLISECONDS:
            for step in (-1, 1):
                yield Fact(CLOCK, json.dumps(value // 1_000 + step))
            continue
        for unit, replaced in _UNITS:
            if 0 <= value <= unit:
                moment = replaced(_ORDINARY_TIME, value)
                yield Fact(CLOCK, json.dumps(int(moment.timestamp())))


_ORDINARY_TIME: Final = datetime(2027, 1, 15, 8, 0, tzinfo=UTC)
_UNITS: Final[tuple[tuple[int, Callable[[datetime, int], datetime]], ...]] = (
    (59, lambda time, value: time.replace(minute=value)),
    (23, lambda time, value: time.replace(hour=value)),
    (6, lambda time, value: time + timedelta(days=(value - time.isoweekday()) % 7)),
    (28, lambda time, value: time.replace(day=max(1, value))),
    (11, lambda time, value: time.replace(month=value + 1)),
)


def _at(path: str, operator: str, operand: Operand, other: Operand) -> Iterator[Fact]:
    if path.endswith(".length"):
        yield from _sized(path.removesuffix(".length"), other.value)
        return
    place = place_of(path)
    if place is None:
        return
    for value in _values(operator, operand, other):
        yield from _facts(place, value)
    yield Fact(place, ABSENT)


def _sized(path: str, count: Any) -> Iterator[Fact]:
    """Give lists of about so many members, and texts of about so many letters."""
    place = place_of(path)
    if place is None or not isinstance(count, int | float):
        return
    sizes = {max(0, min(_MOST_MEMBERS, int(count) + step)) for step in (-1, 0, 1)}
    for size in sorted(sizes):
        yield from _facts(place, [f"w{number}" for number in range(size)])
        if place not in _LISTS:
            yield from _facts(place, "x" * size)


def _values(operator: str, operand: Operand, other: Operand) -> Iterator[Any]:
    value = _content(other.value)
    if isinstance(value, list):
        yield from value
        return
    match operator:
        case "<" | ">" | "<=" | ">=" if isinstance(value, int | float):
            yield from (int(value) + step for step in (-1, 0, 1))
        case "<" | ">" | "<=" | ">=":
            yield value
        case "typeof":
            yield from _SAMPLES.get(str(value), ())
        case "startsWith":
            yield f"{value}x"
        case "endsWith":
            yield f"x{value}"
        case "includes" | "indexOf" | "lastIndexOf" | "search" if isinstance(
            operand.value, str
        ):
            yield value
            yield f"x{value}x"
        case "match" | "matchAll" | "test" | "exec" | "search" | "replace":
            yield from texts_matching(value)
        case _:
            yield value
            if isinstance(value, str) and value:
                yield f"{value}x"
            if isinstance(operand.value, bool) or isinstance(value, bool):
                yield from (True, False)


def _content(value: Any) -> Any:
    """Give what can be tried of a date or a list, which JSON does not have.

    A pattern stays what it is.
    """
    if not isinstance(value, dict) or "regexp" in value:
        return value
    if value.get("kind") == "list":
        return list(value.get("members", ()))
    return value.get("at")


def _facts(place: str, value: Any) -> Iterator[Fact]:
    """Give a value to a place in the shape that such a place has; none where it can't.

    A list of words takes a word as its only member, and as one more.
    """
    if place in _LISTS:
        yield from _worded(place, value)
    elif place == "logins_count" or place.endswith(".logins_count"):
        if type(value) is int and value >= 0:
            yield Fact(place, json.dumps(value))
    elif place in _BOOLEANS:
        if isinstance(value, bool):
            yield Fact(place, json.dumps(value))
    elif place in _DATES:
        yield from _dated(place, value)
    elif place in _PROFILE_TEXTS or place in _TEXTS or place.startswith(_TEXT_HEADS):
        if isinstance(value, str) and value:
            for text in dict.fromkeys((_mailed(place, value), value)):
                yield Fact(place, json.dumps(text))
        elif type(value) is int and place.startswith("query."):
            yield Fact(place, json.dumps(str(value)))
    elif place != "user.identities":  # a list of objects, whatever is tried
        yield Fact(place, json.dumps(value))


def _worded(place: str, value: Any) -> Iterator[Fact]:
    words = value if isinstance(value, list) else [value]
    if not all(isinstance(word, str) for word in words):
        return
    if place in WORD_LISTS:
        yield Fact(place, json.dumps(" ".join(words)))
    else:
        yield Fact(place, json.dumps(words))
        if words:
            first = "otp" if place == "enrolled" else "x"  # who owns no other factor
            yield Fact(place, json.dumps([first, *words]))


def _mailed(place: str, value: str) -> str:
    """Keep an address an address: what comes before the domain is one."""
    if place != "user.email" or "@" in value:
        return value
    return f"x@{value}" if "." in value else f"{value}@fabrikam.example"


def _dated(place: str, value: Any) -> Iterator[Fact]:
    """Give dates about a value: a text as it is, a number as milliseconds.

    Any other value stands for an hour ago, and for ten years ago.
    """
    if isinstance(value, str) and _DATE.match(value):
        yield Fact(place, json.dumps(value))
        return
    if isinstance(value, int | float) and value > _EARLIEST_MILLISECONDS:
        moments = [int(value) // 1_000 + step for step in (-_DAY, _DAY)]
    else:
        now = int(_ORDINARY_TIME.timestamp())
        moments = [now - 3_600, now - 3_650 * _DAY]
    for at in moments:
        moment = datetime.fromtimestamp(at, UTC)
        text = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        yield Fact(place, json.dumps(text))
