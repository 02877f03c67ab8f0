"""The table of promises: what we promise, and the tests that keep it.

A test says which promises it keeps, by `@pytest.mark.promise("61", "RFC 9207 2.4")` or
by the number in its name (`test_061_…`).  `python -m tests.promises.table` writes
`docs/reference/promises.md`, and `pytest --promises` prints the table with the outcome
of every test.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

__all__ = [
    "PAGE",
    "SECTIONS",
    "KeptBy",
    "Promise",
    "kept",
    "not_kept",
    "outcomes",
    "page",
    "promises",
]

TESTS: Final = Path(__file__).parents[1]
PAGE: Final = TESTS.parent / "docs" / "reference" / "promises.md"
SECTIONS: Final = {
    "attacks": "Attacks on the step-up",
    "faults": "Faults",
    "asvs": "OWASP Application Security Verification Standard 5.0",
    "protocols": "Protocols and classic attacks",
}
_ROW: Final = re.compile(r"(\S.*?) {2,}(\S.*)")
_NUMBERED: Final = re.compile(r"test_(0\d\d)_")


@dataclass(frozen=True, slots=True)
class Promise:
    """One thing that we promise: its number or name, and a sentence."""

    id: str
    words: str


@dataclass(frozen=True, slots=True, order=True)
class KeptBy:
    """A test that keeps a promise: its file below `tests`, and its name."""

    file: str
    test: str

    @property
    def sentence(self) -> str:
        """The test's name as the sentence that it is."""
        return re.sub(r"^test_(\d{3}_)?", "", self.test).replace("_", " ")


def promises(section: str) -> tuple[Promise, ...]:
    """Read what a section promises."""
    return tuple(Promise(*row) for row in _rows(f"{section}.txt"))


def not_kept() -> Mapping[str, str]:
    """Read which promises are not kept, each with its reason."""
    return dict(_rows("not_kept.txt"))


@cache
def kept() -> Mapping[str, tuple[KeptBy, ...]]:
    """Return the tests of each promise, found in the source of all tests."""
    found: dict[str, set[KeptBy]] = defaultdict(set)
    for path in sorted(TESTS.rglob("test_*.py")):
        file = path.relative_to(TESTS).as_posix()
        for test in ast.walk(ast.parse(path.read_text())):
            if isinstance(test, ast.FunctionDef) and test.name.startswith("test_"):
                for promise in _named_by(test, file):
                    found[promise].add(KeptBy(file, test.name))
    return {promise: tuple(sorted(tests)) for promise, tests in found.items()}


def page() -> str:
    """Return the page of the reference."""
    return "\n".join([*_introduction(), *_chapters(), *_open_promises(), ""])


def outcomes(of_test: Mapping[KeptBy, str]) -> Iterator[tuple[Promise, str]]:
    """Return each promise with a word: whether its tests passed in this run."""
    tests_of = kept()
    for section in SECTIONS:
        for promise in promises(section):
            tests = tests_of.get(promise.id, ())
            yield promise, _said([of_test.get(test, "not run") for test in tests])


def _said(outcomes_of_tests: list[str]) -> str:
    if not outcomes_of_tests:
        return "open"
    if "failed" in outcomes_of_tests:
        return "broken"
    return "kept" if "passed" in outcomes_of_tests else "not run"


def _rows(name: str) -> Iterator[tuple[str, str]]:
    lines = (Path(__file__).parent / name).read_text().splitlines()
    for line in lines:
        row = _ROW.fullmatch(line)
        if row is None:
            raise ValueError(f"{name}: {line!r} is no row")
        yield row[1], row[2]


def _named_by(test: ast.FunctionDef, file: str) -> Iterator[str]:
    numbered = _NUMBERED.match(test.name)
    if numbered is not None and not file.startswith("lab/"):  # its numbers are others
        yield str(int(numbered[1]))
    for decorator in test.decorator_list:
        if isinstance(decorator, ast.Call) and _is_marker(decorator.func):
            yield from (ast.literal_eval(name) for name in decorator.args)


def _is_marker(function: ast.expr) -> bool:
    return ast.unparse(function) == "pytest.mark.promise"


def _introduction() -> Iterable[str]:
    open_ones = len(not_kept())
    total = sum(len(promises(section)) for section in SECTIONS)
    return (
        "# Promises",
        "",
        "For whoever wants to know what is promised, and by which test it is kept.",
        "",
        "This page is made from the tests: `python -m tests.promises.table` writes it,"
        " and a test fails while it is stale.",
        "`pytest --promises` runs the tests and prints the same table with the outcome"
        " of each.",
        f"{total - open_ones} of {total} promises are kept by a test;"
        f" [{open_ones} are not](#not-kept).",
        "",
    )


def _chapters() -> Iterator[str]:
    tests_of = kept()
    for section, title in SECTIONS.items():
        yield from (f"## {title}", "", "| | Promise | Kept by |", "| --- | --- | --- |")
        for promise in promises(section):
            yield _table_row(promise, tests_of.get(promise.id, ()))
        yield ""


def _table_row(promise: Promise, tests: tuple[KeptBy, ...]) -> str:
    cells = "<br>".join(f"{test.sentence} (`{test.file}`)" for test in tests)
    return f"| {promise.id} | {promise.words} | {cells or '[not kept](#not-kept)'} |"


def _open_promises() -> Iterator[str]:
    yield from ("## Not kept", "", "| | Why |", "| --- | --- |")
    for promise, reason in not_kept().items():
        yield f"| {promise} | {reason} |"


if __name__ == "__main__":
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page())
