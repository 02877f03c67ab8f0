"""SU6xx: what no script shows by itself, but the folder as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from fabrikam.lab.auth0.members import CLIENT_IDS
from fabrikam.lab.javascript import syntax as js
from fabrikam.lab.javascript.conditions import mentions, reach, strings
from fabrikam.lab.javascript.script import HANDLERS, Hit, Script
from fabrikam.lab.lint.check import check
from fabrikam.lab.lint.claims import claims, is_level
from fabrikam.lab.lint.mfa_requests import COMMANDS, Ask, asks, conditions, triggers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fabrikam.lab.javascript.syntax import Node
    from fabrikam.lab.lint.mfa_requests import Trigger
    from fabrikam.tenant.scripts import Folder

__all__ = [
    "LintedFolder",
    "action_not_running",
    "application_left_out",
    "both_ask",
    "level_has_two_names",
    "level_stays_on_user",
    "nobody_asks",
    "redirect_before_second_factor",
    "request_read_after_pause",
]

_PAUSES: Final = (*COMMANDS, "api.redirect.sendUserTo")
_SENT: Final = {("event", "request", "query"), ("event", "request", "body")}
_PARAMETERS: Final = frozenset(  # the page that redirects back may send others
    {
        "acr_values",
        "audience",
        "client_id",
        "max_age",
        "prompt",
        "response_type",
        "scope",
    }
)
_INTERACTIVE: Final = {"native", "regular_web", "spa"}


@dataclass(frozen=True, slots=True)
class LintedFolder:
    """A tenant folder with its scripts parsed, in the order in which they run."""

    folder: Folder
    scripts: tuple[Script, ...]

    @property
    def running(self) -> tuple[Script, ...]:
        """The scripts that a login meets."""
        return tuple(script for script in self.scripts if script.runs)

    def actions(self) -> tuple[Script, ...]:
        """Give the Actions that a login meets."""
        return tuple(script for script in self.running if script.kind == "action")


@check(
    "SU601",
    why="Rules run before Actions and both only leave a wish: the Action's options "
    "win, and whoever switches one of the two off believes the other still stands.",
    instead="let each answer its own request (scope here, acr_values there), or begin "
    "the Action with api.rules.wasExecuted(…)",
)
def both_ask(whole: LintedFolder) -> Iterator[Hit]:
    """A Rule and an Action ask for the second factor in the same login."""
    rules = [script for script in whole.running if script.kind == "rule"]
    wishes = {_wish(ask, rule) for rule in rules for ask in asks(rule)}
    for action in whole.actions():
        for ask in asks(action):
            wish = _wish(ask, action)
            meets = any(not wish or not other or wish & other for other in wishes)
            if meets and not _waits_for_rule(ask, action):
                yield action.at(ask.node)


@check(
    "SU602",
    why="An Action that is not deployed, or not bound to the login flow, protects "
    "nothing, however right it is.",
    instead='"deployed": true in its file, and its name in triggers/triggers.json',
)
def action_not_running(whole: LintedFolder) -> Iterator[Hit]:
    """An Action is there, but no login meets it."""
    for script in whole.scripts:
        handler = script.handlers.get(HANDLERS[0])
        if script.kind == "action" and not script.runs and handler is not None:
            yield script.at(handler, script.name)


@check(
    "SU603",
    "error",
    why="acr_values and step_up are only words in a request. Somebody has to ask for "
    "the factor, and here nobody does.",
    instead="a script that asks, bound and deployed, or the policy Always in "
    "guardian/policies.json",
)
def nobody_asks(whole: LintedFolder) -> Iterator[Hit]:
    """No script asks for a second factor, and the policy is Never."""
    able = (
        script for script in whole.scripts if script.runs or script.kind == "action"
    )
    asked = any(asks(script) or _hands_api_on(script) for script in able)
    if not asked and whole.folder.policy == "never":
        yield Hit(file="guardian/policies.json")


@check(
    "SU607",
    why="A user who is redirected comes back to the Actions after it only if the "
    "browser comes back. Whoever does not return by the front door skips the factor.",
    instead="make the redirecting Action the last one of the flow",
)
def redirect_before_second_factor(whole: LintedFolder) -> Iterator[Hit]:
    """An Action redirects before another one asks for the second factor."""
    actions = whole.actions()
    for place, script in enumerate(actions):
        if any(asks(later) for later in actions[place + 1 :]):
            yield from (
                script.at(call) for call in script.calls("api.redirect.sendUserTo")
            )


@check(
    "SU608",
    why="After a pause (a redirect, a challenge) event.request describes the request "
    "that resumed the login. What the application asked for is gone from it.",
    instead="event.transaction keeps it: acr_values, requested_scopes, prompt",
)
def request_read_after_pause(whole: LintedFolder) -> Iterator[Hit]:
    """The request is read after a pause."""
    paused = any(
        True for rule in whole.running for _ in rule.writes(("context", "redirect"))
    )
    for script in whole.actions():
        for node, handler in _request_reads(script):
            resumed = handler == HANDLERS[1] and js.member(node) in _PARAMETERS
            if paused or resumed:
                yield script.at(node)
        paused |= any(True for _ in script.calls(*_PAUSES))


@check(
    "SU609",
    why="A conformant application sees neither in its ID token nor at /userinfo what a "
    "Rule puts on user. It never gets the level, and asks for it for ever.",
    instead="context.idToken.authentication_level = …",
)
def level_stays_on_user(whole: LintedFolder) -> Iterator[Hit]:
    """The level is put on `user` only, where no application can see it."""
    clients = whole.folder.clients
    if not clients or not all(client.get("oidc_conformant") for client in clients):
        return
    writes = [
        (script, claim)
        for script in whole.running
        for claim in claims(script)
        if is_level(claim)
    ]
    if all(claim.on_user for _, claim in writes):
        yield from (script.at(claim.node) for script, claim in writes[:1])


@check(
    "SU611",
    why="An application that is not in the list gets its tokens without the second "
    "factor, and nothing says so.",
    instead="add its client id, or drop the list",
)
def application_left_out(whole: LintedFolder) -> Iterator[Hit]:
    """An application of the folder is missing from the list of those that are asked."""
    applications = {
        str(client["client_id"]): str(client["name"])
        for client in whole.folder.clients
        if "client_id" in client
        and client.get("app_type", "regular_web") in _INTERACTIVE
    }
    for script in whole.running:
        for listed, words in _client_lists(script):
            left_out = [name for key, name in applications.items() if key not in words]
            if words & set(applications) and left_out:
                yield script.at(listed, ", ".join(sorted(left_out)))


def _hands_api_on(script: Script) -> bool:
    """Say whether a script gives `api` to somebody who may ask in its place."""
    return any(
        script.path(given) == ("api",)
        and script.names.function(js.field(call, "function")) is None
        for call in script.nodes("call_expression", "new_expression")
        for given in js.arguments(call)
    )


@check(
    "SU612",
    why="The application reads one name. The level under the other one never reaches "
    "it, and it asks for the second factor for ever.",
    instead="one name everywhere, the one that STEP_UP_CLAIM says",
)
def level_has_two_names(whole: LintedFolder) -> Iterator[Hit]:
    """Two scripts give the level different names."""
    known: set[str] = set()
    for script in whole.running:
        levels = [
            claim for claim in claims(script) if is_level(claim) and not claim.on_user
        ]
        keys = {claim.key for claim in levels}
        if known and keys and not known & keys:
            yield script.at(levels[0].node, levels[0].key)
        known |= keys


def _wish(ask: Ask, script: Script) -> frozenset[Trigger]:
    """Say what a request must carry for an ask; nothing where any login is asked."""
    ways = [triggers(way, script) for way in conditions(ask, script)]
    return frozenset().union(*ways) if all(ways) else frozenset()


def _waits_for_rule(ask: Ask, script: Script) -> bool:
    read = {
        path
        for way in conditions(ask, script)
        for fact in way
        for path in mentions(fact.test, script)
    }
    return ("api", "rules", "wasExecuted") in read


def _request_reads(script: Script) -> Iterator[tuple[Node, str]]:
    """Give the reads of what the application sent, with the handler around each."""
    for name, handler in script.handlers.items():
        for node in reach(handler, script):
            path = script.path(node) if node.type == "member_expression" else ()
            if path[:-1] in _SENT:
                yield node, name


def _client_lists(script: Script) -> Iterator[tuple[Node, frozenset[str]]]:
    visited: set[int] = set()
    for ask in asks(script):
        tests = (fact.test for way in conditions(ask, script) for fact in way)
        for test in tests:
            if not mentions(test, script) & CLIENT_IDS:
                continue
            for node in reach(test, script):
                if node.type == "array" and node.id not in visited:
                    visited.add(node.id)
                    yield node, strings(node, script)
