"""Tenants for tests: their keys and users are made once and copied."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.tenant.builders import Browser, Stage, a_folder

MakeStage = Callable[..., Stage]


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of a tenant that was started once."""
    path = tmp_path_factory.mktemp("seeded")
    stage = Stage(path / "data", a_folder(path / "folder"))
    stage.app.close()
    del stage
    gc.collect()  # closes the files, whose logs would vanish while they are copied
    return path / "data"


@pytest.fixture
def make_stage(seeded: Path, tmp_path: Path) -> Iterator[MakeStage]:
    """Build tenants, and stop them afterwards."""
    made: list[Stage] = []

    def make(folder: Path | None = None, **options: Any) -> Stage:
        data_dir = tmp_path / f"data-{len(made)}"
        if not options.pop("unseeded", False):
            shutil.copytree(seeded, data_dir)
        empty = a_folder(tmp_path / f"folder-{len(made)}", **options.pop("files", {}))
        made.append(Stage(data_dir, folder or empty, **options))
        return made[-1]

    yield make
    for stage in made:
        stage.app.close()


@pytest.fixture
def stage(make_stage: MakeStage) -> Stage:
    """A tenant whose scripts do what the shipped Action does."""
    return make_stage()


@pytest.fixture
def browser(stage: Stage) -> Browser:
    """A browser at that tenant."""
    return stage.browser()
