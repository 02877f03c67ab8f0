"""A draft without the declarations that only the Rule had a use for.  Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fabrikam.lab.javascript import syntax as js
from fabrikam.lab.javascript.names import read_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fabrikam.lab.javascript.syntax import Node

__all__ = ["tidied"]

_DECLARATIONS: Final = ("variable_declaration", "lexical_declaration")
_EFFECTS: Final = (
    "assignment_expression",
    "augmented_assignment_expression",
    "await_expression",
    "call_expression",
    "new_expression",
    "update_expression",
)
_USES: Final = ("identifier", "shorthand_property_identifier")
_MOST_ROUNDS: Final = 100


def tidied(source: str) -> str:
    """Take out, one after the other, the names that nobody uses."""
    for _ in range(_MOST_ROUNDS):
        unused = next(_unused(js.parse(source)), None)
        if unused is None:
            return source
        source = _without_line(source, unused)
    return source


def _unused(root: Node) -> Iterator[Node]:
    names = read_names(root)
    used = {
        bound.at.id
        for node in js.nodes(root, *_USES)
        if (bound := names.binding(node)) is not None and bound.at != node
    }
    for declaration in js.nodes(root, *_DECLARATIONS):
        declared = [
            child
            for child in declaration.named_children
            if child.type == "variable_declarator"
        ]
        name = js.field(declared[0], "name")
        single = len(declared) == 1 and name is not None and name.type == "identifier"
        if (
            single
            and name is not None
            and name.id not in used
            and _is_pure(declared[0])
        ):
            yield declaration


def _is_pure(declarator: Node) -> bool:
    value = js.field(declarator, "value")
    return value is not None and not any(True for _ in js.nodes(value, *_EFFECTS))


def _without_line(source: str, node: Node) -> str:
    """Take a statement out, with the comment behind it and its line."""
    data = source.encode()
    before = data[: node.start_byte].rstrip(b" \t")
    after = data[node.end_byte :]
    line, end, rest = after.partition(b"\n")
    if before.endswith(b"\n") and (not line.strip() or line.strip().startswith(b"//")):
        after = rest if end else b""
        return (before + after).decode()
    return (data[: node.start_byte] + after.lstrip(b" ")).decode()
