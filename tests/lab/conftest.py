"""A workshop for the whole module: starting Node takes longer than a login."""

from __future__ import annotations

import pytest

from tests.lab.builders import Workshop


@pytest.fixture(scope="module")
def workshop(tmp_path_factory):
    """Makes folders and keeps simulators open."""
    made = Workshop(tmp_path_factory.mktemp("folders"))
    yield made
    made.close()
