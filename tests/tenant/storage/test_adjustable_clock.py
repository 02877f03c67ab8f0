"""A clock that tests can move and stop."""

from __future__ import annotations

from fabrikam.tenant.storage.adjustable_clock import AdjustableClock
from tests.tenant.builders import NOW


def test_a_clock_moves_stops_and_comes_back():
    clock = AdjustableClock(lambda: NOW + 0.9)
    clock.advance(10)
    assert clock.now() == NOW + 10
    clock.freeze(5)
    clock.advance(-2)
    assert clock.now() == 3
    clock.reset()
    assert clock.now() == NOW
