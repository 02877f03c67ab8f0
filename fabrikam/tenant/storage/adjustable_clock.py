"""The tenant's clock, which tests may stop and push forward."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["AdjustableClock"]


class AdjustableClock:
    """Seconds since the epoch: of the given clock, until a test says otherwise."""

    def __init__(self, source: Callable[[], float]) -> None:
        self._source = source
        self._lock = threading.Lock()
        self._ahead = 0.0
        self._frozen: float | None = None

    def now(self) -> int:
        """Read the clock, in whole seconds as tokens have them."""
        with self._lock:
            base = self._source() if self._frozen is None else self._frozen
            return int(base + self._ahead)

    def advance(self, seconds: float) -> None:
        """Push the clock forward (or back)."""
        with self._lock:
            self._ahead += seconds

    def freeze(self, at: float) -> None:
        """Stop the clock at an instant."""
        with self._lock:
            self._frozen, self._ahead = at, 0.0

    def reset(self) -> None:
        """Let the clock run as the given one does."""
        with self._lock:
            self._frozen, self._ahead = None, 0.0
