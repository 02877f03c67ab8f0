"""The axes and their product: what is in it, what is left out, and why."""

from __future__ import annotations

from dataclasses import fields

import pytest

from fabrikam.lab.scenarios.axes import AXES, DOUBT_AXES
from fabrikam.lab.scenarios.facts import Fact
from fabrikam.lab.scenarios.situation import (
    ORDINARY,
    Situation,
    departures,
    doubts_of,
    excluded_by,
    situations,
    with_words,
)
from fabrikam.tenant.decisions.assumptions import DOUBTS
from tests.lab.builders import situation

ALL = tuple(situations())


def test_the_axes_are_the_fields_of_a_situation_in_their_order():
    names = [field.name for field in fields(Situation)]
    assert [*(axis.name for axis in AXES), "facts"] == names


@pytest.mark.parametrize("axis", AXES, ids=lambda axis: axis.name)
def test_the_first_word_of_an_axis_is_the_ordinary_one(axis):
    assert getattr(ORDINARY, axis.name) == axis.words[0]
    assert len(set(axis.words)) == len(axis.words) > 1


@pytest.mark.parametrize("axis", AXES, ids=lambda axis: axis.name)
def test_every_word_of_every_axis_is_met(axis):
    assert {getattr(one, axis.name) for one in ALL} == set(axis.words)


def test_every_doubt_is_an_axis_but_the_two_that_no_login_shows():
    # a status; part of a policy; the axis of the place; not driven by the lab yet
    left_out = {
        "mfa_required_status",
        "risk_confidence",
        "country",
        "query_without_authorize",
    }
    assert set(DOUBT_AXES) == set(DOUBTS) - left_out


def test_the_main_axes_meet_in_full():
    main = [axis for axis in AXES if axis.main]
    met = {tuple(getattr(one, axis.name) for axis in main) for one in ALL}
    possible = [
        words
        for words in _products(main)
        if excluded_by(with_words(dict(words))) is None
    ]
    assert len(met) == len(possible)


def test_no_situation_comes_twice():
    assert len(set(ALL)) == len(ALL)


def test_rare_things_come_one_at_a_time_unless_asked_for():
    rare = {axis.name for axis in AXES if not axis.main}
    assert max(len(rare & set(departures(one))) for one in ALL) == 1
    assert all(not rare & set(departures(one)) for one in situations(rare=0))


def test_a_situation_is_told_by_its_departures():
    assert departures(ORDINARY) == {}
    where = situation(flow="silent", cookie="5 days")
    assert departures(where) == {"flow": "silent", "cookie": "5 days"}


def test_facts_are_told_as_well():
    facts = (Fact("query.scope", '"openid odd"'), Fact("roles", ""))
    assert departures(Situation(facts=facts)) == {
        "query.scope": '"openid odd"',
        "roles": "absent",
    }


def test_a_doubt_is_told_from_other_departures():
    where = situation(request="step-up", amr_when_remembered="present")
    assert doubts_of(where) == ("amr_when_remembered",)


def _products(axes):
    words = [()]
    for axis in axes:
        words = [(*done, (axis.name, word)) for done in words for word in axis.words]
    return words
