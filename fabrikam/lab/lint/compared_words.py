"""SU11x: comparisons with a word that never stands there."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Final

from fabrikam.lab.auth0.members import FACTORS, LISTS, closest
from fabrikam.lab.javascript import syntax as js
from fabrikam.lab.javascript.declarations import EACH
from fabrikam.lab.lint.check import check
from fabrikam.lab.lint.value_types import (
    comparisons,
    is_string,
    memberships,
    method,
    tests,
)
from fabrikam.stepup import MFA_ACR

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fabrikam.lab.javascript.names import Path
    from fabrikam.lab.javascript.script import Hit, Script
    from fabrikam.lab.javascript.syntax import Node

__all__ = [
    "class_misspelt",
    "first_of_list",
    "object_compared_with_string",
    "place_tested_for_truth",
    "word_that_never_occurs",
]

_OBJECT_LISTS: Final = frozenset(
    path
    for path in LISTS
    if path[-1] in {"clients", "enrolledFactors", "identities", "methods"}
)
_PLACES: Final = frozenset({"findIndex", "indexOf", "lastIndexOf", "search"})
_ALIKE: Final = 0.9
_JOINING: Final = frozenset({"binary_expression", "template_substitution"})

_LISTS: Final = {
    ("event", "transaction", "acr_values"),
    ("event", "transaction", "requested_scopes"),
    ("event", "transaction", "prompt"),
}
_SPOKEN: Final = """
oauth2-device-code oauth2-password oauth2-refresh-token oauth2-resource-owner
oauth2-resource-owner-jwt-bearer oidc-basic-profile oidc-implicit-profile samlp wsfed
wstrust-usernamemixed
"""
_PROTOCOLS: Final = tuple(_SPOKEN.split())
_ACTION_PROTOCOLS: Final = (
    *_PROTOCOLS,
    *("oauth2-access-token", "oauth2-token-exchange", "oauth2-webauthn"),
    *("oidc-ciba", "oidc-ciba-web-link", "oidc-hybrid-profile"),
)
_METHODS: Final = ("email", "federated", "mfa", "pwd", "sms")
_WORDS: Final[Mapping[Path, tuple[str, ...]]] = {
    ("context", "protocol"): (*_PROTOCOLS, "delegation", "redirect-callback"),
    ("context", "original_protocol"): (*_PROTOCOLS, "delegation"),
    ("context", "authentication", "methods", EACH, "name"): _METHODS,
    ("event", "transaction", "protocol"): _ACTION_PROTOCOLS,
    ("event", "authentication", "methods", EACH, "name"): (
        *_METHODS,
        *("mock", "passkey", "phone_number"),
    ),
    ("event", "authentication", "methods", EACH, "type"): FACTORS,
    ("event", "user", "enrolledFactors", EACH, "type"): FACTORS,
}


@check(
    "SU110",
    why="A request may list several classes or scopes, in any order. Who puts another "
    "one first is not asked.",
    instead=".includes(…) looks at the whole list",
)
def first_of_list(script: Script) -> Iterator[Hit]:
    """Only one place of a list is looked at."""
    for node, side, _ in comparisons(script):
        place = js.bare(side)
        indexed = place is not None and place.type in {
            "call_expression",
            "subscript_expression",
        }
        path = script.path(place)
        if indexed and path[-1:] == (EACH,) and path[:-1] in _LISTS:
            yield script.at(node)


@check(
    "SU111",
    "error",
    why="The class of the second factor is one exact text. Anything else, be it one "
    "letter or the s of https, is another class, and nobody asks for that.",
    instead=f'"{MFA_ACR}"',
)
def class_misspelt(script: Script) -> Iterator[Hit]:
    """The class of the second factor is misspelt."""
    for node in script.nodes("string", "template_string"):
        word = js.literal(node) or ""
        alike = SequenceMatcher(None, word, MFA_ACR).ratio() if "://" in word else 0
        right = word == MFA_ACR or (word == f"{MFA_ACR}/" and _is_begun(node, script))
        if not right and alike > _ALIKE:
            yield script.at(node)


@check(
    "SU112",
    why="The comparison is never true, whatever the login. Actions lack two protocols "
    "that Rules have: redirect-callback and delegation.",
    instead="a word that the reference lists; a second factor of any kind is the "
    "method mfa, and its kind is the type",
)
def word_that_never_occurs(script: Script) -> Iterator[Hit]:
    """A word that never occurs here."""
    for node, side, other in (*comparisons(script), *_cases(script)):
        yield from _unheard(script, node, side, other)
    for call, listed, item in memberships(script):
        array = script.names.literal(listed, "array")
        for listed_word in [] if array is None else array.named_children:
            yield from _unheard(script, call, item, listed_word)


@check(
    "SU113",
    "error",
    why="indexOf gives -1 where nothing is found, which is true, and 0 for the first "
    "place, which is false: the branch is taken exactly when it should not be.",
    instead=".includes(…), or .indexOf(…) !== -1",
)
def place_tested_for_truth(script: Script) -> Iterator[Hit]:
    """The place of a word is tested for truth."""
    for test in tests(script):
        if test.type == "call_expression" and method(test)[0] in _PLACES:
            yield script.at(test)


@check(
    "SU115",
    "error",
    why="methods and enrolledFactors hold objects, so that a text is never among them: "
    "the test comes out the same for everybody.",
    instead='.some((method) => method.name === "mfa")',
)
def object_compared_with_string(script: Script) -> Iterator[Hit]:
    """An object of a list is compared with a string."""
    for node, side, other in comparisons(script):
        path = script.path(side)
        of_list = path[-1:] == (EACH,) and path[:-1] in _OBJECT_LISTS
        if of_list and is_string(other, script):
            yield script.at(node)
    for call, listed, item in memberships(script):
        if script.path(listed) in _OBJECT_LISTS and is_string(item, script):
            yield script.at(call)


def _is_begun(text: Node, script: Script) -> bool:
    """Say whether something is put behind a text, by its name or on the spot."""
    parent = text.parent
    name = js.text(js.field(parent, "name"))
    return (parent is not None and parent.type == "binary_expression") or any(
        js.text(identifier) == name
        and identifier.parent is not None
        and identifier.parent.type in _JOINING
        for identifier in script.nodes("identifier")
    )


def _unheard(script: Script, node: Node, side: Node, other: Node) -> Iterator[Hit]:
    known = _WORDS.get(script.path(side))
    word = script.names.constant(other)
    if known and word is not None and word not in known and "://" not in word:
        yield script.at(node, closest(word, known))


def _cases(script: Script) -> Iterator[tuple[Node, Node, Node]]:
    for switch in script.nodes("switch_statement"):
        value = js.field(switch, "value")
        for case in js.nodes(switch, "switch_case"):
            word = js.field(case, "value")
            if value is not None and word is not None:
                yield case, value, word
