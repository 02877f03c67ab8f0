"""A way out that closes itself: who does not answer is left alone for a while."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["Breaker", "LeftAlone"]


class LeftAlone(Exception):
    """Nobody is asked at present: too many are asking, or too many failed."""


class Breaker:
    """Lets a few ask at once, and nobody for a while after failures in a row.

    A slow tenant must not take all threads of the intranet, and one that is down need
    not be waited for by everybody.  After `pause` seconds one may try; if that goes
    well, all may again.  May be used from any thread.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        *,
        at_once: int = 6,
        failures: int = 5,
        pause: float = 5.0,
    ) -> None:
        self._clock = clock
        self._free = threading.BoundedSemaphore(at_once)
        self._most = failures
        self._pause = pause
        self._failed = 0
        self._shut_until = float("-inf")
        self._lock = threading.Lock()

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Ask, for the length of a block; raises LeftAlone at once where nobody may.

        A block that raises has failed.
        """
        if not self._free.acquire(blocking=False):
            raise LeftAlone("too many are waiting for the tenant already")
        try:
            self._enter()
            with self._counting():
                yield
        finally:
            self._free.release()

    @contextmanager
    def _counting(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            self._note_failure()
            raise
        self._failed = 0

    def _enter(self) -> None:
        with self._lock:
            if self._failed < self._most:
                return
            if self._clock() < self._shut_until:
                raise LeftAlone(f"the tenant has failed {self._failed} times in a row")
            self._shut_until = self._clock() + self._pause  # this one may try

    def _note_failure(self) -> None:
        with self._lock:
            self._failed += 1
            self._shut_until = self._clock() + self._pause
