"""A Rule written again as an Action, statement by statement.

Rule 1: what is translated means the same; where that is not certain, the statement is
left in a comment and the login is refused there.
Rule 2: a way through the Rule that calls nobody back ends no login; in the draft it is
refused, for a mere `return` would let it through.
Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from fabrikam.lab import javascript as js
from fabrikam.lab.advise.counterparts import GLOBALS, WRITES, read_of, write_of
from fabrikam.lab.advise.endings import always_ends
from fabrikam.lab.advise.reading import Reader, is_empty
from fabrikam.lab.javascript import Node

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fabrikam.lab.advise.reading import Path
    from fabrikam.lab.lint.script import Script

__all__ = ["Draft", "Gap", "draft_of"]

_Token: TypeAlias = Literal["idToken", "accessToken"]

_SILENT: Final = "the Rule never calls back on this way"
_ERRORS: Final = frozenset({"Error", "UnauthorizedError"})
_ABSENT: Final = ("app_metadata", "user_metadata", "multifactor")
_ROWS: Final = frozenset(
    {"else_clause", "statement_block", "switch_case", "switch_default"}
)
_TIMES: Final = ("context", "authentication", "methods")
_KNOWN: Final = frozenset(
    {
        "Array", "Boolean", "Buffer", "Date", "Error", "Infinity", "Intl", "JSON",
        "Map", "Math", "NaN", "Number", "Object", "Promise", "RangeError", "RegExp",
        "Set", "String", "Symbol", "SyntaxError", "TypeError", "URL",
        "URLSearchParams", "console", "decodeURIComponent", "encodeURIComponent",
        "isFinite", "isNaN", "parseFloat", "parseInt", "require", "undefined",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Gap:
    """A place of the Rule that is not carried over: its line, and why."""

    line: int
    why: str


@dataclass(frozen=True, slots=True)
class Draft:
    """The source of an Action, what it lacks, and what to mind.

    `dependencies` are the packages that the Action has to name.
    """

    source: str
    gaps: tuple[Gap, ...]
    notes: tuple[str, ...]
    dependencies: tuple[str, ...]


class _Unsure(Exception):
    """A translator's no: what cannot be carried over, and why."""


def draft_of(script: Script) -> Draft:
    """Translate a Rule; the script has one handler."""
    handler = script.handlers["rule"]
    writer = _Writer(script, Reader(script, handler))
    body = writer.body(handler)
    source = f"exports.onExecutePostLogin = async (event, api) => {body};\n"
    return Draft(
        source=_leading_comment(script) + source,
        gaps=tuple(writer.gaps),
        notes=tuple(dict.fromkeys(writer.notes)),
        dependencies=tuple(dict.fromkeys(writer.dependencies)),
    )


def _leading_comment(script: Script) -> str:
    comments = [one for one in script.root.children if one.type == "comment"]
    return "".join(f"{js.text(one)}\n" for one in comments)


