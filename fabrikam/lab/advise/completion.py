"""Whether every way through a Rule ends: in a callback, a `return` or a `throw`."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from fabrikam.lab.advise.rule_values import first
from fabrikam.lab.javascript import syntax as js

if TYPE_CHECKING:
    from collections.abc import Callable

    from fabrikam.lab.javascript.syntax import Node

__all__ = ["always_ends"]

Ends: TypeAlias = "Callable[[Node | None], bool]"


def always_ends(node: Node | None, calls_back: Ends) -> bool:
    """Tell whether nothing that follows a statement can be reached."""
    if node is None:
        return False
    match node.type:
        case "return_statement" | "throw_statement":
            return True  # a return without a callback is written as a refusal
        case "expression_statement":
            return calls_back(first(node))
        case "statement_block" | "else_clause" | "finally_clause":
            return any(always_ends(child, calls_back) for child in node.named_children)
        case "if_statement":
            ways = js.field(node, "consequence"), js.field(node, "alternative")
            return all(always_ends(way, calls_back) for way in ways)
        case "try_statement":
            return _tried_ends(node, calls_back)
        case _:
            return False


def _tried_ends(node: Node, calls_back: Ends) -> bool:
    last = js.field(node, "finalizer")
    if always_ends(js.field(last, "body"), calls_back):
        return True
    caught = js.field(js.field(node, "handler"), "body")
    ways = js.field(node, "body"), caught
    return all(always_ends(way, calls_back) for way in ways)
