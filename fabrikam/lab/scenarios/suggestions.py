"""Which facts might bring a condition about: read off what scripts compared.

Whatever a script holds against something that it was given is a value worth trying
there, with its neighbours.  Where nobody knows what an operand was made of, the other
one is tried at every place that the script read.  Pure.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from fabrikam.lab.scenarios.facts import ABSENT, CLOCK, WORD_LISTS, Fact, place_of
from fabrikam.lab.scenarios.patterns import texts_matching

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

__all__ = ["Operand", "Operands", "clock_facts", "suggested", "truths"]

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
_MOST_MEMBERS: Final = 50
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


def suggested(operands: Operands, places: Collection[str]) -> Iterator[Fact]:
    """Give the facts that might make a comparison come out otherwise.

    `places` are those that the script read; they are tried where no operand has an
    origin.
    """
    known = False
    sides = ((operands.left, operands.right), (operands.right, operands.left))
    for operand, other in sides:
        for path in operand.paths:
            for fact in _at(path, operands.operator, operand, other):
                known = True
                yield fact
    if known:
        return
    values = [
        *_values(operands.operator, operands.left, operands.right),
        *_values(operands.operator, operands.right, operands.left),
    ]
    for place in places:
        for value in values:
            yield from _facts(place, value)
    if any(isinstance(value, int) for value in values):
        yield from clock_facts(values)


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
    value = other.value
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
            if isinstance(operand.value, bool) or isinstance(value, bool):
                yield from (True, False)


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
            yield Fact(place, json.dumps(_mailed(place, value)))
        elif type(value) is int and place.startswith("query."):
            yield Fact(place, json.dumps(str(value)))
    else:
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
            yield Fact(place, json.dumps(["x", *words]))


def _mailed(place: str, value: str) -> str:
    """Keep an address an address: what comes before the domain is one."""
    if place != "user.email" or "@" in value:
        return value
    return f"x@{value}" if "." in value else f"{value}@fabrikam.example"


def _dated(place: str, value: Any) -> Iterator[Fact]:
    """Give dates about a value: a text as it is, a number as milliseconds."""
    if isinstance(value, str) and value:
        yield Fact(place, json.dumps(value))
    if isinstance(value, int | float) and value > _EARLIEST_MILLISECONDS:
        for step in (-_DAY, _DAY):
            moment = datetime.fromtimestamp(int(value) // 1_000 + step, UTC)
            text = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
            yield Fact(place, json.dumps(text))
