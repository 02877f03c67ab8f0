"""SU512 to SU514: words that are written down, and whose work is never done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fabrikam.lab.auth0.members import SURFACE
from fabrikam.lab.javascript import syntax as js
from fabrikam.lab.javascript.names import WALKERS
from fabrikam.lab.javascript.script import HANDLERS
from fabrikam.lab.lint.check import ACTION, check
from fabrikam.lab.lint.value_types import method

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fabrikam.lab.javascript.names import Path
    from fabrikam.lab.javascript.script import Hit, Script
    from fabrikam.lab.javascript.syntax import Node

__all__ = ["command_not_called", "handler_exported_twice", "promise_tested_for_truth"]

_CONDITIONAL: Final = ("if_statement", "ternary_expression", "while_statement")
_TESTING: Final = WALKERS - {"flatMap", "forEach", "map"}
_COMMANDS: Final[frozenset[Path]] = frozenset(
    (*parent, name)
    for parent, names in SURFACE.items()
    for name in names
    if parent[0] == "api" and len(parent) > 1 and name != "*"
)


@check(
    "SU512",
    why="A promise is always true, whatever becomes of it: the branch is taken in "
    "every login, or in none.",
    instead="await what is tested: if (await wants(event)) …",
)
def promise_tested_for_truth(script: Script) -> Iterator[Hit]:
    """A promise is tested for truth."""
    for test in _tested(script):
        if _is_promise(test, script):
            yield script.at(test)
    for call in script.nodes("call_expression"):
        given = script.names.function(js.argument(call, 0))
        if method(call)[0] in _TESTING and given is not None and js.is_async(given):
            yield script.at(call)


@check(
    "SU513",
    of=ACTION,
    why="The last one wins, and the tenant never calls the one before it: what that "
    "one asks for is never asked.",
    instead="one handler that does both, or two Actions",
)
def handler_exported_twice(script: Script) -> Iterator[Hit]:
    """A handler is exported a second time."""
    met: set[str] = set()
    for assignment in script.root.children:
        for node in js.nodes(assignment, "assignment_expression"):
            path = script.path(js.field(node, "left"))
            value = script.names.function(js.field(node, "right"))
            exported = path[:1] == ("exports",) or path[:2] == ("module", "exports")
            if not exported or path[-1] not in HANDLERS or value is None:
                continue
            if path[-1] in met:
                yield script.at(node, path[-1])
            met.add(path[-1])


@check(
    "SU514",
    of=ACTION,
    why="Without parentheses nothing is called: nobody is refused, and no factor is "
    "asked for.",
    instead='api.access.deny("why"), with its parentheses',
)
def command_not_called(script: Script) -> Iterator[Hit]:
    """A command of `api` is named and not called."""
    for node in script.nodes("member_expression"):
        if _is_idle(node) and script.path(node) in _COMMANDS:
            yield script.at(node)


def _tested(script: Script) -> Iterator[Node]:
    """Give what conditions test, taken apart, with its `await` still before it."""
    for node in script.nodes(*_CONDITIONAL):
        yield from _taken_apart(js.field(node, "condition"))
    for node in script.nodes("expression_statement"):
        inner = node.named_children[0]
        if inner.type == "binary_expression":
            yield from _taken_apart(js.field(inner, "left"))


def _taken_apart(test: Node | None) -> Iterator[Node]:
    if test is None:
        return
    match test.type:
        case "parenthesized_expression":
            yield from _taken_apart(test.named_children[0])
        case "unary_expression" if js.operator(test) == "!":
            yield from _taken_apart(js.field(test, "argument"))
        case "binary_expression" if js.operator(test) in {"&&", "||"}:
            yield from _taken_apart(js.field(test, "left"))
            yield from _taken_apart(js.field(test, "right"))
        case _:
            yield test


def _is_promise(test: Node, script: Script) -> bool:
    if test.type == "identifier":
        bound = script.names.binding(test)
        once = bound is not None and bound.at.id not in script.names.assigned
        if bound is None or bound.value is None or bound.steps or not once:
            return False
        test = bound.value
    if test.type != "call_expression":
        return False
    function = script.names.function(js.field(test, "function"))
    return function is not None and js.is_async(function)


def _is_idle(node: Node) -> bool:
    """Say whether nothing is done with the value of an expression."""
    for parent, child in js.ancestors(node):
        match parent.type:
            case "expression_statement" | "return_statement":
                return True
            case "parenthesized_expression":
                continue
            case "binary_expression" if js.same(js.field(parent, "right"), child):
                if js.operator(parent) not in {"&&", "||", "??"}:
                    return False
            case "ternary_expression":
                if js.same(js.field(parent, "condition"), child):
                    return False
            case _:
                return False
    return False
