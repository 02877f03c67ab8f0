"""Where in a script stands what it did: a run's outcome, with file and line.

The engine says what the scripts left, the syntax tree where such a thing is written.
Where several lines could have done it, all are named.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from fabrikam.lab.javascript.syntax import field, nodes, parse, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fabrikam.lab.javascript.syntax import Node
    from fabrikam.tenant.scripts import Action, Folder, Outcome, Rule

__all__ = ["Effect", "effects_of"]

_FACTOR: Final = ("context.multifactor", "multifactor.enable")
_COMMAND: Final = (
    "authentication.challengeWith",
    "authentication.challengeWithAny",
    "authentication.enrollWith",
    "authentication.enrollWithAny",
    "redirect.sendUserTo",
    "context.redirect",
)
_CLAIM: Final = ("context.idToken", "idToken.setCustomClaim")
_DENIAL: Final = ("access.deny", "UnauthorizedError")


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that a script did, and where: `file:line`, several lines by comma."""

    script: str
    did: str
    where: str


def effects_of(outcome: Outcome, folder: Folder) -> tuple[Effect, ...]:
    """Tell what a run left behind."""
    everything: tuple[Rule | Action, ...] = (*folder.rules, *folder.actions)
    scripts = [script for script in everything if script.name in outcome.executed]
    return (
        *_factor(outcome, scripts),
        *_pause(outcome, scripts),
        *_claims(outcome, scripts),
        *_end(outcome, scripts),
    )


def _factor(outcome: Outcome, scripts: list[Rule | Action]) -> Iterator[Effect]:
    asked = outcome.multifactor
    if asked is None:
        return
    remember = "may" if asked.allow_remember_browser else "may not"
    did = f"asks for {asked.provider}; the browser {remember} be remembered"
    for script in scripts:
        if script.name == asked.asked_by:
            yield Effect(script.name, did, _where(script, _FACTOR))


def _pause(outcome: Outcome, scripts: list[Rule | Action]) -> Iterator[Effect]:
    if outcome.pause is not None and scripts:
        did = f"waits for the user: {type(outcome.pause.until).__name__.lower()}"
        yield Effect(scripts[-1].name, did, _where(scripts[-1], _COMMAND))


def _claims(outcome: Outcome, scripts: list[Rule | Action]) -> Iterator[Effect]:
    for claim, value in outcome.id_token_claims.items():
        did = f"writes {claim} = {json.dumps(value)} into the ID token"
        writers = [script for script in scripts if _lines(script, _CLAIM)]
        for script in writers[-1:]:
            yield Effect(script.name, did, _where(script, _CLAIM))


def _end(outcome: Outcome, scripts: list[Rule | Action]) -> Iterator[Effect]:
    failure = outcome.failure
    if failure is not None:
        where = f"{failure.file}:{failure.line}" if failure.line else failure.file
        yield Effect(failure.script, f"breaks: {failure.message}", where or "")
    elif outcome.denial is not None and scripts:
        did = f"refuses: {outcome.denial.error}, {outcome.denial.description}"
        yield Effect(scripts[-1].name, did, _where(scripts[-1], _DENIAL))


def _where(script: Rule | Action, paths: tuple[str, ...]) -> str:
    lines = ",".join(map(str, _lines(script, paths)))
    return f"{script.file}:{lines}" if lines else script.file


def _lines(script: Rule | Action, paths: tuple[str, ...]) -> list[int]:
    lines = {
        node.start_point[0] + 1
        for node in nodes(parse(script.source), *_TARGETS)
        if _names(_target(node), paths)
    }
    return sorted(lines)


_TARGETS: Final = {
    "assignment_expression": "left",
    "call_expression": "function",
    "new_expression": "constructor",
}


def _target(node: Node) -> str:
    return text(field(node, _TARGETS[node.type])).replace("?.", ".")


def _names(target: str, paths: tuple[str, ...]) -> bool:
    return any(
        target == path
        or target.endswith(f".{path}")
        or target.startswith((f"{path}.", f"{path}["))
        for path in paths
    )
