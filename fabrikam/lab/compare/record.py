"""An experiment as plain data: what every report is made from, and the JSON itself."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from fabrikam.lab.compare.comparison import DIRECTIONS
from fabrikam.lab.compare.comparison_verdict import verdict_of
from fabrikam.lab.scenarios.axes import axis_named
from fabrikam.lab.scenarios.situation import (
    CONSTRAINTS,
    departures,
    excluded_by,
    with_words,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fabrikam.lab.compare.comparison import Known
    from fabrikam.lab.compare.findings import Difference, Findings
    from fabrikam.lab.compare.replay import ReplayedCase, ReplayedSide
    from fabrikam.lab.compare.unseen import Unseen
    from fabrikam.lab.simulation.observation import Observation, Story
    from fabrikam.lab.simulation.sides import Side

__all__ = ["FORMAT", "Record", "record", "replay_record"]

Record: TypeAlias = dict[str, Any]

FORMAT: Final = 1
_REASONS: Final = {constraint.name: constraint.because for constraint in CONSTRAINTS}


def record(findings: Findings) -> Record:
    """Write an experiment down."""
    verdict = verdict_of(findings)
    return {
        "format": FORMAT,
        "verdict": {
            "kind": verdict.kind,
            "sentence": verdict.sentence,
            "more": list(verdict.more),
            "exit_code": verdict.exit_code,
            "door": findings.door,
        },
        "old": _side(findings.control),
        "new": _side(findings.candidate),
        "situations": _situations(findings),
        "directions": {word: findings.directions.get(word, 0) for word in DIRECTIONS},
        "differences": [
            _difference(number, difference)
            for number, difference in enumerate(findings.differences, start=1)
        ],
        "map": _map(findings),
        "stale": [_known(known) for known in findings.stale],
        "unseen": [_unseen(unseen) for unseen in findings.unseen],
        "unjudged": list(findings.unjudged),
        "bounded": findings.bounded,
        "effort": _effort(findings),
    }


def replay_record(replayed: ReplayedCase) -> Record:
    """Write a case down as it came out now, beside how it did when it was written."""
    return {
        "direction": replayed.comparison.direction,
        "why": replayed.comparison.why,
        "written_as": replayed.case.direction,
        "old": _replayed_side(replayed.old),
        "new": _replayed_side(replayed.new),
    }


def _replayed_side(replayed: ReplayedSide) -> Record:
    return {
        "folder": replayed.side.name,
        "strategy": replayed.side.word,
        "story": [asdict(moment) for moment in replayed.story],
    }


def _situations(findings: Findings) -> Record:
    return {
        "product": findings.census.product,
        "enumerated": findings.census.remaining,
        "compared": findings.compared,
        "judged": findings.judged,
        "excluded": [
            {"name": name, "because": _REASONS[name], "count": n}
            for name, n in findings.census.excluded.items()
        ],
    }


def _unseen(unseen: Unseen) -> Record:
    condition = unseen.condition
    return {
        "side": unseen.side,
        "script": condition.script,
        "file": condition.file,
        "line": condition.line,
        "function": condition.function,
        "condition": condition.text,
        "kind": condition.kind,
        "outcome": unseen.outcome,
        "flows": list(unseen.flows),
        "situation": departures(unseen.situation),
        "matters": unseen.matters,
        "consequence": unseen.consequence.why if unseen.consequence else None,
    }


def _effort(findings: Findings) -> Record:
    return {
        "seconds": round(findings.seconds, 3),
        "situations_per_second": round(findings.compared / findings.seconds),
        "logins": findings.logins,
        "script_runs": findings.script_runs,
        "watched": findings.watched,
        "walked": findings.walked,
    }


def _side(side: Side) -> Record:
    application = side.application
    return {
        "folder": side.name,
        "strategy": side.word,
        "claim": side.claim,
        "on_error": side.on_error,
        "client": {
            "name": application.name,
            "client_id": application.client_id,
            "id_from": application.id_from,
        },
    }


def _difference(number: int, difference: Difference) -> Record:
    comparison = difference.comparison
    return {
        "number": number,
        "direction": comparison.direction,
        "at_tenant": comparison.at_tenant,
        "exposed": comparison.exposed,
        "why": comparison.why,
        "count": difference.count,
        "situation": departures(difference.smallest),
        "doubts": list(difference.doubts),
        "known": _known(comparison.known) if comparison.known else None,
        "old": _seen(difference.control, difference.stories[0]),
        "new": _seen(difference.candidate, difference.stories[1]),
    }


def _known(known: Known) -> Record:
    return {"name": known.name, "because": known.because, "owner": known.owner}


def _seen(observation: Observation, story: Story) -> Record:
    return {
        "prompts": [str(prompt) for prompt in observation.prompts],
        "ending": observation.ending,
        "error": observation.error,
        "claims": dict(observation.claims),
        "verdict": observation.verdict,
        "reach": observation.reach,
        "proof": observation.proof,
        "asked_by": observation.asked_by,
        "broken": asdict(observation.broken) if observation.broken else None,
        "story": [asdict(moment) for moment in story],
    }


def _map(findings: Findings) -> Record:
    columns = [
        session + kept
        for session in axis_named("session").words
        for kept in ("", ", remembered")
    ]
    rows = [
        {"name": row, "cells": [_cell(findings.cells.get((row, at))) for at in columns]}
        for row in _rows()
    ]
    return {"columns": columns, "rows": rows}


def _rows() -> list[str]:
    return [
        f"{flow}: {request}"
        for flow in axis_named("flow").words
        for request in axis_named("request").words
        if excluded_by(with_words({"flow": flow, "request": request})) is None
    ]


def _cell(counted: Mapping[Any, int] | None) -> Record | None:
    if counted is None:
        return None
    return {word: counted[word] for word in DIRECTIONS if counted.get(word)}
