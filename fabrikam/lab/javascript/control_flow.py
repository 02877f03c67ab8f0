"""How a function ends: whether a signal was given on every way, once, and last.

The signal of a Rule is `callback(…)`, that of an Action `api.access.deny(…)`.  A
*state* counts the signals so far; `HANDED` says that somebody else holds the callback
now, a request or a timer, and nothing more can be said about this way.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, TypeAlias

from fabrikam.lab.javascript import syntax as js
from fabrikam.lab.javascript.conditions import reach
from fabrikam.lab.javascript.syntax import Node

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fabrikam.lab.javascript.script import Script

__all__ = ["HANDED", "Endings", "Signal", "endings"]

States: TypeAlias = frozenset[int]

HANDED: Final = 3
_MANY: Final = 2
_STOREYS: Final = 5  # helpers in helpers that are followed
_START: Final[States] = frozenset({0})
_NONE: Final[States] = frozenset()


@dataclass(frozen=True, slots=True)
class Signal:
    """What is counted: the calls themselves, and the name under which they travel."""

    calls: frozenset[int]
    name: str


@dataclass(frozen=True, slots=True)
class Endings:
    """What one function does wrong with its signal.

    `silent` are the ends that are reached without it, `repeated` the second calls,
    `late` the statements that run after it.
    """

    silent: tuple[Node, ...]
    repeated: tuple[Node, ...]
    late: tuple[Node, ...]
    handed: bool


@dataclass(frozen=True, slots=True)
class _End:
    """The states in which a statement goes on, returns, or breaks out of a loop."""

    on: States = _NONE
    returned: States = _NONE
    broken: States = _NONE

    def also(self, other: _End) -> _End:
        """Join the ends of two branches."""
        return _End(
            self.on | other.on,
            self.returned | other.returned,
            self.broken | other.broken,
        )


@dataclass(slots=True)
class _Walk:
    """One walk through a function; it remembers the places that it meets."""

    script: Script
    signal: Signal
    silent: list[Node] = field(default_factory=list)
    repeated: list[Node] = field(default_factory=list)
    late: list[Node] = field(default_factory=list)
    inside: list[int] = field(default_factory=list)

    def statements(self, nodes: Iterable[Node], states: States) -> _End:
        """Run statements one after the other."""
        end = _End(on=states)
        for statement in nodes:
            after = self.statement(statement, end.on) if end.on else _End()
            end = replace(end, on=_NONE).also(after)
        return end

    def statement(self, node: Node, states: States) -> _End:
        """Run one statement."""
        match node.type:
            case "statement_block" | "else_clause" | "labeled_statement":
                return self.statements(node.named_children, states)
            case "if_statement":
                return self._if(node, states)
            case "return_statement":
                return self._return(node, states)
            case "throw_statement":
                return _End()
            case "break_statement" | "continue_statement":
                return _End(broken=states)
            case "switch_statement":
                return self._switch(node, states)
            case "try_statement":
                return self._try(node, states)
            case kind if kind in js.LOOPS:
                return self._loop(node, states)
            case kind if kind in js.FUNCTIONS or kind == "comment":
                return _End(on=states)
        if states & {1, _MANY}:
            self.late.append(node)
        return _End(on=self.expression(node, states))

    def expression(self, node: Node | None, states: States) -> States:
        """Evaluate an expression."""
        if node is None:
            return states
        match node.type:
            case "identifier":
                return _handed(states) if self._is_carrier(node) else states
            case "variable_declarator":
                return self.expression(js.field(node, "value"), states)
            case "call_expression":
                return self._call(node, states)
            case "ternary_expression":
                return self._ternary(node, states)
            case "binary_expression" if js.operator(node) in {"&&", "||", "??"}:
                left = self.expression(js.field(node, "left"), states)
                return left | self.expression(js.field(node, "right"), left)
            case kind if kind in js.FUNCTIONS:
                return self._function(node, states)
        for child in node.named_children:
            states = self.expression(child, states)
        return states

    def _function(self, function: Node, states: States) -> States:
        if self.script.names.callers(function):
            return states  # it runs where it is called
        return _handed(states) if self._carries(function) else states

    def _call(self, call: Node, states: States) -> States:
        for argument in js.arguments(call):
            states = self.expression(argument, states)
        if call.id in self.signal.calls:
            if states & {1, _MANY}:
                self.repeated.append(call)
            return frozenset(s if s == HANDED else min(s + 1, _MANY) for s in states)
        function = self.script.names.function(js.field(call, "function"))
        if function is None:
            return self.expression(js.field(call, "function"), states)
        return self._through(call, function, states)

    def _through(self, call: Node, function: Node, states: States) -> States:
        if function.id in self.inside or len(self.inside) > _STOREYS:
            return states
        helper = _Walk(self.script, self.signal, inside=[*self.inside, function.id])
        end = helper.body(function, states)
        if not states & {1, _MANY}:
            self.repeated += helper.repeated
            self.late += helper.late
        elif helper.repeated:
            self.repeated.append(call)
        return end.on | end.returned

    def body(self, function: Node, states: States) -> _End:
        """Run the body of a function."""
        body = js.field(function, "body")
        if body is None or body.type == "statement_block":
            return self.statements([] if body is None else body.named_children, states)
        return _End(returned=self.expression(body, states))

    def _carries(self, function: Node) -> bool:
        return any(
            self.script.path(node) == (self.signal.name,)
            for node in reach(function, self.script)
            if node.type == "identifier"
        )

    def _is_carrier(self, identifier: Node) -> bool:
        helper = self.script.names.function(identifier)
        named = self.script.path(identifier) == (self.signal.name,)
        return named or (helper is not None and self._carries(helper))

    def _ternary(self, node: Node, states: States) -> States:
        states = self.expression(js.field(node, "condition"), states)
        then = self.expression(js.field(node, "consequence"), states)
        return then | self.expression(js.field(node, "alternative"), states)

    def _if(self, node: Node, states: States) -> _End:
        states = self.expression(js.field(node, "condition"), states)
        then, other = js.field(node, "consequence"), js.field(node, "alternative")
        end = _End() if then is None else self.statement(then, states)
        return end.also(
            _End(on=states) if other is None else self.statement(other, states)
        )

    def _return(self, node: Node, states: States) -> _End:
        value = next((part for part in node.named_children), None)
        states = self.expression(value, states)
        if 0 in states:
            self.silent.append(node)
        return _End(returned=states)

    def _loop(self, node: Node, states: States) -> _End:
        body = js.field(node, "body")
        if body is None:
            return _End(on=states)
        once = self.statement(body, states)
        again = self.statement(body, once.on) if once.on != states else _End()
        every = once.also(again)
        return _End(on=states | every.on | every.broken, returned=every.returned)

    def _switch(self, node: Node, states: States) -> _End:
        states = self.expression(js.field(node, "value"), states)
        cases = js.field(node, "body")
        falling, end, closed = _NONE, _End(), False
        for case in [] if cases is None else cases.named_children:
            closed |= case.type == "switch_default"
            ran = self.statements(_case_body(case), states | falling)
            falling = ran.on
            end = end.also(_End(_NONE, ran.returned, ran.broken))
        on = falling | end.broken | (_NONE if closed else states)
        return _End(on=on, returned=end.returned)

    def _try(self, node: Node, states: States) -> _End:
        body, handler = js.field(node, "body"), js.field(node, "handler", "body")
        end = _End() if body is None else self.statement(body, states)
        if handler is not None:
            end = end.also(self.statement(handler, states))
        last = js.field(node, "finalizer", "body")
        if last is None or not end.on:
            return end
        return self.statement(last, end.on).also(_End(_NONE, end.returned, end.broken))


def endings(function: Node, script: Script, signal: Signal) -> Endings:
    """Walk through a function and say what it does wrong with its signal."""
    walk = _Walk(script, signal, inside=[function.id])
    end = walk.body(function, _START)
    body = js.field(function, "body")
    if 0 in end.on and body is not None:
        walk.silent.append(body.children[-1] if body.children else body)
    return Endings(
        silent=tuple(walk.silent),
        repeated=tuple(walk.repeated),
        late=tuple(walk.late),
        handed=HANDED in end.on | end.returned,
    )


def _handed(states: States) -> States:
    return frozenset(state or HANDED for state in states)


def _case_body(case: Node) -> list[Node]:
    value = js.field(case, "value")
    return [part for part in case.named_children if not js.same(part, value)]
