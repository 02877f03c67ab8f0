"""What counts as a second factor: every shape of every claim, by every strategy."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabrikam.stepup import (
    MFA_ACR,
    MULTI_FACTOR,
    Both,
    Either,
    Granted,
    Legacy,
    Modern,
    Shortfall,
    judge,
)
from tests import builders
from tests.builders import NOW, evidence

LEVEL = "authentication_level"
LEGACY, MODERN = Legacy(), Modern()
BOTH, EITHER = Both(LEGACY, MODERN), Either(LEGACY, MODERN)

NO_AMR = Shortfall("amr", "missing")
NO_LEVEL = Shortfall(LEVEL, "missing")


@pytest.mark.promise(
    "15",
    "16",
    "17",
    "18",
    "19",
    "20",
    "21",
    "22",
    "23",
    "24",
    "25",
    "26",
    "RFC 8176 1",
    "ASVS 15.3.5",
)
@pytest.mark.parametrize(
    ("amr", "shortfall"),
    [
        (["mfa"],                None),
        (["pwd", "otp", "mfa"],  None),
        (["mfa", "mfa"],         None),
        (...,                    NO_AMR),
        (None,                   NO_AMR),
        ([],                     Shortfall("amr", "mismatch", ())),
        (["pwd", "otp"],         Shortfall("amr", "mismatch", ("pwd", "otp"))),
        (["MFA"],                Shortfall("amr", "mismatch", ("MFA",))),
        (["Mfa"],                Shortfall("amr", "mismatch", ("Mfa",))),
        (["mfa "],               Shortfall("amr", "mismatch", ("mfa ",))),
        (["nomfa", "mfa2"],      Shortfall("amr", "mismatch", ("nomfa", "mfa2"))),
        ("mfa",                  Shortfall("amr", "malformed", "mfa")),
        ("pwd mfa otp",          Shortfall("amr", "malformed", "pwd mfa otp")),
        ([["mfa"]],              Shortfall("amr", "malformed", [["mfa"]])),
        ({"mfa": True},          Shortfall("amr", "malformed", {"mfa": True})),
        ([{"mfa": True}],        Shortfall("amr", "malformed", [{"mfa": True}])),
        (["mfa", 7],             Shortfall("amr", "malformed", ["mfa", 7])),
        (7,                      Shortfall("amr", "malformed", 7)),
        (True,                   Shortfall("amr", "malformed", True)),
    ],
)  # fmt: skip
def test_modern_believes_a_list_of_strings_that_holds_exactly_mfa(amr, shortfall):
    found = MODERN.shortfalls(evidence(amr=amr))
    assert found == (() if shortfall is None else (shortfall,))


@pytest.mark.promise("30")
@pytest.mark.parametrize(
    ("level", "shortfall"),
    [
        ("mfa",     None),
        (...,       NO_LEVEL),
        (None,      NO_LEVEL),
        ("normal",  Shortfall(LEVEL, "mismatch", "normal")),
        ("MFA",     Shortfall(LEVEL, "mismatch", "MFA")),
        ("mfa ",    Shortfall(LEVEL, "mismatch", "mfa ")),
        ("",        Shortfall(LEVEL, "mismatch", "")),
        (["mfa"],   Shortfall(LEVEL, "malformed", ["mfa"])),
        (True,      Shortfall(LEVEL, "malformed", True)),
        ({},        Shortfall(LEVEL, "malformed", {})),
    ],
)  # fmt: skip
def test_legacy_believes_exactly_the_word_mfa(level, shortfall):
    found = LEGACY.shortfalls(evidence(**{LEVEL: level}))
    assert found == (() if shortfall is None else (shortfall,))


@pytest.mark.promise("28", "29", "OIDC 3.1.3.7 (12)")
@pytest.mark.parametrize(
    ("acr", "shortfalls"),
    [
        (MFA_ACR,          ()),
        (...,              (Shortfall("acr", "missing"),)),
        ("urn:other",      (Shortfall("acr", "mismatch", "urn:other"),)),
        (MFA_ACR + "/",    (Shortfall("acr", "mismatch", MFA_ACR + "/"),)),
        (MFA_ACR.upper(),  (Shortfall("acr", "mismatch", MFA_ACR.upper()),)),
        ([MFA_ACR],        (Shortfall("acr", "mismatch", [MFA_ACR]),)),
    ],
)  # fmt: skip
def test_modern_may_also_demand_the_class(acr, shortfalls):
    strict = Modern(demands_acr=True)
    assert strict.shortfalls(evidence(amr=["mfa"], acr=acr)) == shortfalls
    assert MODERN.shortfalls(evidence(amr=["mfa"], acr=acr)) == ()


@pytest.mark.promise("27")
def test_the_class_alone_is_no_second_factor():
    assert MODERN.shortfalls(evidence(acr=MFA_ACR)) == (NO_AMR,)


@pytest.mark.promise("14")
@pytest.mark.parametrize(
    ("proved",                        "both",               "either"),
    [
        ({},                          (NO_LEVEL, NO_AMR),   (NO_LEVEL, NO_AMR)),
        ({LEVEL: "mfa"},              (NO_AMR,),            ()),
        ({"amr": ["mfa"]},            (NO_LEVEL,),          ()),
        ({LEVEL: "mfa", "amr": ["mfa"]}, (),                ()),
    ],
)  # fmt: skip
def test_both_want_two_answers_and_either_wants_one(proved, both, either):
    assert BOTH.shortfalls(evidence(**proved)) == both
    assert EITHER.shortfalls(evidence(**proved)) == either


@pytest.mark.promise("12")
@pytest.mark.parametrize(
    ("strategy", "parameters"),
    [
        (LEGACY,  {"scope": "openid step_up"}),
        (MODERN,  {"acr_values": MFA_ACR}),
        (BOTH,    {"scope": "openid step_up", "acr_values": MFA_ACR}),
        (EITHER,  {"scope": "openid step_up", "acr_values": MFA_ACR}),
    ],
)  # fmt: skip
def test_every_strategy_asks_in_its_own_words(strategy, parameters):
    assert dict(strategy.ask()) == parameters


def test_the_class_is_spelled_as_auth0_spells_it():
    assert MODERN.ask()["acr_values"] == builders.MFA_ACR


@pytest.mark.promise("7")
def test_the_level_may_have_a_namespaced_name():
    strategy = Legacy(claim="https://fabrikam.example/level")
    assert (
        strategy.shortfalls(evidence(**{"https://fabrikam.example/level": "mfa"})) == ()
    )
    assert strategy.shortfalls(evidence(**{LEVEL: "mfa"}))
    assert strategy.shortfalls(evidence(**{"https://evil.example/level": "mfa"}))


@pytest.mark.promise("7")
def test_userinfo_is_read_only_where_it_was_chosen():
    in_userinfo = evidence(userinfo={LEVEL: "mfa"})
    assert LEGACY.shortfalls(in_userinfo) == (NO_LEVEL,)
    assert Legacy(source="userinfo").shortfalls(in_userinfo) == ()
    assert Legacy(source="userinfo").shortfalls(evidence(**{LEVEL: "mfa"}))


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["mfa", "MFA", "pwd"]),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from("ab"), inner),
    max_leaves=6,
)


@pytest.mark.promise("30", "RFC 8176 1")
@given(
    st.sampled_from([LEGACY, MODERN, BOTH, EITHER, Modern(demands_acr=True)]),
    st.dictionaries(st.sampled_from(["amr", "acr", LEVEL, "auth_time"]), ODD),
)
def test_no_claims_whatever_make_a_strategy_raise_or_grant_wrongly(strategy, odd):
    visitor = evidence(asked_by=strategy.name, **odd)
    verdict = judge(MULTI_FACTOR, visitor, by=strategy, now=NOW)
    amr = odd.get("amr")
    modern = (
        isinstance(amr, list)
        and all(isinstance(method, str) for method in amr)
        and amr.count("mfa") > 0
    )
    legacy = odd.get(LEVEL) == "mfa"
    truth = {
        "legacy": legacy,
        "modern": modern and (strategy == MODERN or odd.get("acr") == MFA_ACR),
        "both": legacy and modern,
        "either": legacy or modern,
    }
    assert (verdict == Granted()) == truth[strategy.name]
