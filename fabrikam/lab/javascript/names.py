"""What the names of a script stand for.

`event` may be called `e`, be taken apart into `{ transaction, user }`, be handed to a
helper, or be kept in a constant.  Every check asks here for the *path* of an
expression, `("event", "transaction", "acr_values")`, and so sees through all of that.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from fabrikam.lab.javascript import syntax as js
from fabrikam.lab.javascript.declarations import EACH, Binding, Path, declarations
from fabrikam.lab.javascript.syntax import Node

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["EACH", "ROOTS", "WALKERS", "Names", "Path", "read_names"]

ROOTS: Final = frozenset({"api", "callback", "context", "event", "user"})
WALKERS: Final = frozenset(
    {"every", "filter", "find", "findIndex", "flatMap", "forEach", "map", "some"}
)
_NAMES: Final = frozenset(
    {
        "identifier",
        "shorthand_property_identifier",
        "shorthand_property_identifier_pattern",
    }
)
_ANSWERING: Final = frozenset(
    {"canRedirect", "encodeToken", "get", "set", "validateToken", "wasExecuted"}
)
_KEEPERS: Final = frozenset(
    {"concat", "filter", "slice", "toLowerCase", "toUpperCase", "trim"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Every name of one script; expressions in, paths and constants out.

    `origins` remembers where names were found to come from: helpers that call helpers
    would otherwise be followed again and again.
    """

    scopes: Mapping[int, Mapping[str, Binding]]
    handlers: Mapping[int, Path] = field(default_factory=dict)
    assigned: Mapping[int, tuple[Node, ...]] = field(default_factory=dict)
    calls: Mapping[int, tuple[Node, ...]] = field(default_factory=dict)
    origins: dict[int, Path] = field(default_factory=dict, repr=False, compare=False)

    def binding(self, identifier: Node) -> Binding | None:
        """Give the declaration that an identifier means; None for a global."""
        name = js.text(identifier)
        for scope, _ in js.ancestors(identifier):
            bound = self.scopes.get(scope.id, {}).get(name)
            if bound is not None:
                return bound
        return None

    def path(self, node: Node | None) -> Path:
        """Give the path of an expression, or `()` where it has none."""
        node = js.bare(node)
        if node is None:
            return ()
        match node.type:
            case kind if kind in _NAMES:
                return self._named(node)
            case "member_expression" | "subscript_expression":
                return self._member(node)
            case "binary_expression" if js.operator(node) in {"||", "??"}:
                return self.path(js.field(node, "left"))
            case "binary_expression" if js.operator(node) == "&&":
                return self.path(js.field(node, "right"))
            case "call_expression":
                return self._called(node)
        return ()

    def constant(
        self, node: Node | None, visited: frozenset[int] = frozenset()
    ) -> str | None:
        """Give the string that an expression always is."""
        node = js.bare(node)
        if node is None:
            return None
        if node.type in {"identifier", "shorthand_property_identifier"}:
            value = self.value(node)
            if value is None or value.id in visited:
                return None
            return self.constant(value, visited | {value.id})
        if node.type == "binary_expression" and js.operator(node) == "+":
            parts = [js.field(node, "left"), js.field(node, "right")]
            return _joined(self.constant(part, visited) for part in parts)
        if node.type == "template_string":
            return _joined(self._piece(part, visited) for part in node.named_children)
        return js.literal(node)

    def _piece(self, part: Node, visited: frozenset[int]) -> str | None:
        if part.type == "template_substitution":
            return self.constant(part.named_children[0], visited)
        return js.text(part)

    def value(self, identifier: Node) -> Node | None:
        """Give the expression behind a name that is set once and not taken apart."""
        bound = self.binding(identifier)
        if bound is None or bound.steps or bound.at.id in self.assigned:
            return None
        return js.bare(bound.value)

    def literal(self, node: Node | None, kind: str) -> Node | None:
        """Give the object or array literal that an expression is, also by name."""
        node = js.bare(node)
        if node is not None and node.type == "identifier":
            node = self.value(node)
        if node is not None and node.type == "call_expression":  # Object.freeze([...])
            node = js.argument(node, 0)
        return node if node is not None and node.type == kind else None

    def function(self, node: Node | None) -> Node | None:
        """Give the function of this script that an expression stands for."""
        node = js.bare(node)
        if node is not None and "identifier" in node.type:
            node = self.value(node)
        return node if node is not None and node.type in js.FUNCTIONS else None

    def callers(self, function: Node) -> tuple[Node, ...]:
        """Give the calls of a named function of this script."""
        name = _own_name(function)
        bound = None if name is None else self.binding(name)
        return () if bound is None else self.calls.get(bound.at.id, ())

    def handed_on(self, function: Node) -> bool:
        """Say whether a named function is ever used for anything but calling it."""
        name = _own_name(function)
        bound = None if name is None else self.binding(name)
        if bound is None:
            return True
        called = {js.field(call, "function") for call in self.callers(function)}
        root = list(js.ancestors(function))[-1][0]
        return any(
            js.text(use) == bound.name and use != bound.at and use not in called
            for use in js.nodes(root, "identifier", "shorthand_property_identifier")
        )

    def _named(self, identifier: Node) -> Path:
        bound = self.binding(identifier)
        if bound is None:
            return (js.text(identifier),)
        if bound.at.id not in self.origins:
            self.origins[bound.at.id] = ()  # a name that stands for itself has no path
            self.origins[bound.at.id] = self._origin(bound)
        origin = self.origins[bound.at.id]
        return (*origin, *bound.steps) if origin else ()

    def _origin(self, bound: Binding) -> Path:
        if bound.function is not None:
            return self._parameter(bound, bound.function)
        return self.path(bound.value)

    def _parameter(self, bound: Binding, function: Node) -> Path:
        handler = self.handlers.get(function.id)
        if handler is not None:
            return handler[bound.position : bound.position + 1]
        walked = self._walked(function) if bound.position == 0 else ()
        if walked:
            return (*walked, EACH)
        given = {
            self.path(js.argument(call, bound.position))
            for call in self.callers(function)
        }
        if len(given) == 1:
            return given.pop()
        named = bound.name in ROOTS and not bound.steps
        return (bound.name,) if named and not js.is_inline(function) else ()

    def _walked(self, function: Node) -> Path:
        listed = function.parent
        if listed is None or listed.type != "arguments" or listed.parent is None:
            return ()
        call = js.field(listed.parent, "function")
        if call is None or call.type != "member_expression":
            return ()
        walks = js.member(call) in WALKERS
        return self.path(js.field(call, "object")) if walks else ()

    def _member(self, node: Node) -> Path:
        whole = js.bare(js.field(node, "object"))
        origin = self.path(whole)
        name = js.member(node)
        if whole is not None and whole.type == "this" and name in ROOTS:
            return (name,)  # an object that keeps what its constructor was given
        if name is None:
            name = self.constant(js.field(node, "index"))
        return (*origin, name) if origin and name is not None else ()

    def _called(self, node: Node) -> Path:
        callee = js.field(node, "function")
        copied = _copied(node, callee)
        if copied is not None:
            return self.path(copied)
        if callee is None or callee.type != "member_expression":
            return ()
        origin = self.path(js.field(callee, "object"))
        match js.member(callee):
            case "at" | "find" | "pop" | "shift" if origin:
                return (*origin, EACH)
            case keeper if keeper in _KEEPERS:
                return origin
            case answering if answering in _ANSWERING:
                return ()
        return ("api",) if origin[:1] == ("api",) else ()  # most of its methods chain


