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

from fabrikam.lab.advise.assignments import Assignments
from fabrikam.lab.advise.completion import always_ends
from fabrikam.lab.advise.expressions import Unsure, quoted
from fabrikam.lab.advise.metadata_writes import Stored, stored_by
from fabrikam.lab.advise.redirects import resumption, target_of, writes_beside
from fabrikam.lab.advise.rule_values import Reader, first, is_empty
from fabrikam.lab.javascript import syntax as js

if TYPE_CHECKING:
    from fabrikam.lab.javascript.script import Script
    from fabrikam.lab.javascript.syntax import Node

__all__ = ["Draft", "Gap", "draft_of"]

_NO_WAY_BACK: Final = (
    "context.redirect: no branch of its own, for context.protocol ==="
    " 'redirect-callback', says what happens when the user is back"
)
_LOST_ON_THE_WAY: Final = (
    "context.redirect: what the Rule writes beside it is gone when the user is back,"
    " and an Action would keep it"
)
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
    if writer.resumed is not None:
        back = writer.way_back(writer.resumed)
        source += f"\nexports.onContinuePostLogin = async (event, api) => {back};\n"
    return Draft(
        source=_leading_comment(script) + source,
        gaps=tuple(writer.gaps),
        notes=tuple(dict.fromkeys(writer.notes)),
        dependencies=tuple(dict.fromkeys(writer.dependencies)),
    )


def _leading_comment(script: Script) -> str:
    comments = [
        comment for comment in script.root.children if comment.type == "comment"
    ]
    return "".join(f"{js.text(comment)}\n" for comment in comments)


class _Writer(Assignments):
    """Writes the body of one Rule again; keeps what it could not write."""

    def __init__(self, script: Script, reader: Reader) -> None:
        super().__init__(script, reader)
        self._lines = script.source.split("\n")
        self._own = {reader.handler.id}  # functions whose statements end the login
        self.gaps: list[Gap] = []
        self.resumed = resumption(script, reader, self._ends)

    def way_back(self, resumed: Node) -> str:
        """Write what the Rule does when a redirected user is back."""
        block = js.field(resumed, "consequence")
        if block is None:
            raise Unsure("it has no body")
        text = self.write(block)
        return text if block.type == "statement_block" else f"{{\n  {text}\n}}"

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
            return self._inner(node) or super().write(node)
        before = len(self.gaps)
        try:
            return self._statement(node)
        except Unsure as unsure:
            del self.gaps[before:]  # what is inside is left out with the whole
            return self._in_place(node, self._left_out(node, str(unsure)))

    def _inner(self, node: Node) -> str | None:
        """Write what a function inside the Rule writes to the user or the context."""
        whole = first(node) if node.type == "expression_statement" else node
        if whole is None or whole.type != "assignment_expression":
            return None
        if not self._reader.runs_at_once(js.enclosing_function(node)):
            return None
        if whole != node:
            return self.assignment(whole)
        written = self.assignment(node) if _is_answer_of_for_each(node) else None
        called = written is not None and written.startswith("api.")
        return written.removesuffix(";") if written is not None and called else None

    def _is_own_statement(self, node: Node) -> bool:
        if not node.type.endswith(("_statement", "_declaration")):
            return False
        around = js.enclosing_function(node)
        return _stands_alone(node) and around is not None and around.id in self._own

    def redirect(self, value: Node) -> str:
        """Write a redirect, if the Rule says what it does when the user is back."""
        target = target_of(value)
        if target is None:
            raise Unsure("where it redirects to cannot be read off")
        if self.resumed is None:
            raise Unsure(_NO_WAY_BACK)
        if writes_beside(self._script, self._reader, self.resumed):
            raise Unsure(_LOST_ON_THE_WAY)
        self.notes.append(
            "context.redirect: the user comes back to onContinuePostLogin"
        )
        return f"api.redirect.sendUserTo({self.write(target)});"

    def _statement(self, node: Node) -> str:
        if self.resumed is not None and node == self.resumed:
            return "/* who is back from the redirect: see onContinuePostLogin */"
        if self._reader.is_finisher(node):
            return "/* its calls end the login where they stand */"
        if node.type not in ("return_statement", "expression_statement"):
            return self.children(node)
        whole = first(node)
        if node.type == "return_statement" and whole is None and self._has_ended(node):
            return "/* the login has ended */"
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
        lines = "\n".join(f"//   {row}" for row in js.text(node).splitlines())
        return (
            f"// NOT CARRIED OVER, line {line} of the Rule: {why}\n{lines}\n"
            + _refusal(f"line {line} of the Rule is not carried over yet")
        )

    def _ends(self, node: Node | None) -> bool:
        stored = stored_by(node, self._reader)
        if stored is not None:
            return always_ends(js.field(stored.then, "body"), self._ends)
        whole = js.bare(node)
        if whole is not None and whole.type == "ternary_expression":
            return all(self._ends(branch) for branch in _branches(whole))
        return self._reader.calls_back(node) or self._reader.finishes(node)

    def _has_ended(self, statement: Node) -> bool:
        """Tell whether the callback was called in the statement before."""
        before = statement.prev_named_sibling
        return before is not None and always_ends(before, self._ends)

    def _goes_on(self, statement: Node, whole: Node | None) -> bool:
        """Tell whether a Rule does something else before what it stored is stored."""
        if stored_by(whole, self._reader) is None:
            return False
        behind = [statement.next_named_sibling]
        for parent, _ in js.ancestors(statement):
            if parent.id in self._own:
                break
            behind.append(parent.next_named_sibling)
        return any(node is not None and node.type not in _IDLE for node in behind)

    def _ending(self, node: Node | None) -> str | None:
        stored = stored_by(node, self._reader)
        if stored is not None:
            return self._storing(stored)
        node = js.bare(node)
        if node is None or not self._ends(node):
            return None
        if node.type == "ternary_expression":
            return self._either(node)
        given = self._reader.handed_over(node)
        if not given or is_empty(given[0]):
            self._check_passed_on(given)
            return "return;"
        return f"return api.access.deny({self._reason(given[0])});"

    def _either(self, node: Node) -> str:
        """Write `test ? callback(…) : callback(…)` as two ways to end."""
        test = js.field(node, "condition") or node
        then, other = (self._ending(branch) for branch in _branches(node))
        return f"if ({self.write(test)}) {then}\n{other}"

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
        named = [self._reader.path(argument) for argument in given[1:]]
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
        written = self.write(error)
        return f"String({written}?.message ?? {written})"


def _is_answer_of_for_each(node: Node) -> bool:
    """Tell whether nobody looks at the value of `(one) => node`."""
    function = node.parent
    listed = function.parent if function is not None else None
    callee = js.field(listed.parent if listed is not None else None, "function")
    return (
        function is not None
        and js.same(js.field(function, "body"), node)
        and callee is not None
        and callee.type == "member_expression"
        and js.member(callee) == "forEach"
    )


def _branches(ternary: Node) -> list[Node]:
    branches = (js.field(ternary, name) for name in ("consequence", "alternative"))
    return [branch for branch in branches if branch is not None]


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