class _Writer:
    """Writes the body of one Rule again; keeps what it could not write."""

    def __init__(self, script: Script, reader: Reader) -> None:
        self._script = script
        self._reader = reader
        self._handler = reader.handler
        self._claims = frozenset(_claims(script, reader))
        self.gaps: list[Gap] = []
        self.notes: list[str] = []
        self.dependencies: list[str] = []

    def body(self, handler: Node) -> str:
        block = js.field(handler, "body")
        plain = all(one.type == "identifier" for one in js.parameters(handler))
        if block is None or block.type != "statement_block" or not plain:
            raise _unreadable(handler)
        text = self._children(block)
        if always_ends(block, self._is_callback):
            return text
        return f"{text.rstrip()[:-1].rstrip()}\n  {_refusal(_SILENT)}\n}}"

    # statements

    def _write(self, node: Node) -> str:
        if node.parent is not None and self._is_own_statement(node):
            try:
                return self._statement(node)
            except _Unsure as unsure:
                return _in_place(node, self._left_out(node, str(unsure)))
        return self._expression(node)

    def _is_own_statement(self, node: Node) -> bool:
        declares = node.type.endswith("_declaration")
        if not node.type.endswith("_statement") and not declares:
            return False
        return _stands_alone(node) and js.enclosing_function(node) == self._handler

    def _statement(self, node: Node) -> str:
        if node.type == "return_statement":
            return self._return(node)
        if node.type == "expression_statement":
            whole = node.named_children[0]
            written = self._callback(whole) or self._assignment(whole)
            if written is not None:
                return _in_place(node, written)
        return self._children(node)

    def _return(self, node: Node) -> str:
        given = next(iter(node.named_children), None)
        called = self._callback(given)
        if called is None and given is not None:
            self._write(given)  # a callback inside it is a reason to leave it out
        return called or _refusal(_SILENT)

    def _left_out(self, node: Node, why: str) -> str:
        line = node.start_point[0] + 1
        self.gaps.append(Gap(line, why))
        quoted = "\n".join(f"//   {one}" for one in js.text(node).splitlines())
        return (
            f"// NOT CARRIED OVER, line {line} of the Rule: {why}\n{quoted}\n"
            + _refusal(f"line {line} of the Rule is not carried over yet")
        )

    # the end of the Rule

    def _is_callback(self, node: Node | None) -> bool:
        node = js.bare(node)
        return (
            node is not None
            and node.type == "call_expression"
            and self._reader.path(js.field(node, "function")) == ("callback",)
        )

    def _callback(self, node: Node | None) -> str | None:
        node = js.bare(node)
        if node is None or not self._is_callback(node):
            return None
        given = js.arguments(node)
        if not given or is_empty(given[0]):
            self._check_passed_on(given)
            return "return;"
        return f"return api.access.deny({self._reason(given[0])});"

    def _check_passed_on(self, given: list[Node]) -> None:
        named = [self._reader.path(one) for one in given[1:]]
        if named not in ([], [("user",)], [("user",), ("context",)]):
            raise _Unsure("it passes other objects on than it was given")

    def _reason(self, error: Node) -> str:
        if error.type == "new_expression":
            message = js.argument(error, 0)
            named = js.text(js.field(error, "constructor"))
            if named in _ERRORS and message is not None:
                if named == "UnauthorizedError":
                    self.notes.append("the error is access_denied, not unauthorized")
                return self._write(message)
        if js.literal(error) is not None:
            return self._write(error)
        said = self._write(error)
        return f"String({said}?.message ?? {said})"

    # writing

    def _assignment(self, node: Node) -> str | None:
        if node.type != "assignment_expression":
            return None
        target, value = js.field(node, "left"), js.field(node, "right")
        if target is None or value is None or target.type == "identifier":
            return None
        path = self._reader.path(target)
        match path:
            case ("context", "multifactor"):
                return self._factor(value)
            case ("context", "primaryUser"):
                return f"api.authentication.setPrimaryUser({self._write(value)});"
            case ("context", "accessToken", "scope"):
                raise _Unsure(WRITES[path].note)
            case (("context" | "user"), _) if self._reader.path(value) == path:
                return f"/* {'.'.join(path)} is always there in an Action */"
            case ("context", "idToken" | "accessToken" as token, name):
                return self._claim(token, _quoted(name), value)
            case ("user", name):
                return self._attribute(name, value)
            case () if (computed := self._computed(target)) is not None:
                index = js.field(target, "index")
                return self._claim(computed, self._given(index), value)
            case ():
                return None
            case _:
                raise _Unsure(_no_way_to_write(path))

    def _computed(self, target: Node) -> _Token | None:
        if target.type != "subscript_expression":
            return None
        match self._reader.path(js.field(target, "object")):
            case ("context", "idToken"):
                return "idToken"
            case ("context", "accessToken"):
                return "accessToken"
            case _:
                return None

    def _claim(self, token: str, name: str, value: Node) -> str:
        return f"api.{token}.setCustomClaim({name}, {self._write(value)});"

    def _attribute(self, name: str, value: Node) -> str:
        if name in self._claims:
            return f"/* user.{name}: the claim of the same name says it */"
        self.notes.append(f"user.{name}: {WRITES['user',].note}")
        return self._claim("idToken", _quoted(name), value)

    def _factor(self, value: Node) -> str:
        wish = js.bare(value)
        if wish is None or wish.type != "object" or not _is_plain(wish):
            raise _Unsure("which factor it asks for cannot be read off")
        provider = js.property_of(wish, "provider")
        if provider is None:
            raise _Unsure("it asks without a provider")
        for name in ("issuer", "key"):
            if js.property_of(wish, name) is not None:
                self.notes.append(f"context.multifactor.{name} has no counterpart")
        remember = self._remember(wish)
        return (
            f"api.multifactor.enable({self._write(provider)},"
            f" {{ allowRememberBrowser: {remember} }});"
        )

    def _remember(self, wish: Node) -> str:
        allowed = js.property_of(wish, "allowRememberBrowser")
        ignored = js.property_of(wish, "ignoreCookie")
        words = [] if allowed is None else [self._write(allowed)]
        if ignored is not None:
            words.append(_negated(self._write(ignored)))
        if "false" in words:
            return "false"
        if not words:
            self.notes.append(
                "a Rule lets the browser be remembered unless it says otherwise; the"
                " draft says so in words"
            )
        return " && ".join(word for word in words if word != "true") or "true"

    # reading

    def _given(self, node: Node | None) -> str:
        if node is None:
            raise _Unsure("something is missing")
        return self._write(node)

    def _expression(self, node: Node) -> str:
        match node.type:
            case "member_expression" | "subscript_expression":
                return self._member(node)
            case "identifier" | "shorthand_property_identifier":
                return self._name(node)
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
            case "this":
                raise _Unsure("`this` is another one in an Action")
            case _:
                return self._children(node)

    def _member(self, node: Node) -> str:
        path = self._reader.path(node)
        if len(path) < 2:  # noqa: PLR2004 - a root alone is no member
            return self._moment(node)
        found = read_of(path)
        if found is None:
            raise _Unsure(f"{'.'.join(path)} is not among what an Action sees")
        if found.action is None:
            raise _Unsure(f"{found.rule}: {found.note}")
        if found.rule != ".".join(path):
            return self._moment(node)
        if path[-1] in _ABSENT and path[0] == "user" and self._is_tested(node, path):
            return f"(Object.keys({found.action}).length ? {found.action} : undefined)"
        return found.action

    def _moment(self, node: Node) -> str:
        """Write a member as it stands; a time of a method becomes a number again."""
        written = self._children(node)
        if js.member(node) != "timestamp" or not self._reads(_TIMES):
            return written
        return f"Date.parse({written})"

    def _reads(self, path: Path) -> bool:
        members = self._script.nodes("member_expression")
        return any(self._reader.path(one) == path for one in members)

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
            if path in {("user",), ("context",), ("callback",)}:
                raise _Unsure(f"{name} as a whole has no counterpart")
            if self._reader.is_given(node):
                raise _Unsure(f"{name} is not what the Rule was given any more")
            return name
        found = GLOBALS.get(name)
        if found is not None and found.action is not None:
            self.notes.append(f"{name}: {found.note}")
            return found.action
        if found is not None:
            raise _Unsure(f"{name}: {found.note}")
        if name not in _KNOWN:
            raise _Unsure(f"{name} is no global of an Action")
        return name

    def _local(self, node: Node, target: Node | None) -> str:
        path = self._reader.path(target)
        within = self._computed(target) if target is not None else None
        if len(path) > 1 or within is not None:
            raise _Unsure(_no_way_to_write(path or ("context", str(within))))
        return self._children(node)

    def _deletion(self, node: Node) -> str:
        if self._reader.path(js.field(node, "argument")) == ("context", "multifactor"):
            raise _Unsure("an Action cannot take back what another script asked for")
        return self._local(node, js.field(node, "argument"))

    def _call(self, node: Node) -> str:
        if self._is_callback(node):
            raise _Unsure("the callback is called from inside an expression")
        callee = js.field(node, "function")
        if js.text(callee) == "require" and callee is not None:
            return self._require(node)
        return self._children(node)

    def _require(self, node: Node) -> str:
        named = js.argument(node, 0)
        module = js.literal(named) if named is not None else None
        if module is None:
            raise _Unsure("which package it requires cannot be read off")
        scope, name = module[:1] == "@", module.removeprefix("@")
        name, _, version = name.partition("@")
        name = f"@{name}" if scope else name
        if version:
            self.dependencies.append(f"{name}@{version}")
            self.notes.append(f"{name}: name version {version} in the dependencies")
        return f"require({_quoted(name)})"

    def _new(self, node: Node) -> str:
        constructor = js.field(node, "constructor")
        if js.text(constructor) != "UnauthorizedError":
            return self._children(node)
        written = "".join(self._write(one) for one in js.arguments(node)[:1])
        return f"new Error({written})"

    def _children(self, node: Node) -> str:
        """Write a node again: its children translated, what is between as it stands."""
        source = self._script.source.encode()
        parts, at = [], node.start_byte
        for child in node.children:
            parts += [source[at : child.start_byte].decode(), self._write(child)]
            at = child.end_byte
        parts.append(source[at : node.end_byte].decode())
        return "".join(parts)


