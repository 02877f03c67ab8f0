"""A script rewritten so that every decision in it says where it stands and how it came.

Whatever decides is wrapped into a call of the watcher, a parameter of the function
that the worker compiles; the worker's half is `tenant/scripts/host/watch.mjs`.  No line
is added or taken away, so a failure's line is the script's own.  The source must be one
that V8 has compiled: only then does the tree have no faults.  Pure.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Final

from fabrikam.lab.javascript import syntax as js
from fabrikam.lab.javascript.declarations import EACH
from fabrikam.lab.javascript.names import Names, read_names
from fabrikam.lab.javascript.syntax import Node

__all__ = ["Condition", "WatchedSource", "watched_source"]

_TRUTH: Final = ("true", "false")
_ABSENCE: Final = ("nullish", "present")
_LONGEST_TEXT: Final = 120
_COMPARISONS: Final = frozenset(
    ("===", "==", "!==", "!=", "<", ">", "<=", ">=", "in", "instanceof")
)
_LITERALS: Final = frozenset(
    (
        *("string", "number", "true", "false", "null", "undefined", "regex"),
        *("template_string",),
    )
)
_PREDICATES: Final = frozenset(
    ("some", "every", "find", "findIndex", "findLast", "findLastIndex", "filter")
)
_NAMED_BY_THEIR_PLACE: Final = frozenset(
    (*js.FUNCTIONS, "class", "class_declaration", "function")
)
_COMPARING: Final = frozenset(
    (
        *("includes", "indexOf", "lastIndexOf", "startsWith", "endsWith", "match"),
        *("search", "localeCompare", "test", "exec", "get", "has", "hasOwnProperty"),
        *("matchAll", "at", "join"),
    )
)
_NEVER_COMPARED: Final = frozenset(("spread_element", *js.FUNCTIONS))
_CHAINS: Final = frozenset(
    ("member_expression", "subscript_expression", "call_expression")
)
_COMMANDS: Final = frozenset(("api", "context", "user"))
_UNWATCHED: Final = frozenset(("eval", "Function"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A place in a script at which something is decided.

    `key` is unique in its file, `text` the condition's own source on one line.
    `operand` is the dotted path that is asked about, such as `event.transaction`, where
    the source says it; `compared` are those of a comparison's two sides.  `literals`
    are the texts and whole numbers in it.  `outcomes` is empty where there is no end of
    them: what is looked up, and an argument.
    """

    key: str
    file: str
    script: str
    kind: str
    line: int
    column: int
    function: str
    text: str
    operand: str
    outcomes: tuple[str, ...]
    compared: tuple[str, str] = ("", "")
    literals: tuple[str | int, ...] = ()


@dataclass(frozen=True, slots=True)
class WatchedSource:
    """A script that reports: its source, the watcher's name in it, what it decides.

    `unwatched` names what hides decisions from any rewriting.
    """

    script: str
    file: str
    source: str
    watcher: str
    conditions: tuple[Condition, ...]
    unwatched: tuple[str, ...]


def watched_source(source: str, *, file: str, script: str) -> WatchedSource:
    """Rewrite a Rule, an Action or a module; what it does stays the same."""
    root = js.parse(source)
    watcher = _name_not_in(source)
    rewriting = _Rewriting(
        file=file, script=script, watcher=watcher, names=read_names(root)
    )
    for node in js.nodes(root):
        rewriting.visit(node)
    return WatchedSource(
        script=script,
        file=file,
        source=rewriting.applied_to(source),
        watcher=watcher,
        conditions=tuple(rewriting.conditions.values()),
        unwatched=tuple(sorted(rewriting.unwatched)),
    )


def _name_not_in(source: str) -> str:
    digest = hashlib.sha256(source.encode()).hexdigest()
    return next(
        name
        for start in range(len(digest))
        if (name := f"$w{digest[start : start + 8]}") not in source
    )


