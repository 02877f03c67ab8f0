"""Looking at a situation only as far as a login depends on it.

A login that never meets a second factor does not depend on what its user would have
answered.  `Memory` keeps what was looked at, in order, as a tree: two situations that
differ only in what nobody looked at share one run, so millions cost thousands.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

from fabrikam.lab.situations import ORDINARY

if TYPE_CHECKING:
    from collections.abc import Callable

    from fabrikam.lab.situations import Beyond, Situation

__all__ = ["Glance", "Memory"]

SeenT = TypeVar("SeenT")


class Glance:
    """One situation, and the axes that were looked at, in order."""

    def __init__(self, situation: Situation) -> None:
        self._situation = situation
        self.looked_at: list[str] = []

    def look(self, axis: str) -> str:
        """Look at one axis."""
        if axis not in self.looked_at:
            self.looked_at.append(axis)
        word: str = getattr(self._situation, axis)
        return word

    @property
    def beyond(self) -> Beyond:
        """What the axes do not have; a situation that has any is never remembered."""
        return self._situation.beyond


@dataclass(slots=True)
class _Fork(Generic[SeenT]):
    """A place in the tree: which axis is looked at next, and what follows each word."""

    axis: str
    onward: dict[str, _Fork[SeenT]] = field(default_factory=dict)
    ends: dict[str, SeenT] = field(default_factory=dict)


class Memory(Generic[SeenT]):
    """What was seen in situations; it looks itself where it does not know.

    `observe` must be a function of what it looks at, and of nothing else, and it must
    look at something.
    """

    def __init__(self, observe: Callable[[Glance], SeenT]) -> None:
        self._observe = observe
        self._root: _Fork[SeenT] | None = None
        self._firsts: list[tuple[Situation, SeenT]] = []

    def recall(self, situation: Situation) -> SeenT:
        """Say what is seen in a situation."""
        if situation.beyond != ORDINARY.beyond:
            return self._observe(Glance(situation))
        fork = self._root
        while fork is not None:
            word = getattr(situation, fork.axis)
            if word in fork.ends:
                return fork.ends[word]
            fork = fork.onward.get(word)
        return self._look(situation)

    @property
    def firsts(self) -> tuple[tuple[Situation, SeenT], ...]:
        """What was looked at itself: one situation for each way through the tree."""
        return tuple(self._firsts)

    def _look(self, situation: Situation) -> SeenT:
        glance = Glance(situation)
        seen = self._observe(glance)
        self._firsts.append((situation, seen))
        first, *others = glance.looked_at
        fork = self._root = self._root or _Fork(first)
        for axis in others:
            fork = fork.onward.setdefault(getattr(situation, fork.axis), _Fork(axis))
        fork.ends[getattr(situation, fork.axis)] = seen
        return seen
