"""Case files: one situation on two sides, as `lab replay` runs it again."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from fabrikam.lab.scenarios.axes import AXES, axis_named
from fabrikam.lab.scenarios.facts import ABSENT, Fact, with_facts
from fabrikam.lab.scenarios.situation import (
    ORDINARY,
    departures,
    excluded_by,
    with_words,
)
from fabrikam.lab.simulation.side_options import LEVEL, ON_ERROR
from fabrikam.lab.simulation.sides import STRATEGIES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fabrikam.lab.compare.findings import Difference
    from fabrikam.lab.scenarios.situation import Situation
    from fabrikam.lab.simulation.side_options import OnError
    from fabrikam.lab.simulation.sides import Side

__all__ = ["Case", "CaseRejected", "SideName", "case_json", "read_case", "write_cases"]

_FORMAT: Final = 1
_AXES: Final = tuple(axis.name for axis in AXES)


class CaseRejected(Exception):
    """The file is not a case that can be run again."""


@dataclass(frozen=True, slots=True)
class SideName:
    """How one side is made: its folder, the words of its mechanism, its application.

    `client` is the application's name and id, `on_error` what it does when refused;
    older case files do not have them.
    """

    folder: Path
    strategy: str
    claim: str
    client: tuple[str, str] | None = None
    on_error: OnError = "page"


@dataclass(frozen=True, slots=True)
class Case:
    """One situation, the two sides it was found on, and the direction found there."""

    old: SideName
    new: SideName
    situation: Situation
    direction: str


def case_json(old: Side, new: Side, situation: Situation, direction: str) -> str:
    """Write a case as it stands in its file."""
    words = departures(situation)
    case = {
        "format": _FORMAT,
        "direction": direction,
        "old": _side(old),
        "new": _side(new),
        "situation": {name: words[name] for name in _AXES if name in words},
        "facts": {fact.place: fact.value for fact in situation.facts},
    }
    return json.dumps(case, indent=2) + "\n"


def write_cases(
    folder: Path, old: Side, new: Side, differences: Iterable[Difference]
) -> tuple[Path, ...]:
    """Write each difference's smallest case into a file of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for number, difference in enumerate(differences, start=1):
        direction = difference.comparison.direction
        file = folder / f"{number:02}-{direction.replace(' ', '-')}.json"
        file.write_text(case_json(old, new, difference.smallest, direction), "utf-8")
        written.append(file)
    return tuple(written)


def read_case(file: Path) -> Case:
    """Read a case file; raises CaseRejected, OSError."""
    try:
        document = json.loads(file.read_text("utf-8"))
        return _case(document)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise CaseRejected(f"{file}: not a case file: {error!r}") from error


def _case(document: dict[str, Any]) -> Case:
    if document["format"] != _FORMAT:
        raise ValueError(f"format {document['format']}; this lab reads {_FORMAT}")
    situation = with_words(
        _words(document["situation"]), _facts(document.get("facts", {}))
    )
    excluded = excluded_by(situation)
    if excluded is not None:
        raise ValueError(f"the situation cannot be: {excluded.because}")
    return Case(
        _side_name(document["old"]),
        _side_name(document["new"]),
        situation,
        str(document["direction"]),
    )


def _words(words: dict[str, Any]) -> dict[str, str]:
    for name, word in words.items():
        if name not in _AXES or word not in axis_named(name).words:
            raise ValueError(f"{name}: {word!r} is not a word of an axis")
    return dict(words)


def _facts(values: dict[str, Any]) -> Situation:
    facts = tuple(Fact(str(place), str(value)) for place, value in values.items())
    for fact in facts:
        if fact.value != ABSENT:
            json.loads(fact.value)
    return replace(ORDINARY, facts=with_facts(facts))


def _side(side: Side) -> dict[str, Any]:
    return {
        "folder": side.name,
        "strategy": side.word,
        "claim": side.claim,
        "client": {"name": side.client.name, "client_id": side.client.client_id},
        "on_error": side.on_error,
    }


def _side_name(entry: dict[str, Any]) -> SideName:
    if entry["strategy"] not in STRATEGIES:
        raise ValueError(f"no strategy is called {entry['strategy']!r}")
    return SideName(
        Path(entry["folder"]),
        entry["strategy"],
        str(entry.get("claim", LEVEL)),
        _client(entry.get("client")),
        _on_error(entry.get("on_error", "page")),
    )


def _on_error(wanted: str) -> OnError:
    for word in ON_ERROR:
        if word == wanted:
            return word
    raise ValueError(f"no application does {wanted!r} on an error")


def _client(entry: dict[str, Any] | None) -> tuple[str, str] | None:
    return None if entry is None else (str(entry["name"]), str(entry["client_id"]))
