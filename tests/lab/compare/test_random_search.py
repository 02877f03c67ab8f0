"""The random search finds what the axes do not have, and finds it again."""

from __future__ import annotations

import pytest

from fabrikam.lab.compare.experiment import experiment
from fabrikam.lab.compare.random_search import RandomSearch
from fabrikam.lab.javascript.literals import vocabulary
from fabrikam.lab.scenarios.regions import main_axes
from fabrikam.lab.scenarios.situation import ORDINARY, departures, excluded_by
from fabrikam.lab.simulation.sides import side_of
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


AFTER = (RULES / "after/actions/Step-up/code.js").read_text()
BY_METADATA = AFTER.replace(
    "api.multifactor", "if (!event.user.user_metadata.opt_out) api.multifactor"
)
BY_QUERY = AFTER.replace(
    "api.multifactor", 'if (event.request.query.skip !== "1") api.multifactor'
)
BY_HOUR = AFTER.replace(
    "api.multifactor", "if (new Date().getUTCHours() % 12 > 6) api.multifactor"
)
FREE_LEVEL = """function (user, context, callback) {
  var words = (context.request.query.scope || '').split(' ');
  var asked = words.indexOf('step_up') !== -1;
  if (asked) context.multifactor = { provider: 'any', allowRememberBrowser: false };
  var free = %s;
  context.idToken.authentication_level = asked || free ? 'mfa' : 'normal';
  callback(null, user, context);
}"""
BY_HINT = FREE_LEVEL % "context.request.query.login_hint === 'boss@fabrikam.example'"
BY_ROLE = (
    FREE_LEVEL % "((context.authorization || {}).roles || []).indexOf('boss') >= 0"
)


def searched(new, new_by, seed, examples):
    """What we ship against something else, with little enumeration and a search."""
    sides = side_of(RULES / "before", "legacy"), side_of(new, new_by)
    words = vocabulary(*(side.folder for side in sides))
    search = RandomSearch(seed, examples, words)
    return experiment(*sides, within=main_axes(), search=search)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_shipped_pair_is_clean_wherever_one_looks(seed):
    found = searched(RULES / "after", "modern", seed, 200)
    assert found.counting("weaker", "locked out", "could not run") == ()


@pytest.mark.parametrize(
    ("code",       "by",      "direction",   "told"),
    [
        (BY_METADATA,  "modern",  "locked out",  "opt_out"),
        (BY_QUERY,     "modern",  "locked out",  "skip"),
        (BY_HOUR,      "modern",  "locked out",  "later"),
        (BY_HINT,      "legacy",  "weaker",      "boss@fabrikam.example"),
        (BY_ROLE,      "legacy",  "weaker",      "boss"),
    ],
    ids=["metadata", "query", "hour", "login hint", "role"],
)  # fmt: skip
def test_what_a_script_reads_by_name_is_looked_for(workshop, code, by, direction, told):
    found = searched(workshop.scripted(code), by, 1, 1000).counting(direction)
    assert any(told in str(departures(one.smallest)) for one in found)


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
        search=RandomSearch(seed, 1000),
    )
    assert (found.seed, found.searched) == (seed, 1000)
    weaker = found.counting("weaker")
    assert weaker
    for one in weaker:
        parameters = dict(one.smallest.beyond.parameters)
        assert "STEP_UP" in parameters["scope"].split()
