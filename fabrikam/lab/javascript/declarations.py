"""Which names a script declares, in which scope, and what they are taken from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeAlias

from fabrikam.lab.javascript import syntax as js
from fabrikam.lab.javascript.syntax import Node

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["EACH", "Binding", "Path", "declarations"]

Path: TypeAlias = tuple[str, ...]

EACH: Final = "[]"  # one element of a list
_BLOCKS: Final = js.FUNCTIONS | {
    "catch_clause",
    "for_in_statement",
    "for_statement",
    "program",
    "statement_block",
    "switch_body",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """One declared name, and where its value comes from.

    `value` is the expression, `steps` are the members that destructuring takes from
    it, and `filled` says that a default stands in where it is absent.  A parameter has
    a `function` and a `position` instead.
    """

    name: str
    at: Node
    value: Node | None = None
    steps: Path = ()
    filled: bool = False
    function: Node | None = None
    position: int = 0


def declarations(root: Node) -> Iterator[tuple[Node, Binding]]:
    """Give every declaration with the node that is its scope."""
    for node in js.nodes(root):
        match node.type:
            case "variable_declarator":
                value = js.field(node, "value")
                yield from _from_pattern(_home(node), js.field(node, "name"), value)
            case "for_in_statement":
                for_each = _from_pattern(
                    node, js.field(node, "left"), js.field(node, "right")
                )
                yield from (
                    (scope, replace(bound, steps=(EACH, *bound.steps)))
                    for scope, bound in for_each
                )
            case "catch_clause":
                yield from _from_pattern(node, js.field(node, "parameter"), None)
            case "class_declaration":
                yield from _from_pattern(_home(node), js.field(node, "name"), None)
            case kind if kind in js.FUNCTIONS:
                yield from _of_function(node)


def _of_function(function: Node) -> Iterator[tuple[Node, Binding]]:
    name = js.field(function, "name")
    if name is not None and name.type == "identifier":
        declared = function.type.endswith("_declaration")
        scope = _home(function) if declared else function
        yield scope, Binding(name=js.text(name), at=name, value=function)
    for position, parameter in enumerate(js.parameters(function)):
        for at, steps, filled in _pattern(parameter):
            yield (
                function,
                Binding(
                    name=js.text(at),
                    at=at,
                    steps=steps,
                    filled=filled,
                    function=function,
                    position=position,
                ),
            )


def _from_pattern(
    scope: Node, pattern: Node | None, value: Node | None
) -> Iterator[tuple[Node, Binding]]:
    if pattern is None:
        return
    for at, steps, filled in _pattern(pattern):
        yield (
            scope,
            Binding(name=js.text(at), at=at, value=value, steps=steps, filled=filled),
        )


def _pattern(
    pattern: Node, steps: Path = (), *, filled: bool = False
) -> Iterator[tuple[Node, Path, bool]]:
    match pattern.type:
        case "identifier":
            yield pattern, steps, filled
        case "shorthand_property_identifier_pattern":
            yield pattern, (*steps, js.text(pattern)), filled
        case "pair_pattern":
            key, value = js.field(pattern, "key"), js.field(pattern, "value")
            if key is not None and value is not None:
                name = js.literal(key) or js.text(key)
                yield from _pattern(value, (*steps, name), filled=filled)
        case "assignment_pattern" | "object_assignment_pattern":
            left = js.field(pattern, "left")
            if left is not None:
                yield from _pattern(left, steps, filled=True)
        case "array_pattern":
            yield from _each_pattern(pattern.named_children, (*steps, EACH), filled)
        case "object_pattern" | "rest_pattern":
            yield from _each_pattern(pattern.named_children, steps, filled)


def _each_pattern(
    patterns: Iterable[Node], steps: Path, filled: bool
) -> Iterator[tuple[Node, Path, bool]]:
    for pattern in patterns:
        yield from _pattern(pattern, steps, filled=filled)


def _home(node: Node) -> Node:
    declaration = node.parent
    by_var = declaration is not None and declaration.type == "variable_declaration"
    homes = js.FUNCTIONS | {"program"} if by_var else _BLOCKS
    return next((scope for scope, _ in js.ancestors(node) if scope.type in homes), node)
