"""Where scripts ask for a second factor, and what makes them ask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from fabrikam.lab.javascript import syntax as js
from fabrikam.lab.javascript.conditions import (
    Fact,
    affirms,
    atoms,
    circumstances,
    mentions,
    strings,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fabrikam.lab.javascript.names import Path
    from fabrikam.lab.javascript.script import Script
    from fabrikam.lab.javascript.syntax import Node

__all__ = [
    "COMMANDS",
    "ENABLE",
    "ENROLMENTS",
    "MULTIFACTOR",
    "Ask",
    "Trigger",
    "alternatives",
    "asks",
    "conditions",
    "is_step_up",
    "lets_step_up_pass",
    "refusals",
    "taken_back",
    "triggers",
]

Trigger: TypeAlias = Literal["acr_values", "scope"]

_EITHER: Final = "ternary_expression"
ENABLE: Final = "api.multifactor.enable"
ENROLMENTS: Final = (
    "api.authentication.enrollWith",
    "api.authentication.enrollWithAny",
)
COMMANDS: Final = (
    "api.authentication.challengeWith",
    "api.authentication.challengeWithAny",
    *ENROLMENTS,
)
_STANDARD_SCOPES: Final = frozenset(
    {"address", "email", "offline_access", "openid", "phone", "profile"}
)
MULTIFACTOR: Final[Path] = ("context", "multifactor")
_SCOPES: Final = {
    ("event", "transaction", "requested_scopes"),
    ("event", "request", "query", "scope"),
    ("event", "request", "body", "scope"),
    ("context", "request", "query", "scope"),
    ("context", "request", "body", "scope"),
}


@dataclass(frozen=True, slots=True)
class Ask:
    """One place where a script asks for a second factor.

    `provider` is None where it is not a plain word, `options` where there are none.
    """

    node: Node
    provider: str | None = None
    options: Node | None = None
    by_command: bool = False


def asks(script: Script) -> tuple[Ask, ...]:
    """Give every place where a script asks for a second factor."""
    requests = _asked_by_rule(script) if script.kind == "rule" else _asked_by(script)
    return tuple(requests)


def taken_back(script: Script) -> Iterator[Node]:
    """Give the places where a Rule empties or deletes `context.multifactor`."""
    for assignment, path in script.writes(MULTIFACTOR):
        value = js.bare(js.field(assignment, "right"))
        if path == MULTIFACTOR and value is not None and _says_nothing(value):
            yield assignment
    for node in script.nodes("unary_expression"):
        gone = script.path(js.field(node, "argument"))
        if js.operator(node) == "delete" and gone == MULTIFACTOR:
            yield node


def conditions(ask: Ask, script: Script) -> tuple[tuple[Fact, ...], ...]:
    """Give the single tests on each way to an ask, taken apart."""
    ways = circumstances(_innermost(ask), script)
    return tuple(tuple(atoms(way, script)) for way in ways)


def triggers(way: Iterable[Fact], script: Script) -> frozenset[Trigger]:
    """Say what in a request makes a script go this way."""
    read = {path for fact in way for path in mentions(fact.test, script)}
    triggers_met: set[Trigger] = set()
    if any(path[-1:] == ("acr_values",) for path in read):
        triggers_met.add("acr_values")
    if read & _SCOPES:
        triggers_met.add("scope")
    return frozenset(triggers_met)


def lets_step_up_pass(fact: Fact, script: Script) -> bool:
    """Say whether a test comes out right for whoever asks for step-up, anyhow."""
    return _for_step_up(fact.test, script) is fact.holds


def _for_step_up(test: Node | None, script: Script) -> bool | None:
    """Evaluate a test for a request that asks for step-up; None where it depends."""
    test = js.bare(test)
    if test is None:
        return None
    if test.type == "unary_expression" and js.operator(test) == "!":
        inner = _for_step_up(js.field(test, "argument"), script)
        return None if inner is None else not inner
    if test.type == "binary_expression" and js.operator(test) in {"&&", "||"}:
        sides = (
            _for_step_up(js.field(test, "left"), script),
            _for_step_up(js.field(test, "right"), script),
        )
        deciding = js.operator(test) == "||"
        if deciding in sides:
            return deciding
        return None if None in sides else not deciding
    inner_facts = [
        fact for fact in atoms([Fact(test, holds=True)], script) if fact.test != test
    ]
    if len(inner_facts) == 1:
        inner = _for_step_up(inner_facts[0].test, script)
        return None if inner is None else inner is inner_facts[0].holds
    words = strings(test, script) - _STANDARD_SCOPES
    asked_for = bool(triggers([Fact(test, holds=True)], script))
    return affirms(test) if asked_for and words else None


def alternatives(value: Node | None, script: Script) -> Iterator[Node]:
    """Give each value that an expression may take; `wanted ? "any" : "none"` has 2."""
    node = js.bare(value)
    if node is not None and node.type == "identifier":
        named = script.names.value(node)
        node = named if named is not None and named.type == _EITHER else node
    if node is None or node.type != _EITHER:
        if node is not None:
            yield node
        return
    for name in ("consequence", "alternative"):
        yield from alternatives(js.field(node, name), script)


def is_step_up(ask: Ask, script: Script) -> bool:
    """Say whether an ask answers a request for step-up, and not just any login."""
    return any(triggers(way, script) for way in conditions(ask, script))


def refusals(branch: Node | None, script: Script) -> bool:
    """Say whether a branch refuses the login, or asks for a factor itself."""
    if branch is None:
        return False
    if next(js.nodes(branch, "throw_statement"), None) is not None:
        return True
    inside = {node.id for node in js.nodes(branch)}
    denied = script.calls("api.access.deny")
    failed = (
        call
        for call in script.calls("callback")
        if js.text(js.argument(call, 0)) not in {"", "null", "undefined"}
    )
    again = (ask.node for ask in asks(script))
    return any(node.id in inside for nodes in (denied, failed, again) for node in nodes)


def _innermost(ask: Ask) -> Node:
    """Give the options where they stand inside the ask: a branch may lie between."""
    inside = (
        ask.options is not None
        and ask.node.start_byte <= ask.options.start_byte < ask.node.end_byte
    )
    return ask.options if inside and ask.options else ask.node


def _asked_by(script: Script) -> Iterator[Ask]:
    for call in script.calls(ENABLE):
        first = js.argument(call, 0)
        options = script.names.literal(js.argument(call, 1), "object")
        for named in alternatives(first, script) if first is not None else ():
            provider = script.names.constant(named)
            place = call if named == first else named
            if provider != "none":
                yield Ask(place, provider, options)
        if first is None:
            yield Ask(call, options=options)
    for call in script.calls(*COMMANDS):
        yield Ask(call, by_command=True)


def _asked_by_rule(script: Script) -> Iterator[Ask]:
    for assignment, path in script.writes(MULTIFACTOR):
        value = js.bare(js.field(assignment, "right"))
        if path == (*MULTIFACTOR, "provider"):
            yield Ask(assignment, script.names.constant(value))
        elif path == MULTIFACTOR and value is not None:
            yield from _alternatives(assignment, value, script)
    yield from _assigned_to_context(script)


def _assigned_to_context(script: Script) -> Iterator[Ask]:
    """Give the asks by `Object.assign(context, { multifactor: … })`."""
    for call in script.calls("Object.assign"):
        given = script.names.literal(js.argument(call, 1), "object")
        if script.path(js.argument(call, 0)) == ("context",) and given is not None:
            value = js.bare(js.property_of(given, "multifactor"))
            if value is not None:
                yield from _alternatives(call, value, script)


def _alternatives(assignment: Node, value: Node, script: Script) -> Iterator[Ask]:
    if value.type == "ternary_expression":
        for name in ("consequence", "alternative"):
            branch = js.bare(js.field(value, name))
            if branch is not None:
                yield from _alternatives(assignment, branch, script)
        return
    options = script.names.literal(value, "object")
    if options is not None and not _says_nothing(options):
        provider = js.property_of(options, "provider")
        yield Ask(assignment, script.names.constant(provider), options)
    elif options is None and not _says_nothing(value):
        yield Ask(assignment)


def _says_nothing(value: Node) -> bool:
    empty = value.type == "object" and value.named_child_count == 0
    return empty or js.text(value) in {"null", "undefined", "false"}
