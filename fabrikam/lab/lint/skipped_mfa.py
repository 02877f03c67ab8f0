"""SU3xx: reasons that keep a script from asking for the second factor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from fabrikam.lab.auth0.members import CLIENT_IDS
from fabrikam.lab.javascript import syntax as js
from fabrikam.lab.javascript.conditions import Fact, affirms, mentions, reach, strings
from fabrikam.lab.lint.check import ACTION, check
from fabrikam.lab.lint.mfa_requests import (
    Ask,
    asks,
    conditions,
    lets_step_up_pass,
    refusals,
    triggers,
)
from fabrikam.lab.lint.value_types import is_list, method
from fabrikam.stepup import MFA_ACR

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fabrikam.lab.javascript.names import Path
    from fabrikam.lab.javascript.script import Hit, Script
    from fabrikam.lab.javascript.syntax import Node

__all__ = [
    "is_placeholder",
    "known_browser_skipped",
    "once_per_session_on_step_up",
    "only_beside_a_rule",
    "placeholder_client",
    "protocol_skipped",
    "silent_request_skipped",
    "skipped_at_will",
    "step_up_inverted",
    "unenrolled_skipped",
]

_SCOPE: Final = "step_up"
_REFRESH: Final = "oauth2-refresh-token"
_PLACEHOLDERS: Final = ("placeholder", "replace", "xxx", "your")
_METHODS: Final = {
    ("event", "authentication", "methods"),
    ("context", "authentication", "methods"),
}
_FACTORS: Final = {
    ("event", "user", "enrolledFactors"),
    ("event", "user", "multifactor"),
    ("user", "multifactor"),
}
_BROWSER: Final = {
    ("event", "request", "user_agent"),
    ("event", "session", "device"),
    ("context", "request", "userAgent"),
}


_RULE_RAN: Final = ("api", "rules", "wasExecuted")
_AT_WILL: Final = {
    ("event", "user", "user_metadata"),
    ("user", "user_metadata"),
    ("event", "request", "query"),
    ("event", "request", "body"),
    ("context", "request", "query"),
    ("context", "request", "body"),
}
_OWN_METADATA: Final = {("event", "user", "user_metadata"), ("user", "user_metadata")}
_TICKED: Final = frozenset({"1", "always", "enabled", "on", "true", "yes"})
_STANDARD: Final = frozenset(  # what an application says of itself, or others look at
    {
        "acr_values",
        "audience",
        "client_id",
        "connection",
        "grant_type",
        "max_age",
        "organization",
        "prompt",
        "redirect_uri",
        "response_mode",
        "response_type",
        "scope",
    }
)


@dataclass(frozen=True, slots=True)
class _Barrier:
    """One test that has to come out right before a script asks."""

    ask: Ask
    way: tuple[Fact, ...]
    fact: Fact
    read: frozenset[Path]
    words: frozenset[str]

    @property
    def wants(self) -> bool:
        """Whether the ask needs what the test speaks of, or its absence."""
        test = js.bare(self.fact.test) or self.fact.test
        return affirms(test) is self.fact.holds


@check(
    "SU301",
    "error",
    why="A list of applications that still holds the words of the sample matches no "
    "application, and nobody is asked.",
    instead="the client id of the application, or no list at all: every application "
    "that asks for step-up should get it",
)
def placeholder_client(script: Script) -> Iterator[Hit]:
    """A placeholder stands where a client id belongs."""
    for barrier in _barriers(script):
        if not barrier.read & CLIENT_IDS:
            continue
        for compared in _compared_with_client(barrier.fact.test, script):
            for node in reach(compared, script):
                if is_placeholder(js.literal(node) or ""):
                    yield script.at(node)
                if node.type == "array" and node.named_child_count == 0:
                    yield script.at(node, "an empty list")


@check(
    "SU302",
    "error",
    why="prompt=none is the caller's word. Whoever adds it gets the tokens without a "
    "second factor.",
    instead="ask all the same: a silent request that needs a factor is answered with "
    "login_required, as it should be",
)
def silent_request_skipped(script: Script) -> Iterator[Hit]:
    """The second factor is left out for prompt=none."""
    for barrier in _barriers(script):
        silent = any(path[-1:] == ("prompt",) for path in barrier.read)
        skipped = "none" in barrier.words and not barrier.wants
        sides = (js.bare(barrier.fact.test) or barrier.fact.test).named_children
        dead = any(is_list(side, script) for side in sides)
        mixed = bool(triggers([barrier.fact], script))
        if silent and skipped and not mixed and not dead:
            yield script.at(barrier.fact.test)


@check(
    "SU303",
    why="Whoever speaks another protocol gets the same tokens without the factor. Only "
    "for refresh tokens is this documented, and not where the scope asks for step-up: "
    "a refresh can carry that scope.",
    instead="ask for what the request wants, and let the protocol be",
)
def protocol_skipped(script: Script) -> Iterator[Hit]:
    """The second factor is left out for a whole protocol."""
    for barrier in _barriers(script):
        spoken = any(path[-1:] == ("protocol",) for path in barrier.read)
        mixed = bool(triggers([barrier.fact], script))
        if (
            spoken
            and barrier.words
            and not mixed
            and not _only_refresh(barrier, script)
        ):
            yield script.at(barrier.fact.test)


@check(
    "SU304",
    why="The list of methods belongs to the session, the claim amr to one login. A "
    "session with an old factor is not asked, gets no amr, and the application sends "
    "the user round again, for ever.",
    instead="ask on every step-up; the application asks only when it needs to",
)
def once_per_session_on_step_up(script: Script) -> Iterator[Hit]:
    """Step-up is skipped because the session once had a second factor."""
    for barrier in _barriers(script):
        by_methods = any(path[:3] in _METHODS for path in barrier.read)
        asked_for = triggers(barrier.way, script)
        if by_methods and asked_for and "mfa" in barrier.words and not barrier.wants:
            yield script.at(barrier.fact.test)


@check(
    "SU305",
    why="Who has no factor yet passes without one: an attacker who took over such an "
    "account is never asked.",
    instead="ask everybody; a user without a factor enrols in the same login",
)
def unenrolled_skipped(script: Script) -> Iterator[Hit]:
    """Step-up is skipped for users who have no factor."""
    for barrier in _barriers(script):
        by_factors = bool({path[:3] for path in barrier.read} & _FACTORS)
        command = barrier.ask.by_command  # it can only challenge the enrolled
        if (
            by_factors
            and triggers(barrier.way, script)
            and not command
            and barrier.wants
        ):
            yield script.at(barrier.fact.test)


@check(
    "SU306",
    why="What a browser says about itself can be said by any program.",
    instead="allowRememberBrowser is the tenant's own, signed way to know a browser",
)
def known_browser_skipped(script: Script) -> Iterator[Hit]:
    """The second factor depends on what the browser says about itself."""
    for barrier in _barriers(script):
        if any(path[:3] in _BROWSER for path in barrier.read):
            yield script.at(barrier.fact.test)


@check(
    "SU307",
    "error",
    why="Whoever asks for the second factor is not asked, and everybody else is.",
    instead="turn the condition round",
)
def step_up_inverted(script: Script) -> Iterator[Hit]:
    """The second factor is asked for when step-up was not requested."""
    for barrier in _barriers(script):
        test = barrier.fact.test
        single = js.operator(test) not in {"&&", "||"}
        spoken = barrier.words & {MFA_ACR, _SCOPE}
        if single and spoken and triggers([barrier.fact], script) and not barrier.wants:
            yield script.at(test)


@check(
    "SU308",
    of=ACTION,
    why="wasExecuted is true while that Rule still runs. The day it is switched off, "
    "or where its id is another one, nobody is asked any more.",
    instead="if (api.rules.wasExecuted(…)) return; so that the Action steps in where "
    "the Rule does not",
)
def only_beside_a_rule(script: Script) -> Iterator[Hit]:
    """The second factor is asked for only where a Rule has run."""
    for barrier in _barriers(script):
        if _RULE_RAN in barrier.read and barrier.wants:
            yield script.at(barrier.fact.test)


@check(
    "SU310",
    "error",
    why="Users may write their own user_metadata, and whoever begins the login writes "
    "the request. Both can leave the second factor out for themselves.",
    instead="app_metadata, which only your own programs write, or a setting of the "
    "application",
)
def skipped_at_will(script: Script) -> Iterator[Hit]:
    """Who is to be asked for the second factor can choose not to be."""
    for barrier in _barriers(script):
        chosen = any(
            path[:-1] in _AT_WILL and path[-1] not in _STANDARD for path in barrier.read
        )
        skips = chosen and not barrier.wants and not triggers([barrier.fact], script)
        if skips or _by_own_word(barrier):
            yield script.at(barrier.fact.test)
    for ask in asks(script):
        for value in _option_values(ask):
            if any(path[:-1] in _OWN_METADATA for path in mentions(value, script)):
                yield script.at(value)


def _by_own_word(barrier: _Barrier) -> bool:
    """Say whether only a word that users write about themselves has them asked.

    Somebody who ticks a box wants to be asked; a role is no wish.
    """
    own = any(path[:-1] in _OWN_METADATA for path in barrier.read)
    return own and barrier.wants and bool(barrier.words - _TICKED)


def _option_values(ask: Ask) -> Iterator[Node]:
    for pair in [] if ask.options is None else ask.options.named_children:
        value = js.field(pair, "value")
        if value is not None:
            yield value


def _barriers(script: Script) -> Iterator[_Barrier]:
    """Give each test before an ask once, unless it keeps nobody away.

    Its other branch may refuse the login, or a request for step-up passes it anyhow.
    """
    visited: set[int] = set()
    for ask in asks(script):
        for way in conditions(ask, script):
            for fact in way:
                if fact.test.id in visited or refusals(fact.otherwise, script):
                    continue
                if lets_step_up_pass(fact, script):
                    continue
                visited.add(fact.test.id)
                read, words = mentions(fact.test, script), strings(fact.test, script)
                yield _Barrier(ask, way, fact, read, words)


def _only_refresh(barrier: _Barrier, script: Script) -> bool:
    """Say whether a test keeps nothing but refresh tokens away, and may."""
    by_scope = "scope" in triggers(barrier.way, script)
    return not barrier.wants and barrier.words == {_REFRESH} and not by_scope


def _compared_with_client(test: Node, script: Script) -> Iterator[Node]:
    """Give what the id of the application is held against: words, lists, tables."""
    for node in reach(test, script):
        match node.type:
            case "binary_expression" if js.operator(node) in js.EQUALITY:
                sides = js.field(node, "left"), js.field(node, "right")
                for side, other in (sides, sides[::-1]):
                    if other is not None and script.path(side) in CLIENT_IDS:
                        yield _walked_list(other, script) or other
            case "call_expression" if script.path(js.argument(node, 0)) in CLIENT_IDS:
                owner = method(node)[1]
                if owner is not None:
                    yield owner
            case "subscript_expression":
                table = js.field(node, "object")
                by_client = script.path(js.field(node, "index")) in CLIENT_IDS
                if table is not None and by_client:
                    yield table


def _walked_list(node: Node, script: Script) -> Node | None:
    """Give the list whose elements an inline function is called with, by its name."""
    bound = script.names.binding(node) if node.type == "identifier" else None
    function = None if bound is None else bound.function
    if function is None or not js.is_inline(function) or function.parent is None:
        return None
    return js.field(function.parent.parent, "function", "object")


def is_placeholder(word: str) -> bool:
    """Say whether a word is one of a sample, to be replaced by one's own."""
    if ":" in word:  # a scope or an acr value of the same test
        return False
    spoken = word.casefold()
    framed = word[:1] in {"<", "{", "["} or word.endswith(("}", ">"))
    shouted = "_" in word and word.upper() == word
    return framed or shouted or any(mark in spoken for mark in _PLACEHOLDERS)
