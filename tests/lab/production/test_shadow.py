"""A shadow obeys first, watches second, and never lets the watching out."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fabrikam.lab.compare.comparison import DIRECTIONS
from fabrikam.lab.production.shadow import (
    ONE_CLAIM,
    Shadow,
    Sighting,
    StrategyAnswer,
    client_of,
    direction_of,
)
from fabrikam.stepup import (
    MULTI_FACTOR,
    Both,
    Denied,
    Either,
    Granted,
    Legacy,
    Modern,
    Shortfall,
    judge,
)
from tests.builders import CLIENT_ID, MFA_ACR, NOW, claims, evidence

LEVEL = {"authentication_level": "mfa"}
AMR = {"amr": ["mfa"]}


class Broken(Modern):
    """A candidate that breaks on whatever it is shown."""

    def shortfalls(self, _: Any) -> tuple[Shortfall, ...]:
        raise ZeroDivisionError

    def token_shortfalls(self, _: Any) -> tuple[Shortfall, ...]:
        raise RecursionError


def shadow(control=None, candidate=None) -> tuple[Shadow, list[Sighting]]:
    """A shadow that reports into a list."""
    seen: list[Sighting] = []
    return Shadow(control or Legacy(), candidate or Modern(), seen.append), seen


@pytest.mark.parametrize(
    ("brought",        "lets_in", "direction"),
    [
        ({},               False, "same"),
        (LEVEL | AMR,      True,  "same"),
        (LEVEL,            True,  "stronger"),
        (AMR,              False, "weaker"),
        ({"amr": "mfa"},   False, "same"),
        (LEVEL | {"amr": []}, True, "stronger"),
    ],
)  # fmt: skip
def test_the_control_decides_and_the_direction_says_who_is_weaker(
    brought, lets_in, direction
):
    watched, seen = shadow()
    assert (watched.shortfalls(evidence(**brought)) == ()) is lets_in
    assert [sighting.direction for sighting in seen] == [direction]
    assert direction in DIRECTIONS


def test_a_sighting_says_what_each_side_lacks_whose_it_is_and_nothing_more():
    watched, seen = shadow()
    watched.shortfalls(evidence(authentication_level="normal", secret="hush"))
    assert seen == [
        Sighting(
            subject="auth0|ann",
            client=CLIENT_ID,
            issued_at=NOW,
            token="ID token",
            control=StrategyAnswer(("authentication_level mismatch",)),
            candidate=StrategyAnswer(("amr missing",)),
        )
    ]


def test_access_tokens_are_watched_too():
    watched, seen = shadow()
    token = claims(aud=["https://api.example/"], azp="app", acr=MFA_ACR)
    assert watched.token_shortfalls(token) == Legacy().token_shortfalls(token) != ()
    (sighting,) = seen
    assert (sighting.direction, sighting.token) == ("weaker", "access token")
    assert sighting.client == "app"


def test_the_shadow_asks_only_for_the_control():
    watched, _ = shadow(Legacy(source="userinfo"), Modern())
    assert watched.ask() == Legacy().ask()
    assert watched.name == "legacy"
    assert watched.reads_userinfo


def test_evidence_that_the_control_asked_for_is_judged_as_without_a_shadow():
    watched, _ = shadow()
    proved = evidence(asked_by="legacy", **LEVEL)
    assert judge(MULTI_FACTOR, proved, by=watched, now=NOW) == Granted()
    plain = evidence(asked_by="legacy", **AMR)
    verdict = judge(MULTI_FACTOR, plain, by=watched, now=NOW, attempted=True)
    assert verdict == Denied((Shortfall("authentication_level", "missing"),))


def test_a_candidate_that_breaks_is_reported_and_changes_nothing():
    watched, seen = shadow(candidate=Broken())
    assert watched.shortfalls(evidence(**LEVEL)) == ()
    assert watched.token_shortfalls(claims(**LEVEL)) == ()
    assert [str(one.candidate) for one in seen] == [
        "raised ZeroDivisionError",
        "raised RecursionError",
    ]
    assert {one.direction for one in seen} == {"could not run"}


def test_a_report_that_breaks_changes_nothing_and_stands_in_the_log(caplog):
    def breaks(sighting: Sighting) -> None:
        raise OSError("disk full")

    watched = Shadow(Legacy(), Modern(), breaks)
    assert watched.shortfalls(evidence(**LEVEL)) == ()
    assert "a comparison was lost" in caplog.text


def test_a_control_that_breaks_breaks_as_it_would_without_a_shadow():
    watched, seen = shadow(control=Broken())
    with pytest.raises(ZeroDivisionError):
        watched.shortfalls(evidence())
    assert seen == []


@pytest.mark.parametrize(
    ("control", "candidate", "direction"),
    [
        (StrategyAnswer(),                 StrategyAnswer(),                 "same"),
        (StrategyAnswer(("a missing",)),   StrategyAnswer(("b missing",)),   "same"),
        (StrategyAnswer(("a missing",)),   StrategyAnswer(),                 "weaker"),
        (StrategyAnswer(),                 StrategyAnswer(("b missing",)),   "stronger"),
        (StrategyAnswer(raised="E"),       StrategyAnswer(),                 "could not run"),
        (StrategyAnswer(),                 StrategyAnswer(raised="E"),       "could not run"),
    ],
)  # fmt: skip
def test_directions(control, candidate, direction):
    assert direction_of(control, candidate) == direction


@pytest.mark.parametrize(
    ("brought", "client"),
    [
        ({"azp": "a", "aud": "b"},       "a"),
        ({"client_id": "c", "aud": "b"}, "c"),
        ({"aud": "b"},                   "b"),
        ({"aud": ["d", "e"]},            "d"),
        ({"aud": []},                    ""),
        ({"aud": 7},                     ""),
        ({"azp": {"x": 1}},              ""),
        ({},                             ""),
    ],
)  # fmt: skip
def test_the_client_of_a_token(brought, client):
    assert client_of(brought) == client


def test_the_known_difference_is_met_where_the_tenant_writes_one_claim():
    watched, seen = shadow()
    watched.shortfalls(evidence(**LEVEL))
    facts = {"direction": seen[0].direction, "candidate": str(seen[0].candidate)}
    assert ONE_CLAIM.applies(facts)


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["mfa", "x"]), inner, max_size=2)
    ),
    max_leaves=6,
)
CLAIMS = st.dictionaries(
    st.sampled_from(["amr", "acr", "authentication_level", "aud", "azp", "name"]), ODD
)
MECHANISMS = st.sampled_from(
    [
        Legacy(),
        Modern(),
        Modern(demands_acr=True),
        Either(Legacy(), Modern()),
        Both(Legacy(), Modern()),
        Broken(),
    ]
)


@settings(deadline=None)
@given(st.sampled_from([Legacy(), Modern()]), MECHANISMS, CLAIMS)
def test_no_claims_and_no_candidate_change_what_the_control_says(
    control, candidate, brought
):
    watched, seen = shadow(control, candidate)
    shown = evidence(**brought)
    assert watched.shortfalls(shown) == control.shortfalls(shown)
    assert watched.token_shortfalls(brought) == control.token_shortfalls(brought)
    assert len(seen) == 2
