"""Who may pass: every need, every kind of visitor."""

from __future__ import annotations

import pytest

from fabrikam.stepup import (
    LOGIN,
    MULTI_FACTOR,
    NOTHING,
    AnyOf,
    Denied,
    Granted,
    LoginRequired,
    Modern,
    Need,
    Shortfall,
    StepUpRequired,
    judge,
    preferred,
)
from tests.builders import NOW, evidence

LATER = NOW + 601
ANN = evidence(auth_time=NOW)
ANN_MFA = evidence(auth_time=NOW, amr=["mfa"])
ANN_UNTIMED = evidence(amr=["mfa"])
ANN_ODD = evidence(auth_time=str(NOW), amr=["mfa"])
ANN_TRUE = evidence(auth_time=True, amr=["mfa"])
ANN_OTHERWISE = evidence(amr=["mfa"], asked_by="legacy")
NOBODY = None

NO_AMR = (Shortfall("amr", "missing"),)
OLD_FACTOR = (Shortfall("iat", "expired", NOW),)
OLD_LOGIN = (Shortfall("auth_time", "expired", NOW),)
UNTIMED = (Shortfall("auth_time", "missing", None),)
ODD_TIME = (Shortfall("auth_time", "malformed", str(NOW)),)
NO_TIME = (Shortfall("auth_time", "malformed", True),)
OTHER = (Shortfall("strategy", "mismatch", "legacy"),)

RECENT_FACTOR = MULTI_FACTOR.within(minutes=10)
RECENT_LOGIN = LOGIN.within(minutes=10)


@pytest.mark.promise("1", "2", "13", "ASVS 6.8.4", "ASVS 8.3.1", "ASVS 15.3.5")
@pytest.mark.parametrize(
    ("need", "visitor", "now", "verdict"),
    [
        (NOTHING,                      NOBODY,        NOW,      Granted()),
        (NOTHING,                      ANN,           NOW,      Granted()),
        (LOGIN,                        NOBODY,        NOW,      LoginRequired()),
        (LOGIN,                        ANN,           NOW,      Granted()),
        (LOGIN,                        ANN,           LATER,    Granted()),
        (LOGIN,                        ANN_OTHERWISE, NOW,      Granted()),
        (MULTI_FACTOR,                 NOBODY,        NOW,      LoginRequired()),
        (MULTI_FACTOR,                 ANN,           NOW,      StepUpRequired(NO_AMR)),
        (MULTI_FACTOR,                 ANN_MFA,       NOW,      Granted()),
        (MULTI_FACTOR,                 ANN_MFA,       LATER,    Granted()),
        (MULTI_FACTOR,                 ANN_OTHERWISE, NOW,      StepUpRequired(OTHER)),
        (RECENT_FACTOR,                ANN_MFA,       NOW,      Granted()),
        (RECENT_FACTOR,                ANN_MFA,       NOW+600,  Granted()),
        (RECENT_FACTOR,                ANN_MFA,       LATER,    StepUpRequired(OLD_FACTOR)),
        (RECENT_FACTOR,                ANN,           LATER,    StepUpRequired(NO_AMR)),
        (RECENT_LOGIN,                 ANN,           NOW+600,  Granted()),
        (RECENT_LOGIN,                 ANN,           LATER,    StepUpRequired(OLD_LOGIN)),
        (RECENT_LOGIN,                 ANN_UNTIMED,   NOW,      StepUpRequired(UNTIMED)),
        (RECENT_LOGIN,                 ANN_ODD,       NOW,      StepUpRequired(ODD_TIME)),
        (RECENT_LOGIN,                 ANN_TRUE,      1,        StepUpRequired(NO_TIME)),
        (RECENT_LOGIN & MULTI_FACTOR,  ANN_MFA,       NOW,      Granted()),
        (RECENT_LOGIN & MULTI_FACTOR,  ANN,           LATER,    StepUpRequired(OLD_LOGIN + NO_AMR)),
        (RECENT_FACTOR | LOGIN,        ANN,           LATER,    Granted()),
        (RECENT_FACTOR | RECENT_LOGIN, ANN,           NOW,      Granted()),
        (RECENT_FACTOR | RECENT_LOGIN, ANN_UNTIMED,   NOW,      Granted()),
        (RECENT_FACTOR | RECENT_LOGIN, ANN,           LATER,    StepUpRequired(NO_AMR)),
        (RECENT_FACTOR | RECENT_LOGIN, NOBODY,        NOW,      LoginRequired()),
    ],
)  # fmt: skip
def test_verdicts(need, visitor, now, verdict):
    assert judge(need, visitor, by=Modern(), now=now) == verdict


