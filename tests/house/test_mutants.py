"""Every mistake of the tables is caught: the tests are worth what they catch.

Each mistake is made in a copy of the house, where its test then has to fail.
"""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

from tests.house.mutants import Mutant
from tests.house.mutants_of_oidc import OIDC
from tests.house.mutants_of_sign_in import WAY_IN
from tests.house.mutants_of_stepup import STEPUP
from tests.house.mutants_of_tenant import TENANT
from tests.house.mutants_of_web import WEB

ROOT = Path(__file__).parents[2]
MUTANTS = (*OIDC, *STEPUP, *WAY_IN, *WEB, *TENANT)
NEEDED = ("fabrikam", "app.py", "docs", "views", "tests", "rules", "pyproject.toml")
QUICKLY = ("-xq", "--tb=line", "--assert=plain", "-pno:cacheprovider")
ALL_PASSED, SOME_FAILED = 0, 1


class Copy:
    """A copy of the house that mistakes may be made in, and a pytest inside it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for name in NEEDED:
            original = ROOT / name
            if original.is_dir():
                shutil.copytree(original, root / name)
            else:
                shutil.copy2(original, root / name)
        self.pytest = subprocess.Popen(
            [sys.executable, root / "tests/house/forking.py"],
            cwd=root,
            env={
                "PATH": os.environ["PATH"],
                "PYTHONDONTWRITEBYTECODE": "1",
                "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, tests: Iterable[str]) -> tuple[int, str]:
        """Run some tests until the first that fails; return the status and the words."""
        self.pytest.stdin.write(json.dumps([*QUICKLY, *tests]) + "\n")
        self.pytest.stdin.flush()
        status, words = json.loads(self.pytest.stdout.readline())
        return status, words

    @contextmanager
    def with_mistake(self, mutant: Mutant) -> Iterator[None]:
        """Make a mistake for the length of a block."""
        path = self.root / mutant.file
        original, times = path.read_text(), path.stat()
        path.write_text(mutant.applied_to(original))
        os.utime(path, (0, 0))  # no bytecode is of that time: it is compiled anew
        try:
            yield
        finally:
            path.write_text(original)
            os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


@pytest.fixture(scope="session")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copy]:
    """One copy for all mistakes of this process."""
    made = Copy(tmp_path_factory.mktemp("house"))
    with made.pytest:
        yield made
        made.pytest.stdin.close()


@cache
def meaning(source: str) -> str:
    """The program without its spaces and comments; a misprint is a SyntaxError."""
    return ast.dump(ast.parse(source))


def source_of(mutant: Mutant) -> str:
    return (ROOT / mutant.file).read_text()


def test_there_are_enough_of_them_and_none_stands_twice():
    assert len(MUTANTS) >= 200
    assert len({(m.file, m.text, m.instead) for m in MUTANTS}) == len(MUTANTS)
    assert len(set(map(str, MUTANTS))) == len(MUTANTS)


def test_what_they_change_still_stands_in_the_source():
    gone = [m for m in MUTANTS if source_of(m).count(m.text) != 1]
    assert not gone, "\n".join(f"{mutant}\n    {mutant.text}" for mutant in gone)


def test_every_mistake_is_another_program_and_no_misprint():
    for mutant in MUTANTS:
        before = source_of(mutant)
        after = mutant.applied_to(before)
        assert meaning(after) != meaning(before), mutant


def test_without_a_mistake_the_tests_pass(copied):
    status, words = copied.run(sorted({mutant.caught_by for mutant in MUTANTS}))
    assert status == ALL_PASSED, words


@pytest.mark.parametrize("mutant", MUTANTS, ids=str)
def test_a_mistake_is_caught(copied, mutant):
    with copied.with_mistake(mutant):
        status, words = copied.run([mutant.caught_by])
    assert status == SOME_FAILED, f"nobody noticed:\n{words}"
    # an error on the way to the test would be a broken program, not a caught mistake
    assert "1 failed" in words, words
