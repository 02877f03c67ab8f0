"""SU2xx: options of the second factor that do not mean what they seem to mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fabrikam.lab.auth0.members import (
    ACTION_OPTIONS,
    FACTORS,
    PROVIDERS,
    RULE_OPTIONS,
    closest,
)
from fabrikam.lab.javascript import syntax as js
from fabrikam.lab.javascript.conditions import affirms, mentions, strings
from fabrikam.lab.javascript.script import Edit
from fabrikam.lab.lint.check import ACTION, RULE, check
from fabrikam.lab.lint.mfa_requests import (
    COMMANDS,
    ENABLE,
    Ask,
    alternatives,
    asks,
    conditions,
    is_step_up,
    triggers,
)
from fabrikam.stepup import MFA_ACR

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fabrikam.lab.javascript.conditions import Fact
    from fabrikam.lab.javascript.script import Hit, Script
    from fabrikam.lab.javascript.syntax import Node

__all__ = [
    "challenge_without_enrolment",
    "none_under_a_condition",
    "option_ignored_by_actions",
    "option_is_text",
    "option_unknown_to_rules",
    "remembered_beside_class",
    "remembered_by_default",
    "remembered_on_step_up",
    "unknown_factor",
    "unknown_provider",
]

_LETTING_PAST: Final = (("allowRememberBrowser", "true"), ("ignoreCookie", "false"))
_ENROLMENTS: Final = {
    ("event", "user", "enrolledFactors"),
    ("event", "user", "multifactor"),
}


@check(
    "SU201",
    of=ACTION,
    why="api.multifactor.enable takes allowRememberBrowser and providerOptions and "
    "drops the rest without a word. ignoreCookie: true has the opposite sense of "
    "allowRememberBrowser, so its translation is false, never true.",
    instead='api.multifactor.enable("any", { allowRememberBrowser: false })',
)
def option_ignored_by_actions(script: Script) -> Iterator[Hit]:
    """An option that Actions ignore."""
    for ask in asks(script):
        if ask.options is not None:
            yield from _strange(script, ask.options, ACTION_OPTIONS)


@check(
    "SU202",
    of=RULE,
    why="A Rule that leaves allowRememberBrowser out allows it: whoever ticked the box "
    "is not asked again for 30 days, while the Rule goes on as if they were. An Action "
    "has it the other way round.",
    instead="allowRememberBrowser: false (or true, if that is meant)",
)
def remembered_by_default(script: Script) -> Iterator[Hit]:
    """A remembered browser is let past by default."""
    for ask in asks(script):
        if ask.options is None or _spread(ask.options):
            continue
        options = (
            js.property_of(ask.options, name)
            for name in ("allowRememberBrowser", "ignoreCookie")
        )
        if not any(options):
            yield script.at(ask.node, edit=_option_added(ask.options))


@check(
    "SU203",
    why="The browser was remembered at some earlier login; whoever sits in front of it "
    "now has proved nothing when they ask for what needs a second factor.",
    instead="allowRememberBrowser: false",
)
def remembered_on_step_up(script: Script) -> Iterator[Hit]:
    """A remembered browser is let past on step-up."""
    for ask, value in _letting_past(script):
        if not _only_by_class(ask, script):
            yield script.at(value)


@check(
    "SU210",
    "note",
    why="A request for the class of the second factor sets the cookie of a remembered "
    "browser aside, so everybody is asked all the same. The option would only count "
    "for whoever comes here without the class.",
    instead="allowRememberBrowser: false says what happens",
)
def remembered_beside_class(script: Script) -> Iterator[Hit]:
    """A remembered browser is let past, which the class sets aside."""
    for ask, value in _letting_past(script):
        if _only_by_class(ask, script):
            yield script.at(value)


@check(
    "SU204",
    "error",
    why="The tenant knows any, guardian, google-authenticator, duo and, in Actions, "
    "none. With another word the login fails where it should ask.",
    instead='"any" lets the user choose among the factors of the tenant',
)
def unknown_provider(script: Script) -> Iterator[Hit]:
    """A provider of second factors that does not exist."""
    for ask in asks(script):
        if ask.provider is not None and ask.provider not in PROVIDERS:
            yield script.at(ask.node, ask.provider)
        elif ask.options is not None and script.kind == "rule" and not ask.provider:
            unsaid = js.property_of(ask.options, "provider") is None
            if unsaid and not _spread(ask.options):
                yield script.at(ask.node, "no provider")
    for call in script.calls(ENABLE):
        if not js.arguments(call):
            yield script.at(call, "no provider")


@check(
    "SU205",
    of=ACTION,
    why='enable("none") takes away what the policy of the tenant and every earlier '
    "script asked for. A condition that is true too often opens the door.",
    instead="ask where it is needed, and leave everything else to the policy; passkeys "
    'are the one documented reason for "none"',
)
def none_under_a_condition(script: Script) -> Iterator[Hit]:
    """The second factor is taken away under a condition."""
    for call in script.calls(ENABLE):
        for named in alternatives(js.argument(call, 0), script):
            place = call if named == js.argument(call, 0) else named
            ways = conditions(Ask(place), script)
            taken = script.names.constant(named) == "none"
            if taken and any(way and not _for_passkeys(way, script) for way in ways):
                yield script.at(place)


@check(
    "SU206",
    of=RULE,
    why="The tenant does not know the option, so the default stands in for it; the "
    "default of allowRememberBrowser in a Rule is true.",
    instead="provider, allowRememberBrowser; for google-authenticator issuer and key",
)
def option_unknown_to_rules(script: Script) -> Iterator[Hit]:
    """An option that Rules do not know."""
    for ask in asks(script):
        if ask.options is not None:
            yield from _strange(script, ask.options, RULE_OPTIONS)


@check(
    "SU207",
    of=ACTION,
    why="An unknown factor is left out, and when none is left the login fails.",
    instead="otp, push-notification, phone, email, recovery-code, webauthn-roaming or "
    "webauthn-platform",
)
def unknown_factor(script: Script) -> Iterator[Hit]:
    """A type of factor that does not exist."""
    for call in script.calls(*COMMANDS):
        for pair in js.nodes(call, "pair"):
            kind = script.names.constant(js.field(pair, "value"))
            is_type = js.text(js.field(pair, "key")) == "type"
            if is_type and kind is not None and kind not in FACTORS:
                yield script.at(pair, closest(kind, FACTORS))


@check(
    "SU208",
    of=ACTION,
    why="challengeWith never enrols. A user who does not have the factor yet cannot "
    "get in at all.",
    instead="look into event.user.enrolledFactors and call enrollWith where the factor "
    'is missing, or use api.multifactor.enable("any"), which enrols by itself',
)
def challenge_without_enrolment(script: Script) -> Iterator[Hit]:
    """Somebody without the factor is challenged for it."""
    commands = [*script.calls(*COMMANDS)]
    if any("enroll" in js.text(js.field(call, "function")) for call in commands):
        return
    for call in commands:
        read = {
            path[:3]
            for way in conditions(Ask(call), script)
            for fact in way
            for path in mentions(fact.test, script)
        }
        if not read & _ENROLMENTS:
            yield script.at(call)


@check(
    "SU209",
    "error",
    why='Only true and false are meant. A text is true, "false" as well: the browser '
    "is remembered, against what stands there.",
    instead="allowRememberBrowser: false, without quotes",
)
def option_is_text(script: Script) -> Iterator[Hit]:
    """A text stands where true or false is meant."""
    for ask in asks(script):
        for name in ("allowRememberBrowser", "ignoreCookie"):
            value = ask.options and js.property_of(ask.options, name)
            if value is not None and script.names.constant(value) is not None:
                yield script.at(value)


def _option_added(options: Node) -> Edit | None:
    entries = [entry for entry in options.named_children if entry.type != "comment"]
    if not entries:
        return None
    end = entries[-1].end_byte
    return Edit(end, end, ", allowRememberBrowser: false")


def _letting_past(script: Script) -> Iterator[tuple[Ask, Node]]:
    """Give the options of step-up asks that let a remembered browser past."""
    for ask in asks(script):
        if ask.options is None or not is_step_up(ask, script):
            continue
        for name, let_past in _LETTING_PAST:
            value = js.property_of(ask.options, name)
            if value is not None and js.text(value) == let_past:
                yield ask, value


def _only_by_class(ask: Ask, script: Script) -> bool:
    """Say whether the request for the class is what leads to an ask on every way."""
    return all(
        any(
            triggers([fact], script) == {"acr_values"}
            and affirms(fact.test) is fact.holds
            and MFA_ACR in strings(fact.test, script)
            for fact in way
        )
        for way in conditions(ask, script)
    )


def _for_passkeys(way: Iterable[Fact], script: Script) -> bool:
    return any("passkey" in strings(fact.test, script) for fact in way)


def _strange(script: Script, options: Node, known: tuple[str, ...]) -> Iterator[Hit]:
    for entry in options.named_children:
        key = js.field(entry, "key") or entry
        name = js.literal(key) or js.text(key)
        named = entry.type in {"pair", "shorthand_property_identifier"}
        if named and name not in known:
            yield script.at(key, closest(name, known))


def _spread(options: Node) -> bool:
    return any(entry.type == "spread_element" for entry in options.named_children)
