"""What scripts read and the axes do not vary, tried with the words that scripts have.

A parameter, a key of metadata, a role and the hour can be varied; an address or a
connection cannot, and stays among what was never varied.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING, Final

from fabrikam.lab.scenarios.axes import axis_named
from fabrikam.lab.scenarios.situation import Beyond, excluded_by, with_words
from fabrikam.lab.simulation.unvaried import CLOCK

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from fabrikam.lab.compare.search import DifferenceKind
    from fabrikam.lab.scenarios.situation import Situation

__all__ = ["Probes"]

_YES: Final = ("true", "1")
_MOST_WORDS: Final = 40
_HOUR: Final = 3_600
_FIXED: Final = ("client_id", "redirect_uri", "state", "nonce")
_AXES: Final = (
    "acr_values",
    "scope",
    "requested_scopes",
    "prompt",
    "audience",
    "max_age",
)
_REQUESTS: Final = ("login", "step-up")


@dataclass(frozen=True, slots=True)
class Probes:
    """The places that were never varied, and the words to vary them with."""

    paths: tuple[str, ...]
    words: tuple[str, ...]

    def failing(
        self,
        kind_of: Callable[[Situation], DifferenceKind | None],
        met: Collection[DifferenceKind],
    ) -> Iterator[Situation]:
        """Give failing situations, each of a kind that was not met."""
        known = {None, *met}
        for beyond in self._beyond():
            for base in _bases():
                probe = replace(base, beyond=beyond)
                kind = kind_of(probe)
                if kind not in known:
                    known.add(kind)
                    yield probe

    def _beyond(self) -> Iterator[Beyond]:
        values = dict.fromkeys((*_YES, *self.words[:_MOST_WORDS]))
        for path in dict.fromkeys(self.paths):
            if path == CLOCK:
                yield from (Beyond(later=hour * _HOUR) for hour in range(24))
                continue
            for value in values:
                found = _with(path, value)
                if found is not None:
                    yield found


def _with(path: str, value: str) -> Beyond | None:
    """Say how a place gets a value; None where nobody but the tenant sets it."""
    match path.split("."):
        case ["context" | "event", "request", "query" | "body", name] | [
            "event",
            "transaction",
            name,
        ] if name not in (*_FIXED, *_AXES):
            return Beyond(parameters=((name, value),))
        case ["event", "user", "app_metadata" | "user_metadata", name] | [
            "user",
            "app_metadata" | "user_metadata",
            name,
        ]:
            return Beyond(metadata=((name, value),))
        case ["context" | "event", "authorization", "roles"]:
            return Beyond(roles=(value,))
        case _:
            return None


def _bases() -> Iterator[Situation]:
    """Give the situations to probe: every flow and session, asked and not asked."""
    names = ("flow", "request", "session")
    flows, sessions = axis_named("flow").words, axis_named("session").words
    for words in product(flows, _REQUESTS, sessions):
        base = with_words(dict(zip(names, words, strict=True)))
        if excluded_by(base) is None:
            yield base
