"""The whole tool, on a repository of two files; and this repository's turn."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mutation.rooms import ROOT

SOURCE = """\
LEEWAY = 60


def expired(end, now):
    return now > end + LEEWAY
"""
WEAK = """\
from fabrikam.oidc.token import expired


def test_late():
    assert expired(0, 1000)
"""
STRONG = """\
from fabrikam.oidc.token import expired


def test_the_last_second():
    assert [expired(0, 59), expired(0, 60), expired(0, 61)] == [False, False, True]
"""
OTHER = "def test_nothing():\n    pass\n"


class Repository:
    """A repository with one room, its tests and a copy of the tool."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.put("fabrikam/__init__.py", "")
        self.put("fabrikam/oidc/__init__.py", "")
        self.put("fabrikam/oidc/token.py", SOURCE)
        for name in ("sign_in", "bearer", "other"):
            self.put(f"tests/web/test_{name}.py", OTHER)
        self.put(
            "pytest.ini",
            "[pytest]\naddopts = --import-mode=importlib\npythonpath = .\n",
        )
        shutil.copytree(
            ROOT / "tests/mutation",
            path / "tests/mutation",
            ignore=shutil.ignore_patterns("test_*", "__pycache__"),
        )
        self.put("tests/__init__.py", "")
        self.put("tests/mutation/survivors.txt", "")

    def put(self, name: str, text: str) -> None:
        (self.path / name).parent.mkdir(parents=True, exist_ok=True)
        (self.path / name).write_text(text)

    @property
    def listed(self) -> str:
        return (self.path / "tests/mutation/survivors.txt").read_text()

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return run(self.path, *arguments)


def run(where: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the tool as a person would, and not as a part of this run of pytest."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("PYTEST")
    }
    return subprocess.run(
        [sys.executable, "-m", "tests.mutation", *arguments],
        cwd=where, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture
def repository(tmp_path):
    return Repository(tmp_path)


def test_survivors_fail_until_they_are_listed_and_are_stale_when_caught(repository):
    repository.put("tests/oidc/test_token.py", WEAK)
    ended = repository.run("oidc")
    assert ended.returncode == 1, ended
    assert "not listed: fabrikam/oidc/token.py:expired: `>` to `>=`" in ended.stdout
    assert "not listed: fabrikam/oidc/token.py:<module>: `60` to `61`" in ended.stdout
    assert "`>` to `<`" not in ended.stdout

    assert repository.run("oidc", "--write").returncode == 0
    assert len(repository.listed.splitlines()) == 4
    assert repository.run("oidc").returncode == 0

    repository.put("tests/oidc/test_token.py", STRONG)
    ended = repository.run("oidc")
    assert ended.returncode == 0
    assert ended.stdout.count("stale") == 4


def test_a_test_of_another_room_may_catch_it_too(repository):
    repository.put("tests/oidc/test_token.py", WEAK)
    repository.put("tests/web/test_other.py", STRONG)
    assert repository.run("oidc").returncode == 0


def test_a_test_that_fails_as_it_is_catches_nothing(repository):
    repository.put("tests/oidc/test_token.py", STRONG + "    assert expired(0, 0)\n")
    ended = repository.run("oidc")
    assert ended.returncode == 1
    assert (
        "fails without a mutant: tests/oidc/test_token.py::test_the_last"
        in ended.stdout
    )
