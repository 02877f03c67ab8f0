"""What keeps a pair from being judged: chance, and decisions that nobody can watch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fabrikam.tenant.scripts import ChanceTaken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fabrikam.lab.compare.input_search import InputSearch
    from fabrikam.lab.simulation.watched_side import WatchedSide

__all__ = ["unjudged"]


def unjudged(search: InputSearch) -> Iterator[str]:
    """Say in words why a verdict on some side would be a guess."""
    for side in search.sides:
        yield from _hidden(side)
        yield from _chance(search, side)


def _hidden(side: WatchedSide) -> Iterator[str]:
    for source in side.sources:
        for name in source.unwatched:
            yield (
                f"{source.script} ({side.side.name}/{source.file}) decides behind"
                f" {name}, where nothing can be watched"
            )


def _chance(search: InputSearch, side: WatchedSide) -> Iterator[str]:
    for situation in search.ordinary:
        login = side.login(situation)
        if not any(isinstance(report, ChanceTaken) for report in login.reports):
            continue
        least, most = side.by_chance(situation)
        if least != most:
            yield (
                f"chance decides in {side.side.name}: the same login comes to"
                f" {least.verdict!r} or to {most.verdict!r}"
            )
            return
