"""The floors of `pyproject.toml` hold for every import, those of types included."""

from __future__ import annotations

import ast
import tomllib
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ROOT = Path(__file__).parents[2]
FILES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(
        ".__init__"
    ): path
    for path in sorted((ROOT / "fabrikam").rglob("*.py"))
}


class Arrow(NamedTuple):
    importer: str
    imported: str


class Table(NamedTuple):
    name: str
    floors: tuple[tuple[str, ...], ...]  # the highest first

    def floor_of(self, module: str) -> tuple[int, str] | None:
        for number, rooms in enumerate(self.floors):
            for room in rooms:
                if module == room or module.startswith(f"{room}."):
                    return number, room
        return None


def arrows() -> list[Arrow]:
    return [
        Arrow(module, name)
        for module, path in FILES.items()
        for node in ast.walk(ast.parse(path.read_text()))
        for name in imported_by(node)
        if name in FILES
    ]


def imported_by(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        names = [f"{node.module}.{alias.name}" for alias in node.names]
        return [name if name in FILES else str(node.module) for name in names]
    return []


def contracts() -> list[dict]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return settings["tool"]["importlinter"]["contracts"]


def tables() -> list[Table]:
    return [
        Table(contract["name"], tuple(rooms_of(layer, container) for layer in layers))
        for contract in contracts()
        if (layers := contract.get("layers"))
        for container in contract.get("containers", [""])
    ]


def rooms_of(layer: str, container: str) -> tuple[str, ...]:
    rooms = layer.replace(":", "|").split("|")
    return tuple(f"{container}.{room.strip(' ()')}".lstrip(".") for room in rooms)


def folder_of(module: str) -> str:
    return FILES[module].parent.relative_to(ROOT).as_posix()


def in_a_circle(pairs: Iterable[tuple[str, str]]) -> set[str]:
    """Name the nodes from which a path of arrows leads back to themselves."""
    targets: dict[str, set[str]] = defaultdict(set)
    for source, target in pairs:
        if source != target:
            targets[source].add(target)
    return {node for node in list(targets) if node in reached(node, targets)}


def reached(start: str, targets: Mapping[str, set[str]]) -> set[str]:
    known: set[str] = set()
    waiting = [start]
    while waiting:
        for node in targets.get(waiting.pop(), set()) - known:
            known.add(node)
            waiting.append(node)
    return known


ARROWS = arrows()


@pytest.mark.parametrize(
    ("pairs", "circle"),
    [
        ([("a", "b"), ("b", "c")],             set()),
        ([("a", "a"), ("a", "b")],             set()),
        ([("a", "b"), ("b", "a"), ("b", "c")], {"a", "b"}),
        ([("a", "b"), ("b", "c"), ("c", "a")], {"a", "b", "c"}),
    ],
)  # fmt: skip
def test_a_circle_is_noticed(pairs, circle):
    assert in_a_circle(pairs) == circle


def test_imports_for_types_count_as_well():
    importer = "fabrikam.tenant.context.tenant_context"
    path = FILES[importer].read_text()
    assert "if TYPE_CHECKING:\n" in path.split("tenant.storage.users", 1)[0]
    assert Arrow(importer, "fabrikam.tenant.storage.users") in ARROWS


def test_no_folders_import_each_other_in_a_circle():
    folders = [(folder_of(a.importer), folder_of(a.imported)) for a in ARROWS]
    assert in_a_circle(folders) == set()


def test_no_files_import_each_other_in_a_circle():
    assert in_a_circle(ARROWS) == set()


@pytest.mark.parametrize("table", tables(), ids=lambda table: table.name)
def test_every_arrow_leads_downwards(table):
    placed = [
        (arrow, table.floor_of(arrow.importer), table.floor_of(arrow.imported))
        for arrow in ARROWS
    ]
    across = [(a, b, c) for a, b, c in placed if b and c and b[1] != c[1]]
    assert across, "the table names no rooms that there are"
    assert [arrow for arrow, (above, _), (below, _) in across if above >= below] == []


def test_the_floors_hold_without_an_exception():
    assert [c["name"] for c in contracts() if c.get("ignore_imports")] == []
