"""What scripts read, and what said the same whenever they did.

Whatever depends on such a place was not compared: no situation puts it to the test.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from fabrikam.lab.javascript import syntax as js
from fabrikam.lab.javascript.literals import scripts_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fabrikam.lab.javascript.script import Script, ScriptKind
    from fabrikam.lab.simulation.axis_reads import ReadPlace
    from fabrikam.tenant.scripts import Folder

__all__ = ["CLOCK", "Unvaried", "unvaried"]

CLOCK: Final = "Date"
_THERE: Final = frozenset(('["dict"]',))  # nothing was asked of what is in it
_READS: Final = ("read", "keys")
_INHERITED: Final = frozenset(
    ("constructor", "hasOwnProperty", "toJSON", "toString", "valueOf", "then")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unvaried:
    """A place that a script reads and that said the same in all situations.

    `line` is None where the script does not write the place down in so many words.
    """

    script: str
    file: str
    line: int | None
    path: str

    @property
    def where(self) -> str:
        """The file, and the line where it is known."""
        return self.file if self.line is None else f"{self.file}:{self.line}"


def unvaried(
    folder: Folder, looked: Iterable[ReadPlace], times: int
) -> tuple[Unvaried, ...]:
    """Say what a folder's scripts read and no situation varied."""
    scripts = {(script.kind, script.name): script for script in scripts_of(folder)}
    found = [
        _place(scripts[_kind(place), place.script], place.path)
        for place in _constant(tuple(looked))
        if (_kind(place), place.script) in scripts
    ]
    if times <= 1:  # one time is no variation
        found += [at for place in scripts.values() for at in _clock(place)]
    return tuple(
        sorted(found, key=lambda place: (place.file, place.line or 0, place.path))
    )


def _kind(place: ReadPlace) -> ScriptKind:
    return "action" if place.path.startswith("event") else "rule"


def _constant(looked: tuple[ReadPlace, ...]) -> Iterator[ReadPlace]:
    """Give the ends of what was read; on the way to them nothing is decided."""
    for place in looked:
        beneath = any(
            (other.script, _kind(other)) == (place.script, _kind(place))
            and (other.path.startswith(f"{place.path}.") or _listed(other, place))
            for other in looked
        )
        read = place.kind in _READS and place.path.rpartition(".")[2] not in _INHERITED
        if read and len(place.values) == 1 and place.values != _THERE and not beneath:
            yield place


def _listed(other: ReadPlace, place: ReadPlace) -> bool:
    return other.path == place.path and (other.kind, place.kind) == ("keys", "read")


def _place(script: Script, path: str) -> Unvaried:
    words = tuple(path.split("."))
    kinds = ("member_expression", "subscript_expression", "identifier")
    for node in script.nodes(*kinds):
        if script.path(node) == words:
            line = script.at(node).line
            break
    else:
        line = None
    return Unvaried(script=script.name, file=script.file, line=line, path=path)


def _clock(script: Script) -> Iterator[Unvaried]:
    for node in script.nodes("new_expression", "call_expression"):
        called = js.text(js.field(node, "constructor") or js.field(node, "function"))
        now = called == "Date" and not js.arguments(node)
        if now or called == "Date.now":
            line = script.at(node).line
            yield Unvaried(script=script.name, file=script.file, line=line, path=CLOCK)
            return
