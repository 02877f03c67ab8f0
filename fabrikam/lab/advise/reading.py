"""What an expression of a Rule stands for, exactly or not at all.

The linter may guess, a draft may not: a name that is assigned twice, a fallback that
says something, a parameter of a helper all stand for nothing here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from fabrikam.lab import javascript as js
from fabrikam.lab.javascript import Node

if TYPE_CHECKING:
    from fabrikam.lab.lint.script import Script

__all__ = ["NOWHERE", "Path", "Reader", "Token", "first", "is_empty"]

Path: TypeAlias = tuple[str, ...]
Token: TypeAlias = Literal["idToken", "accessToken"]

NOWHERE: Final[Path] = ()
_GIVEN: Final = ("user", "context", "callback")
_EMPTY: Final = frozenset({"{}", "[]", "''", '""', "null", "undefined"})
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
    inner = (one for one in node.named_children if one.type != "comment")
    return next(inner, None)
