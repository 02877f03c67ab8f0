"""The real parts: a tenant and an intranet in one process, or as processes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fabrikam.tenant.scripts import Engine, read_folder
from tests.promises.pair import Pair
from tests.tenant import conftest as of_the_tenant
from tests.tenant.builders import shipped
from tests.web import conftest as of_the_intranet

company = of_the_intranet.company
intranet = of_the_intranet.intranet
make_intranet = of_the_intranet.make_intranet
make_stage = of_the_tenant.make_stage
seeded = of_the_tenant.seeded
stage = of_the_tenant.stage

MakePair = Callable[..., Pair]


@pytest.fixture
def make_pair(make_stage, tmp_path, company) -> MakePair:
    """Build a pair; `rules` names a shipped folder whose scripts run in Node."""

    def make(rules: str = "", stage_options: Any = None, **changes: Any) -> Pair:
        options = dict(stage_options or {})
        if rules:
            folder: Path = shipped(rules, tmp_path / rules)
            options |= {"folder": folder, "engine": Engine(read_folder(folder))}
        return Pair(make_stage(**options), tmp_path, company, **changes)

    return make


@pytest.fixture
def pair(make_pair: MakePair) -> Pair:
    """The modern strategy, in front of a tenant that does what the Action does."""
    return make_pair()
