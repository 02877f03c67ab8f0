"""The random search finds what the axes do not have, and finds it again."""

from __future__ import annotations

import pytest

from fabrikam.lab.driving.sides import side_of
from fabrikam.lab.experiment import experiment
from fabrikam.lab.regions import main_axes
from fabrikam.lab.search import RandomSearch
from fabrikam.lab.situations import ORDINARY, excluded_by
from tests.lab.builders import RULES

LATE_AT_NIGHT = """function (user, context, callback) {
  var words = (context.request.query.scope || '').split(' ');
  var level = 'normal';
  if (words.indexOf('step_up') !== -1) {
    context.multifactor = { provider: 'any', allowRememberBrowser: false };
    level = 'mfa';
  }
  if (words.indexOf('STEP_UP') !== -1) level = 'mfa';
  context.idToken.authentication_level = level;
  callback(null, user, context);
}"""


def test_nothing_is_found_where_nothing_fails():
    assert list(RandomSearch(1, 50).failing(lambda _: None, set())) == []


def test_each_finding_is_of_another_kind():
    def kind_of(situation):
        return (situation.flow,) if situation.beyond.later > 1000 else None

    found = list(RandomSearch(1, 200).failing(kind_of, {("page",)}))
    kinds = [kind_of(one) for one in found]
    assert len(set(kinds)) == len(kinds) > 0
    assert ("page",) not in kinds
    assert all(excluded_by(one) is None for one in found)


def test_a_finding_is_made_small():
    def kind_of(situation):
        return ("late",) if situation.beyond.later > 1000 else None

    (found,) = RandomSearch(1, 200).failing(kind_of, set())
    assert found.beyond.later == 1001
    assert found.request == ORDINARY.request


def test_the_same_seed_finds_the_same():
    def kind_of(situation):
        return (situation.user,) if situation.beyond.metadata else None

    first = list(RandomSearch(3, 60).failing(kind_of, set()))
    assert first == list(RandomSearch(3, 60).failing(kind_of, set()))


@pytest.mark.parametrize("seed", [1, 2])
def test_a_hole_that_no_axis_has_is_found(workshop, seed):
    old, new = RULES / "before", workshop.scripted(LATE_AT_NIGHT)
    found = experiment(
        side_of(old, "legacy"),
        side_of(new, "legacy"),
        within=main_axes(),
        search=RandomSearch(seed, 600),
    )
    assert (found.seed, found.searched) == (seed, 600)
    weaker = found.counting("weaker")
    assert weaker
    for one in weaker:
        parameters = dict(one.smallest.beyond.parameters)
        assert "STEP_UP" in parameters["scope"].split()