@dataclass(slots=True)
class _Rewriting:
    """What is to be inserted where; a place is told once."""

    file: str
    script: str
    watcher: str
    names: Names
    conditions: dict[str, Condition] = field(default_factory=dict)
    unwatched: set[str] = field(default_factory=set)
    _insertions: list[tuple[int, int, int, str]] = field(default_factory=list)
    _decided: set[int] = field(default_factory=set)
    _nodes: dict[str, int] = field(default_factory=dict)

    def visit(self, node: Node) -> None:  # noqa: PLR0912  # a row for each kind of node
        """Rewrite what one node decides by itself."""
        match node.type:
            case "if_statement" | "while_statement" | "do_statement":
                kind = "if" if node.type == "if_statement" else "loop"
                self._decide(js.field(node, "condition"), kind)
            case "for_statement":
                self._decide(js.field(node, "condition"), "loop")
            case "ternary_expression":
                self._decide(js.field(node, "condition"), "?:")
            case "binary_expression":
                self._binary(node)
            case "for_in_statement":
                self._loop(node)
            case "switch_statement":
                self._switch(node)
            case "assignment_pattern" | "object_assignment_pattern":
                self._default(node)
            case "member_expression" | "subscript_expression":
                self._member(node)
            case "call_expression":
                self._call(node)
            case "assignment_expression":
                self._assignment(node)
            case "try_statement":
                self._try(node)
            case "with_statement":
                self.unwatched.add("with")
            case _:
                pass

    def applied_to(self, source: str) -> str:
        """Insert everything, so that what nests stays nested."""
        parts, at, data = [], 0, source.encode()
        for offset, _, _, text in sorted(self._insertions, key=lambda it: it[:3]):
            parts.append(data[at:offset].decode())
            parts.append(text)
            at = offset
        parts.append(data[at:].decode())
        return "".join(parts)

    # what decides

    def _decide(self, node: Node | None, kind: str) -> None:
        """Watch an expression whose truth decides; its parts, where it has some."""
        inner = _without_parentheses(node)
        if inner is None or inner.type in _LITERALS or inner.id in self._decided:
            return
        self._decided.add(inner.id)
        if inner.type == "unary_expression" and js.operator(inner) == "!":
            self._decide(js.field(inner, "argument"), kind)
        elif inner.type == "binary_expression" and js.operator(inner) in ("&&", "||"):
            operator = js.operator(inner)
            self._decide(js.field(inner, "left"), operator)
            self._decide(js.field(inner, "right"), operator)
        elif inner.type == "binary_expression" and _is_comparison(inner):
            self._compare(inner, self._condition(inner, kind, _TRUTH))
        elif inner.type not in _NAMED_BY_THEIR_PLACE:
            key = self._condition(inner, kind, _TRUTH)
            self._wrap(inner, f"c({key},(", "))")

    def _binary(self, node: Node) -> None:
        operator = js.operator(node)
        if operator in ("&&", "||"):
            self._decide(js.field(node, "left"), operator)
        elif operator == "??":
            left = js.field(node, "left")
            if left is not None and left.type not in _LITERALS:
                key = self._condition(left, "??", _ABSENCE)
                self._wrap(left, f"n({key},(", "))")
        elif _is_comparison(node) and node.id not in self._decided:
            self._decided.add(node.id)
            self._compare(node, self._condition(node, "comparison", _TRUTH))

    def _compare(self, node: Node, key: str) -> None:
        """Hand both operands over, and let the watcher compare them."""
        left, right = js.field(node, "left"), js.field(node, "right")
        operator = js.field(node, "operator")
        if left is None or right is None or operator is None:
            return
        typed = left.type == "unary_expression" and js.operator(left) == "typeof"
        method = f'x({key},"{js.text(operator)}",{int(typed)},('
        depth = _depth(node)
        self._insert(node.start_byte, depth, f"{self.watcher}.{method}")
        self._replace(operator, "),(")
        self._close(node.end_byte, depth, "))")

    def _loop(self, node: Node) -> None:
        iterable, body = js.field(node, "right"), js.field(node, "body")
        if iterable is None or body is None:
            return
        key = self._condition(iterable, "loop", ("none", "one", "many"))
        self._wrap(iterable, f"p({key},(", "))")
        self._begin(body, f"{self.watcher}.b({key});")

    def _switch(self, node: Node) -> None:
        value = _without_parentheses(js.field(node, "value"))
        body = js.field(node, "body")
        if value is None or body is None:
            return
        switch = f"s{value.start_byte}"
        self._wrap(value, f's("{switch}",(', "))")
        for case in body.named_children:
            tested = js.field(case, "value") if case.type == "switch_case" else None
            if tested is not None:
                key = self._condition(tested, "switch case", _TRUTH)
                self._wrap(tested, f'k({key},"{switch}",(', "))")

    def _default(self, node: Node) -> None:
        right = js.field(node, "right")
        holder = _where_it_is_bound(node)
        if right is None or holder is None or right.type in _NAMED_BY_THEIR_PLACE:
            return
        key = self._condition(node, "default", ("taken", "not taken"))
        self._wrap(right, f"d({key},(", "))")
        entered = f"{self.watcher}.e({key})"
        if holder.type == "variable_declarator":
            value = js.field(holder, "value")
            if value is not None:
                self._wrap(value, f"i({key},(", "))")
        elif holder.type in js.FUNCTIONS:
            body = js.field(holder, "body")
            if body is not None and body.type == "statement_block":
                self._begin(body, f"{entered};")
            elif body is not None:
                self._surround(body, f"({entered},(", "))")

    def _try(self, node: Node) -> None:
        body, handler = js.field(node, "body"), js.field(node, "handler")
        caught = js.field(handler, "body")
        if body is None or caught is None:
            return
        key = self._condition(node, "try", ("completed", "caught"))
        self._begin(body, f"{self.watcher}.e({key});")
        self._begin(caught, f"{self.watcher}.d({key});")

    def _member(self, node: Node) -> None:
        target = js.field(node, "object")
        if target is None or target.type == "super":
            return
        if _is_optional(node):
            key = self._condition(target, "?.", _ABSENCE)
            self._wrap(target, f"n({key},(", "))")
            return
        index = js.field(node, "index")
        if index is None or _without_parentheses_type(index) in _LITERALS:
            return
        key = self._condition(node, "look-up", ())
        if _is_chained(target):
            self._wrap(index, f"l({key},(", "))")
        else:
            self._wrap(target, f"o({key},(", "))")
            self._wrap(index, f"l({key},(", "))")

    def _call(self, node: Node) -> None:
        function = js.field(node, "function")
        if function is None:
            return
        if js.text(function) in _UNWATCHED:
            self.unwatched.add(js.text(function))
        if _is_optional(node) and function.type not in _CHAINS:
            key = self._condition(function, "?.", _ABSENCE)
            self._wrap(function, f"n({key},(", "))")
        path = self.names.path(function)
        if path[:1] == ("api",) or js.text(function).startswith("api."):
            for argument in js.arguments(node):
                self._value(argument)
        name = js.text(js.field(function, "property"))
        if name in _PREDICATES:
            self._predicate(js.argument(node, 0))
        if name in _COMPARING and not _is_optional(node):
            self._method(node, function, name)

    def _method(self, call: Node, function: Node, name: str) -> None:
        """Watch a method that compares its receiver with its argument."""
        given, receiver = js.arguments(call), js.field(function, "object")
        if not given or receiver is None or given[0].type in _NEVER_COMPARED:
            return
        row, column = call.end_point
        place = f"{row + 1}:{column} call"
        path = self._path(receiver)
        if not _is_chained(function) and receiver.type != "super":
            self._wrap(receiver, f'r("{place}",(', "))")
        self._wrap(given[0], f'g("{place}","{name}",{json.dumps(path)},(', "))")

    def _predicate(self, callback: Node | None) -> None:
        if callback is None or callback.type not in js.FUNCTIONS:
            return
        body = js.field(callback, "body")
        if body is None or body.type != "statement_block":
            self._decide(body, "predicate")
            return
        for statement in js.own_nodes(body, "return_statement"):
            returned = statement.named_children
            if returned:
                self._decide(returned[0], "predicate")

    def _assignment(self, node: Node) -> None:
        target, value = js.field(node, "left"), js.field(node, "right")
        if target is None or value is None or target.type not in _CHAINS:
            return
        root = target
        while root.type in _CHAINS:
            inner = js.field(root, "object") or js.field(root, "function")
            if inner is None:
                return
            root = inner
        if js.text(root) in _COMMANDS:
            self._value(value)

    def _value(self, node: Node) -> None:
        """Watch an argument, or each property of one, unless it is a constant."""
        if node.type in (*_LITERALS, "spread_element", *_NAMED_BY_THEIR_PLACE):
            return
        if node.type == "array":
            for member in node.named_children:
                self._value(member)
            return
        if node.type != "object":
            key = self._condition(node, "argument", ())
            self._wrap(node, f"a({key},(", "))")
            return
        for entry in node.named_children:
            value = js.field(entry, "value")
            if entry.type == "pair" and value is not None:
                self._value(value)
            elif entry.type == "shorthand_property_identifier":
                key = self._condition(entry, "argument", ())
                text = f":{self.watcher}.a({key},{js.text(entry)})"
                self._insert(entry.end_byte, _depth(entry), text)

    # how it is written down

    def _condition(self, node: Node, kind: str, outcomes: tuple[str, ...]) -> str:
        row, column = node.start_point
        key = self._key(node, f"{row + 1}:{column + 1} {kind}")
        operand = self._path(_asked_about(node))
        self.conditions.setdefault(
            key,
            Condition(
                key=key,
                file=self.file,
                script=self.script,
                kind=kind,
                line=row + 1,
                column=column + 1,
                function=_function_of(node),
                text=" ".join(js.text(node).split())[:_LONGEST_TEXT],
                operand=operand,
                outcomes=outcomes,
                compared=self._compared(node),
                literals=tuple(_literals(node)),
            ),
        )
        return f'"{key}"'

    def _compared(self, node: Node) -> tuple[str, str]:
        callee = js.field(node, "function")
        if callee is not None and js.text(js.field(callee, "property")) in _COMPARING:
            return self._path(js.field(callee, "object")), self._path(
                js.argument(node, 0)
            )
        if node.type != "binary_expression":
            return ("", "")
        left, right = js.field(node, "left"), js.field(node, "right")
        return self._path(left), self._path(right)

    def _path(self, node: Node | None) -> str:
        """Give the path of an expression, as far as no member of a list is on it."""
        return ".".join(takewhile(lambda name: name != EACH, self.names.path(node)))

    def _key(self, node: Node, place: str) -> str:
        """Name a place; links of one chain begin at the same one."""
        key, number = place, 1
        while self._nodes.setdefault(key, node.id) != node.id:
            number += 1
            key = f"{place} {number}"
        return key

    def _wrap(self, node: Node, opening: str, closing: str) -> None:
        self._surround(node, f"{self.watcher}.{opening}", closing)

    def _surround(self, node: Node, opening: str, closing: str) -> None:
        depth = _depth(node)
        self._insert(node.start_byte, depth, opening)
        self._close(node.end_byte, depth, closing)

    def _begin(self, body: Node, statement: str) -> None:
        """Put a statement first into a block; a single one becomes a block."""
        depth = _depth(body)
        if body.type != "statement_block":
            self._insert(body.start_byte, depth, f"{{{statement}")
            self._close(body.end_byte, depth, "}")
            return
        first = body.start_byte + 1
        for child in body.named_children:
            is_directive = (
                child.type == "expression_statement"
                and child.named_children[0].type == "string"
            )
            if not is_directive:
                break
            first = child.end_byte
        self._insertions.append((first, 0, 0, f";{statement}"))

    def _insert(self, offset: int, depth: int, text: str) -> None:
        self._insertions.append((offset, 1, depth, text))

    def _close(self, offset: int, depth: int, text: str) -> None:
        self._insertions.append((offset, 0, -depth, text))

    def _replace(self, node: Node, text: str) -> None:
        # a comment takes the operator away, and no line with it
        self._insertions.append((node.start_byte, 1, _depth(node), f"{text}/*"))
        self._insertions.append((node.end_byte, 0, -_depth(node), "*/"))


