"""One script, parsed, with everything that a check may ask about it."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from itertools import chain
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from fabrikam.lab.javascript import syntax as js
from fabrikam.lab.javascript.names import Names, Path, read_names
from fabrikam.lab.javascript.syntax import Node

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["HANDLERS", "Edit", "Hit", "Script", "ScriptKind", "read_script"]

ScriptKind: TypeAlias = Literal["rule", "action"]

HANDLERS: Final = ("onExecutePostLogin", "onContinuePostLogin")
_LINE_ENDS: Final = re.compile("\r\n|[\n\r\u2028\u2029]")
_RULE: Final[Path] = ("user", "context", "callback")
_ACTION: Final[Path] = ("event", "api")


@dataclass(frozen=True, slots=True)
class Edit:
    """What is written in the place of some bytes of a source."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A place that a check points at, with the words that only this place needs.

    `edit` mends it, where one safe edit does.
    """

    file: str
    line: int = 1
    column: int = 1
    length: int = 1
    excerpt: str = ""
    detail: str = ""
    edit: Edit | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """A Rule or an Action with its syntax tree.

    `handlers` are the functions that the tenant calls, by name; a Rule has one.
    `called` are all calls, by the path of what they call.  `dependencies` are None
    where nobody knows what the script declares.
    """

    kind: ScriptKind
    name: str
    file: str
    source: str
    root: Node
    names: Names
    handlers: Mapping[str, Node]
    called: Mapping[Path, tuple[Node, ...]]
    secrets: frozenset[str] = frozenset()
    dependencies: frozenset[str] | None = None
    runs: bool = True

    def at(self, node: Node, detail: str = "", edit: Edit | None = None) -> Hit:
        """Point at a node of this script."""
        row, byte = node.start_point
        line = self.source.encode().split(b"\n")[row].decode()
        column = len(line.encode()[:byte].decode(errors="ignore"))
        shown = js.text(node).split("\n")[0]
        return Hit(
            file=self.file,
            line=row + 1,
            column=column + 1,
            length=max(1, len(shown)),
            excerpt=line.rstrip("\r"),
            detail=detail,
            edit=edit,
        )

    def at_place(self, line: int, column: int, detail: str) -> Hit:
        """Point at a place that V8 names; what is behind the end is at the end."""
        lines = _LINE_ENDS.split(self.source)
        line = min(line, len(lines))
        excerpt = lines[line - 1]
        before = excerpt.encode("utf-16-le", "surrogatepass")[: 2 * (column - 1)]
        return Hit(
            file=self.file,
            line=line,
            column=len(before.decode("utf-16-le", "ignore")) + 1,  # V8 counts halves
            excerpt=excerpt,
            detail=detail,
        )

    def nodes(self, *kinds: str) -> Iterator[Node]:
        """Give every node of some kinds, in the order of the source."""
        return js.nodes(self.root, *kinds)

    def path(self, node: Node | None) -> Path:
        """Give the path of an expression, or `()`."""
        return self.names.path(node)

    def calls(self, *paths: str) -> Iterator[Node]:
        """Give the calls of some members of `api`, or of a global."""
        calls = (self.called.get(tuple(path.split(".")), ()) for path in paths)
        yield from sorted(chain.from_iterable(calls), key=lambda call: call.start_byte)

    def writes(self, path: Path) -> Iterator[tuple[Node, Path]]:
        """Give the assignments to a path or below it, with what they assign to."""
        for assignment in self.nodes(
            "assignment_expression", "augmented_assignment_expression"
        ):
            target = js.field(assignment, "left")
            if target is None or target.type == "identifier":
                continue
            written = self.path(target)
            if len(written) > 1 and written[: len(path)] == path:
                yield assignment, written


def read_script(
    kind: ScriptKind,
    name: str,
    file: str,
    source: str,
    *,
    secrets: frozenset[str] = frozenset(),
    dependencies: frozenset[str] | None = None,
    runs: bool = True,
) -> Script:
    """Parse a script and find its handlers."""
    root = js.parse(source)
    bare = read_names(root)
    handlers = dict(_rule(root) if kind == "rule" else _exported(root, bare))
    given = _RULE if kind == "rule" else _ACTION
    by_tenant = {function.id: given for function in handlers.values()}
    names = replace(bare, handlers=by_tenant, origins={})
    return Script(
        kind=kind,
        name=name,
        file=file,
        source=source,
        root=root,
        names=names,
        handlers=handlers,
        called=_called(root, names),
        secrets=secrets,
        dependencies=dependencies,
        runs=runs,
    )


def _called(root: Node, names: Names) -> Mapping[Path, tuple[Node, ...]]:
    calls: dict[Path, tuple[Node, ...]] = defaultdict(tuple)
    for call in js.nodes(root, "call_expression"):
        calls[names.path(js.field(call, "function"))] += (call,)
    return MappingProxyType(dict(calls))


def _rule(root: Node) -> Iterator[tuple[str, Node]]:
    for statement in root.named_children:
        expression = statement
        if statement.type == "expression_statement":
            expression = js.bare(statement.named_children[0]) or statement
        if expression.type == "assignment_expression":  # module.exports = function …
            expression = js.field(expression, "right") or expression
        if expression.type in js.FUNCTIONS:
            yield "rule", expression
            return


def _exported(root: Node, names: Names) -> Iterator[tuple[str, Node]]:
    for assignment in js.nodes(root, "assignment_expression"):
        path = names.path(js.field(assignment, "left"))
        value = js.bare(js.field(assignment, "right"))
        if path[:1] not in {("exports",), ("module",)} or value is None:
            continue
        if value.type == "object":
            yield from _listed(value, names)
        else:
            yield from _handler(path[-1], value, names)


def _listed(exports: Node, names: Names) -> Iterator[tuple[str, Node]]:
    for entry in exports.named_children:
        match entry.type:
            case "pair":
                value = js.field(entry, "value")
                yield from _handler(js.text(js.field(entry, "key")), value, names)
            case "method_definition":
                yield js.text(js.field(entry, "name")), entry
            case "shorthand_property_identifier":
                yield from _handler(js.text(entry), entry, names)


def _handler(name: str, value: Node | None, names: Names) -> Iterator[tuple[str, Node]]:
    if value is not None and value.type == "call_expression":  # a wrapped handler
        value = js.argument(value, 0)
    function = names.function(value)
    if function is not None:
        yield name, function
