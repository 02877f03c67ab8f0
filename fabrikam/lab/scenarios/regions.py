"""Many situations at once: those in which some axes have given words.

A `Region` knows how many situations it holds, what the constraints leave out included,
and which of them is the most ordinary one.  Nothing is enumerated for it but the words
of the few axes that constraints are about.  Pure.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import cache, lru_cache, reduce
from itertools import product
from math import prod
from operator import and_, or_
from typing import TYPE_CHECKING, Final

from fabrikam.lab.scenarios.axes import AXES, DOUBT_AXES, axis_named
from fabrikam.lab.scenarios.situation import CONSTRAINTS, excluded_by, size, with_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fabrikam.lab.scenarios.situation import Situation

__all__ = ["BOUND", "Census", "Region", "census", "everything", "main_axes"]

# the axes that constraints are about; every other axis meets whatever it likes
BOUND: Final = ("flow", "session", "cookie", "user", "answer", "max_age", "audience")
_FREE: Final = tuple(axis.name for axis in AXES if axis.name not in BOUND)
_WORDS: Final = {axis.name: axis.words for axis in AXES}


@dataclass(frozen=True, slots=True)
class Region:
    """The situations in which the axes named in `words` have one of these words.

    `possible` has a bit for each combination of the bound axes that can be.
    """

    words: Mapping[str, tuple[str, ...]]
    possible: int

    def narrowed(self, axis: str, among: tuple[str, ...]) -> Region | None:
        """Leave some words of one axis only; None where no situation is left."""
        known = self.words.get(axis)
        words = among if known is None else tuple(w for w in known if w in among)
        if not words:
            return None
        possible = self.possible
        if axis in BOUND:
            possible &= _having(axis, words)
            if not possible:
                return None
        return Region({**self.words, axis: words}, possible)

    def split(self, axis: str) -> Iterator[tuple[str, Region]]:
        """Divide by the words of one axis."""
        for word in self.words.get(axis, _WORDS[axis]):
            part = self.narrowed(axis, (word,))
            if part is not None:
                yield word, part

    @property
    def count(self) -> int:
        """How many situations there are."""
        sizes = (len(self.words.get(axis, _WORDS[axis])) for axis in _FREE)
        return self.possible.bit_count() * prod(sizes)

    @property
    def as_modelled(self) -> Region:
        """The same, with every doubt that is open answered as the model does."""
        ordinary = {
            axis: (_WORDS[axis][0],)
            for axis in DOUBT_AXES
            if _WORDS[axis][0] in self.words.get(axis, _WORDS[axis])
        }
        return replace(self, words={**self.words, **ordinary})

    @property
    def ordinary(self) -> Situation:
        """The most ordinary situation of these."""
        lowest = (self.possible & -self.possible).bit_length() - 1
        free = {axis: self.words[axis][0] for axis in _FREE if axis in self.words}
        return with_words({**_table().combinations[lowest], **free})


@dataclass(frozen=True, slots=True)
class Census:
    """How many combinations there are, and how many each reason leaves out."""

    product: int
    remaining: int
    excluded: Mapping[str, int]


def census() -> Census:
    """Count what can be compared and what is left out, by the first reason for it."""
    free = prod(len(_WORDS[axis]) for axis in _FREE)
    excluded = Counter({constraint.name: 0 for constraint in CONSTRAINTS})
    for words in _combinations():
        by = excluded_by(with_words(words))
        if by is not None:
            excluded[by.name] += free
    remaining = everything().count
    return Census(remaining + excluded.total(), remaining, excluded)


def everything() -> Region:
    """Return the whole product of the axes."""
    return Region({}, (1 << len(_table().combinations)) - 1)


def main_axes() -> Region:
    """Return the product of the main axes, with all others ordinary."""
    region = everything()
    ordinary = {axis.name: axis.words[:1] for axis in AXES if not axis.main}
    bound = [_having(axis, ordinary[axis]) for axis in BOUND if axis in ordinary]
    return Region(ordinary, reduce(and_, bound, region.possible))


def _combinations() -> Iterator[dict[str, str]]:
    for words in product(*(_WORDS[axis] for axis in BOUND)):
        yield dict(zip(BOUND, words, strict=True))


@dataclass(frozen=True, slots=True)
class _Table:
    """The combinations of the bound axes that can be, the most ordinary first.

    `having` has, for each word of an axis, the bits of the combinations that have it.
    """

    combinations: tuple[Mapping[str, str], ...]
    having: Mapping[tuple[str, str], int]


@lru_cache(maxsize=1)
def _table() -> _Table:
    possible = [
        words for words in _combinations() if excluded_by(with_words(words)) is None
    ]
    possible.sort(key=lambda words: size(with_words(words)))
    having = {(axis, word): 0 for axis in BOUND for word in axis_named(axis).words}
    for number, words in enumerate(possible):
        for item in words.items():
            having[item] |= 1 << number
    return _Table(tuple(possible), having)


@cache
def _having(axis: str, words: tuple[str, ...]) -> int:
    return reduce(or_, (_table().having[axis, word] for word in words))
