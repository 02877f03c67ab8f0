"""What the scripts of a folder write down in so many words: names and strings.

Nothing here runs a script; what it would compute is not seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fabrikam.lab import javascript as js
from fabrikam.lab.lint.conditions import strings
from fabrikam.lab.lint.script import read_script

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from fabrikam.lab.javascript import Node
    from fabrikam.lab.lint.names import Path
    from fabrikam.lab.lint.script import Script
    from fabrikam.tenant.pipeline import Folder

__all__ = ["compared_with", "scripts_of"]


def scripts_of(folder: Folder) -> Iterator[Script]:
    """Parse the scripts that a login meets."""
    for rule in folder.rules:
        if rule.runs:
            yield read_script("rule", rule.name, rule.file, rule.source)
    for action in folder.actions:
        if action.runs:
            yield read_script("action", action.name, action.file, action.source)


def compared_with(folder: Folder, paths: Collection[Path]) -> Iterator[tuple[str, str]]:
    """Give each string that a script holds against one of these paths, and its file."""
    for script in scripts_of(folder):
        for node in script.nodes("binary_expression", "call_expression", "switch_case"):
            mine, others = _parts(node)
            if any(script.path(one) in paths for one in (*mine, *others)):
                for other in (*mine, *others):
                    yield from _strings(other, script, folder)


def _parts(node: Node) -> tuple[list[Node], list[Node]]:
    """Take a comparison apart: what is compared, and what with."""
    match node.type:
        case "binary_expression" if js.operator(node) in js.EQUALITY:
            return _there(js.field(node, "left")), _there(js.field(node, "right"))
        case "call_expression":
            listed = js.field(node, "function", "object")
            return _there(listed), js.arguments(node)[:1]
        case "switch_case":
            switch = node.parent.parent if node.parent is not None else None
            return _there(js.field(switch, "value")), _there(js.field(node, "value"))
        case _:
            return [], []


def _there(node: Node | None) -> list[Node]:
    found = js.bare(node)
    return [] if found is None else [found]


def _strings(node: Node, script: Script, folder: Folder) -> Iterator[tuple[str, str]]:
    match script.path(node):
        case ("configuration", name) if folder.rules_configs.get(name):
            yield folder.rules_configs[name], script.file
        case _:
            for one in sorted(strings(node, script)):
                yield one, script.file
