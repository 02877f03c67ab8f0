"""What an expression of a Rule stands for, exactly or not at all.

The linter may guess, a draft may not: a name that is assigned twice, a fallback that
says something, a parameter of a helper all stand for nothing here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from fabrikam.lab.javascript import syntax as js
from fabrikam.lab.javascript.names import WALKERS
from fabrikam.lab.javascript.syntax import Node

if TYPE_CHECKING:
    from fabrikam.lab.javascript.script import Script

__all__ = ["NOWHERE", "Path", "Reader", "Token", "first", "is_empty"]

Path: TypeAlias = tuple[str, ...]
Token: TypeAlias = Literal["idToken", "accessToken"]

NOWHERE: Final[Path] = ()
_GIVEN: Final = ("user", "context", "callback")
_EMPTY: Final = frozenset({"{}", "[]", "''", '""', "null", "undefined"})
_WRAPPINGS: Final = ("expression_statement", "return_statement", "statement_block")
_FALLBACKS: Final = frozenset({"||", "??"})


class Reader:
    """Reads one Rule; `handler` is its function."""

    def __init__(self, script: Script, handler: Node) -> None:
        self._names = script.names
        self.handler = handler

    def path(self, node: Node | None) -> Path:
        """Give the path of an expression from `user`, `context` or `callback` on."""
        node = js.bare(node)
        match node.type if node is not None else "":
            case "identifier" | "shorthand_property_identifier":
                return self._named(node)
            case "member_expression" | "subscript_expression":
                return self._member(node)
            case "binary_expression":
                return self._guarded(node)
            case _:
                return NOWHERE

    def is_global(self, identifier: Node) -> bool:
        """Tell whether a name is declared nowhere in the Rule."""
        return self._names.binding(identifier) is None

    def calls_back(self, node: Node | None) -> bool:
        """Tell whether an expression is a call of the callback."""
        node = js.bare(node)
        if node is None or node.type != "call_expression":
            return False
        return self.path(js.field(node, "function")) == ("callback",)

    def finishes(self, node: Node | None) -> bool:
        """Tell whether an expression calls a helper that does nothing but call back."""
        return self.finisher(node) is not None

    def finisher(self, node: Node | None) -> Node | None:
        """Give the call of the callback that a call of a helper comes to."""
        node = js.bare(node)
        if node is None or node.type != "call_expression":
            return None
        function = self._names.function(js.field(node, "function"))
        return None if function is None else self.last_call(function)

    def last_call(self, function: Node) -> Node | None:
        """Give the call of the callback that is all that a named helper does."""
        body = js.field(function, "body")
        if body is None or js.is_async(function) or not self._names.callers(function):
            return None
        only: Node | None = body
        while only is not None and only.type in _WRAPPINGS:
            parts = [child for child in only.named_children if child.type != "comment"]
            only = parts[0] if len(parts) == 1 else None
        return only if self.calls_back(only) else None

    def handed_over(self, node: Node) -> list[Node]:
        """Give what the callback gets, by a call of its own or of a helper."""
        last = self.finisher(node)
        if last is None:
            return js.arguments(node)
        function = js.enclosing_function(last)
        names = [js.text(name) for name in js.parameters(function)] if function else []
        given = dict(zip(names, js.arguments(node), strict=False))
        handed = js.arguments(last)
        left_out = {js.text(value) for value in handed[:1]} & set(names) - set(given)
        return (
            [] if left_out else [given.get(js.text(value), value) for value in handed]
        )

    def runs_at_once(self, function: Node | None) -> bool:
        """Tell whether what a function does is done before the Rule goes on."""
        if function is None or js.is_async(function):
            return False
        if function == self.handler:
            return True
        if js.is_inline(function):
            call = function.parent.parent if function.parent is not None else None
            callee = js.field(call, "function")
            walks = callee is not None and callee.type == "member_expression"
            if call is None or not walks or js.member(callee or call) not in WALKERS:
                return False
            return self.runs_at_once(js.enclosing_function(call))
        calls = self._names.callers(function)
        return bool(calls) and not self._names.handed_on(function)

    def is_finisher(self, declaration: Node) -> bool:
        """Tell whether a declaration holds nothing but a helper that calls back."""
        function: Node | None = declaration
        if declaration.type in {"lexical_declaration", "variable_declaration"}:
            declarators = [
                child for child in declaration.named_children if child.type != "comment"
            ]
            function = (
                js.field(declarators[0], "value") if len(declarators) == 1 else None
            )
        if function is None or function.type not in js.FUNCTIONS:
            return False
        return self.last_call(function) is not None

    def computed(self, target: Node | None) -> Token | None:
        """Name the token whose claim has a name that is computed."""
        if target is None or target.type != "subscript_expression":
            return None
        match self.path(js.field(target, "object")):
            case ("context", "idToken") if not self.path(target):
                return "idToken"
            case ("context", "accessToken") if not self.path(target):
                return "accessToken"
            case _:
                return None

    def is_given(self, identifier: Node) -> bool:
        """Tell whether a name is a parameter of the Rule itself."""
        bound = self._names.binding(identifier)
        return bound is not None and bound.function == self.handler

    def _named(self, identifier: Node | None) -> Path:
        bound = self._names.binding(identifier) if identifier else None
        if bound is None or bound.filled or bound.at.id in self._names.assigned:
            return NOWHERE
        if bound.function is not None:
            return self._parameter(bound.function, bound.position, bound.steps)
        origin = self.path(bound.value)
        return (*origin, *bound.steps) if origin else NOWHERE

    def _parameter(self, function: Node, position: int, steps: Path) -> Path:
        if function != self.handler or position >= len(_GIVEN):
            return NOWHERE
        return (_GIVEN[position], *steps)

    def _member(self, node: Node | None) -> Path:
        origin = self.path(js.field(node, "object"))
        name = js.member(node) if node is not None and origin else None
        if name == "[]":
            name = js.text(js.bare(js.field(node, "index")))
        return (*origin, name) if name is not None else NOWHERE

    def _guarded(self, node: Node | None) -> Path:
        left, right = js.field(node, "left"), js.field(node, "right")
        how = js.operator(node) if node is not None else ""
        if how in _FALLBACKS and is_empty(right):
            return self.path(left)
        whole, part = self.path(left), self.path(right)
        if how == "&&" and whole and part[: len(whole)] == whole:
            return part
        return NOWHERE


def is_empty(node: Node | None) -> bool:
    """Tell whether an expression is an empty fallback."""
    return js.text(js.bare(node)) in _EMPTY


def first(node: Node) -> Node | None:
    """Give what a statement holds, comments aside."""
    inner = (child for child in node.named_children if child.type != "comment")
    return next(inner, None)
