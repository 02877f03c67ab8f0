"""The compatibility table: every line that claims something names tests that exist."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.tenant.builders import HOUSE
from tests.tenant.compatibility import TABLES, document

LINES = [line for lines in TABLES.values() for line in lines]


def names_of_tests() -> set[str]:
    return {
        node.name
        for path in Path(__file__).parent.rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.thing)
def test_every_line_is_backed(line):
    assert set(line.tests) <= names_of_tests()
    assert line.tests or line.state != "yes"
    assert line.note or line.state == "yes"


def test_no_thing_is_listed_twice():
    things = [line.thing for line in LINES]
    assert len(things) == len(set(things))


def test_the_page_is_fresh():
    page = HOUSE / "docs" / "reference" / "auth0-compatibility.md"
    assert page.read_text() == document()
