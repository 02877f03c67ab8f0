"""Where the pipeline waits for the user, and what it goes on from.

Pure.  A Rule's redirect runs everything anew; an Action's goes on with that Action's
`onContinuePostLogin`; a challenge or an enrolment goes on behind the Action.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from fabrikam.tenant.scripts.outcome import (
    Challenge,
    Denial,
    Enrollment,
    Pause,
    Redirect,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fabrikam.tenant.scripts.event import ScriptInput
    from fabrikam.tenant.scripts.outcome import Outcome

__all__ = ["COMMANDS", "can_redirect", "pause_of", "sealed", "waits"]

Operation: TypeAlias = "Mapping[str, Any]"

COMMANDS: Final = ("authentication.challenge", "authentication.enroll")
_REDIRECT: Final = "redirect.sendUserTo"
_NO_BROWSER: Final = (
    "oauth2-password",
    "oauth2-refresh-token",
    "oauth2-resource-owner",
    "oauth2-webauthn",
)
_NO_INTERACTION: Final = Denial(
    "interaction_required", "a script redirects, and this request cannot be redirected"
)


def can_redirect(script_input: ScriptInput) -> bool:
    """Whether there is a browser that may be sent somewhere."""
    silent = "none" in script_input.query.get("prompt", "").split()
    return script_input.protocol not in _NO_BROWSER and not silent


def sealed(outcome: Outcome, scripts: str) -> Outcome:
    """Bind a checkpoint to the scripts that it was made with."""
    if outcome.pause is None:
        return outcome
    checkpoint = {**outcome.pause.checkpoint, "scripts": scripts}
    return replace(outcome, pause=Pause(outcome.pause.until, checkpoint))


def waits(checkpoint: Mapping[str, Any]) -> bool:
    """Whether a checkpoint has another command before the next script."""
    return any(map(_open, checkpoint.get("operations", ())))


def pause_of(
    result: Mapping[str, Any], script_input: ScriptInput
) -> Pause | Denial | None:
    """Find what the pipeline has to wait for, if anything."""
    rule_redirect = _rule_redirect(result)
    if rule_redirect is not None:
        pause = Pause(Redirect(rule_redirect), {"redirected": True})
        return pause if can_redirect(script_input) else _NO_INTERACTION
    waiting = [asked for asked in result["operations"] if _open(asked)]
    if not waiting:
        return None
    if any(asked["name"] == _REDIRECT for asked in waiting):
        # Auth0 warns that a redirect beside MFA commands lets users skip these
        return (
            _redirect(result, waiting)
            if can_redirect(script_input)
            else _NO_INTERACTION
        )
    return _command(result, waiting[0])


def _rule_redirect(result: Mapping[str, Any]) -> str | None:
    left = result.get("left") or {"context": {}}
    redirect = left["context"].get("redirect")
    return str(redirect["url"]) if isinstance(redirect, dict) and redirect else None


def _redirect(result: Mapping[str, Any], waiting: Sequence[Operation]) -> Pause:
    url = next(asked["args"][0] for asked in waiting if asked["name"] == _REDIRECT)
    again = {"next": result["next"] - 1, "phase": "continue"}
    return Pause(Redirect(url), {**_checkpoint(result, waiting), **again})


def _command(result: Mapping[str, Any], command: Operation) -> Pause:
    kind = Challenge if command["name"] == COMMANDS[0] else Enrollment
    factors = tuple(command["args"][0])
    return Pause(kind(factors), _checkpoint(result, [command]))


def _checkpoint(
    result: Mapping[str, Any], answered: Sequence[Operation]
) -> dict[str, Any]:
    operations = [
        {**asked, "done": True} if asked in answered else asked
        for asked in result["operations"]
    ]
    kept = ("next", "left", "rulesRan", "multifactorBy")
    rest = {key: result.get(key) for key in kept}
    return {**rest, "rules": False, "phase": "execute", "operations": operations}


def _open(asked: Operation) -> bool:
    return asked["name"] in (*COMMANDS, _REDIRECT) and not asked.get("done")