def _claims(script: Script, reader: Reader) -> Iterator[str]:
    for one in script.nodes("assignment_expression"):
        match reader.path(js.field(one, "left")):
            case ("context", "idToken", name):
                yield name


def _refusal(why: str) -> str:
    return f"return api.access.deny({_quoted(f'Draft: {why}')});"


def _in_place(node: Node, written: str) -> str:
    """Fit statements into the place of one: indented, in braces where one is due."""
    indent = " " * node.start_point[1]
    lines = written.splitlines()
    block = node.parent is not None and node.parent.type == "statement_block"
    if block or (len(lines) == 1 and not written.startswith("/")):
        return f"\n{indent}".join(lines)
    inner = "".join(f"\n{indent}  {line}" for line in lines)
    return f"{{{inner}\n{indent}}}"


def _stands_alone(node: Node) -> bool:
    """Tell whether a statement is one of a row, or the body of another one."""
    parent = node.parent
    if parent is None:
        return False
    bodies = js.field(parent, "body"), js.field(parent, "consequence")
    return parent.type in _ROWS or node in bodies


def _is_plain(wish: Node) -> bool:
    parts = [part for part in wish.named_children if part.type != "comment"]
    kinds = {part.type for part in parts}
    return kinds <= {"pair", "shorthand_property_identifier"}


def _negated(word: str) -> str:
    return {"true": "false", "false": "true"}.get(word, f"!({word})")


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return f'"{escaped}"'


def _no_way_to_write(path: Path) -> str:
    found = write_of(path)
    named = ".".join(path)
    return f"{named} cannot be written so: {found.note if found else 'unknown'}"


def _unreadable(handler: Node) -> Exception:
    line = handler.start_point[0] + 1
    return ValueError(f"line {line}: the parameters or the body are of no plain kind")
