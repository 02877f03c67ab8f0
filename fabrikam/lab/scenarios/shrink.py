"""The smallest situation that still differs in the same way.

A situation shrinks by one word at a time, towards the ordinary one; where no word can
go back, two are tried at once.  What shrinks to the same case is one difference.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING, TypeAlias

from fabrikam.lab.scenarios.axes import AXES, axis_named
from fabrikam.lab.scenarios.situation import excluded_by, with_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fabrikam.lab.scenarios.situation import Situation

__all__ = ["Shrinker"]

Alike: TypeAlias = "Callable[[Situation, Situation], bool]"


class Shrinker:
    """Finds the smallest case of situations that are `alike`."""

    def __init__(self, alike: Alike) -> None:
        self._alike = alike
        self._known: dict[Situation, Situation] = {}

    def smallest(self, situation: Situation) -> Situation:
        """Shrink a situation as far as it stays like itself."""
        way = [situation]
        while (known := self._known.get(way[-1])) is None:
            smaller = self._smaller(way[-1])
            if smaller is None:
                known = way[-1]
                break
            way.append(smaller)
        self._known.update(dict.fromkeys(way, known))
        return known

    def _smaller(self, situation: Situation) -> Situation | None:
        for tried in _simpler(situation):
            if excluded_by(tried) is None and self._alike(situation, tried):
                return tried
        return None


def _simpler(situation: Situation) -> Iterator[Situation]:
    if situation.facts:
        yield replace(situation, facts=())
    for fact in situation.facts:
        others = tuple(other for other in situation.facts if other != fact)
        yield replace(situation, facts=others)
    off = [
        axis.name
        for axis in reversed(AXES)  # the rare axes stand last
        if getattr(situation, axis.name) != axis.words[0]
    ]
    for name in off:
        yield from _steps_back(situation, name)
    for first, other in combinations(off, 2):
        ordinary = {name: axis_named(name).words[0] for name in (first, other)}
        yield with_words(ordinary, situation)


def _steps_back(situation: Situation, name: str) -> Iterator[Situation]:
    for word in axis_named(name).words:
        if word == getattr(situation, name):
            return
        yield with_words({name: word}, situation)