@pytest.mark.promise("5")
def test_a_step_up_that_brought_nothing_is_not_asked_for_again():
    verdict = judge(MULTI_FACTOR, ANN, by=Modern(), now=NOW, attempted=True)
    assert verdict == Denied(NO_AMR)


@pytest.mark.promise("1")
def test_a_token_that_claims_to_be_younger_than_its_receipt_is_not_believed():
    visitor = evidence(amr=["mfa"], iat=NOW + 60, received_at=NOW)
    verdict = judge(RECENT_FACTOR, visitor, by=Modern(), now=LATER)
    assert verdict == StepUpRequired(OLD_FACTOR)


def test_a_step_up_asks_for_the_first_of_several_needs():
    assert preferred(RECENT_FACTOR | RECENT_LOGIN) == RECENT_FACTOR
    assert preferred(LOGIN | MULTI_FACTOR) == LOGIN
    assert preferred(MULTI_FACTOR) == MULTI_FACTOR


@pytest.mark.parametrize(
    ("need", "why"),
    [
        (lambda: NOTHING.within(minutes=5),                       "needs a login"),
        (lambda: Need(second_factor=True),                        "needs a login"),
        (lambda: Need(login_within=60),                           "needs a login"),
        (lambda: Need(login=True, factor_within=60),              "needs a second factor"),
        (MULTI_FACTOR.within,                                     "nobody meets 0"),
        (lambda: LOGIN.within(minutes=0),                         "nobody meets 0"),
        (lambda: AnyOf(()),                                       "lets nobody in"),
    ],
)  # fmt: skip
def test_a_need_that_would_open_the_door_or_shut_it_for_all_cannot_be_made(need, why):
    with pytest.raises(ValueError, match=why):
        need()


def test_several_needs_may_be_joined_in_any_order():
    choices = AnyOf((LOGIN, RECENT_LOGIN, MULTI_FACTOR))
    assert choices == (LOGIN | RECENT_LOGIN) | MULTI_FACTOR
    assert choices == LOGIN | (RECENT_LOGIN | MULTI_FACTOR)


@pytest.mark.parametrize(
    ("need", "seconds"),
    [
        (MULTI_FACTOR,                            None),
        (RECENT_FACTOR,                           600),
        (RECENT_FACTOR & LOGIN.within(minutes=5), 300),
    ],
)  # fmt: skip
def test_a_token_has_one_age_for_factor_and_login(need, seconds):
    assert need.token_within == seconds


def test_the_shorter_of_two_ages_counts():
    assert RECENT_FACTOR.within(minutes=5) == MULTI_FACTOR.within(seconds=300)
    assert RECENT_FACTOR.within(minutes=60) == RECENT_FACTOR


@pytest.mark.promise("ASVS 16.5.3")
@pytest.mark.parametrize(
    "verdict", [Granted(), LoginRequired(), StepUpRequired(()), Denied(())]
)
def test_a_verdict_is_never_tested_for_truth(verdict):
    with pytest.raises(TypeError):
        bool(verdict)


@pytest.mark.parametrize("jump", [-3_600, 0, 3_600])
def test_a_clock_that_jumped_neither_ages_evidence_nor_keeps_it_young(jump):
    steady, wall = NOW, NOW + jump
    shown = evidence(
        amr=["mfa"], iat=wall - 100, auth_time=wall - 100, received_at=wall
    )
    visitor = shown.received_by(steady)
    for need in (RECENT_FACTOR, RECENT_LOGIN):
        last, late = steady + 500, steady + 501
        assert judge(need, visitor, by=Modern(), now=last) == Granted()
        assert judge(need, visitor, by=Modern(), now=late) != Granted()
