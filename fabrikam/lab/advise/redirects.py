"""A Rule's redirect, and the branch in which it meets the user who is back.  Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fabrikam.lab.advise.completion import always_ends
from fabrikam.lab.javascript import syntax as js

if TYPE_CHECKING:
    from collections.abc import Callable

    from fabrikam.lab.advise.rule_values import Path, Reader
    from fabrikam.lab.javascript.script import Script
    from fabrikam.lab.javascript.syntax import Node

__all__ = ["REDIRECT", "resumption", "target_of", "writes_beside"]

REDIRECT: Final[Path] = ("context", "redirect")
_PROTOCOL: Final[Path] = ("context", "protocol")
_BACK: Final = "redirect-callback"


def resumption(
    script: Script, reader: Reader, ends: Callable[[Node | None], bool]
) -> Node | None:
    """Give the `if` in which a Rule meets the user who is back from its redirect.

    It has to end the Rule and to need nothing that the Rule worked out before: only
    then it is a handler of its own.
    """
    if not any(
        reader.path(js.field(node, "left")) == REDIRECT
        for node in script.nodes("assignment_expression")
    ):
        return None
    body = js.field(reader.handler, "body")
    for statement in [] if body is None else body.named_children:
        if statement.type == "if_statement" and _is_back(statement, reader):
            then = js.field(statement, "consequence")
            alone = js.field(statement, "alternative") is None
            closed = then is not None and not _borrows(then, script, reader)
            return statement if alone and closed and always_ends(then, ends) else None
    return None


def writes_beside(script: Script, reader: Reader, resumed: Node) -> bool:
    """Tell whether a Rule that redirects writes anything else on the way out.

    A Rule is run again from the start when the user is back, and what it wrote is
    gone; an Action has it still.
    """
    inside = {node.id for node in js.nodes(resumed)}
    for node in script.nodes("assignment_expression"):
        target = js.field(node, "left")
        written = reader.path(target)
        known = len(written) > 1 or reader.computed(target) is not None
        fills = reader.path(js.field(node, "right")) == written
        if known and written != REDIRECT and not fills and node.id not in inside:
            return True
    return False


def target_of(value: Node) -> Node | None:
    """Give the address in `{ url: … }`, where nothing else stands in it."""
    wish = js.bare(value)
    if wish is None or wish.type != "object":
        return None
    parts = [part for part in wish.named_children if part.type != "comment"]
    return js.property_of(wish, "url") if len(parts) == 1 else None


def _is_back(statement: Node, reader: Reader) -> bool:
    test = js.bare(js.field(statement, "condition"))
    if test is None or js.operator(test) not in {"==", "==="}:
        return False
    left, right = js.bare(js.field(test, "left")), js.bare(js.field(test, "right"))
    sides = ((left, right), (right, left))
    return any(
        reader.path(side) == _PROTOCOL
        and other is not None
        and js.literal(other) == _BACK
        for side, other in sides
    )


def _borrows(branch: Node, script: Script, reader: Reader) -> bool:
    """Tell whether a branch uses a name that the Rule declares outside of it."""
    inside = {node.id for node in js.nodes(branch)}
    for name in js.nodes(branch, "identifier", "shorthand_property_identifier"):
        bound = script.names.binding(name)
        own = bound is None or bound.at.id in inside
        if not own and not reader.is_given(name):
            return True
    return False
