"""What a watched script reported: how each decision came out, and what was compared.

The tenant runs scripts as they stand and gets none of these; the lab asks for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = [
    "Argued",
    "ChanceTaken",
    "Compared",
    "Decided",
    "LookedUp",
    "Report",
    "reports_from",
]


@dataclass(frozen=True, slots=True)
class Decided:
    """A condition came out: `true`, `nullish`, `none`, `taken` and their like."""

    file: str
    key: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Compared:
    """Two operands were compared, by an operator or a method.

    An operand is as JSON has it, or `{"kind": …}` for what JSON has not.  The paths are
    where the script read the value, empty where nobody knows.  `key` is the condition
    that the comparison is part of, None where it is part of none.
    """

    file: str | None
    key: str | None
    op: str
    left: Any
    right: Any
    left_paths: tuple[str, ...]
    right_paths: tuple[str, ...]
    result: Any


@dataclass(frozen=True, slots=True)
class LookedUp:
    """A name was looked up in a table; `names` are those that it has."""

    file: str
    key: str
    name: str
    names: tuple[str, ...]
    name_paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Argued:
    """The value of an argument, of a claim, or of what a Rule asked for."""

    file: str
    key: str
    value: Any


@dataclass(frozen=True, slots=True)
class ChanceTaken:
    """A script asked for chance: `Math.random`, `crypto.randomInt`."""


Report: TypeAlias = Decided | Compared | LookedUp | Argued | ChanceTaken


def reports_from(frames: Sequence[Mapping[str, Any]]) -> Iterator[Report]:
    """Read what a worker sent; raises KeyError for what is no report."""
    for frame in frames:
        match frame["type"]:
            case "decided":
                yield Decided(frame["file"], frame["key"], frame["outcome"])
            case "compared":
                yield Compared(
                    frame.get("file"),
                    frame.get("key"),
                    frame["op"],
                    frame["left"],
                    frame["right"],
                    tuple(frame["left_paths"]),
                    tuple(frame["right_paths"]),
                    frame["result"],
                )
            case "looked up":
                yield LookedUp(
                    frame["file"],
                    frame["key"],
                    frame["name"],
                    tuple(frame["names"]),
                    tuple(frame["name_paths"]),
                )
            case "argued":
                yield Argued(frame["file"], frame["key"], frame["value"])
            case "chance":
                yield ChanceTaken()
            case _:
                raise KeyError(frame["type"])
