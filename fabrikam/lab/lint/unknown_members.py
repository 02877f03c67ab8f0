"""SU7xx: words that do not exist where they are used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fabrikam.lab.auth0.members import (
    ACTION_WORDS,
    RULE_WORDS,
    SURFACE,
    members,
    nearest,
    slip,
)
from fabrikam.lab.javascript import syntax as js
from fabrikam.lab.javascript.conditions import reach
from fabrikam.lab.lint.check import ACTION, RULE, check
from fabrikam.lab.lint.claims import claims, is_level
from fabrikam.lab.lint.mfa_requests import asks, conditions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fabrikam.lab.javascript.names import Path
    from fabrikam.lab.javascript.script import Hit, Script
    from fabrikam.lab.javascript.syntax import Node

__all__ = [
    "action_word_in_rule",
    "dependency_undeclared",
    "merged_metadata_expected",
    "require_with_version",
    "rule_word_in_action",
    "unknown_api_member",
    "unknown_context_member",
    "unknown_event_member",
    "unknown_user_member",
]

_BUILT_IN: Final = frozenset({"constructor", "hasOwnProperty", "toJSON", "toString"})
_RULE_GLOBALS: Final = frozenset(
    {"auth0", "callback", "configuration", "context", "user"}
)
_ACTION_GLOBALS: Final = frozenset({"api", "event"})
_OWN: Final = {("context",), ("user",), ("event", "user")}  # scripts add members here
_PROFILE: Final = ("event", "user")
_ALIKE: Final = 0.78
_NODE: Final = """
assert async_hooks buffer child_process cluster console constants crypto dgram dns
domain events fs http http2 https inspector module net os path perf_hooks process
punycode querystring readline repl stream string_decoder timers tls tty url util v8 vm
wasi worker_threads zlib
"""
_MODULES: Final = frozenset(_NODE.split())
_READING: Final = (
    "identifier",
    "member_expression",
    "shorthand_property_identifier_pattern",
    "subscript_expression",
)


@check(
    "SU701",
    of=ACTION,
    why="A member that does not exist is undefined: a comparison with it is never "
    "true, and reading on from it throws.",
    instead="the name as the reference of the post-login event has it",
)
def unknown_event_member(script: Script) -> Iterator[Hit]:
    """A member of `event` that does not exist."""
    for node, path in _unknown(script, "event"):
        if not _rule_word(path):
            yield script.at(node, _named(path))


@check(
    "SU702",
    "error",
    of=ACTION,
    why="Calling a member that does not exist throws, and a script that throws ends "
    "the login with access_denied.",
    instead="the name as the reference of the post-login api has it",
)
def unknown_api_member(script: Script) -> Iterator[Hit]:
    """A member of `api` that does not exist."""
    for node, path in _unknown(script, "api"):
        yield script.at(node, _named(path))


@check(
    "SU703",
    of=RULE,
    why="A member that does not exist is undefined: a comparison with it is never "
    "true, and what is written to it asks for nothing.",
    instead="the name as the reference of the context object has it",
)
def unknown_context_member(script: Script) -> Iterator[Hit]:
    """A member of `context` that does not exist."""
    for node, path in _unknown(script, "context"):
        if not _action_word(path):
            yield script.at(node, _named(path))


@check(
    "SU704",
    why="A member that does not exist is undefined, and a test of it goes the same way "
    "for everybody.",
    instead="the name as the reference of the user profile has it",
)
def unknown_user_member(script: Script) -> Iterator[Hit]:
    """A member of `user` that is spelled almost right."""
    for node, path in _unknown(script, "user"):
        if not _action_word(path):
            yield script.at(node, _named(path))


@check(
    "SU709",
    "error",
    of=ACTION,
    why="In a Rule the entries of app_metadata are merged into user; in an Action they "
    "are not, and the profile has no other members than those that Auth0 lists. The "
    "member is undefined for everybody.",
    instead="event.user.app_metadata, where it was stored",
)
def merged_metadata_expected(script: Script) -> Iterator[Hit]:
    """A member that `event.user` does not have decides about the second factor."""
    deciding = {node.id for test in _deciding(script) for node in reach(test, script)}
    for node in script.nodes(*_READING):
        path = script.path(node)
        own = path[:2] == _PROFILE and len(path) == len(_PROFILE) + 1
        if node.id in deciding and own and _wrong(path) and not _slipped(path):
            yield script.at(node, ".".join(path))


@check(
    "SU705",
    of=ACTION,
    why="Actions have other words for the same things. A Rule's word is undefined "
    "there, or throws.",
    instead="the Action's word",
)
def rule_word_in_action(script: Script) -> Iterator[Hit]:
    """A word of Rules in an Action."""
    for node, path in _unknown(script, "event"):
        if _rule_word(path):
            yield script.at(node, _translated(path, _rule_word(path)))
    for handler in script.handlers.values():
        for third in js.parameters(handler)[2:]:
            yield script.at(third, f"{js.text(third)}; an Action just returns")
    for node in _free(script, _RULE_GLOBALS):
        yield script.at(node, _translated((js.text(node),), _widest(node, script)))


@check(
    "SU706",
    of=RULE,
    why="Rules have other words for the same things. An Action's word is undefined "
    "there, or throws.",
    instead="the Rule's word",
)
def action_word_in_rule(script: Script) -> Iterator[Hit]:
    """A word of Actions in a Rule."""
    for root in ("context", "user"):
        for node, path in _unknown(script, root):
            if _action_word(path):
                yield script.at(node, _translated(path, _action_word(path)))
    for node in _free(script, _ACTION_GLOBALS):
        yield script.at(node)


@check(
    "SU707",
    "error",
    of=ACTION,
    why='require("name@version") is the way of Rules. An Action does not find the '
    "module, and every login fails.",
    instead='declare name and version among the dependencies, and require("name")',
)
def require_with_version(script: Script) -> Iterator[Hit]:
    """A version stands in `require`."""
    for call, name in _required(script):
        if "@" in name[1:]:
            yield script.at(call, name)


@check(
    "SU708",
    "error",
    of=ACTION,
    why="An Action finds only what it declares. Without it every login fails.",
    instead="add name and version to the dependencies of the Action",
)
def dependency_undeclared(script: Script) -> Iterator[Hit]:
    """A package is required that the Action does not declare."""
    declared = script.dependencies
    if declared is None:
        return
    for call, name in _required(script):
        parts = name.split("/")
        package = "/".join(parts[:2]) if name.startswith("@") else parts[0]
        built_in = package.startswith(("node:", "actions:")) or package in _MODULES
        versioned = "@" in name[1:]
        if not built_in and not versioned and package not in declared:
            yield script.at(call, package)


def _deciding(script: Script) -> Iterator[Node]:
    """Give the tests before an ask, and the values of the level."""
    for ask in asks(script):
        yield from (fact.test for way in conditions(ask, script) for fact in way)
    yield from (claim.value for claim in claims(script) if is_level(claim))


def _slipped(path: Path) -> bool:
    """Say whether a name of the profile is nearly right, which SU701 says."""
    return _almost(path, set())


def _unknown(script: Script, root: str) -> Iterator[tuple[Node, Path]]:
    """Give the members below a root that are documented nowhere, each place once."""
    written = {path for _, path in script.writes((root,))}
    for node in script.nodes(*_READING):
        if node.type == "identifier" and not _in_pattern(node):
            continue
        path = script.path(node)
        if path[:1] != (root,) or _wrong(path) == ():
            continue
        wrong = _wrong(path)
        whole = wrong == path or node.type not in {
            "member_expression",
            "subscript_expression",
        }
        if whole and (wrong[:-1] not in _OWN or _almost(wrong, written)):
            yield node, wrong


def _wrong(path: Path) -> Path:
    """Give the shortest part of a path that does not exist, or `()`."""
    for length in range(1, len(path)):
        known = members(path[:length])
        if known is None:
            return ()
        if path[length] not in known and path[length] not in _BUILT_IN:
            return path[: length + 1]
    return ()


def _almost(path: Path, written: set[Path]) -> bool:
    """Say whether a free name is so close to a documented one that it is a slip."""
    if path in written:  # a Rule may keep something for the next one
        return path[0] == "context" and slip(path, _ALIKE) is not None
    other = _action_word(path) or _rule_word(path)
    return bool(other or nearest(path, _ALIKE))


def _rule_word(path: Path) -> str | None:
    """Give the Action's word for a Rule's word that stands below `event`."""
    if path[:2] == ("event", "user"):
        return None  # custom attributes may have any name
    same = ("context", *path[1:])
    if same in RULE_WORDS:
        return RULE_WORDS[same]
    for rule, action in RULE_WORDS.items():
        if rule[-1] == path[-1] and len(rule) > 1 and action.split(".")[-1] != rule[-1]:
            return action
    return None


def _action_word(path: Path) -> str | None:
    """Give the Rule's word for an Action's word that stands below `context`."""
    if path == ("user", "enrolledFactors"):
        return "user.multifactor"
    below = ("event", *path[1:])
    known = SURFACE.get(below[:-1]) or ()
    if path[0] != "context" or below[-1] not in known:
        return None
    return ACTION_WORDS.get(below, "another word")


def _free(script: Script, names: frozenset[str]) -> Iterator[Node]:
    """Give the uses of global names that this kind of script does not have."""
    reported: set[str] = set()
    for node in script.nodes("identifier"):
        name = js.text(node)
        if name in names - reported and script.names.binding(node) is None:
            reported.add(name)
            yield node


def _widest(node: Node, script: Script) -> str | None:
    """Give the translation of the longest expression that begins with a name."""
    widest = None
    for parent, child in js.ancestors(node):
        if parent.type != "member_expression" or js.field(parent, "object") != child:
            break
        widest = RULE_WORDS.get(script.path(parent), widest)
    return widest


def _in_pattern(node: Node) -> bool:
    return node.parent is not None and node.parent.type == "pair_pattern"


def _required(script: Script) -> Iterator[tuple[Node, str]]:
    for call in script.calls("require"):
        name = script.names.constant(js.argument(call, 0))
        if name is not None and not name.startswith("."):
            yield call, name


def _named(path: Path) -> str:
    close = nearest(path)
    spelled = ".".join(path)
    return spelled if close is None else f"{spelled}; the nearest is {close}"


def _translated(path: Path, other: str | None) -> str:
    spelled = ".".join(path)
    return spelled if other is None else f"{spelled}; here it is {other}"
