"""Tries: counted, limited, and taken back where they were right."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from fabrikam.tenant.storage.rate_limits import Limit, RateLimits
from tests.tenant.builders import NOW

THREE = Limit("three", 3, 60)


@pytest.fixture
def rate_limits(tmp_path):
    return RateLimits(tmp_path)


def test_tries_are_counted_until_their_window_ends(rate_limits):
    for second in range(3):
        assert rate_limits.begin(THREE, "ann", NOW + second)
    assert rate_limits.begin(THREE, "ann", NOW + 3) is None
    assert rate_limits.begin(THREE, "bob", NOW + 3)
    assert rate_limits.begin(THREE, "ann", NOW + 60)
    assert rate_limits.begin(THREE, "ann", NOW + 60) is None


def test_a_right_try_is_taken_back(rate_limits):
    for _ in range(10):
        rate_limits.take_back(rate_limits.begin(THREE, "ann", NOW))
    assert rate_limits.begin(THREE, "ann", NOW)


def test_parallel_tries_count_each(rate_limits):
    with ThreadPoolExecutor(10) as pool:
        begun = list(
            pool.map(lambda _: rate_limits.begin(THREE, "ann", NOW), range(10))
        )
    assert sum(attempt is not None for attempt in begun) == 3
