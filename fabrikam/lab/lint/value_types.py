"""Which expressions are lists, which are strings, and which may be absent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fabrikam.lab.auth0.members import LISTS, MAY_BE_EMPTY, OPTIONAL, STRINGS
from fabrikam.lab.javascript import syntax as js
from fabrikam.lab.javascript.conditions import atoms, circumstances, mentions
from fabrikam.lab.javascript.names import EACH

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fabrikam.lab.javascript.conditions import Fact
    from fabrikam.lab.javascript.names import Path
    from fabrikam.lab.javascript.script import Script
    from fabrikam.lab.javascript.syntax import Node

__all__ = [
    "comparisons",
    "filled",
    "is_list",
    "is_string",
    "may_be_absent",
    "may_be_missing",
    "memberships",
    "method",
    "tests",
]

_LISTING: Final = frozenset({"filter", "from", "keys", "map", "split", "values"})
_SPELLING: Final = frozenset(
    {"String", "join", "stringify", "toLowerCase", "toString", "toUpperCase", "trim"}
)
_NOTHING: Final = frozenset({"null", "undefined", '"undefined"', "'undefined'", "0"})
_CALLERS: Final = 4  # enough to tell, and no tower of helpers takes for ever
_CHAIN: Final = frozenset(
    {"call_expression", "member_expression", "subscript_expression"}
)
_TAKING: Final = frozenset({"at", "find", "findLast", "get", "pop", "shift"})
_SEEKING: Final = frozenset({"has", "includes", "indexOf"})


def method(call: Node) -> tuple[str | None, Node | None]:
    """Give the name of the called function, and the object that it is a member of."""
    callee = js.bare(js.field(call, "function"))
    if callee is None:
        return None, None
    if callee.type == "member_expression":
        return js.member(callee), js.field(callee, "object")
    return js.text(callee), None


def is_list(node: Node | None, script: Script) -> bool:
    """Say whether an expression is certainly a list."""
    node = js.bare(node)
    if node is None:
        return False
    if node.type == "call_expression":
        return method(node)[0] in _LISTING
    if node.type == "array" or script.path(node) in LISTS:
        return True
    value = script.names.value(node) if node.type == "identifier" else None
    return value is not None and value.type != "identifier" and is_list(value, script)


def is_string(
    node: Node | None, script: Script, visited: frozenset[int] = frozenset()
) -> bool:
    """Say whether an expression is certainly a string."""
    node = js.bare(node)
    if node is None or node.id in visited:
        return False
    if node.type in {"string", "template_string"}:
        return True
    if node.type == "call_expression":
        return method(node)[0] in _SPELLING
    if node.type == "binary_expression" and js.operator(node) == "+":
        return is_string(js.field(node, "left"), script, visited | {node.id})
    path = script.path(node)
    if path in STRINGS or (path[-1:] == (EACH,) and path[:-1] in LISTS):
        return True
    value = script.names.value(node) if node.type == "identifier" else None
    return value is not None and is_string(value, script, visited | {node.id})


def comparisons(script: Script) -> Iterator[tuple[Node, Node, Node]]:
    """Give every `a === b` (and its like) twice: as (a, b) and as (b, a)."""
    for node in script.nodes("binary_expression"):
        left, right = js.field(node, "left"), js.field(node, "right")
        if left and right and js.operator(node) in js.EQUALITY:
            yield node, left, right
            yield node, right, left


def memberships(script: Script) -> Iterator[tuple[Node, Node, Node]]:
    """Give every `list.includes(item)` (and its like) with the list and the item."""
    for call in script.nodes("call_expression"):
        name, owner = method(call)
        item = js.argument(call, 0)
        if name in _SEEKING and owner is not None and item is not None:
            yield call, owner, item


def tests(script: Script) -> Iterator[Node]:
    """Give what conditions test for truth, taken apart at `!`, `&&` and `||`."""
    for node in script.nodes("if_statement", "ternary_expression"):
        yield from _leaves(js.field(node, "condition"))
    for node in script.nodes("expression_statement"):
        expression = node.named_children[0]
        if expression.type == "binary_expression":
            yield from _leaves(js.field(expression, "left"))


def may_be_absent(reading: Node, script: Script) -> Path:
    """Give the path that a member expression reads from though it may be absent."""
    written = js.field(reading, "object")
    owner = js.bare(written)
    path = script.path(owner)
    if owner is None or path not in OPTIONAL or _forgiving(reading):
        return ()
    if written is not None and written.type == "call_expression":
        return ()  # in one chain: what is absent was read before the call
    if filled(owner, script) or _in_try(reading) or _written(path, script):
        return ()
    ways = circumstances(reading, script)
    return () if all(_guarded(path, way, script) for way in ways) else path


def may_be_missing(reading: Node, script: Script) -> Path:
    """Give the list of whose one element something is read though it may be empty."""
    owner = js.bare(js.field(reading, "object"))
    if owner is not None and owner.type == "identifier":
        owner = script.names.value(owner)
    path = script.path(owner)
    single = owner is not None and owner.type in {
        "call_expression",
        "subscript_expression",
    }
    of_list = path[-1:] == (EACH,) and path[:-1] in MAY_BE_EMPTY
    if owner is None or not single or not of_list or _forgiving(reading):
        return ()
    if filled(owner, script) or _in_try(reading):
        return ()
    ways = circumstances(reading, script)
    asked = all(
        any(_speaks_of(path[:-1], fact, script) for fact in way) for way in ways
    )
    return () if asked else path[:-1]


def _speaks_of(path: Path, fact: Fact, script: Script) -> bool:
    read = mentions(fact.test, script)
    return any(read_path[: len(path)] == path for read_path in read)


def filled(
    node: Node | None, script: Script, visited: frozenset[int] = frozenset()
) -> bool:
    """Say whether a default stands in where an expression is absent."""
    node = js.bare(node)
    if node is None or node.type == "binary_expression":
        return node is not None and js.operator(node) in {"||", "??"}
    if node.type == "call_expression":  # a method gives something, or throws
        return not _chained(node) and method(node)[0] not in _TAKING
    bound = script.names.binding(node) if node.type == "identifier" else None
    if bound is None or bound.at.id in visited:
        return False
    visited |= {bound.at.id}
    if bound.filled or bound.function is None:
        return bound.filled or filled(bound.value, script, visited)
    calls = script.names.callers(bound.function)
    given = (js.argument(call, bound.position) for call in calls[:_CALLERS])
    return bool(calls) and all(filled(argument, script, visited) for argument in given)


def _leaves(test: Node | None) -> Iterator[Node]:
    test = js.bare(test)
    if test is None:
        return
    if test.type == "unary_expression" and js.operator(test) == "!":
        yield from _leaves(js.field(test, "argument"))
    elif test.type == "binary_expression" and js.operator(test) in {"&&", "||"}:
        yield from _leaves(js.field(test, "left"))
        yield from _leaves(js.field(test, "right"))
    else:
        yield test


def _chained(node: Node | None) -> bool:
    """Say whether a `?.` in its chain may end an expression with nothing."""
    while node is not None and node.type in _CHAIN:
        if js.field(node, "optional_chain") is not None:
            return True
        node = js.field(node, "function") or js.field(node, "object")
    return False


def _forgiving(reading: Node) -> bool:
    """Say whether this very step is `?.`, or the call of it is."""
    return js.field(reading, "optional_chain") is not None


def _in_try(node: Node) -> bool:
    return any(
        parent.type == "try_statement" and js.same(js.field(parent, "body"), child)
        for parent, child in js.ancestors(node)
    )


def _written(path: Path, script: Script) -> bool:
    return any(written == path for _, written in script.writes(path))


def _guarded(path: Path, way: Iterable[Fact], script: Script) -> bool:
    return any(
        path in mentions(fact.test, script)
        and (fact.holds is not _denies_presence(js.bare(fact.test)))
        for fact in atoms(way, script)
    )


def _denies_presence(test: Node | None) -> bool:
    """Say whether a test holds exactly where something is absent."""
    if test is None or test.type != "binary_expression":
        return False
    absent = js.text(js.field(test, "right")) in _NOTHING
    return absent and js.operator(test) in {"==", "==="}
