"""Under which conditions a place in a script runs.

A *fact* is a test that holds, or does not, wherever one node runs: the `if` around it,
the early return above it, the left side of its `&&`.  A helper inherits the facts of
the places that call it, so a node has one tuple of facts for each way to reach it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Final

from fabrikam.lab.javascript import syntax as js
from fabrikam.lab.javascript.syntax import Node

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fabrikam.lab.javascript.names import Path
    from fabrikam.lab.javascript.script import Script

__all__ = [
    "Fact",
    "affirms",
    "atoms",
    "circumstances",
    "facts",
    "leaves",
    "mentions",
    "reach",
    "strings",
]

_WAYS: Final = 64  # helpers that call helpers multiply the ways without end
_CONSTANTS: Final = frozenset({"false", "null", "number", "string", "true"})
_LEAVING: Final = frozenset(
    {"break_statement", "continue_statement", "return_statement", "throw_statement"}
)
_ASKING: Final = frozenset({"find", "has", "includes", "some", "test"})
_NOWHERE: Final = frozenset({"-1", "0"})


@dataclass(frozen=True, slots=True)
class Fact:
    """A test that is known to hold or not; `otherwise` is what runs in the other case.

    None means that the script simply goes on, `leaving` that it stops there instead.
    """

    test: Node
    holds: bool
    otherwise: Node | None = None


def facts(node: Node) -> Iterator[Fact]:
    """Give the facts around a node, from the inside out, up to a named function."""
    for parent, child in js.ancestors(node):
        yield from _fact_of(parent, child)
        yield from _earlier(parent, child)
        if parent.type in js.FUNCTIONS and not js.is_inline(parent):
            return


def circumstances(
    node: Node, script: Script, visited: frozenset[int] = frozenset()
) -> tuple[tuple[Fact, ...], ...]:
    """Give the facts of every way to reach a node."""
    inner = tuple(facts(node))
    function = _named_function(node)
    if function is None or function.id in visited:
        return (inner,)
    calls = script.names.callers(function)
    if function in script.handlers.values() or not calls:
        return (inner,)
    visited |= {function.id}
    ways = (
        (*inner, *outer)
        for call in calls
        for outer in circumstances(call, script, visited)
    )
    return tuple(islice(ways, _WAYS))


def atoms(given: Iterable[Fact], script: Script) -> Iterator[Fact]:
    """Take facts apart as far as logic allows, through names and one-line helpers."""
    waiting = list(given)
    visited: set[tuple[int, bool]] = set()
    while waiting:
        fact = waiting.pop(0)
        if (fact.test.id, fact.holds) in visited:
            continue
        visited.add((fact.test.id, fact.holds))
        parts = _parts(fact, script)
        waiting[:0] = parts
        if not parts:
            yield replace(fact, test=js.bare(fact.test) or fact.test)


def reach(node: Node, script: Script) -> Iterator[Node]:
    """Give every node that an expression depends on, through names and helpers."""
    waiting, visited = [node], set[int]()
    while waiting:
        start = waiting.pop()
        if start.id in visited:
            continue
        visited.add(start.id)
        for part in js.nodes(start):
            yield part
            waiting.extend(_behind(part, script))


def mentions(node: Node, script: Script) -> frozenset[Path]:
    """Give the paths that an expression depends on."""
    return frozenset(
        script.path(part)
        for part in reach(node, script)
        if part.type in {"identifier", "member_expression", "subscript_expression"}
    )


def strings(node: Node, script: Script) -> frozenset[str]:
    """Give the constant strings that an expression depends on."""
    literals = (js.literal(part) for part in reach(node, script))
    return frozenset(string for string in literals if string is not None)


def affirms(test: Node) -> bool:
    """Say whether a test holds when what it speaks of is the case."""
    if test.type == "call_expression":
        return not _is_none_of(test)
    if test.type != "binary_expression":
        return True
    right = js.text(js.field(test, "right"))
    match js.operator(test):
        case "===" | "==" | "<" if right in _NOWHERE:
            return False
        case "!==" | "!=":
            return right in _NOWHERE
    return True


def _is_none_of(call: Node) -> bool:
    """Say whether a call is `.every((one) => one !== …)`."""
    callee = js.field(call, "function")
    if callee is None or callee.type != "member_expression":
        return False
    body = js.bare(js.field(js.argument(call, 0), "body"))
    differs = body is not None and js.operator(body) in {"!=", "!=="}
    return differs and js.member(callee) == "every"


def leaves(statement: Node | None) -> bool:
    """Say whether a branch never goes on to what follows it."""
    if statement is None:
        return False
    if statement.type in {"else_clause", "statement_block"}:
        inside = [part for part in statement.named_children if part.type != "comment"]
        return bool(inside) and leaves(inside[-1])
    if statement.type == "if_statement":
        branches = (
            js.field(statement, "consequence"),
            js.field(statement, "alternative"),
        )
        return all(leaves(branch) for branch in branches)
    return statement.type in _LEAVING


def _fact_of(parent: Node, child: Node) -> Iterator[Fact]:
    match parent.type:
        case "if_statement" | "ternary_expression":
            yield from _branch(parent, child)
        case "while_statement" | "for_statement" if js.same(
            js.field(parent, "body"), child
        ):
            test = js.field(parent, "condition")
            if test is not None and test.type != "empty_statement":
                yield Fact(test, holds=True)
        case "binary_expression" if js.same(js.field(parent, "right"), child):
            left = js.field(parent, "left")
            if left is not None and js.operator(parent) in {"&&", "||"}:
                yield Fact(left, holds=js.operator(parent) == "&&")
        case "switch_case":
            yield from _case(parent, child)


def _branch(parent: Node, child: Node) -> Iterator[Fact]:
    test = js.field(parent, "condition")
    then, other = js.field(parent, "consequence"), js.field(parent, "alternative")
    if test is None:
        return
    if js.same(then, child):
        yield Fact(test, holds=True, otherwise=other)
    elif js.same(other, child):
        yield Fact(test, holds=False, otherwise=then)


def _case(parent: Node, child: Node) -> Iterator[Fact]:
    switch = parent.parent.parent if parent.parent is not None else None
    value = js.field(switch, "value")
    if value is not None and not js.same(js.field(parent, "value"), child):
        yield Fact(value, holds=True)


def _earlier(parent: Node, child: Node) -> Iterator[Fact]:
    if parent.type not in {"program", "statement_block", "switch_case"}:
        return
    for statement in parent.named_children:
        if statement == child:
            return
        if statement.type != "if_statement":
            continue
        test = js.field(statement, "condition")
        then, other = (
            js.field(statement, "consequence"),
            js.field(statement, "alternative"),
        )
        if test is not None and leaves(then):
            yield Fact(test, holds=False, otherwise=then)
        elif test is not None and other is not None and leaves(other):
            yield Fact(test, holds=True, otherwise=other)


def _named_function(node: Node) -> Node | None:
    around = (parent for parent, _ in js.ancestors(node) if parent.type in js.FUNCTIONS)
    return next((function for function in around if not js.is_inline(function)), None)


def _parts(fact: Fact, script: Script) -> list[Fact]:
    test = js.bare(fact.test) or fact.test
    match test.type:
        case "unary_expression" if js.operator(test) == "!":
            return _same(fact, js.field(test, "argument"), holds=not fact.holds)
        case "binary_expression" if js.operator(test) == "&&" and fact.holds:
            return _both(fact, test)
        case "binary_expression" if js.operator(test) == "||" and not fact.holds:
            return _both(fact, test)
        case "identifier":
            tested = _said(script.names.value(test))
            if tested is not None:
                return _same(fact, tested, holds=fact.holds)
            return _of_choice(fact, test, "true", script)
        case "binary_expression" if js.operator(test) in js.EQUALITY:
            return _of_comparison(fact, test, script)
        case "call_expression":
            return _same(fact, _answer(test, script), holds=fact.holds)
    return []


def _same(fact: Fact, test: Node | None, *, holds: bool) -> list[Fact]:
    return [] if test is None else [Fact(test, holds, fact.otherwise)]


def _both(fact: Fact, test: Node) -> list[Fact]:
    sides = js.field(test, "left"), js.field(test, "right")
    return [
        Fact(side, fact.holds, fact.otherwise) for side in sides if side is not None
    ]


def _of_comparison(fact: Fact, test: Node, script: Script) -> list[Fact]:
    """Take `level === "mfa"` for the test that made `level` what it is."""
    equal = js.operator(test) in {"==", "==="}
    sides = js.bare(js.field(test, "left")), js.bare(js.field(test, "right"))
    for name, other in (sides, sides[::-1]):
        if name is None or other is None or name.type != "identifier":
            continue
        holds = fact.holds is equal
        return _of_choice(replace(fact, holds=holds), name, js.text(other), script)
    return []


def _of_choice(fact: Fact, name: Node, word: str, script: Script) -> list[Fact]:
    """Give the facts under which a name has one of the constants it is set to."""
    bound = script.names.binding(name)
    if bound is None or bound.steps or bound.function is not None:
        return []
    assigned = script.names.assigned.get(bound.at.id, ())
    first = js.bare(bound.value)
    if first is not None and first.type == "ternary_expression" and not assigned:
        return _of_ternary(fact, first, word)
    values = [value for value in (first, *assigned) if value is not None]
    chosen = [value for value in values if js.text(value) == word]
    constant = all(value.type in _CONSTANTS for value in values)
    if not constant or len(chosen) != 1 or chosen[0] == first or not fact.holds:
        return []
    return list(facts(chosen[0]))


def _of_ternary(fact: Fact, ternary: Node, word: str) -> list[Fact]:
    condition = js.field(ternary, "condition")
    then, other = js.field(ternary, "consequence"), js.field(ternary, "alternative")
    if then is None or other is None or {then.type, other.type} - _CONSTANTS:
        return []
    matches = js.text(then) == word, js.text(other) == word
    if matches[0] is matches[1]:
        return []
    return _same(fact, condition, holds=matches[0] is fact.holds)


def _said(value: Node | None) -> Node | None:
    """Follow a name only to a test: a plain value says more under its own name."""
    tests = {"binary_expression", "call_expression", "unary_expression"}
    return value if value is not None and value.type in tests else None


def _answer(call: Node, script: Script) -> Node | None:
    """Give the one expression that a helper returns; `Boolean(x)` returns x."""
    if js.text(js.field(call, "function")) == "Boolean":
        return js.argument(call, 0)
    function = script.names.function(js.field(call, "function"))
    body = js.field(function, "body")
    if body is None or body.type != "statement_block":
        return body
    statements = [part for part in body.named_children if part.type != "comment"]
    returned = statements[-1] if len(statements) == 1 else None
    if returned is None or returned.type != "return_statement":
        return None
    return next(iter(returned.named_children), None)


def _behind(node: Node, script: Script) -> Iterator[Node]:
    if node.type == "call_expression":
        function = script.names.function(js.field(node, "function"))
        if function is not None:
            yield function
    if node.type not in {"identifier", "shorthand_property_identifier"}:
        return
    bound = script.names.binding(node)
    if bound is None:
        return
    if bound.value is not None:
        yield bound.value
    for value in script.names.assigned.get(bound.at.id, ()):
        yield value
        yield from (fact.test for fact in facts(value))
