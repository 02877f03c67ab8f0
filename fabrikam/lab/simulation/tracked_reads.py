"""Looking at a situation only as far as a login depends on it.

A login that never meets a second factor does not depend on what its user would have
answered.  `OutcomeMemory` keeps what was looked at, in order, as a tree: all
situations that differ only in what nobody looked at share one run, so thousands of
millions cost some ten thousand.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar, cast

from fabrikam.lab.scenarios.axes import axis_named

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from fabrikam.lab.scenarios.facts import Fact
    from fabrikam.lab.scenarios.regions import Region
    from fabrikam.lab.scenarios.situation import Situation

__all__ = [
    "Groups",
    "OutcomeMemory",
    "ReadsUnsteady",
    "TrackedSituation",
    "TrackedValue",
    "tracked_value",
]

SeenT = TypeVar("SeenT")
ValueT = TypeVar("ValueT")


Groups: TypeAlias = "tuple[tuple[str, ...], ...]"


class ReadsUnsteady(Exception):
    """The same look saw something else: what is observed is no function of it."""

    def __init__(self, situation: Situation) -> None:
        super().__init__("the same look saw something else")
        self.situation = situation


class TrackedSituation:
    """One situation, and what was looked at, in order.

    A look need not tell all words of an axis apart: `groups` says which words come to
    the same where it is taken.
    """

    def __init__(self, situation: Situation) -> None:
        self.situation = situation
        self.looks: list[tuple[str, Groups]] = []
        self._taken: set[tuple[str, Groups | None]] = set()
        self._known: dict[str, tuple[str, ...]] = {}
        self._aside = False

    def look(self, axis: str, groups: Groups | None = None) -> str:
        """Look at one axis."""
        if not self._aside and (axis, groups) not in self._taken:
            self._taken.add((axis, groups))
            self._note(axis, groups)
        return self.peek(axis)

    def peek(self, axis: str) -> str:
        """Give the word of an axis to something that says when it is looked at."""
        word: str = getattr(self.situation, axis)
        return word

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Note nothing for a while; what depends on it is noted afterwards."""
        self._aside = True
        try:
            yield
        finally:
            self._aside = False

    @property
    def facts(self) -> tuple[Fact, ...]:
        """What no axis has; a situation that has any is never remembered."""
        return self.situation.facts

    def _note(self, axis: str, groups: Groups | None) -> None:
        known = self._known.get(axis) or axis_named(axis).words
        if len(known) == 1:
            return
        parted = tuple(
            shared
            for group in groups or tuple((word,) for word in known)
            if (shared := tuple(word for word in group if word in known))
        )
        word = self.peek(axis)
        self._known[axis] = next(group for group in parted if word in group)
        if len(parted) > 1:
            self.looks.append((axis, parted))


class TrackedValue:
    """A value that stands for another and says which axis is looked at through it.

    `axes` names, for each attribute that depends on one, the axis and the groups of its
    words that make the same of the attribute.
    """

    __slots__ = ("_axes", "_glance", "_value")

    def __init__(
        self,
        value: Any,
        tracked: TrackedSituation,
        axes: Mapping[str, tuple[str, Groups | None]],
    ) -> None:
        self._value = value
        self._glance = tracked
        self._axes = axes

    def __getattr__(self, name: str) -> Any:
        look = self._axes.get(name)
        if look is not None:
            self._glance.look(*look)
        return getattr(self._value, name)


def tracked_value(
    value: ValueT,
    tracked: TrackedSituation,
    axes: Mapping[str, tuple[str, Groups | None]],
) -> ValueT:
    """Let a `TrackedValue` stand for a value; it has all attributes of one."""
    return cast("ValueT", TrackedValue(value, tracked, axes))


class _Fork(Generic[SeenT]):
    """A place in the tree: which words are told apart next, and what follows each."""

    __slots__ = ("_group_of", "axis", "ends", "groups", "onward")

    def __init__(self, axis: str, groups: Groups) -> None:
        self.axis = axis
        self.groups = groups
        self.onward: dict[tuple[str, ...], _Fork[SeenT]] = {}
        self.ends: dict[tuple[str, ...], SeenT] = {}
        self._group_of = {word: group for group in groups for word in group}

    def group(self, situation: Situation) -> tuple[str, ...]:
        """Say in which group a situation is."""
        return self._group_of[getattr(situation, self.axis)]

    def follow(self, group: tuple[str, ...], look: tuple[str, Groups]) -> _Fork[SeenT]:
        """Go on behind a group, with the next look where nothing follows yet."""
        if group not in self.onward:
            self.onward[group] = _Fork(*look)
        return self.onward[group]


class OutcomeMemory(Generic[SeenT]):
    """What was seen in situations; it looks itself where it does not know.

    `observe` must be a function of what it looks at, and of nothing else, and it must
    look at something.
    """

    def __init__(self, observe: Callable[[TrackedSituation], SeenT]) -> None:
        self._observe = observe
        self._root: _Fork[SeenT] | None = None
        self._looks = 0

    def recall(self, situation: Situation) -> SeenT:
        """Say what is seen in a situation."""
        if situation.facts:
            return self._observe(TrackedSituation(situation))
        fork = self._root
        while fork is not None:
            group = fork.group(situation)
            if group in fork.ends:
                return fork.ends[group]
            fork = fork.onward.get(group)
        return self._look(situation)

    def parts(self, region: Region) -> Iterator[tuple[Region, SeenT]]:
        """Divide a region into parts, in each of which the same is seen."""
        pending = [(self._first_fork(region), region)]
        while pending:
            fork, here = pending.pop()
            for group in reversed(fork.groups):
                narrowed = here.narrowed(fork.axis, group)
                if narrowed is None:
                    continue
                if group not in fork.ends and group not in fork.onward:
                    self._look(narrowed.ordinary)
                if group in fork.ends:
                    yield narrowed, fork.ends[group]
                elif group in fork.onward:
                    pending.append((fork.onward[group], narrowed))
                else:
                    raise ReadsUnsteady(narrowed.ordinary)

    def __len__(self) -> int:
        """How many situations were looked at; all others are like one of them."""
        return self._looks

    def _first_fork(self, region: Region) -> _Fork[SeenT]:
        if self._root is None:
            self._look(region.ordinary)
        if self._root is None:
            raise TypeError("an observer must look at something")
        return self._root

    def _look(self, situation: Situation) -> SeenT:
        tracked = TrackedSituation(situation)
        observation = self._observe(tracked)
        self._looks += 1
        first, *others = tracked.looks
        fork = self._root = self._root or _Fork(*first)
        for look in others:
            fork = fork.follow(fork.group(situation), look)
        fork.ends[fork.group(situation)] = observation
        return observation
