"""A Rule's change of metadata by `auth0.users`, and what it does afterwards.  Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from fabrikam.lab.javascript import syntax as js
from fabrikam.lab.javascript.syntax import Node

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fabrikam.lab.advise.rule_values import Reader

__all__ = ["Stored", "stored_by"]

_SETTERS: Final[Mapping[str, str]] = {
    "auth0.users.updateAppMetadata": "setAppMetadata",
    "auth0.users.updateUserMetadata": "setUserMetadata",
}
_ARGUMENTS: Final = 2


@dataclass(frozen=True, slots=True)
class Stored:
    """What is stored by which member of `api.user`, and the function that follows."""

    setter: str
    value: Node
    then: Node


def stored_by(node: Node | None, reader: Reader) -> Stored | None:
    """Read `auth0.users.update…(user.user_id, value).then(function)`, with its catch.

    What `catch` does is left out: in an Action the change cannot fail at this place.
    """
    node = js.bare(node)
    caught, inner = _chained(node, "catch")
    then, call = _chained(inner if caught is not None else node, "then")
    setter = _SETTERS.get(js.text(js.field(call, "function")))
    if call is None or then is None or setter is None:
        return None
    given = js.arguments(call)
    if len(given) != _ARGUMENTS or reader.path(given[0]) != ("user", "user_id"):
        return None
    return Stored(setter, given[1], then)


def _chained(node: Node | None, name: str) -> tuple[Node | None, Node | None]:
    """Take `.name(function)` off a chain: the function, and what it was called on."""
    callee = js.field(node, "function")
    if node is None or callee is None or callee.type != "member_expression":
        return None, None
    function = js.argument(node, 0)
    if js.member(callee) != name or function is None:
        return None, None
    body = js.field(function, "body")
    if function.type not in js.FUNCTIONS or body is None:
        return None, None
    if body.type != "statement_block" or (name == "then" and js.parameters(function)):
        return None, None
    return function, js.bare(js.field(callee, "object"))
