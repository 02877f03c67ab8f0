"""What the worker's answer means: operations in, an `Outcome` out.

Pure.  The last word of a kind counts, an Action's overrides a Rule's, and a failure
ends the login whatever was asked for before it.
"""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from typing import TYPE_CHECKING, Any, TypeAlias

from fabrikam.tenant.scripts.api_operations import after
from fabrikam.tenant.scripts.continuation import COMMANDS, pause_of
from fabrikam.tenant.scripts.outcome import (
    Denial,
    Failure,
    MultifactorRequest,
    Outcome,
    Pause,
    ScriptLine,
)
from fabrikam.tenant.scripts.reports import reports_from

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fabrikam.tenant.scripts.event import ScriptInput

__all__ = ["broken", "outcome_of"]

Json: TypeAlias = dict[str, Any]


def outcome_of(
    result: Mapping[str, Any],
    script_input: ScriptInput,
    lines: Sequence[ScriptLine] = (),
) -> Outcome:
    """Read what the scripts of one login left behind."""
    outcome = Outcome(
        lines=tuple(lines),
        executed=tuple(result["executed"]),
        reports=tuple(reports_from(result.get("reports", ()))),
    )
    failure = result.get("failure")
    if failure is not None:
        return _failed(outcome, failure)
    left = result.get("left")
    if left is not None:
        outcome = _after_rules(outcome, left, result.get("multifactorBy") or "")
    asked_before = outcome.multifactor
    outcome = reduce(after, result["operations"], outcome)
    if asked_before is not None:
        outcome = _with_warning(outcome, asked_before)
    if outcome.denial is not None:
        return outcome
    match pause_of(result, script_input):
        case Pause() as pause:
            return _paused(outcome, pause)
        case Denial() as denial:
            return replace(outcome, denial=denial)
        case None:
            return _settled(outcome, result["operations"])


def broken(failure: Failure, lines: Sequence[ScriptLine] = ()) -> Outcome:
    """Refuse a login because a script broke."""
    denial = Denial("access_denied", failure.message)
    return Outcome(denial=denial, failure=failure, lines=tuple(lines))


def _failed(outcome: Outcome, failure: Mapping[str, Any]) -> Outcome:
    if failure["kind"] == "unauthorized":  # a Rule said no, as a Rule may
        return replace(outcome, denial=Denial("unauthorized", failure["message"]))
    known = broken(Failure(**failure))
    return replace(outcome, denial=known.denial, failure=known.failure)


def _paused(outcome: Outcome, pause: Pause) -> Outcome:
    """Keep everything else for the end; it is in the checkpoint."""
    return Outcome(pause=pause, lines=outcome.lines, executed=outcome.executed)


def _with_warning(outcome: Outcome, by_rule: MultifactorRequest) -> Outcome:
    """Say that an Action overruled a Rule; nobody knows for certain that it does."""
    asked = outcome.multifactor
    if asked is None or asked is by_rule:
        return outcome
    text = f"overrules what the Rule {by_rule.asked_by} asked of MFA"
    warning = ScriptLine(asked.asked_by, "warning", text)
    return replace(outcome, lines=(*outcome.lines, warning))


def _settled(outcome: Outcome, operations: Sequence[Mapping[str, Any]]) -> Outcome:
    """Spare a user who was challenged by a command the prompt at the end."""
    commands = [asked for asked in operations if asked["name"] in COMMANDS]
    if not commands:
        return outcome
    passed = MultifactorRequest(
        provider="none", allow_remember_browser=False, asked_by=commands[-1]["by"]
    )
    return replace(outcome, multifactor=passed)


def _after_rules(outcome: Outcome, left: Mapping[str, Any], by: str) -> Outcome:
    context = left["context"]
    access_token = _mapping(context.get("accessToken"))
    return replace(
        outcome,
        user=left["user"],
        multifactor=_rule_multifactor(context.get("multifactor"), by),
        id_token_claims=_mapping(context.get("idToken")),
        access_token_claims={k: v for k, v in access_token.items() if k != "scope"},
        access_token_scope=_words(access_token.get("scope")),
        primary_user=_word(context.get("primaryUser")),
        jwt_scopes=_jwt_scopes(context.get("jwtConfiguration")),
        jwt_seconds=_jwt_seconds(context.get("jwtConfiguration")),
    )


def _rule_multifactor(asked: Any, by: str) -> MultifactorRequest | None:
    if not isinstance(asked, dict) or not asked.get("provider"):
        return None
    always = asked.get("ignoreCookie") is True  # the older word, and the reverse
    remember = asked.get("allowRememberBrowser") is not False
    return MultifactorRequest(
        provider=str(asked["provider"]),
        allow_remember_browser=remember and not always,
        asked_by=by,
        options={k: v for k, v in asked.items() if k != "provider"},
    )


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _word(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _words(value: Any) -> tuple[str, ...] | None:
    return tuple(map(str, value)) if isinstance(value, list) else None


def _jwt_scopes(value: Any) -> Mapping[str, tuple[str, ...]]:
    scopes = _mapping(_mapping(value).get("scopes"))
    return {scope: _words(names) or () for scope, names in scopes.items()}


def _jwt_seconds(value: Any) -> int | None:
    seconds = _mapping(value).get("lifetimeInSeconds")
    return seconds if type(seconds) is int and seconds > 0 else None
