"""The expressions of a Rule in the words of an Action.

What has no counterpart, or not for certain, is `Unsure`: the statement around it is
left out of the draft.  Pure.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from fabrikam.lab.advise.rule_values import is_empty
from fabrikam.lab.auth0.counterparts import GLOBALS, SCOPES, read_of, write_of
from fabrikam.lab.javascript import syntax as js

if TYPE_CHECKING:
    from fabrikam.lab.advise.rule_values import Path, Reader
    from fabrikam.lab.javascript.script import Script
    from fabrikam.lab.javascript.syntax import Node

__all__ = ["Expressions", "Unsure", "no_way_to_write", "quoted"]

_ABSENT: Final = ("app_metadata", "user_metadata", "multifactor")
_TOKENS: Final = {("context", "idToken"), ("context", "accessToken")}
_QUERY: Final = ("context", "request", "query", "scope")
_BODY: Final = ("context", "request", "body", "scope")
_TIMES: Final = ("context", "authentication", "methods")
_MEMBER: Final = "member_expression"
_KNOWN: Final = frozenset(
    {
        "Array", "Boolean", "Buffer", "Date", "Error", "Infinity", "Intl", "JSON",
        "Map", "Math", "NaN", "Number", "Object", "Promise", "RangeError", "RegExp",
        "Set", "String", "Symbol", "SyntaxError", "TypeError", "URL",
        "URLSearchParams", "console", "decodeURIComponent", "encodeURIComponent",
        "isFinite", "isNaN", "parseFloat", "parseInt", "require", "undefined",
    }
)  # fmt: skip


class Unsure(Exception):
    """A translator's no: what cannot be carried over, and why."""


