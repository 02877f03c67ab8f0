"""SU0xx: files that the tenant cannot run at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fabrikam.lab.javascript import syntax as js
from fabrikam.lab.javascript.declarations import declarations
from fabrikam.lab.javascript.script import HANDLERS
from fabrikam.lab.lint.check import ACTION, RULE, check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fabrikam.lab.javascript.script import Hit, Script
    from fabrikam.lab.javascript.syntax import Node

__all__ = [
    "await_outside_async",
    "declared_twice",
    "impossible_assignment",
    "module_syntax",
    "no_handler",
    "not_a_function",
    "syntax",
    "too_deep",
    "typescript",
]

_FOLDED: Final = HANDLERS[0].casefold()
_DEPTH: Final = 180  # every check walks down by recursion
_HARMLESS: Final = frozenset({"comment", "empty_statement", "hash_bang_line"})
_STATEMENTS: Final = ("_declaration", "_expression", "_function", "_statement")
_ASSIGNMENTS: Final = ("assignment_expression", "augmented_assignment_expression")
_OPERATIONS: Final = frozenset(
    {"await_expression", "binary_expression", "unary_expression"}
)
_TARGETS: Final = frozenset(
    {
        "array_pattern",
        "identifier",
        "member_expression",
        "object_pattern",
        "parenthesized_expression",
        "subscript_expression",
        "undefined",
    }
)
_MODULE: Final = ("export_statement", "import_statement")
_TYPED: Final = ("as ", "enum ", "interface ", "satisfies ", "type ")


@check(
    "SU001",
    why="A script that does not parse fails every login.",
    instead="correct the place; the fault often stands just before it",
)
def syntax(script: Script) -> Iterator[Hit]:
    """The file does not parse."""
    fault = next(js.faults(script.root), None)
    if fault is not None and not _is_typed(fault):
        missing = f"{fault.type} is missing" if fault.is_missing else ""
        yield script.at(_innermost(fault), missing)


@check(
    "SU002",
    why="Actions and Rules are plain JavaScript; a type annotation is a syntax error "
    "there and fails every login.",
    instead="compile it first, or say the type in a comment: /** @type {…} */",
)
def typescript(script: Script) -> Iterator[Hit]:
    """The file is TypeScript."""
    fault = next(js.faults(script.root), None)
    if fault is not None and _is_typed(fault):
        yield script.at(fault)


@check(
    "SU003",
    why="Scripts are CommonJS. import and export are syntax errors there, and fail "
    "every login.",
    instead='require("…") and exports.onExecutePostLogin = async (event, api) => { … }',
)
def module_syntax(script: Script) -> Iterator[Hit]:
    """The file is an ES module."""
    for statement in script.root.named_children:
        if statement.type in _MODULE:
            yield script.at(statement)


@check(
    "SU004",
    why="Nothing in it can be told for certain.",
    instead="flatten the expression",
)
def too_deep(script: Script) -> Iterator[Hit]:
    """The file is nested too deeply to be read."""
    if js.depth(script.root) > _DEPTH:
        yield script.at(script.root)


@check(
    "SU005",
    of=RULE,
    why="A Rule is one function expression. Anything beside it, even 'use strict', "
    "stops it from loading, and every login fails.",
    instead="function (user, context, callback) { … } and nothing else in the file",
)
def not_a_function(script: Script) -> Iterator[Hit]:
    """The file is not one function."""
    parts = [part for part in script.root.named_children if part.type not in _HARMLESS]
    if not parts:
        yield script.at(script.root)
    elif not script.handlers:
        yield script.at(parts[0])
    else:
        yield from (
            script.at(part) for part in parts if not _holds_handler(part, script)
        )


@check(
    "SU006",
    of=ACTION,
    why="The tenant calls onExecutePostLogin. An Action that does not export it does "
    "nothing, or fails every login.",
    instead="exports.onExecutePostLogin = async (event, api) => { … }",
)
def no_handler(script: Script) -> Iterator[Hit]:
    """The file does not export onExecutePostLogin."""
    alike = [name for name in script.handlers if name.casefold() == _FOLDED]
    if HANDLERS[0] in alike or _exported_somehow(script):
        return
    yield from (script.at(script.handlers[name], name) for name in alike)
    if not alike:
        yield script.at(script.root)


@check(
    "SU007",
    why="It is a syntax error, and fails every login.",
    instead="make the function around it async",
)
def await_outside_async(script: Script) -> Iterator[Hit]:
    """`await` stands outside an async function."""
    for node in script.nodes("await_expression"):
        function = js.enclosing_function(node)
        if function is None or not js.is_async(function):
            yield script.at(node)


@check(
    "SU008",
    why="It is a syntax error, and fails every login.",
    instead="another name, or an assignment to the first one",
)
def declared_twice(script: Script) -> Iterator[Hit]:
    """A name is declared twice."""
    first: set[tuple[int, str]] = set()
    lexical: set[tuple[int, str]] = set()
    for scope, bound in declarations(script.root):
        place = scope.id, bound.name
        now = _is_lexical(bound.at)
        if place in lexical or (now and place in first):
            yield script.at(bound.at, bound.name)
        first.add(place)
        lexical |= {place} if now else set()


@check(
    "SU009",
    why="It is a syntax error, and fails every login.",
    instead="== or === to compare; a name or a member, without ?., to assign to",
)
def impossible_assignment(script: Script) -> Iterator[Hit]:
    """Something is assigned to what cannot be assigned to."""
    for node in script.nodes(*_ASSIGNMENTS):
        left = js.field(node, "left")
        inside = node.parent is not None and node.parent.type in _OPERATIONS
        if inside or (left is not None and not _is_target(left)):
            yield script.at(node)


def _is_lexical(name: Node) -> bool:
    kinds = (parent.type for parent, _ in js.ancestors(name))
    statement = next((kind for kind in kinds if kind.endswith(_STATEMENTS)), "")
    return statement in {"class_declaration", "lexical_declaration"}


def _is_target(left: Node) -> bool:
    chained = any(True for _ in js.nodes(left, "optional_chain"))
    return left.type in _TARGETS and not chained


def _exported_somehow(script: Script) -> bool:
    """Say whether the handler is exported, be it from another module."""
    exported = script.nodes("property_identifier", "shorthand_property_identifier")
    return any(js.text(node) == HANDLERS[0] for node in exported)


def _innermost(fault: Node) -> Node:
    """Point into a fault of several lines: at the last thing that was understood."""
    one_line = fault.start_point[0] == fault.end_point[0]
    return fault if one_line or not fault.named_children else fault.named_children[-1]


def _is_typed(fault: Node) -> bool:
    spelled = js.text(fault)
    before = js.text(fault.parent)[: len("interface ")] if fault.parent else ""
    annotated = spelled.startswith(":") or spelled.endswith(":")
    declared = any(
        before.startswith(word) or spelled.startswith(word) for word in _TYPED
    )
    return annotated or declared or spelled == "!"


def _holds_handler(part: Node, script: Script) -> bool:
    return any(node in script.handlers.values() for node in js.nodes(part))
