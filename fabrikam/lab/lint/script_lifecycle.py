"""SU5xx: the life of a script, from its first line to its one answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fabrikam.lab.javascript import syntax as js
from fabrikam.lab.javascript.conditions import Fact, atoms, circumstances, reach
from fabrikam.lab.javascript.control_flow import Endings, Signal, endings
from fabrikam.lab.javascript.names import WALKERS
from fabrikam.lab.lint.check import ACTION, RULE, check
from fabrikam.lab.lint.mfa_requests import COMMANDS, asks, refusals
from fabrikam.lab.lint.value_types import method

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fabrikam.lab.javascript.script import Hit, Script
    from fabrikam.lab.javascript.syntax import Node

__all__ = [
    "async_rule_never_calls_back",
    "callback_not_reached",
    "callback_twice",
    "callback_without_user",
    "error_swallowed",
    "missing_return_after_deny",
    "nobody_waits",
    "redirect_beside_second_factor",
    "too_many_commands",
    "unauthorized_in_action",
    "work_after_callback",
]

_TIMERS: Final = frozenset({"setImmediate", "setInterval", "setTimeout"})
_QUIET: Final = frozenset({"clearTimeout", "console"})
_COMMAND_LIMIT: Final = 4
_ANSWER: Final = 3  # null, user, context


@check(
    "SU501",
    of=RULE,
    why="callback hands user and context to the next Rule. What is written after it "
    "may come too late or not at all, and what throws after it is nobody's.",
    instead="make return callback(null, user, context) the last thing on every way",
)
def work_after_callback(script: Script) -> Iterator[Hit]:
    """Something is still done after `callback`."""
    for ending in _rule_endings(script):
        again = {node.id for call in ending.repeated for node in _up(call)}
        for statement in ending.late:
            if statement.id not in again and _works(statement, script):
                yield script.at(statement)


@check(
    "SU502",
    "error",
    of=RULE,
    why="Without callback the login hangs until the time limit and then fails.",
    instead="end every way with return callback(null, user, context) or "
    "callback(error)",
)
def callback_not_reached(script: Script) -> Iterator[Hit]:
    """A way through the Rule never calls back."""
    if _mentions_callback(script):
        for ending in _rule_endings(script):
            yield from (script.at(node) for node in ending.silent)
    else:
        for handler in script.handlers.values():
            if not js.is_async(handler):
                yield script.at(handler)


@check(
    "SU503",
    of=RULE,
    why="Only the first call counts; the second, often the one with the error or with "
    "the request for a second factor, is lost.",
    instead="return callback(…), so that nothing follows it",
)
def callback_twice(script: Script) -> Iterator[Hit]:
    """`callback` is called a second time."""
    for ending in _rule_endings(script):
        yield from (script.at(call) for call in ending.repeated)


@check(
    "SU504",
    of=ACTION,
    why="api.access.deny does not leave the function. What follows still runs: "
    "metadata is written and users are redirected although the login was refused.",
    instead="return api.access.deny(…)",
)
def missing_return_after_deny(script: Script) -> Iterator[Hit]:
    """The script goes on after denying access."""
    denials = frozenset(call.id for call in script.calls("api.access.deny"))
    for handler in script.handlers.values() if denials else ():
        for statement in endings(handler, script, Signal(denials, "")).late:
            later = js.own_nodes(statement, "call_expression")
            if any(_through_api(call, script) for call in later):
                yield script.at(statement)


@check(
    "SU505",
    "error",
    of=RULE,
    why="The promise of an async Rule is not what the tenant waits for; it waits for "
    "callback, until the time limit.",
    instead="call callback(null, user, context) at the end, and callback(error) in a "
    "catch around the rest",
)
def async_rule_never_calls_back(script: Script) -> Iterator[Hit]:
    """An async Rule ends without ever calling back."""
    for handler in script.handlers.values():
        if js.is_async(handler) and not _mentions_callback(script):
            yield script.at(handler)


@check(
    "SU506",
    of=RULE,
    why="The first argument is the error, and then come user and context: a user in "
    "the first place fails the login, and without them the next Rule has nothing.",
    instead="callback(null, user, context)",
)
def callback_without_user(script: Script) -> Iterator[Hit]:
    """`callback` is not given null, user and context."""
    for call in script.calls("callback"):
        given = js.arguments(call)
        first = given[0] if given else None
        fine = first is not None and js.text(first) not in {"null", "undefined"}
        short = not fine and len(given) < _ANSWER
        if short or script.path(first) == ("user",):
            yield script.at(call)


@check(
    "SU507",
    "error",
    of=ACTION,
    why="UnauthorizedError does not exist in Actions. The script throws a "
    "ReferenceError, and the application sees access_denied with that text.",
    instead="return api.access.deny(…); the error is access_denied, never unauthorized",
)
def unauthorized_in_action(script: Script) -> Iterator[Hit]:
    """UnauthorizedError is used in an Action."""
    for node in script.nodes("new_expression", "call_expression"):
        made = js.field(node, "constructor") or js.field(node, "function")
        if js.text(made) == "UnauthorizedError" and script.path(made) == (
            "UnauthorizedError",
        ):
            yield script.at(node)


@check(
    "SU508",
    of=ACTION,
    why="A redirect and a request for a second factor in one handler let a user come "
    "back without having passed it.",
    instead="put api.redirect.sendUserTo into an Action of its own, the last one, or "
    "ask in onContinuePostLogin, when the user is back",
)
def redirect_beside_second_factor(script: Script) -> Iterator[Hit]:
    """One handler redirects and asks for a second factor."""
    for handler in script.handlers.values():
        inside = {node.id for node in reach(handler, script)}
        asked = [ask.node for ask in asks(script) if ask.node.id in inside]
        for call in script.calls("api.redirect.sendUserTo"):
            beside = (_may_meet(call, node, script) for node in asked)
            if call.id in inside and any(beside):
                yield script.at(call)


@check(
    "SU509",
    "error",
    of=ACTION,
    why="The tenant takes what was asked for when the handler returns. What a promise "
    "or a timer asks for later is lost.",
    instead="await the promise, and call api in the handler itself",
)
def nobody_waits(script: Script) -> Iterator[Hit]:
    """`api` is called in a function that nobody waits for."""
    for call in script.nodes("call_expression"):
        if not _forgotten(call):
            continue
        given = [part for part in js.arguments(call) if part.type in js.FUNCTIONS]
        inner = (node for part in given for node in js.nodes(part, "call_expression"))
        if any(_through_api(node, script) for node in inner):
            yield script.at(call)


@check(
    "SU510",
    why="When something in the try block fails before the factor was asked for, the "
    "login goes on without it.",
    instead="refuse the login in the catch block, or ask for the factor before "
    "anything that can fail",
)
def error_swallowed(script: Script) -> Iterator[Hit]:
    """An error is swallowed, and the second factor with it."""
    for block in script.nodes("try_statement"):
        body, handler = js.field(block, "body"), js.field(block, "handler")
        if body is None or handler is None or refusals(handler, script):
            continue
        inside = {node.id for node in js.nodes(body)}
        asked = [ask.node for ask in asks(script) if ask.node.id in inside]
        if asked and _can_fail_before(body, asked[0]):
            yield script.at(handler)


@check(
    "SU511",
    of=ACTION,
    why="A login may hold four challenges and enrolments; the fifth is an error.",
    instead="challengeWithAny and enrollWithAny offer several factors in one command",
)
def too_many_commands(script: Script) -> Iterator[Hit]:
    """More challenges and enrolments than a login may hold."""
    for call in [*script.calls(*COMMANDS)][_COMMAND_LIMIT:]:
        yield script.at(call)


def _may_meet(node: Node, other: Node, script: Script) -> bool:
    """Say whether one login may reach both places: no test comes out two ways."""
    ways = [_outcomes(way, script) for way in circumstances(node, script)]
    others = [_outcomes(way, script) for way in circumstances(other, script)]
    return any(
        not any((test, not holds) in theirs for test, holds in ours)
        for ours in ways
        for theirs in others
    )


def _outcomes(way: tuple[Fact, ...], script: Script) -> frozenset[tuple[str, bool]]:
    """Give the tests of a way, whole and taken apart, with how they came out."""
    together = (*way, *atoms(way, script))
    return frozenset(
        (" ".join(js.text(fact.test).split()), fact.holds) for fact in together
    )


def _rule_endings(script: Script) -> Iterator[Endings]:
    signal = Signal(frozenset(call.id for call in script.calls("callback")), "callback")
    for handler in script.handlers.values():
        if _mentions_callback(script):
            yield endings(handler, script, signal)
            keeper = _only_keeper(handler, script, signal)
            if keeper is not None:
                yield endings(keeper, script, signal)


def _only_keeper(handler: Node, script: Script, signal: Signal) -> Node | None:
    """Give the one inline function that answers for the Rule, if it is just one."""
    keepers = {
        function.id: function
        for call in js.nodes(handler, "call_expression")
        if call.id in signal.calls
        and (function := js.enclosing_function(call)) is not None
    }
    only = next(iter(keepers.values())) if len(keepers) == 1 else None
    if only is None or only == handler or script.names.callers(only):
        return None
    given_to = only.parent.parent if only.parent is not None else None
    if given_to is None or given_to.type != "call_expression":
        return None
    return None if method(given_to)[0] in WALKERS | _TIMERS else only


def _mentions_callback(script: Script) -> bool:
    return any(
        script.path(node) == ("callback",) and not _is_parameter(node)
        for node in script.nodes("identifier")
    )


def _is_parameter(node: Node) -> bool:
    return node.parent is not None and node.parent.type == "formal_parameters"


def _up(node: Node) -> Iterator[Node]:
    yield node
    yield from (parent for parent, _ in js.ancestors(node))


def _works(statement: Node, script: Script) -> bool:
    """Say whether a statement does anything but print."""
    if any(True for _ in js.own_nodes(statement, "assignment_expression")):
        return True
    calls = js.own_nodes(statement, "call_expression")
    return any(
        (script.path(js.field(call, "function")) or ("",))[0] not in _QUIET
        for call in calls
    )


def _through_api(call: Node, script: Script) -> bool:
    path = script.path(js.field(call, "function"))
    return path[:1] == ("api",) and path != ("api", "access", "deny")


def _forgotten(call: Node) -> bool:
    """Say whether a call starts something that the handler does not wait for."""
    name, _ = method(call)
    statement = call.parent is not None and call.parent.type == "expression_statement"
    if name in _TIMERS:
        return True
    if name == "forEach":
        given = js.argument(call, 0)
        return given is not None and js.is_async(given)
    return name in {"catch", "finally", "then"} and statement


def _can_fail_before(body: Node, asked: Node) -> bool:
    """Say whether something is awaited, required or called before the ask."""
    return any(
        node.start_byte < asked.start_byte and node.end_byte < asked.start_byte
        for node in js.own_nodes(body, "await_expression", "call_expression")
    )
