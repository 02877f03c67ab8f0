"""How an experiment looks for failing situations that the axes do not have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from fabrikam.lab.scenarios.situation import Situation

__all__ = ["DifferenceKind", "Search", "SeededSearch"]

DifferenceKind: TypeAlias = tuple[Any, ...]


class Search(Protocol):
    """Looks for failing situations that the axes do not have."""

    def failing(
        self,
        kind_of: Callable[[Situation], DifferenceKind | None],
        met: Collection[DifferenceKind],
    ) -> Iterable[Situation]:
        """Give failing situations whose kind was not met."""


class SeededSearch(Search, Protocol):
    """Looks for them at random, in the same places for the same seed."""

    @property
    def seed(self) -> int:
        """The number that makes it look in the same places again."""

    @property
    def examples(self) -> int:
        """How many situations it tries."""
