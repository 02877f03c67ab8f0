"""A clock that does not jump when somebody sets the machine's clock."""

from __future__ import annotations

import time
from collections.abc import Callable

__all__ = ["steady_clock"]


def steady_clock() -> Callable[[], int]:
    """Return a clock in whole seconds since the epoch, as the machine saw it now.

    From here on it goes by the monotonic clock: setting the machine's clock neither
    ends a session nor lets one live longer.
    """
    began_at, began = time.time(), time.monotonic()
    return lambda: int(began_at + time.monotonic() - began)
