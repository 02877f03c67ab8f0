"""A fresh engine for a folder that a test writes."""

from __future__ import annotations

import pytest

from fabrikam.tenant.scripts import Engine, read_folder


@pytest.fixture
def engine():
    """Make engines that are closed when the test is over."""
    made = []

    def make(root, **options):
        made.append(Engine(read_folder(root), **{"time_limit": 10, **options}))
        return made[-1]

    yield make
    for each in made:
        each.close()
