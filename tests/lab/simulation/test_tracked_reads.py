"""Two situations that differ only in what nobody looks at share one run."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fabrikam.lab.scenarios.axes import AXES
from fabrikam.lab.scenarios.facts import Fact
from fabrikam.lab.scenarios.situation import Situation, excluded_by, with_words
from fabrikam.lab.simulation.observe import observe
from fabrikam.lab.simulation.script_cache import ScriptCache
from fabrikam.lab.simulation.sides import side_of
from fabrikam.lab.simulation.tracked_reads import OutcomeMemory, TrackedSituation
from fabrikam.tenant.scripts import Engine
from tests.lab.builders import RULES, situation

WORDS = st.fixed_dictionaries({axis.name: st.sampled_from(axis.words) for axis in AXES})
ANY_SITUATION = WORDS.map(with_words).filter(lambda one: excluded_by(one) is None)


def looking(*axes):
    """A memory whose observer looks at these axes, and the list of its looks."""
    looks = []

    def observed(tracked):
        looks.append(tracked)
        return tuple(tracked.look(axis) for axis in axes)

    return OutcomeMemory(observed), looks


def test_the_same_look_is_not_taken_twice():
    memory, looks = looking("flow")
    first = memory.recall(situation(flow="silent"))
    assert memory.recall(situation(flow="silent", cookie="5 days")) is first
    assert len(looks) == len(memory) == 1


def test_another_word_is_another_look():
    memory, looks = looking("flow", "user")
    assert memory.recall(situation(user="push")) == ("page", "push")
    assert memory.recall(situation(user="several")) == ("page", "several")
    assert len(looks) == 2


def test_what_is_looked_at_may_depend_on_what_was_seen():
    def observed(tracked):
        flow = tracked.look("flow")
        return tracked.look("cookie" if flow == "page" else "user")

    memory = OutcomeMemory(observed)
    assert memory.recall(situation(cookie="5 days", user="push")) == "5 days"
    assert memory.recall(situation(flow="refresh", user="push")) == "push"
    assert memory.recall(situation(flow="refresh", cookie="5 days")) != "push"


def test_a_situation_with_facts_is_never_remembered():
    memory, looks = looking("flow")
    for later in (1, 2):
        memory.recall(Situation(facts=(Fact("clock", str(later)),)))
    assert len(looks) == 2
    assert len(memory) == 0


def test_a_glance_notes_each_axis_once_in_order():
    tracked = TrackedSituation(situation())
    for axis in ("user", "flow", "user"):
        tracked.look(axis)
    assert [axis for axis, _ in tracked.looks] == ["user", "flow"]


@pytest.fixture(scope="module", params=["before", "during", "after"])
def remembering(request, shipped_side):
    """A memory of a shipped folder, and the same observer without a memory."""
    side = shipped_side(request.param)
    with Engine(side.folder) as engine:
        scripts = ScriptCache(engine)

        def observed(tracked):
            return observe(tracked, side, scripts)

        yield OutcomeMemory(observed), observed


@pytest.fixture(scope="module")
def shipped_side():
    """A shipped folder by its name."""
    words = {"before": "legacy", "during": "both", "after": "modern"}
    return lambda name: side_of(RULES / name, words[name])


@settings(max_examples=150, deadline=None)
@given(where=ANY_SITUATION)
def test_memory_says_what_a_fresh_look_says(remembering, where):
    memory, observed = remembering
    assert memory.recall(where) == observed(TrackedSituation(where))
