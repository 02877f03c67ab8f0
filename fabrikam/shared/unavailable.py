"""What everything that keeps data raises where it cannot be reached."""

from __future__ import annotations

__all__ = ["StoreUnavailable"]


class StoreUnavailable(Exception):
    """A store is locked, full, damaged or away; its message holds no value."""