def _asked_about(node: Node) -> Node | None:
    """Give what a condition asks about: the receiver, where a method compares."""
    inner = _without_parentheses(node)
    callee = js.field(inner, "function")
    if callee is not None and js.text(js.field(callee, "property")) in _COMPARING:
        return js.field(callee, "object")
    return inner


def _is_comparison(node: Node) -> bool:
    left = js.field(node, "left")
    private = left is not None and left.type == "private_property_identifier"
    return js.operator(node) in _COMPARISONS and not private


def _is_optional(node: Node) -> bool:
    return any(child.type == "optional_chain" for child in node.children)


def _is_chained(node: Node) -> bool:
    """Tell whether an optional link lies to the left: the chain must stay one."""
    while node.type in _CHAINS:
        if _is_optional(node):
            return True
        inner = js.field(node, "object") or js.field(node, "function")
        if inner is None:
            return False
        node = inner
    return False


def _without_parentheses(node: Node | None) -> Node | None:
    while node is not None and node.type == "parenthesized_expression":
        inner = [it for it in node.named_children if it.type != "comment"]
        node = inner[0] if inner else None
    return node


def _without_parentheses_type(node: Node) -> str:
    inner = _without_parentheses(node)
    return "" if inner is None else inner.type


def _where_it_is_bound(pattern: Node) -> Node | None:
    """Give the function or the declaration that a default belongs to."""
    for parent, child in js.ancestors(pattern):
        if parent.type == "variable_declarator":
            return parent if js.same(js.field(parent, "name"), child) else None
        if parent.type in js.FUNCTIONS:
            body = js.field(parent, "body")
            return None if js.same(body, child) else parent
        if parent.type in ("statement_block", "assignment_expression", "class_body"):
            return None
    return None


def _function_of(node: Node) -> str:
    function = js.enclosing_function(node)
    if function is None:
        return ""
    name = js.field(function, "name")
    if name is None and function.parent is not None:
        name = js.field(function.parent, "name") or js.field(function.parent, "left")
    return js.text(name)


def _literals(node: Node) -> Iterator[str | int]:
    for part in js.nodes(node, "string", "number"):
        text = js.literal(part) if part.type == "string" else js.text(part)
        if part.type == "string" and text:
            yield text
        elif text is not None and text.isascii() and text.isdigit():
            yield int(text)


def _depth(node: Node) -> int:
    return sum(1 for _ in js.ancestors(node))
