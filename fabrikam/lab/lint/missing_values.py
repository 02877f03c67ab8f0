"""SU6xx: what a script needs and the folder does not give it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fabrikam.lab.javascript import syntax as js
from fabrikam.lab.javascript.conditions import mentions, strings
from fabrikam.lab.lint.check import check
from fabrikam.lab.lint.mfa_requests import COMMANDS, ENROLMENTS, Ask, asks, conditions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fabrikam.lab.javascript.conditions import Fact
    from fabrikam.lab.javascript.script import Hit, Script
    from fabrikam.lab.javascript.syntax import Node
    from fabrikam.lab.lint.whole_folder import LintedFolder

__all__ = [
    "challenge_without_toggle",
    "configuration_missing",
    "enrolled_beside_another",
    "factor_disabled",
    "secret_missing",
]

_ENROLLED: Final = {
    ("event", "user", "enrolledFactors"),
    ("event", "user", "multifactor"),
}
_GUARDIAN: Final = {"phone": "sms"}  # what Guardian calls a type of factor


@check(
    "SU604",
    why="challengeWith and enrollWith need the switch “Customize MFA Factors using "
    "Actions”. Without it they have no proper effect.",
    instead='"customize_mfa_in_postlogin_action": true in tenant.json',
)
def challenge_without_toggle(whole: LintedFolder) -> Iterator[Hit]:
    """A challenge or enrolment without the switch of the tenant."""
    if whole.folder.tenant.get("customize_mfa_in_postlogin_action") is True:
        return
    for script in whole.actions():
        yield from (script.at(call) for call in script.calls(*COMMANDS))


@check(
    "SU605",
    why="Every Action has secrets of its own. One that it lacks is undefined, and a "
    "comparison with it is never true.",
    instead="add it to the secrets of this Action",
)
def secret_missing(whole: LintedFolder) -> Iterator[Hit]:
    """A secret is used that the Action does not have."""
    for script in whole.scripts:
        if script.kind == "action":
            yield from _missing(script, ("event", "secrets"), script.secrets)


@check(
    "SU606",
    why="configuration holds what rules-configs/ sets. A key that is not there is "
    "undefined, and a comparison with it is never true.",
    instead="add rules-configs/KEY.json; exports leave the values out",
)
def configuration_missing(whole: LintedFolder) -> Iterator[Hit]:
    """A key of `configuration` is used that the folder does not set."""
    known = frozenset(whole.folder.rules_configs)
    for script in whole.running:
        if script.kind == "rule":
            yield from _missing(script, ("configuration",), known)


@check(
    "SU610",
    why="A factor that is switched off cannot be asked for: it is left out, and when "
    "none is left the login fails.",
    instead="switch it on in guardian/factors/",
)
def factor_disabled(whole: LintedFolder) -> Iterator[Hit]:
    """A factor is asked for that the tenant has switched off."""
    on = whole.folder.factors
    if on is None:
        return
    for script in whole.running:
        if not on:
            yield from (script.at(ask.node, "all of them") for ask in asks(script))
            continue
        for call in script.calls(*COMMANDS):
            for factor in _factors(call, script):
                if _GUARDIAN.get(factor, factor) not in on:
                    yield script.at(call, factor)


@check(
    "SU613",
    why="Whoever knows the password of somebody who has another factor enrols one of "
    "their own, and passes with it.",
    instead="challenge with any factor that the user has (challengeWithAny), and enrol "
    "only where enrolledFactors is empty",
)
def enrolled_beside_another(whole: LintedFolder) -> Iterator[Hit]:
    """A factor is enrolled for somebody who may have another one."""
    on = (whole.folder.factors or frozenset()) - {"recovery-code"}
    for script in whole.actions():
        for call in script.calls(*ENROLMENTS):
            ways = conditions(Ask(call), script)
            if any(_others(way, on, script) for way in ways):
                yield script.at(call)


def _others(way: Iterable[Fact], on: frozenset[str], script: Script) -> frozenset[str]:
    """Give the factors that somebody may have who is led to enrol on this way."""
    words: set[str] = set()
    for fact in way:
        if not mentions(fact.test, script) & _ENROLLED:
            continue
        named = {_GUARDIAN.get(word, word) for word in strings(fact.test, script)}
        if not named & on:
            return frozenset()  # it asks whether there is any factor at all
        words |= named
    return on - words if words else frozenset()


def _missing(
    script: Script, place: tuple[str, ...], known: frozenset[str]
) -> Iterator[Hit]:
    for node in script.nodes("member_expression", "subscript_expression"):
        path = script.path(node)
        short = len(path) != len(place) + 1 or path[: len(place)] != place
        if short or path[-1] in known or _has_default(node):
            continue
        yield script.at(node, path[-1])


def _has_default(node: Node) -> bool:
    parent = node.parent
    return (
        parent is not None
        and parent.type == "binary_expression"
        and js.operator(parent) in {"||", "??"}
        and js.same(js.field(parent, "left"), node)
    )


def _factors(call: Node, script: Script) -> Iterator[str]:
    for pair in js.nodes(call, "pair"):
        factor = script.names.constant(js.field(pair, "value"))
        if js.text(js.field(pair, "key")) == "type" and factor is not None:
            yield factor
