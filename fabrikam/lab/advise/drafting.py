"""A Rule written again as an Action, statement by statement.

Rule 1: what is translated means the same; where that is not certain, the statement is
left in a comment and the login is refused there.
Rule 2: a way through the Rule that calls nobody back ends no login; in the draft it is
refused, for a mere `return` would let it through.
Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import dedent
from typing import TYPE_CHECKING, Final

from fabrikam.lab import javascript as js
from fabrikam.lab.advise.assignments import Assignments
from fabrikam.lab.advise.endings import always_ends
from fabrikam.lab.advise.expressions import Unsure, quoted
from fabrikam.lab.advise.reading import Reader, first, is_empty
from fabrikam.lab.advise.storing import Stored, stored_by

if TYPE_CHECKING:
    from fabrikam.lab.javascript import Node
    from fabrikam.lab.lint.script import Script

__all__ = ["Draft", "Gap", "draft_of"]

_SILENT: Final = "the Rule never calls back on this way"
_ERRORS: Final = frozenset({"Error", "UnauthorizedError"})
_IDLE: Final = ("comment", "else_clause", "function_declaration")
_ROWS: Final = frozenset(
    {"else_clause", "statement_block", "switch_case", "switch_default"}
)


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


class _Writer(Assignments):
    """Writes the body of one Rule again; keeps what it could not write."""

    def __init__(self, script: Script, reader: Reader) -> None:
        super().__init__(script, reader)
        self._lines = script.source.split("\n")
        self._own = {reader.handler.id}  # functions whose statements end the login
        self.gaps: list[Gap] = []

    def body(self, handler: Node) -> str:
        """Write a Rule's body; a way out of it that calls nobody back is refused."""
        block = js.field(handler, "body")
        if block is None:
            raise Unsure("it has no body")
        text = self.children(block)
        if always_ends(block, self._ends):
            return text
        return f"{text.rstrip()[:-1].rstrip()}\n  {_refusal(_SILENT)}\n}}"

    def write(self, node: Node) -> str:
        """Write a node again; a statement that cannot be written is left out."""
        if not self._is_own_statement(node):
            return super().write(node)
        before = len(self.gaps)
        try:
            return self._statement(node)
        except Unsure as unsure:
            del self.gaps[before:]  # what is inside is left out with the whole
            return self._in_place(node, self._left_out(node, str(unsure)))

    def _is_own_statement(self, node: Node) -> bool:
        if not node.type.endswith(("_statement", "_declaration")):
            return False
        around = js.enclosing_function(node)
        return _stands_alone(node) and around is not None and around.id in self._own

    def _statement(self, node: Node) -> str:
        if node.type not in ("return_statement", "expression_statement"):
            return self.children(node)
        whole = first(node)
        if node.type == "expression_statement" and self._goes_on(node, whole):
            raise Unsure("the Rule goes on while the metadata are stored")
        written = self._ending(whole)
        if node.type == "return_statement":
            if written is None and whole is not None:
                self.write(whole)  # a callback inside it is a reason to leave it out
            return self._in_place(node, written or _refusal(_SILENT))
        written = written or (whole and self.assignment(whole))
        return self.children(node) if written is None else self._in_place(node, written)

    def _in_place(self, node: Node, written: str) -> str:
        """Fit statements into the place of one: indented, in braces where due."""
        line = self._lines[node.start_point[0]]
        indent = line[: len(line) - len(line.lstrip())]
        lines = written.splitlines()
        block = node.parent is not None and node.parent.type == "statement_block"
        if block or (len(lines) == 1 and not written.startswith("/")):
            return f"\n{indent}".join(lines)
        inner = "".join(f"\n{indent}  {line}" for line in lines)
        return f"{{{inner}\n{indent}}}"

    def _left_out(self, node: Node, why: str) -> str:
        line = node.start_point[0] + 1
        self.gaps.append(Gap(line, why))
        lines = "\n".join(f"//   {one}" for one in js.text(node).splitlines())
        return (
            f"// NOT CARRIED OVER, line {line} of the Rule: {why}\n{lines}\n"
            + _refusal(f"line {line} of the Rule is not carried over yet")
        )

    def _ends(self, node: Node | None) -> bool:
        stored = stored_by(node, self._reader)
        if stored is not None:
            return always_ends(js.field(stored.then, "body"), self._ends)
        return self._reader.calls_back(node)

    def _goes_on(self, statement: Node, whole: Node | None) -> bool:
        """Tell whether a Rule does something else before what it stored is stored."""
        if stored_by(whole, self._reader) is None:
            return False
        behind = [statement.next_named_sibling]
        for parent, _ in js.ancestors(statement):
            if parent.id in self._own:
                break
            behind.append(parent.next_named_sibling)
        return any(one is not None and one.type not in _IDLE for one in behind)

    def _ending(self, node: Node | None) -> str | None:
        stored = stored_by(node, self._reader)
        if stored is not None:
            return self._storing(stored)
        node = js.bare(node)
        if node is None or not self._reader.calls_back(node):
            return None
        given = js.arguments(node)
        if not given or is_empty(given[0]):
            self._check_passed_on(given)
            return "return;"
        return f"return api.access.deny({self._reason(given[0])});"

    def _storing(self, stored: Stored) -> str:
        """Write a change of metadata, and what the Rule does when it is stored."""
        self.notes.append("metadata are stored at the end, in one go, and cannot fail")
        written = self._whole(stored.value)
        self._own.add(stored.then.id)
        inner = self.children(stored.then.child_by_field_name("body") or stored.then)
        return (
            f"for (const [storedName, stored] of Object.entries({written})) {{\n"
            f"  api.user.{stored.setter}(storedName, stored);\n}}\n{_unwrapped(inner)}"
        )

    def _whole(self, value: Node) -> str:
        match self._reader.path(value):
            case ("user", "app_metadata" | "user_metadata" as name):
                return f"event.user.{name}"
            case _:
                return self.write(value)

    def _check_passed_on(self, given: list[Node]) -> None:
        named = [self._reader.path(one) for one in given[1:]]
        if named not in ([], [("user",)], [("user",), ("context",)]):
            raise Unsure("it passes other objects on than it was given")

    def _reason(self, error: Node) -> str:
        if error.type == "new_expression":
            message = js.argument(error, 0)
            named = js.text(js.field(error, "constructor"))
            if named in _ERRORS and message is not None:
                if named == "UnauthorizedError":
                    self.notes.append("the error is access_denied, not unauthorized")
                return self.write(message)
        if js.literal(error) is not None:
            return self.write(error)
        said = self.write(error)
        return f"String({said}?.message ?? {said})"


def _unwrapped(block: str) -> str:
    return dedent(block.strip()[1:-1].strip("\n")).rstrip()


def _refusal(why: str) -> str:
    return f"return api.access.deny({quoted(f'Draft: {why}')});"


def _stands_alone(node: Node) -> bool:
    """Tell whether a statement is one of a row, or the body of another one."""
    parent = node.parent
    if parent is None:
        return False
    bodies = js.field(parent, "body"), js.field(parent, "consequence")
    return parent.type in _ROWS or node in bodies
