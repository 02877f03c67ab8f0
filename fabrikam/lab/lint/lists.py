"""SU116 to SU121: lists of words that are asked the wrong question."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fabrikam.lab.auth0.members import LISTS, STRINGS
from fabrikam.lab.javascript import syntax as js
from fabrikam.lab.javascript.conditions import leaves
from fabrikam.lab.javascript.names import EACH
from fabrikam.lab.lint.check import check
from fabrikam.lab.lint.value_types import comparisons, is_list, method

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fabrikam.lab.javascript.names import Path
    from fabrikam.lab.javascript.script import Hit, Script
    from fabrikam.lab.javascript.syntax import Node

__all__ = [
    "class_searched_for_a_word",
    "every_word_compared",
    "expression_that_remembers",
    "keys_of_a_list",
    "search_begins_behind",
    "whole_list_compared",
]

_WORDS: Final[frozenset[Path]] = frozenset(
    path for path in LISTS if path[-1] in {"acr_values", "prompt", "requested_scopes"}
)
_RAW: Final[frozenset[Path]] = frozenset(
    path for path in STRINGS if path[-1] in {"acr_values", "scope"}
)
_SEARCHES: Final = frozenset({"includes", "indexOf"})
_SPELLERS: Final = frozenset({"String", "join", "stringify", "toString"})
_FIRST: Final = frozenset({"", "0", "undefined"})
_STOPPING: Final = frozenset({"exec", "test"})


@check(
    "SU116",
    "error",
    why="The keys of a list are 0, 1, 2 and so on. A word is never among them, so the "
    "branch is dead: nobody is ever asked for a second factor, and nothing says so.",
    instead="list.includes(word), or for (const word of list)",
)
def keys_of_a_list(script: Script) -> Iterator[Hit]:
    """A word is looked for among the keys of a list."""
    for node in script.nodes("binary_expression"):
        listed = js.field(node, "right")
        if js.operator(node) == "in" and is_list(listed, script):
            yield script.at(node)
    for loop in script.nodes("for_in_statement"):
        in_keys = js.text(js.field(loop, "operator")) == "in"
        listed = js.field(loop, "right")
        if in_keys and _keys_are_words(loop) and script.path(listed) in LISTS:
            yield script.at(loop)
    for call in script.nodes("call_expression"):
        name, owner = method(call)
        of_list = script.path(js.argument(call, 0)) in LISTS
        if name in {"hasOwn", "keys"} and js.text(owner) == "Object" and of_list:
            yield script.at(call)


@check(
    "SU117",
    "error",
    why="every is true for an empty list, and false as soon as one more word stands in "
    "the request: whoever asks for nothing is asked, and whoever adds a word is not.",
    instead=".includes(…), or .some(…)",
)
def every_word_compared(script: Script) -> Iterator[Hit]:
    """Every word of a list has to be the one that is looked for."""
    for call in script.nodes("call_expression"):
        name, owner = method(call)
        if name != "every" or script.path(owner) not in _WORDS:
            continue
        test = _answer(js.argument(call, 0))
        if test is not None and js.operator(test) in {"==", "==="}:
            yield script.at(call)


@check(
    "SU118",
    why="The second argument says where the search begins. The places before it are "
    "never looked at, and the word mostly stands at the first one.",
    instead=".includes(word), with nothing behind the word",
)
def search_begins_behind(script: Script) -> Iterator[Hit]:
    """A list is not searched from its beginning."""
    for call in script.nodes("call_expression"):
        name, owner = method(call)
        begins = js.argument(call, 1)
        if (
            name in _SEARCHES
            and begins is not None
            and js.text(begins) not in _FIRST
            and script.path(owner) in _WORDS
        ):
            yield script.at(call)


@check(
    "SU119",
    why="A request may list several words, in any order. One word more, or another "
    "order, and the two are no longer equal.",
    instead=".includes(…) looks for one word, wherever it stands",
)
def whole_list_compared(script: Script) -> Iterator[Hit]:
    """A list of words is compared as a whole."""
    for node, side, other in comparisons(script):
        if not _leads_on(node):
            continue
        if _spelled(side, script) in _WORDS and not is_list(other, script):
            yield script.at(node)
        several = " " in (script.names.constant(other) or "").strip()
        if several and script.path(side) in _RAW:
            yield script.at(node)


@check(
    "SU120",
    "error",
    why="A part of the class is enough, and so is an empty text: whatever the caller "
    "sends that happens to stand in the class takes this branch.",
    instead="turn it round: list.includes(the class), or compare with ===",
)
def class_searched_for_a_word(script: Script) -> Iterator[Hit]:
    """The class is searched for a word of the request, and not the other way round."""
    for call in script.nodes("call_expression"):
        name, owner = method(call)
        word = script.names.constant(owner)
        path = script.path(js.argument(call, 0))
        sent = path in _RAW or (path[-1:] == (EACH,) and path[:-1] in _WORDS)
        if name in _SEARCHES and word is not None and sent:
            yield script.at(call)


@check(
    "SU121",
    why="With g or y a regular expression remembers where it stopped, and goes on "
    "there at the next login: every second one comes out otherwise.",
    instead="leave the flags g and y out",
)
def expression_that_remembers(script: Script) -> Iterator[Hit]:
    """A regular expression remembers where the login before it stopped."""
    for call in script.nodes("call_expression"):
        name, owner = method(call)
        if name not in _STOPPING or owner is None or owner.type != "identifier":
            continue
        bound, value = script.names.binding(owner), script.names.value(owner)
        kept = bound is not None and js.enclosing_function(bound.at) is None
        flags = js.text(js.field(value, "flags"))
        if (
            kept
            and value is not None
            and value.type == "regex"
            and set(flags) & set("gy")
        ):
            yield script.at(call)


def _keys_are_words(loop: Node) -> bool:
    """Say whether a loop takes its keys for words: it never looks into the list."""
    key, body = js.text(js.field(loop, "left")), js.field(loop, "body")
    return body is not None and not any(
        js.text(js.field(node, "index")) == key
        for node in js.nodes(body, "subscript_expression")
    )


def _answer(function: Node | None) -> Node | None:
    """Give the one expression that an inline function returns."""
    body = js.field(function, "body")
    if body is None or body.type != "statement_block":
        return js.bare(body)
    last = body.named_children[-1] if body.named_child_count == 1 else None
    if last is None or last.type != "return_statement":
        return None
    return js.bare(next(iter(last.named_children), None))


def _spelled(node: Node, script: Script) -> Path:
    """Give the path of the list that an expression writes out as one text."""
    spelling = js.bare(node)
    if spelling is not None and spelling.type == "identifier":
        spelling = script.names.value(spelling)
    if spelling is None or spelling.type != "call_expression":
        return ()
    name, owner = method(spelling)
    if name not in _SPELLERS:
        return ()
    listed = owner if name in {"join", "toString"} else js.argument(spelling, 0)
    return script.path(listed)


def _leads_on(node: Node) -> bool:
    """Say whether a comparison has to come out equal for the script to go on."""
    if js.operator(node) in {"==", "==="}:
        return True
    parents = (parent for parent, _ in js.ancestors(node))
    around = next(
        (parent for parent in parents if parent.type.endswith("_statement")), None
    )
    then = js.field(around, "consequence")
    return around is not None and around.type == "if_statement" and leaves(then)
