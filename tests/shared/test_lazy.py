"""What is imported on its first call, and that every such place exists."""

import ast
import sys
from importlib import import_module
from pathlib import Path

import pytest

from fabrikam.shared.lazy import deferred

ROOT = Path(__file__).parents[2]
SOURCES = (ROOT / "app.py", *(ROOT / "fabrikam").rglob("*.py"))


def places():
    for source in SOURCES:
        for node in ast.walk(ast.parse(source.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "id", "") == "deferred"
            ):
                yield node.args[0].value


def test_a_module_is_imported_by_the_first_call_and_not_before(tmp_path, monkeypatch):
    (tmp_path / "imported_late.py").write_text("def double(n):\n    return 2 * n\n")
    monkeypatch.syspath_prepend(tmp_path)
    double = deferred("imported_late:double")
    assert "imported_late" not in sys.modules
    assert double(21) == 42
    monkeypatch.delitem(sys.modules, "imported_late")


def test_every_deferred_place_is_a_function():
    for place in places():
        module, _, name = place.partition(":")
        assert callable(getattr(import_module(module), name)), place


def test_a_place_that_is_not_there_says_so_when_it_is_called():
    with pytest.raises(ModuleNotFoundError, match="no_such_module"):
        deferred("no_such_module:run")()
