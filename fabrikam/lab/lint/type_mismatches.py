"""SU1xx: comparisons that are never true, always true, or true for too much."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fabrikam.lab.auth0.members import LISTS, STRINGS
from fabrikam.lab.javascript import syntax as js
from fabrikam.lab.javascript.names import EACH
from fabrikam.lab.javascript.script import Edit
from fabrikam.lab.lint.check import ACTION, check
from fabrikam.lab.lint.value_types import (
    comparisons,
    is_list,
    is_string,
    may_be_absent,
    may_be_missing,
    memberships,
    method,
    tests,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fabrikam.lab.javascript.names import Path
    from fabrikam.lab.javascript.script import Hit, Script
    from fabrikam.lab.javascript.syntax import Node

__all__ = [
    "absent_thing_read",
    "array_compared_with_string",
    "connection_id_compared_with_name",
    "enrolled_provider_compared",
    "list_tested_for_truth",
    "metadata_tested_for_truth",
    "substring_of_acr_values",
    "substring_of_scope",
    "timestamp_as_number",
]

_READING: Final = (
    "member_expression",
    "shorthand_property_identifier_pattern",
    "subscript_expression",
)
_ALWAYS: Final = frozenset(
    path for path in LISTS if path[1] == "transaction" or path[1:2] == ("user",)
)
_SUBSTRING: Final = frozenset(
    {"endsWith", "includes", "indexOf", "lastIndexOf", "match", "search", "startsWith"}
)
_BEGINNINGS: Final = (
    *("^", "(^|", "(?:^|", "(?<=^|", r"(?<!\S)"),
    *(r"(\s|^)", r"(?:\s|^)", r"(?<=\s|^)", "( |^)", "(?: |^)"),
)
_ENDS: Final = ("$", "|$)", r"(?!\S)", r"($|\s)", r"(?:$|\s)", r"(?=$|\s)", "($| )")
_PARENTHESES: Final = "parenthesized_expression"
_WORD_LISTS: Final = frozenset(
    path for path in LISTS if path[-1] in {"acr_values", "prompt", "requested_scopes"}
)
_METADATA: Final = {
    ("event", "user", "app_metadata"),
    ("event", "user", "user_metadata"),
}
_ENROLLED: Final = ("event", "user", "multifactor")
_CONNECTION: Final = {("event", "connection", "id"), ("context", "connectionID")}
_TIMESTAMP: Final = ("event", "authentication", "methods", EACH, "timestamp")
_ARITHMETIC: Final = frozenset({"-", "<", "<=", ">", ">="})


@check(
    "SU101",
    "error",
    why="With === the two are never equal, so the branch is dead: nobody is ever asked "
    "for a second factor, and nothing says so. With == a list of one equals its only "
    "word, until a request names two.",
    instead='event.transaction?.acr_values?.includes("…") looks inside the list',
)
def array_compared_with_string(script: Script) -> Iterator[Hit]:
    """A list is compared with a string."""
    for node, side, other in comparisons(script):
        first = node.start_byte == side.start_byte  # each comparison comes twice
        flat = is_string(other, script) or (first and is_list(other, script))
        if flat and is_list(side, script):
            yield script.at(node, edit=_looked_into(node, side, other, script))
    for call, _, item in memberships(script):
        if is_list(item, script):
            yield script.at(call)
    for switch in script.nodes("switch_statement"):
        if is_list(js.field(switch, "value"), script):
            yield script.at(switch)


@check(
    "SU102",
    why="In the logins in which it is absent the script throws, and a script that "
    "throws ends the login with access_denied.",
    instead="read it with ?. at this step, give it a default (?? []), or test it first",
)
def absent_thing_read(script: Script) -> Iterator[Hit]:
    """Something is read from what may be absent."""
    for reading in script.nodes("member_expression", "subscript_expression"):
        path = may_be_absent(reading, script) or may_be_missing(reading, script)
        if path:
            yield script.at(reading, ".".join(path), _guarded(reading, path))


@check(
    "SU103",
    why="A class whose name merely contains the other matches too, and a caller can "
    "make one up.",
    instead="compare whole words: the list in event.transaction.acr_values, or "
    '(context.request.query.acr_values || "").split(" ")',
)
def substring_of_acr_values(script: Script) -> Iterator[Hit]:
    """A part of `acr_values` is matched instead of a whole word."""
    yield from _substrings(script, "acr_values")


@check(
    "SU104",
    why="step_up_read contains step_up: a scope that merely looks alike takes the "
    "same branch, in whichever direction that leads.",
    instead="compare whole words: event.transaction.requested_scopes, or "
    '(context.request.query.scope || "").split(" ")',
)
def substring_of_scope(script: Script) -> Iterator[Hit]:
    """A part of the scope is matched instead of a whole word."""
    yield from _substrings(script, "scope", "requested_scopes")


@check(
    "SU105",
    of=ACTION,
    why="The list is there in every login, and an empty list is true as well.",
    instead="ask for what it holds: .includes(…), or .length > 0",
)
def list_tested_for_truth(script: Script) -> Iterator[Hit]:
    """A list is tested for truth, and an empty one is true."""
    for test in tests(script):
        path = script.path(test)
        plain = test.type != "call_expression"
        if plain and path in _ALWAYS and not _used_elsewhere(path, test, script):
            yield script.at(test)


@check(
    "SU106",
    of=ACTION,
    why="In a Rule the metadata of a new user is undefined; in an Action it is an "
    "empty object, which is true. The branch for people without metadata never runs.",
    instead="test the one entry that matters: event.user.app_metadata.entry",
)
def metadata_tested_for_truth(script: Script) -> Iterator[Hit]:
    """Metadata is tested for truth, and in an Action it is always true."""
    for test in tests(script):
        path = script.path(test)
        if path in _METADATA and not _read_deeper(path, test, script):
            yield script.at(test)
    for node, side, other in comparisons(script):
        if script.path(side) in _METADATA and js.text(other) in {"null", "undefined"}:
            yield script.at(node)


@check(
    "SU107",
    of=ACTION,
    why='event.user.multifactor holds "guardian" for every kind of factor; it says '
    "only whether somebody is enrolled, so this branch is dead.",
    instead='event.user.enrolledFactors?.some((factor) => factor.type === "otp")',
)
def enrolled_provider_compared(script: Script) -> Iterator[Hit]:
    """`event.user.multifactor` is compared with a provider."""
    for node, side, other in (*comparisons(script), *memberships(script)):
        word = script.names.constant(other)
        if script.path(side)[:3] == _ENROLLED and word not in {None, "guardian"}:
            yield script.at(node)


@check(
    "SU108",
    why="An id looks like con_…; a name never equals it. An exception for one "
    "connection then holds for none, or for all.",
    instead="event.connection.name (in a Rule: context.connection)",
)
def connection_id_compared_with_name(script: Script) -> Iterator[Hit]:
    """The id of a connection is compared with a name."""
    for node, side, other in comparisons(script):
        word = script.names.constant(other)
        if script.path(side) in _CONNECTION and word and not word.startswith("con_"):
            yield script.at(node)
    for call, listed, item in memberships(script):
        names = _words(listed, script)
        if script.path(item) in _CONNECTION and any(
            not name.startswith("con_") for name in names
        ):
            yield script.at(call)


@check(
    "SU109",
    of=ACTION,
    why="In an Action the timestamp is a text such as 2026-11-18T10:00:00.000Z, in a "
    "Rule it is a number. Every comparison with it is false.",
    instead="Date.parse(method.timestamp)",
)
def timestamp_as_number(script: Script) -> Iterator[Hit]:
    """The time of a method is used as a number."""
    for node in script.nodes("binary_expression"):
        sides = (js.bare(js.field(node, "left")), js.bare(js.field(node, "right")))
        if js.operator(node) in _ARITHMETIC and any(
            script.path(side) == _TIMESTAMP for side in sides
        ):
            yield script.at(node)


def _looked_into(node: Node, side: Node, other: Node, script: Script) -> Edit | None:
    """Look for the word in the list, where both are plain and nothing is counted."""
    words = script.path(side) in _WORD_LISTS and side.type in _READING
    if not words or not is_string(other, script) or not _stands_alone(node):
        return None
    negated = "!" if js.operator(node).startswith("!") else ""
    text = f"{negated}({js.text(side)} ?? []).includes({js.text(other)})"
    return Edit(node.start_byte, node.end_byte, text)


def _guarded(reading: Node, path: Path) -> Edit | None:
    """Put an empty list or text where there is nothing, as a default does."""
    default = "[]" if path in LISTS else '""' if path in STRINGS else ""
    owner = js.field(reading, "object")
    if owner is None or not default or owner.type != "member_expression":
        return None
    text = f"({js.text(owner)} ?? {default})"
    return Edit(owner.start_byte, owner.end_byte, text)


def _stands_alone(node: Node) -> bool:
    """Say whether a comparison is no operand of another operator than `&&` and `||`."""
    parent = next(
        (outer for outer, _ in js.ancestors(node) if outer.type != _PARENTHESES), None
    )
    joined = parent is not None and parent.type == "binary_expression"
    return not joined or js.operator(parent or node) in {"&&", "||", "??"}


def _substrings(script: Script, *names: str) -> Iterator[Hit]:
    for call in script.nodes("call_expression"):
        name, owner = method(call)
        if name not in _SUBSTRING | {"test"} or _matches_words(call, script):
            continue
        if name == "test":  # /…/.test(text), and a list becomes a text for it
            owner = js.argument(call, 0)
        path = _joined(owner, script)
        if name == "test" and script.path(owner) in LISTS:
            path = (*script.path(owner), EACH)
        if path[-1:] == (EACH,):
            path = path[:-1]
        elif path in LISTS:
            continue
        if name == "startsWith" and _is_family(js.argument(call, 0), script):
            continue
        if path[-1:] and path[-1] in names:
            yield script.at(call)


def _matches_words(call: Node, script: Script) -> bool:
    """Say whether a regular expression begins and ends where a word does."""
    name, owner = method(call)
    expression = owner if name == "test" else js.argument(call, 0)
    if expression is not None and expression.type == "identifier":
        expression = script.names.value(expression)
    pattern = js.text(js.field(expression, "pattern"))
    return pattern.startswith(_BEGINNINGS) and pattern.endswith(_ENDS)


def _is_family(prefix: Node | None, script: Script) -> bool:
    """Say whether a prefix ends where a scope such as `admin:read` is divided."""
    word = script.names.constant(prefix) or ""
    return word.endswith((".", "/", ":"))


def _joined(owner: Node | None, script: Script) -> Path:
    """Give the path of a text; a list put together into a text is one element long."""
    owner = js.bare(owner)
    if owner is not None and owner.type == "call_expression":
        name, joined = method(owner)
        if name in {"String", "stringify"}:
            joined = js.argument(owner, 0)
        if name in {"String", "join", "stringify", "toString"}:
            whole = script.path(joined)
            return (*whole, EACH) if whole in LISTS else whole
    return script.path(owner) if is_string(owner, script) else ()


def _words(listed: Node, script: Script) -> tuple[str, ...]:
    array = script.names.literal(listed, "array")
    parts = [] if array is None else array.named_children
    words = (script.names.constant(part) for part in parts)
    return tuple(word for word in words if word is not None)


def _used_elsewhere(path: Path, test: Node, script: Script) -> bool:
    return any(
        script.path(node) == path
        and node != test
        and (node.parent is None or node.parent.type != "variable_declarator")
        for node in script.nodes("member_expression", "identifier")
    )


def _read_deeper(path: Path, test: Node, script: Script) -> bool:
    around = next(
        parent
        for parent, _ in js.ancestors(test)
        if parent.type.endswith("_statement") or parent.type == "program"
    )
    return any(
        len(script.path(node)) > len(path) and script.path(node)[: len(path)] == path
        for node in js.nodes(around, *_READING)
    )
