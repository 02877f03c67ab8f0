"""SU4xx: claims that say more than what happened, or that never arrive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from fabrikam.lab.auth0.members import RESTRICTED_CLAIMS
from fabrikam.lab.javascript import syntax as js
from fabrikam.lab.javascript.conditions import Fact, atoms, circumstances, mentions
from fabrikam.lab.lint.check import ACTION, RULE, check
from fabrikam.lab.lint.mfa_requests import asks, conditions, taken_back, triggers
from fabrikam.lab.lint.value_types import filled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fabrikam.lab.javascript.names import Path
    from fabrikam.lab.javascript.script import Hit, Script
    from fabrikam.lab.javascript.syntax import Node

__all__ = [
    "Claim",
    "claims",
    "event_written",
    "is_level",
    "level_from_metadata",
    "level_on_plain_login",
    "level_stored",
    "level_without_asking",
    "reserved_namespace",
    "restricted_claim",
    "second_factor_taken_back",
]

_ACCESS: Final = "api.accessToken.setCustomClaim"
_SETTERS: Final = ("api.idToken.setCustomClaim", _ACCESS)
_STORES: Final = (
    "api.user.setAppMetadata",
    "api.user.setUserMetadata",
    "auth0.users.updateAppMetadata",
    "auth0.users.updateUserMetadata",
)
_TOKENS: Final = (("user",), ("context", "idToken"), ("context", "accessToken"))
_METADATA: Final = {
    ("user", "app_metadata"),
    ("user", "user_metadata"),
    ("event", "user", "app_metadata"),
    ("event", "user", "user_metadata"),
}
_LEVELS: Final = frozenset(
    {"aal", "acr", "amr", "level", "mfa", "step_up", "stepped_up", "stepup"}
)
_LEVEL_WORDS: Final = ("assurance", "auth_level", "authentication_level", "mfa_passed")
_RESERVED: Final = ("auth0.com", "webtask.io", "webtask.run")


@dataclass(frozen=True, slots=True)
class Claim:
    """One place where a script puts something into a token or onto the profile."""

    node: Node
    key: str
    value: Node
    on_user: bool = False
    in_access_token: bool = False


@check(
    "SU401",
    "error",
    why="The claim tells the application that a second factor was passed. On this way "
    "nothing asks for one, and nothing even asked for step-up: every login gets in.",
    instead="set it in the same branch that asks for the second factor, and set "
    '"normal" everywhere else',
)
def level_on_plain_login(script: Script) -> Iterator[Hit]:
    """The level is set on a plain login."""
    for grant, way in _unearned(script):
        if not triggers(way, script):
            yield script.at(grant)


@check(
    "SU402",
    "error",
    why="Metadata is stored once and believed for ever, and in a Rule its entries are "
    "merged into user as well. It says nothing about this login.",
    instead="set the level from what this login asks for, never from what is stored",
)
def level_from_metadata(script: Script) -> Iterator[Hit]:
    """The level is taken from metadata."""
    own = {path for _, path in script.writes(("user",))}
    for claim in claims(script):
        read = mentions(claim.value, script)
        stored = any(
            path[: len(place)] == place for path in read for place in _METADATA
        )
        merged = any(path == ("user", claim.key) and path not in own for path in read)
        if is_level(claim) and (stored or (merged and not claim.on_user)):
            yield script.at(claim.value)


@check(
    "SU403",
    "error",
    why="The claim says what was asked for, and here nothing is. It is issued without "
    "a second factor, and the application believes it.",
    instead="put the request for the factor and the claim into one branch, so that "
    "neither comes without the other",
)
def level_without_asking(script: Script) -> Iterator[Hit]:
    """The level is set in a branch that asks for no second factor."""
    for grant, way in _unearned(script):
        if triggers(way, script):
            yield script.at(grant)


@check(
    "SU404",
    of=ACTION,
    why="An Action gets a copy of the event. What it writes there reaches neither a "
    "token nor the next Action.",
    instead='api.idToken.setCustomClaim("…", …), api.user.setAppMetadata("…", …) or '
    "api.transaction.setMetadata",
)
def event_written(script: Script) -> Iterator[Hit]:
    """Something is written to the event."""
    for assignment, _ in script.writes(("event",)):
        owner = js.field(assignment, "left", "object")
        if not filled(
            owner, script
        ):  # what a default may have made is the script's own
            yield script.at(assignment)
    for node in script.nodes("unary_expression"):
        if js.operator(node) == "delete":
            gone = script.path(js.field(node, "argument"))
            if gone[:1] == ("event",):
                yield script.at(node)


@check(
    "SU405",
    "error",
    why="The tenant keeps the name for itself and drops the claim without a word. No "
    "script can write amr or acr.",
    instead="a name of your own: authentication_level, or https://…/authentication_level",
)
def restricted_claim(script: Script) -> Iterator[Hit]:
    """A claim has a name that the tenant keeps for itself."""
    for claim in claims(script):
        if not claim.on_user and claim.key in RESTRICTED_CLAIMS:
            yield script.at(claim.node, claim.key)


@check(
    "SU406",
    why="Claims in a namespace of the tenant's own maker are dropped without a word.",
    instead="an address of your own as the namespace, or none",
)
def reserved_namespace(script: Script) -> Iterator[Hit]:
    """A claim is in a namespace that is ignored."""
    for claim in claims(script):
        host = claim.key.partition("://")[2].partition("/")[0]
        reserved = any(host == own or host.endswith(f".{own}") for own in _RESERVED)
        if reserved or claim.key.startswith("urn:auth0"):
            yield script.at(claim.node, claim.key)


@check(
    "SU407",
    "error",
    of=RULE,
    why="Only what stands in context.multifactor after the last Rule counts. A level "
    "that an earlier Rule set stays, and the factor is never asked for.",
    instead="decide in one Rule; leave the object alone everywhere else",
)
def second_factor_taken_back(script: Script) -> Iterator[Hit]:
    """A request for a second factor is taken back."""
    return (script.at(node) for node in taken_back(script))


@check(
    "SU408",
    why="Stored evidence never grows old: the level of one login becomes the level of "
    "all later ones, and in a Rule it even lies on user under the same name.",
    instead="leave the level in the token of the login that earned it",
)
def level_stored(script: Script) -> Iterator[Hit]:
    """The level is stored in the metadata of the user."""
    for call in script.calls(*_STORES):
        if any(_spells_level(word) for word in _keys(call, script)):
            yield script.at(call)
    for place in (("user", "app_metadata"), ("user", "user_metadata")):
        for assignment, path in script.writes(place):
            if len(path) > len(place) and _spells_level(path[-1]):
                yield script.at(assignment)


def claims(script: Script) -> Iterator[Claim]:
    """Give every claim that a script sets, in a token or on `user`."""
    for setter in _SETTERS:
        for call in script.calls(setter):
            key = script.names.constant(js.argument(call, 0))
            value = js.argument(call, 1)
            if key is not None and value is not None:
                by_access = setter == _ACCESS
                yield Claim(call, key, value, in_access_token=by_access)
    for place in _TOKENS if script.kind == "rule" else ():
        for assignment, path in script.writes(place):
            value = js.bare(js.field(assignment, "right"))
            if value is not None and len(path) == len(place) + 1:
                yield Claim(
                    assignment,
                    path[-1],
                    value,
                    on_user=place == ("user",),
                    in_access_token=place == ("context", "accessToken"),
                )


def is_level(claim: Claim) -> bool:
    """Say whether a claim speaks of how well somebody signed in."""
    return _spells_level(claim.key)


def _spells_level(word: str) -> bool:
    name = word.rpartition("/")[2].casefold()
    return name in _LEVELS or any(part in name for part in _LEVEL_WORDS)


def _keys(call: Node, script: Script) -> Iterator[str]:
    first = script.names.constant(js.argument(call, 0))
    if first is not None:
        yield first
    for pair in js.nodes(call, "pair"):
        yield js.text(js.field(pair, "key"))


def _unearned(script: Script) -> Iterator[tuple[Node, tuple[Fact, ...]]]:
    """Give the places that grant the level on a way on which no factor is asked."""
    asked = [_keys_of(way) for ask in asks(script) for way in conditions(ask, script)]
    visited: set[int] = set()
    for claim in claims(script):
        for grant in _grants(claim, script):
            for way in _ways(claim, grant, script):
                earned = any(keys <= _keys_of(way) for keys in asked)
                if (
                    not earned
                    and not _evidence(way, script)
                    and grant.id not in visited
                ):
                    visited.add(grant.id)
                    yield grant, way


def _grants(claim: Claim, script: Script) -> Iterator[Node]:
    """Give the words "mfa" (for a level also `true`) that a claim can take as value."""
    waiting, visited = [claim.value], set[int]()
    while waiting:
        node = js.bare(waiting.pop(0))
        if node is None or node.id in visited:
            continue
        visited.add(node.id)
        if js.literal(node) == "mfa" or (node.type == "true" and is_level(claim)):
            yield node
        waiting.extend(_values(node, script))


def _values(node: Node, script: Script) -> Iterator[Node]:
    names = {
        "ternary_expression": ("consequence", "alternative"),
        "binary_expression": ("left", "right"),
    }
    if node.type == "binary_expression" and js.operator(node) not in {"&&", "||", "??"}:
        return
    for name in names.get(node.type, ()):
        value = js.field(node, name)
        if value is not None:
            yield value
    bound = script.names.binding(node) if node.type == "identifier" else None
    if bound is not None and not bound.steps:
        yield from script.names.assigned.get(bound.at.id, ())
        if bound.value is not None:
            yield bound.value


def _ways(claim: Claim, grant: Node, script: Script) -> Iterator[tuple[Fact, ...]]:
    for inner in circumstances(grant, script):
        for outer in circumstances(claim.node, script):
            yield tuple(atoms((*inner, *outer), script))


def _keys_of(way: Iterable[Fact]) -> frozenset[tuple[str, bool]]:
    return frozenset((" ".join(js.text(fact.test).split()), fact.holds) for fact in way)


def _evidence(way: Iterable[Fact], script: Script) -> bool:
    """Say whether the way goes through what the session has really passed."""
    read: set[Path] = {path for fact in way for path in mentions(fact.test, script)}
    return any(path[1:3] == ("authentication", "methods") for path in read)
