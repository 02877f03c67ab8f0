"""SU309 and SU311: what decides without being of this login: other logins, chance.

A container of the tenant runs the scripts of many users, so what is kept outside the
handler, in `global` or in `api.cache` belongs to nobody's login.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final

from fabrikam.lab.javascript import syntax as js
from fabrikam.lab.javascript.conditions import facts, mentions, reach
from fabrikam.lab.lint.check import check
from fabrikam.lab.lint.claims import claims, is_level
from fabrikam.lab.lint.mfa_requests import asks, conditions
from fabrikam.lab.lint.value_types import method

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fabrikam.lab.javascript.names import Path
    from fabrikam.lab.javascript.script import Hit, Script
    from fabrikam.lab.javascript.syntax import Node

__all__ = ["chance_decides", "state_decides"]

_CACHED: Final = ("api", "cache", "get")
_LOGIN: Final = frozenset({"context", "event", "user"})
_SETTINGS: Final = {("event", "secrets"), ("event", "tenant"), ("event", "client")}
_CLOCK: Final = ("Date", "now")
_MARKS: Final = frozenset({"false", "number", "string", "true"})
_FILLING: Final = frozenset({"&&=", "??=", "||="})
_RANDOM: Final = frozenset(
    {"getRandomValues", "randomBytes", "randomInt", "randomUUID"}
)
_PUTTING: Final = frozenset({"add", "push", "set", "unshift"})


@check(
    "SU309",
    why="One container serves many users, and it may be thrown away at any time. What "
    "the login before this one left behind says nothing about who signs in now.",
    instead="decide from event (or context) alone; what has to outlive the login goes "
    "into the metadata of the user, and never the proof of a factor",
)
def state_decides(script: Script) -> Iterator[Hit]:
    """What another login left behind decides about the second factor."""
    for test in _tests(script):
        if _is_state(test, script):
            yield script.at(test)
    for claim in claims(script):
        if is_level(claim) and _is_state(claim.value, script):
            yield script.at(claim.value)


@check(
    "SU311",
    "error",
    why="Whoever tries again comes out otherwise: what is left to chance protects "
    "nobody who has the password.",
    instead="decide from what this login is: who, at which application, asking what",
)
def chance_decides(script: Script) -> Iterator[Hit]:
    """Chance decides about the second factor."""
    levels = (claim.value for claim in claims(script) if is_level(claim))
    for test in (*_tests(script), *levels):
        drawn = (node for node in reach(test, script) if node.type == "call_expression")
        if any(_draws(call) for call in drawn):
            yield script.at(test)


def _draws(call: Node) -> bool:
    name, owner = method(call)
    return name in _RANDOM or (name == "random" and js.text(owner) in {"", "Math"})


def _tests(script: Script) -> Iterator[Node]:
    visited: set[int] = set()
    for ask in asks(script):
        for fact in chain.from_iterable(conditions(ask, script)):
            if fact.test.id not in visited:
                visited.add(fact.test.id)
                yield fact.test


def _is_state(node: Node | None, script: Script) -> bool:
    """Say whether an expression is about what is kept, and not just made with it."""
    node = js.bare(node)
    if node is None:
        return False
    match node.type:
        case "binary_expression":
            sides = js.field(node, "left"), js.field(node, "right")
            return any(_is_state(side, script) for side in sides)
        case "update_expression":
            return _is_state(js.field(node, "argument"), script)
        case "ternary_expression":
            return _is_state(js.field(node, "condition"), script)
        case "call_expression":
            cached = script.path(js.field(node, "function")) == _CACHED
            return cached or _is_state(method(node)[1], script)
        case "member_expression" | "subscript_expression":
            kept = script.path(node)
            if kept[:1] == ("global",) and _is_kept_by(script.writes(kept), script):
                return True
            return _is_state(js.field(node, "object"), script)
        case "identifier":
            if _is_kept(node, script):
                return True
            return _is_state(script.names.value(node), script)
    return False


def _is_kept(name: Node, script: Script) -> bool:
    """Say whether a name outlives the login, and a login writes to it."""
    bound = script.names.binding(name)
    if bound is None or js.enclosing_function(bound.at) is not None:
        return False
    written = chain(
        script.names.assigned.get(bound.at.id, ()), _put_into(bound.at.id, script)
    )
    return any(_is_of_a_login(value, script) for value in written)


def _is_kept_by(writes: Iterator[tuple[Node, Path]], script: Script) -> bool:
    return any(_is_of_a_login(assignment, script) for assignment, _ in writes)


def _put_into(kept: int, script: Script) -> Iterator[Node]:
    """Give what is added to a collection, or assigned to one of its members."""
    for call in script.nodes("call_expression"):
        name, owner = method(call)
        if name in _PUTTING and _names(owner, kept, script):
            yield call
    for assignment in script.nodes("assignment_expression"):
        owner = js.field(assignment, "left", "object")
        if _names(owner, kept, script):
            yield assignment


def _names(node: Node | None, kept: int, script: Script) -> bool:
    bound = None
    if node is not None and node.type == "identifier":
        bound = script.names.binding(node)
    return bound is not None and bound.at.id == kept


def _is_of_a_login(value: Node, script: Script) -> bool:
    """Say whether a value, or that it is written at all, depends on who signs in.

    A count, a mark and the time are of the login that left them.
    """
    if js.enclosing_function(value) is None:
        return False
    if value.type in _MARKS or _counts(value):
        return True
    depends = [value, *(fact.test for fact in facts(value))]
    read = frozenset().union(*(mentions(node, script) for node in depends))
    calls = js.nodes(value, "call_expression")
    if any(script.path(js.field(call, "function")) == _CLOCK for call in calls):
        return True
    return any(
        path[:1] and path[0] in _LOGIN and len(path) > 1 and path[:2] not in _SETTINGS
        for path in read
    )


def _counts(value: Node) -> bool:
    """Say whether a write goes on from what was there: `seen += 1`, `seen++`."""
    if value.type == "update_expression":
        return True
    written = value.parent
    return (
        written is not None
        and written.type == "augmented_assignment_expression"
        and js.operator(written) not in _FILLING
    )
