"""Progress on stderr: what is done, of how much, how long it still takes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO

__all__ = ["Meter", "line"]

_EVERY_SECONDS: Final = 0.2


class Meter:
    """Shows one line that is written over; on a stream that is no terminal, none."""

    def __init__(
        self,
        stream: TextIO,
        *,
        shown: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._stream = stream
        self._clock = clock
        self._shown = shown and stream.isatty()
        self._what = ""
        self._began = self._wrote_at = clock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.done()

    def __call__(self, what: str, done: int, of: int) -> None:
        """Say how far something is."""
        if not self._shown:
            return
        now = self._clock()
        if what != self._what:
            self._what, self._began = what, now
        elif now - self._wrote_at < _EVERY_SECONDS:
            return
        self._wrote_at = now
        self._stream.write(f"\r\x1b[2K{line(what, done, of, now - self._began)}")
        self._stream.flush()

    def done(self) -> None:
        """Take the line away."""
        if self._shown:
            self._stream.write("\r\x1b[2K")
            self._stream.flush()


def line(what: str, done: int, of: int, seconds: float) -> str:
    """Word the progress."""
    share = done / of if of else 1.0
    left = f", {seconds / share - seconds:.0f} s left" if share else ""
    return f"{what}: {done:,} of {of:,} ({share:.0%}{left})"
