"""SU0xx: files that the tenant cannot run at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from fabrikam.lab.javascript import syntax as js
from fabrikam.lab.javascript.script import HANDLERS
from fabrikam.lab.lint.check import ACTION, RULE, check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fabrikam.lab.javascript.script import Hit, Script
    from fabrikam.lab.javascript.syntax import Node
    from fabrikam.tenant.scripts import Problem

__all__ = [
    "RefusedScript",
    "does_not_compile",
    "no_handler",
    "not_a_function",
    "not_read",
]

_FOLDED: Final = HANDLERS[0].casefold()
_DEPTH: Final = 180  # every check walks down by recursion
_HARMLESS: Final = frozenset({"comment", "empty_statement", "hash_bang_line"})


@dataclass(frozen=True, slots=True)
class RefusedScript:
    """A script with what V8 says of it, where it does not compile."""

    script: Script
    problem: Problem


@check(
    "SU001",
    "error",
    why="A script that does not compile fails every login. The sentence is V8's.",
    instead="correct the place, or what stands just before it; types, import and "
    "export need a compiler first, for a script is plain JavaScript with require",
)
def does_not_compile(refused: RefusedScript) -> Iterator[Hit]:
    """The file does not compile."""
    problem = refused.problem
    yield refused.script.at_place(problem.line, problem.column, problem.message)


@check(
    "SU004",
    why="It compiles, but the linter does not read all of it: it is nested too deeply, "
    "or newer than the linter. No mistake in it is told.",
    instead="flatten the expression, or spell it the older way",
)
def not_read(script: Script) -> Iterator[Hit]:
    """The file cannot be read whole."""
    fault = next(js.faults(script.root), None)
    if fault is not None:
        yield script.at(fault)
    elif js.depth(script.root) > _DEPTH:
        yield script.at(script.root)


@check(
    "SU005",
    "error",
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
    "error",
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


def _exported_somehow(script: Script) -> bool:
    """Say whether the handler is exported, be it from another module."""
    exported = script.nodes("property_identifier", "shorthand_property_identifier")
    return any(js.text(node) == HANDLERS[0] for node in exported)


def _holds_handler(part: Node, script: Script) -> bool:
    return any(node in script.handlers.values() for node in js.nodes(part))
