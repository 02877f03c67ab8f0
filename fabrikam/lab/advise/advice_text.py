"""Advice in words and as JSON: the verdict first, the draft last."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from fabrikam.lab.compare.record import record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fabrikam.lab.advise.advice import Advice, Touch

__all__ = ["as_json", "lines_of"]


def lines_of(advice: Advice) -> Iterator[str]:
    """Tell what there is beside the comparison: the mapping, the gaps, the draft."""
    yield f"What {advice.name!r} touches, and what that becomes"
    yield from (_touch(touch) for touch in advice.touches)
    yield from _to_mind(advice)
    if advice.draft.gaps:
        yield "What is not carried over; the draft refuses the login there"
        for gap in advice.draft.gaps:
            yield f"  line {gap.line}: {gap.why}"
    yield f"The draft, with this verdict: {advice.sentence}"
    yield ""
    yield advice.source.rstrip()


def as_json(advice: Advice) -> dict[str, Any]:
    """Give everything as JSON."""
    return {
        "rule": advice.name,
        "verdict": advice.sentence,
        "exit_code": advice.exit_code,
        "mapping": [asdict(touch) for touch in advice.touches],
        "untested": list(advice.untested),
        "gaps": [asdict(gap) for gap in advice.draft.gaps],
        "notes": list(advice.draft.notes),
        "dependencies": list(advice.draft.dependencies),
        "runs_after_it": list(advice.followers),
        "draft": advice.source,
        "comparison": record(advice.findings),
    }


def _touch(touch: Touch) -> str:
    note = f" ({touch.note})" if touch.note else ""
    return f"  {touch.kind:<7}{touch.path} -> {touch.becomes or 'nothing'}{note}"


def _to_mind(advice: Advice) -> Iterator[str]:
    notes = list(advice.draft.notes)
    if advice.followers:
        names = ", ".join(advice.followers)
        notes.append(
            f"as an Action it runs after {names}: carry over the last Rule first"
        )
    if advice.untested:
        notes.append(
            f"no situation of the lab differs in {', '.join(advice.untested)}: what the"
            " Rule decides by that is translated, but was not compared"
        )
    if notes:
        yield "To mind"
        yield from (f"  {note}" for note in notes)
