"""Many situations at once: they are as many as if they were counted one by one."""

from __future__ import annotations

from itertools import product
from math import prod

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fabrikam.lab.scenarios.axes import AXES, axis_named
from fabrikam.lab.scenarios.regions import BOUND, census, everything, main_axes
from fabrikam.lab.scenarios.situation import (
    CONSTRAINTS,
    ORDINARY,
    excluded_by,
    situations,
    with_words,
)

FREE = [axis.name for axis in AXES if axis.name not in BOUND]
SOME_WORDS = st.fixed_dictionaries(
    {},
    optional={
        axis.name: st.lists(st.sampled_from(axis.words), min_size=1, unique=True)
        for axis in AXES
    },
)


def narrowed(region, words):
    for axis, among in words.items():
        region = region.narrowed(axis, tuple(among)) if region else None
    return region


@settings(max_examples=8, deadline=None)
@given(words=SOME_WORDS)
def test_a_region_has_as_many_situations_as_one_counts(words):
    among = {axis: words.get(axis, axis_named(axis).words) for axis in BOUND}
    met = sum(
        excluded_by(with_words(dict(zip(BOUND, combination, strict=True)))) is None
        for combination in product(*among.values())
    )
    free = prod(len(words.get(axis, axis_named(axis).words)) for axis in FREE)
    region = narrowed(everything(), words)
    assert (0 if region is None else region.count) == met * free


@given(words=SOME_WORDS)
def test_the_most_ordinary_situation_of_a_region_is_in_it(words):
    region = narrowed(everything(), words)
    if region is None:
        return
    chosen = region.ordinary
    assert excluded_by(chosen) is None
    for axis, among in words.items():
        assert getattr(chosen, axis) in among


@given(words=SOME_WORDS)
def test_no_constraint_is_about_a_free_axis(words):
    where = with_words({axis: among[0] for axis, among in words.items()})
    bound_only = with_words({axis: getattr(where, axis) for axis in BOUND})
    assert excluded_by(where) == excluded_by(bound_only)


def test_everything_begins_with_the_ordinary_login():
    assert everything().ordinary == main_axes().ordinary == ORDINARY


def test_the_main_axes_meet_in_full():
    assert main_axes().count == len(tuple(situations(rare=0)))


def test_a_region_is_split_without_a_rest():
    parts = dict(everything().split("flow"))
    assert tuple(parts) == axis_named("flow").words
    assert sum(part.count for part in parts.values()) == everything().count


def test_the_census_accounts_for_every_combination():
    counted = census()
    assert counted.product == prod(len(axis.words) for axis in AXES)
    assert counted.remaining + sum(counted.excluded.values()) == counted.product
    assert counted.remaining == everything().count


@pytest.mark.parametrize("constraint", CONSTRAINTS, ids=lambda one: one.name)
def test_every_constraint_leaves_something_out_and_says_why(constraint):
    assert census().excluded[constraint.name] > 0
    assert constraint.because
    assert not any(constraint.excludes(one) for one in tuple(situations())[::97])
