"""JavaScript as a syntax tree: small questions about one node at a time.

Nothing here knows Auth0, and nothing here reads source text with patterns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import tree_sitter_javascript
from tree_sitter import Language, Node, Parser

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = [
    "EQUALITY",
    "FUNCTIONS",
    "LOOPS",
    "Node",
    "ancestors",
    "argument",
    "arguments",
    "bare",
    "depth",
    "enclosing_function",
    "faults",
    "field",
    "is_async",
    "is_inline",
    "literal",
    "member",
    "nodes",
    "operator",
    "own_nodes",
    "parameters",
    "parse",
    "property_of",
    "same",
    "text",
]

FUNCTIONS: Final = frozenset(
    {
        "arrow_function",
        "function_declaration",
        "function_expression",
        "generator_function",
        "generator_function_declaration",
        "method_definition",
    }
)
LOOPS: Final = frozenset(
    {"do_statement", "for_in_statement", "for_statement", "while_statement"}
)
EQUALITY: Final = frozenset({"==", "===", "!=", "!=="})

_LANGUAGE: Final = Language(tree_sitter_javascript.language())
_ESCAPES: Final = {
    **{"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v"},
    **{"\n": "", "\r": "", "\u2028": "", "\u2029": ""},  # the line goes on
}
_OCTAL: Final = frozenset("01234567")
_SURROGATES: Final = range(0xD800, 0xE000)
_LETTERS: Final = 0x110000


def parse(source: str) -> Node:
    """Parse a whole file; a fault in it is a node of the tree, never an exception."""
    return Parser(_LANGUAGE).parse(source.encode()).root_node


def nodes(root: Node, *kinds: str) -> Iterator[Node]:
    """Give every node under `root` and itself, in the order of the source."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if not kinds or node.type in kinds:
            yield node
        waiting.extend(reversed(node.children))


def own_nodes(root: Node, *kinds: str) -> Iterator[Node]:
    """Give the nodes under `root` that run with it: nested functions are left out."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if not kinds or node.type in kinds:
            yield node
        if node == root or node.type not in FUNCTIONS:
            waiting.extend(reversed(node.children))


def faults(root: Node) -> Iterator[Node]:
    """Give the places where the file is not JavaScript."""
    return (node for node in nodes(root) if node.is_error or node.is_missing)


def depth(root: Node) -> int:
    """Count how deeply the tree is nested."""
    deepest = 0
    waiting = [(root, 1)]
    while waiting:
        node, level = waiting.pop()
        deepest = max(deepest, level)
        waiting.extend((child, level + 1) for child in node.children)
    return deepest


def text(node: Node | None) -> str:
    """Give the source of a node."""
    return "" if node is None or node.text is None else node.text.decode()


def field(node: Node | None, *names: str) -> Node | None:
    """Follow named fields down from a node, as far as they exist."""
    for name in names:
        if node is None:
            return None
        node = node.child_by_field_name(name)
    return node


def same(node: Node | None, other: Node | None) -> bool:
    """Say whether two nodes are one place in the tree."""
    return node is not None and other is not None and node == other


def ancestors(node: Node) -> Iterator[tuple[Node, Node]]:
    """Give each parent on the way up, with the child by which it was reached."""
    child, parent = node, node.parent
    while parent is not None:
        yield parent, child
        child, parent = parent, parent.parent


def enclosing_function(node: Node) -> Node | None:
    """Give the innermost function around a node."""
    return next(
        (parent for parent, _ in ancestors(node) if parent.type in FUNCTIONS), None
    )


def is_async(function: Node) -> bool:
    """Say whether a function is declared `async`."""
    return any(child.type == "async" for child in function.children)


def is_inline(function: Node) -> bool:
    """Say whether a function is written where it is handed to a call."""
    return function.parent is not None and function.parent.type == "arguments"


def bare(node: Node | None) -> Node | None:
    """Take the parentheses and the `await` off an expression."""
    while node is not None and node.type in {
        "await_expression",
        "parenthesized_expression",
    }:
        node = next(_without_comments(node.named_children), None)
    return node


def arguments(call: Node) -> list[Node]:
    """Give the arguments of a call or of `new`."""
    listed = field(call, "arguments")
    return [] if listed is None else list(_without_comments(listed.named_children))


def argument(call: Node, index: int) -> Node | None:
    """Give one argument of a call, if it is there."""
    given = arguments(call)
    return bare(given[index]) if index < len(given) else None


def operator(node: Node) -> str:
    """Give the operator of a unary, binary or augmented expression."""
    return text(field(node, "operator"))


def parameters(function: Node) -> list[Node]:
    """Give the parameters of a function, patterns and all."""
    single = field(function, "parameter")
    listed = field(function, "parameters")
    if single is not None:
        return [single]
    children = [] if listed is None else listed.named_children
    return [parameter for parameter in children if parameter.type != "comment"]


def member(node: Node) -> str | None:
    """Give the name that `a.name` or `a["name"]` takes; None where it is computed."""
    if node.type == "member_expression":
        return text(field(node, "property"))
    index = bare(field(node, "index"))
    if index is not None and index.type == "number":
        return "[]"
    return None if index is None else literal(index)


def property_of(obj: Node, name: str) -> Node | None:
    """Give the value of one key of an object literal."""
    for pair in obj.named_children:
        key = field(pair, "key")
        if pair.type == "pair" and key is not None and _key(key) == name:
            return field(pair, "value")
        if pair.type == "shorthand_property_identifier" and text(pair) == name:
            return pair
    return None


def literal(node: Node) -> str | None:
    """Give the value of a string or of a template without substitutions."""
    if node.type not in {"string", "template_string"}:
        return None
    parts = node.named_children
    if any(part.type == "template_substitution" for part in parts):
        return None
    return "".join(
        _unescaped(text(part)) if part.type == "escape_sequence" else text(part)
        for part in parts
    )


def _key(key: Node) -> str | None:
    return literal(key) if key.type == "string" else text(key)


def _unescaped(sequence: str) -> str:
    letter, rest = sequence[1:2], sequence[2:]
    if letter in {"u", "x"}:
        return _letter(int(rest.strip("{}"), 16))
    if letter in _OCTAL:
        return _letter(int(sequence[1:], 8))
    return _ESCAPES.get(letter, letter)


def _letter(number: int) -> str:
    """Give the letter of a number; half a pair, which nobody can print, is marked."""
    whole = number < _LETTERS and number not in _SURROGATES
    return chr(number) if whole else "\N{REPLACEMENT CHARACTER}"


def _without_comments(children: Iterable[Node]) -> Iterator[Node]:
    return (node for node in children if node.type != "comment")