def _copied(call: Node, callee: Node | None) -> Node | None:
    """Give what a call copies whole: by `structuredClone`, or through JSON."""
    if js.text(callee) == "structuredClone":
        return js.argument(call, 0)
    inner = js.argument(call, 0) if js.text(callee) == "JSON.parse" else None
    if inner is None or js.text(js.field(inner, "function")) != "JSON.stringify":
        return None
    return js.argument(inner, 0)


def read_names(root: Node) -> Names:
    """Collect the names of a script; its handlers are added when they are known."""
    scopes: dict[int, dict[str, Binding]] = defaultdict(dict)
    for scope, bound in declarations(root):
        scopes[scope.id].setdefault(bound.name, bound)
    names = Names(scopes=MappingProxyType(scopes))
    return replace(names, assigned=_assigned(root, names), calls=_calls(root, names))


def _assigned(root: Node, names: Names) -> Mapping[int, tuple[Node, ...]]:
    values: dict[int, tuple[Node, ...]] = defaultdict(tuple)
    kinds = ("assignment_expression", "augmented_assignment_expression")
    for assignment in js.nodes(root, *kinds, "update_expression"):
        target = js.field(assignment, "left") or js.field(assignment, "argument")
        if target is not None and target.type == "identifier":
            bound = names.binding(target)
            value = js.field(assignment, "right") or assignment
            if bound is not None:
                values[bound.at.id] += (value,)
    return MappingProxyType(dict(values))


def _calls(root: Node, names: Names) -> Mapping[int, tuple[Node, ...]]:
    calls: dict[int, tuple[Node, ...]] = defaultdict(tuple)
    for call in js.nodes(root, "call_expression"):
        callee = js.bare(js.field(call, "function"))
        if callee is not None and callee.type == "identifier":
            bound = names.binding(callee)
            if bound is not None:
                calls[bound.at.id] += (call,)
    return MappingProxyType(dict(calls))


def _joined(parts: Iterable[str | None]) -> str | None:
    whole = tuple(parts)
    return None if None in whole else "".join(part for part in whole if part)


def _own_name(function: Node) -> Node | None:
    if function.type.endswith("_declaration"):
        return js.field(function, "name")
    declarator = function.parent
    if declarator is not None and declarator.type == "variable_declarator":
        return js.field(declarator, "name")
    return None
