"""The core and the real programs agree, and where they do not, somebody says so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fabrikam.company import Company
from fabrikam.lab.end_to_end.walk import (
    Disagreement,
    Walker,
    expected,
    walk_through,
    walkable,
)
from fabrikam.lab.simulation.side_simulator import SideSimulator
from fabrikam.lab.simulation.sides import side_of
from tests.lab.builders import ALL_GRANTS, RULES, situation
from tests.lab.intranet import opener

WALKS = [
    situation(),
    situation(request="step-up"),
    situation(request="step-up", user="no factor"),
    situation(request="step-up", user="push", session="password"),
    situation(request="step-up", user="push", answer="fails"),
    situation(request="step-up", session="second factor 8 hours ago"),
    situation(request="step-up", answer="cancels"),
    situation(request="step-up", answer="fails", session="password"),
    situation(request="near miss", session="password"),
    situation(request="among others", cookie="5 days"),
    situation(request="removed on the way", session="password"),
    situation(request="both mechanisms", metadata="app_metadata"),
    situation(request="other mechanism", session="password"),
    situation(request="step-up", client="third party"),
    situation(request="step-up", client="not listed", audience="userinfo"),
    situation(request="login", session="password", max_age="zero"),
    situation(request="step-up", user="blocked"),
    situation(flow="silent"),
    situation(flow="silent", session="password"),
    situation(flow="silent", request="step-up", session="second factor"),
    situation(flow="login again", request="step-up"),
    situation(policy="always", cookie="5 days"),
    situation(policy="always", cookie="31 days", user="push"),
    situation(policy="always", cookie="8 days idle"),
    situation(policy="always", cookie="another user's"),
    situation(policy="adaptive, low confidence", audience="an API"),
    situation(session="second factor", amr_when_session_has_mfa="present"),
    situation(flow="silent", request="step-up", session="password", silent_mfa_error="mfa_required"),
    situation(request="step-up", pipeline="legacy"),
]  # fmt: skip


ERRANDS = [
    situation(flow="refresh"),
    situation(flow="refresh", request="step-up"),
    situation(flow="refresh", request="step-up", user="blocked"),
    situation(flow="refresh", client="third party", pipeline="conformant"),
    situation(flow="password"),
    situation(flow="password", request="step-up"),
    situation(flow="password", request="step-up", audience="an API"),
    situation(flow="password", user="blocked"),
    situation(flow="MFA API", request="step-up"),
    situation(flow="MFA API", request="step-up", user="push"),
    situation(flow="MFA API", request="step-up", user="no factor"),
    situation(flow="MFA API", request="step-up", answer="fails"),
    situation(flow="MFA API", request="step-up", user="push", answer="fails"),
    situation(flow="MFA API", policy="always", metadata="user_metadata"),
]


@pytest.fixture(scope="module")
def errands(workshop, open_intranet, tmp_path_factory):
    """A simulator and a walker of a client that may use every grant."""
    folder = workshop.changed("before", client={"grant_types": ALL_GRANTS})
    side = side_of(folder, "legacy")
    root = tmp_path_factory.mktemp("errands")
    with SideSimulator(side) as simulator, Walker(side, open_intranet, root) as walker:
        yield simulator, walker


@pytest.fixture(scope="module")
def open_intranet(tmp_path_factory):
    """Opens intranets around one company."""
    return opener(Company.open(tmp_path_factory.mktemp("company") / "company.sqlite"))


@pytest.fixture(scope="module", params=[("before", "legacy"), ("after", "modern")])
def pair(request, open_intranet, tmp_path_factory):
    """A simulator and a walker of one shipped side."""
    name, word = request.param
    side = side_of(RULES / name, word)
    root = tmp_path_factory.mktemp(name)
    with SideSimulator(side) as simulator, Walker(side, open_intranet, root) as walker:
        yield simulator, walker


@pytest.mark.parametrize("where", WALKS, ids=str)
def test_a_walk_comes_to_what_the_core_says(pair, where):
    simulator, walker = pair
    assert walkable(where)
    assert walker.walk(where) == expected(simulator.observe(where))


@pytest.mark.parametrize("where", ERRANDS, ids=str)
def test_an_errand_comes_to_what_the_core_says(errands, where):
    simulator, walker = errands
    assert walkable(where)
    assert walker.walk(where) == expected(simulator.observe(where))


def test_a_core_that_errs_is_told_apart(pair):
    simulator, walker = pair
    where = situation(request="step-up")
    seen = simulator.observe(where)
    with pytest.raises(Disagreement, match="step-up"):
        walker.check(where, replace(seen, reach="nowhere"))


def test_a_script_that_sends_the_browser_away_is_walked_through(
    workshop, open_intranet
):
    side = side_of(workshop.specimen("redirect-beside-the-second-factor"), "modern")
    assert walk_through(side, [situation(request="step-up")], open_intranet) == 1


def test_what_no_browser_can_bring_about_is_left_to_the_core(open_intranet):
    unwalkable = [
        situation(place="abroad"),
        situation(user="several", answer="recovery code", request="step-up"),
    ]
    side = side_of(RULES / "after", "modern")
    assert walk_through(side, unwalkable, open_intranet) == 0
