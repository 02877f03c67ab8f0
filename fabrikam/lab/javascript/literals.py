"""What the scripts of a folder write down in so many words: names and strings.

Nothing here runs a script; what it would compute is not seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from fabrikam.lab.javascript import syntax as js
from fabrikam.lab.javascript.conditions import strings
from fabrikam.lab.javascript.script import read_script

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from fabrikam.lab.javascript.names import Path
    from fabrikam.lab.javascript.script import Script
    from fabrikam.lab.javascript.syntax import Node
    from fabrikam.tenant.scripts import Folder

__all__ = [
    "Vocabulary",
    "compared_with",
    "missing_configuration",
    "scripts_of",
    "vocabulary",
]

_LONGEST: Final = 200
_REQUEST: Final = ("query", "body")
_METADATA: Final = ("user_metadata", "app_metadata")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What scripts look for: parameters of a request, metadata of a user, and words."""

    parameters: tuple[str, ...] = ()
    metadata: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


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
            if any(script.path(side) in paths for side in (*mine, *others)):
                for other in (*mine, *others):
                    yield from _strings(other, script, folder)


def missing_configuration(folder: Folder) -> tuple[tuple[str, str, str], ...]:
    """Name what Rules read of `configuration` and the folder does not have.

    Each by the Rule, its file and the key: an export holds no value of it.
    """
    return tuple(
        dict.fromkeys(
            (script.name, script.file, path[1])
            for script in scripts_of(folder)
            if script.kind == "rule"
            for path in _paths(script)
            if path[:1] == ("configuration",)
            and len(path) > 1
            and path[1] not in folder.rules_configs
        )
    )


def vocabulary(*folders: Folder) -> Vocabulary:
    """Collect what the scripts of some folders read by name, and their strings."""
    scripts = [script for folder in folders for script in scripts_of(folder)]
    paths = {path for script in scripts for path in _paths(script)}
    return Vocabulary(
        parameters=_sorted(filter(None, map(_parameter, paths))),
        metadata=_sorted(filter(None, map(_metadata, paths))),
        words=_sorted(word for script in scripts for word in _words(script)),
    )


def _paths(script: Script) -> Iterator[Path]:
    for node in script.nodes("member_expression", "subscript_expression", "identifier"):
        yield script.path(node)


def _parameter(path: Path) -> str | None:
    match path:
        case ("context" | "event", "request", place, name, *_) if place in _REQUEST:
            return name
        case ("event", "transaction", name, *_):
            return name
        case _:
            return None


def _metadata(path: Path) -> str | None:
    match path:
        case ("user", place, name, *_) if place in _METADATA:
            return name
        case ("event", "user", place, name, *_) if place in _METADATA:
            return name
        case _:
            return None


def _words(script: Script) -> Iterator[str]:
    for node in script.nodes("string", "template_string"):
        word = js.literal(node)
        if word and len(word) <= _LONGEST:
            yield word


def _sorted(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(words)))


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
    bare = js.bare(node)
    return [] if bare is None else [bare]


def _strings(node: Node, script: Script, folder: Folder) -> Iterator[tuple[str, str]]:
    match script.path(node):
        case ("configuration", name) if folder.rules_configs.get(name):
            yield folder.rules_configs[name], script.file
        case _:
            for word in sorted(strings(node, script)):
                yield word, script.file
