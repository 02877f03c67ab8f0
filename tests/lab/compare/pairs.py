"""A pair of folders, searched for inputs: what came out worse, and what nobody saw.

The shipped folders, with one script changed.  The product of the axes is left out: it
has tests of its own, and takes most of a comparison's time.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from fabrikam.lab.compare.comparison import FAILING, compare
from fabrikam.lab.compare.input_search import InputSearch, base_situations
from fabrikam.lab.compare.unjudged import unjudged
from fabrikam.lab.compare.unseen import unseen_outcomes
from fabrikam.lab.scenarios.situation import Situation
from fabrikam.lab.simulation.sides import sides_of
from fabrikam.lab.simulation.watched_side import WatchedSide
from tests.lab.builders import RULES

ACTION = (RULES / "after/actions/Step-up/code.js").read_text()
RULE = (RULES / "before/rules/Step-up.js").read_text()
BEFORE_IT_ASKS = "  if (asked.includes(MFA_ACR)) {"


@dataclass(frozen=True)
class Judged:
    """What a search came to: `found`, `named`, `unjudged`, or `protects`."""

    word: str
    facts: tuple[str, ...] = ()
    named: tuple[str, ...] = ()


def guarded(line: str) -> str:
    """The shipped Action with a line before it asks."""
    assert BEFORE_IT_ASKS in ACTION
    return ACTION.replace(BEFORE_IT_ASKS, f"  {line}\n{BEFORE_IT_ASKS}")


def folder_with(root: Path, base: str, file: str, source: str) -> Path:
    """A copy of a shipped folder with one script of one's own."""
    folder = root / base
    shutil.copytree(RULES / base, folder)
    (folder / file).write_text(source)
    return folder


def judged(old: Path, new: Path, words=("legacy", "modern")) -> Judged:
    """Search a pair, and say what it came to at either door."""
    sides = sides_of((old, new), words)
    with InputSearch(*map(WatchedSide, sides)) as search:
        search.explore()
        worse = [
            situation
            for facts, base in product(search.seeds, base_situations())
            if is_worse(search, base, situation := replaced(base, facts))
        ]
        if worse:
            smallest = min(worse, key=lambda it: len(it.facts))
            return Judged("found", tuple(map(str, smallest.facts)))
        if any(is_worse(search, None, base) for base in base_situations()):
            return Judged("found")
        if reasons := tuple(unjudged(search)):
            return Judged("unjudged", named=reasons)
        questions = [it for it in unseen_outcomes(search, "application") if it.matters]
        if questions:
            return Judged("named", named=tuple(it.condition.text for it in questions))
        return Judged("protects")


def replaced(base: Situation, facts) -> Situation:
    """The same login with facts."""
    return Situation(
        flow=base.flow,
        request=base.request,
        session=base.session,
        user=base.user,
        facts=facts,
    )


def is_worse(search, base, situation) -> bool:
    """Tell whether somebody gets in with less, or not any more."""
    comparison = compare(*(side.login(situation).observation for side in search.sides))
    return comparison.direction in FAILING