class Expressions:
    """Writes expressions again; keeps what is worth a note."""

    def __init__(self, script: Script, reader: Reader) -> None:
        self._script = script
        self._reader = reader
        self._source = script.source.encode()
        self.notes: list[str] = []
        self.dependencies: list[str] = []

    def write(self, node: Node) -> str:
        """Write a node again; raises Unsure."""
        return self._expression(node)

    def _expression(self, node: Node) -> str:
        match node.type:
            case "member_expression" | "subscript_expression":
                return self._member(node)
            case "identifier" | "shorthand_property_identifier":
                return self._name(node)
            case "binary_expression" if self._asks_everywhere(node):
                return (
                    SCOPES if self._may_be_empty(node) else f"({SCOPES} || undefined)"
                )
            case "assignment_expression" | "augmented_assignment_expression":
                return self._local(node, js.field(node, "left"))
            case "update_expression":
                return self._local(node, js.field(node, "argument"))
            case "unary_expression" if js.operator(node) == "delete":
                return self._deletion(node)
            case "call_expression":
                return self._call(node)
            case "new_expression":
                return self._new(node)
            case "variable_declarator" if self._is_claims(js.field(node, "value")):
                return f"{js.text(js.field(node, 'name'))} = {{}}"
            case "this":
                raise Unsure("`this` is another one in an Action")
            case _:
                return self.children(node)

    def _asks_everywhere(self, node: Node) -> bool:
        """Tell whether the scope is read from the query or else from the body."""
        return (
            js.operator(node) == "||"
            and self._reader.path(js.field(node, "left")) == _QUERY
            and self._reader.path(js.field(node, "right")) == _BODY
        )

    def _is_claims(self, node: Node | None) -> bool:
        """Tell whether an expression is the object that claims are written into."""
        return self._reader.path(node) in _TOKENS

    def _member(self, node: Node) -> str:
        path = self._reader.path(node)
        if len(path) < 2:  # noqa: PLR2004 - a root alone is no member
            return self._as_it_stands(node)
        return self._translated(node, path)

    def _translated(self, node: Node, path: Path) -> str:
        counterpart = read_of(path)
        if counterpart is None:
            named = ".".join(path[:-1] if _is_called(node) else path)
            raise Unsure(f"{named} is not among what an Action sees")
        if counterpart.action is None:
            raise Unsure(f"{counterpart.rule}: {counterpart.note}")
        if counterpart.rule != ".".join(path):
            return self._as_it_stands(node)
        if counterpart.filled and self._may_be_empty(node):
            return counterpart.filled
        if path[-1] in _ABSENT and path[0] == "user" and self._is_tested(node, path):
            shown = counterpart.action
            return f"(Object.keys({shown}).length ? {shown} : undefined)"
        return counterpart.action

    def _as_it_stands(self, node: Node) -> str:
        """Write a member; a time of a method becomes a number again."""
        written = self.children(node)
        match js.member(node):
            case "access_token":
                raise Unsure("an Action sees no tokens of other providers")
            case "timestamp" if self._is_time(node):
                return f"Date.parse({written})"
            case _:
                return written

    def _is_time(self, node: Node) -> bool:
        """Tell whether something is the time of a method, as the linter sees it."""
        whole = self._script.names.path(js.field(node, "object"))
        if not whole and any(map(self._is_methods, self._script.nodes(_MEMBER))):
            raise Unsure("whose time it is cannot be read off")
        return whole[: len(_TIMES)] == _TIMES

    def _is_methods(self, node: Node) -> bool:
        return self._reader.path(node) == _TIMES

    def _may_be_empty(self, node: Node) -> bool:
        """Tell whether an empty text does as well as nothing at all."""
        for parent, child in js.ancestors(node):
            left, right = js.field(parent, "left"), js.field(parent, "right")
            match parent.type, js.operator(parent):
                case "parenthesized_expression", _:
                    continue
                case "binary_expression", "&&" | "||" if child == right:
                    continue
                case "binary_expression", "||" | "??":
                    return is_empty(right)
                case "binary_expression", how if how in js.EQUALITY:
                    return not is_empty(right if child == left else left)
                case ("if_statement", _) | ("unary_expression", "!"):
                    return True
                case _:
                    return False
        return False

    def _is_tested(self, node: Node, path: Path) -> bool:
        """Tell whether it matters that a Rule may find nothing there."""
        for parent, child in js.ancestors(node):
            match parent.type:
                case "parenthesized_expression":
                    continue
                case "member_expression" | "subscript_expression":
                    return False
                case "binary_expression" if js.field(parent, "left") == child:
                    right = js.field(parent, "right")
                    guards = self._reader.path(right)[: len(path)] == path
                    return not (is_empty(right) or guards)
            break
        return True

    def _name(self, node: Node) -> str:
        name = js.text(node)
        path = self._reader.path(node)
        if not self._reader.is_global(node):
            if len(path) > 1 and self._reader.is_given(node):
                return self._taken_apart(node, path)
            if path in {("user",), ("context",), ("callback",)}:
                raise Unsure(f"{name} as a whole has no counterpart")
            if path in _TOKENS:
                raise Unsure(f"{name}: claims can be written, not read back")
            if self._reader.is_given(node):
                raise Unsure(f"{name} is not what the Rule was given any more")
            return name
        counterpart = GLOBALS.get(name)
        if counterpart is not None and counterpart.action is not None:
            self.notes.append(f"{name}: {counterpart.note}")
            return counterpart.action
        if counterpart is not None:
            raise Unsure(f"{name}: {counterpart.note}")
        if name not in _KNOWN:
            raise Unsure(f"{name} is no global of an Action")
        return name

    def _taken_apart(self, node: Node, path: Path) -> str:
        """Write a name that the parameters of the Rule take out of what it is given."""
        counterpart = read_of(path)
        if (
            counterpart is not None
            and counterpart.rule != ".".join(path)
            and counterpart.action
        ):
            raise Unsure(
                f"{js.text(node)} is taken out of {counterpart.rule}: write it out"
            )
        written = self._translated(node, path)
        short = node.type == "shorthand_property_identifier"
        return f"{js.text(node)}: {written}" if short else written

    def _local(self, node: Node, target: Node | None) -> str:
        path = self._reader.path(target)
        within = self._reader.computed(target)
        if len(path) > 1 or within is not None:
            raise Unsure(no_way_to_write(path or ("context", str(within))))
        return self.children(node)

    def _deletion(self, node: Node) -> str:
        if self._reader.path(js.field(node, "argument")) == ("context", "multifactor"):
            raise Unsure("an Action cannot take back what another script asked for")
        return self._local(node, js.field(node, "argument"))

    def _call(self, node: Node) -> str:
        if self._reader.calls_back(node) or self._reader.finishes(node):
            raise Unsure(self._where_called(node))
        callee = js.field(node, "function")
        if js.text(callee) == "require" and callee is not None:
            return self._require(node)
        return self.children(node)

    def _where_called(self, node: Node) -> str:
        """Say from where the callback is called, when it cannot be written there."""
        function = js.enclosing_function(node)
        call = function.parent.parent if function and function.parent else None
        if function is None or function == self._reader.handler:
            return "the callback is called from inside an expression"
        if call is None or call.type != "call_expression":
            return "the callback is called from inside another function"
        name = " ".join(js.text(js.field(call, "function")).split())
        return (
            f"the callback is called in the function that {name} is given: await what"
            " it waits for, and end the login in the handler itself"
        )

    def _require(self, node: Node) -> str:
        named = js.argument(node, 0)
        module = js.literal(named) if named is not None else None
        if module is None:
            raise Unsure("which package it requires cannot be read off")
        scope, name = module[:1] == "@", module.removeprefix("@")
        name, _, version = name.partition("@")
        name = f"@{name}" if scope else name
        if version:
            self.dependencies.append(f"{name}@{version}")
            self.notes.append(f"{name}: name version {version} in the dependencies")
        return f"require({quoted(name)})"

    def _new(self, node: Node) -> str:
        constructor = js.field(node, "constructor")
        if js.text(constructor) != "UnauthorizedError":
            return self.children(node)
        written = "".join(self.write(argument) for argument in js.arguments(node)[:1])
        return f"new Error({written})"

    def children(self, node: Node) -> str:
        """Write a node again: its children translated, what is between as it stands."""
        parts, at = [], node.start_byte
        for child in node.children:
            parts += [self._source[at : child.start_byte].decode(), self.write(child)]
            at = child.end_byte
        parts.append(self._source[at : node.end_byte].decode())
        return "".join(parts)


def quoted(text: str) -> str:
    """Return a text as a string of JavaScript."""
    return json.dumps(text, ensure_ascii=False)


def _is_called(node: Node) -> bool:
    call = node.parent
    return call is not None and js.same(js.field(call, "function"), node)


def no_way_to_write(path: Path) -> str:
    """Say why something that a Rule writes cannot be written."""
    counterpart = write_of(path)
    named = ".".join(path)
    why = counterpart.note if counterpart else "nothing reads it"
    return f"{named} cannot be written so: {why or 'only in a statement of its own'}"
