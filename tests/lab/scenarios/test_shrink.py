"""What differs is told by the smallest situation that still differs so."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabrikam.lab.scenarios.axes import AXES
from fabrikam.lab.scenarios.facts import Fact
from fabrikam.lab.scenarios.shrink import Shrinker
from fabrikam.lab.scenarios.situation import (
    ORDINARY,
    Situation,
    excluded_by,
    size,
    with_words,
)
from tests.lab.builders import situation

WORDS = st.fixed_dictionaries({axis.name: st.sampled_from(axis.words) for axis in AXES})
ANY = WORDS.map(with_words).filter(lambda one: excluded_by(one) is None)


def shrinking(differs):
    """A shrinker for what differs in one way only."""
    return Shrinker(lambda one, other: differs(one) == differs(other))


@pytest.mark.parametrize(
    ("differs",                                       "smallest"),
    [
        (lambda it: it.request == "step-up",              situation(request="step-up")),
        (lambda it: it.request != "login",                situation(request="step-up")),
        (lambda it: it.cookie == "31 days",               situation(request="login")),
        (lambda it: (it.request, it.user) == ("step-up", "push"), situation(request="step-up", user="push")),
    ],
)  # fmt: skip
def test_a_situation_shrinks_to_what_matters(differs, smallest):
    large = situation(
        request="step-up", session="password", cookie="5 days", user="push"
    )
    assert shrinking(differs).smallest(large) == smallest


def test_two_words_go_back_together_where_one_alone_cannot():
    def differs(it):
        return (it.session == "none") == (it.cookie == "none")

    large = situation(session="password", cookie="5 days")
    assert shrinking(differs).smallest(large) == ORDINARY


def test_facts_that_do_not_matter_are_dropped():
    odd = Situation(request="step-up", facts=(Fact("clock", "5"),))
    smallest = shrinking(lambda it: it.request == "step-up").smallest(odd)
    assert smallest == situation(request="step-up")


def test_what_cannot_be_is_never_tried():
    tried = []

    def alike(_, other):
        tried.append(other)
        return False

    Shrinker(alike).smallest(situation(user="several", answer="recovery code"))
    assert tried
    assert all(excluded_by(one) is None for one in tried)


@given(ANY, st.sampled_from([axis.name for axis in AXES]))
def test_the_smallest_still_differs_and_is_never_larger(large, axis):
    smallest = shrinking(lambda it: getattr(it, axis)).smallest(large)
    assert getattr(smallest, axis) == getattr(large, axis)
    assert size(smallest) <= size(large)


def test_size_counts_departures_first():
    assert size(ORDINARY) == (0, 0)
    far = situation(cookie="another user's")
    near_but_two = situation(cookie="5 days", user="no factor")
    assert size(far) < size(near_but_two)
