"""The scenarios of the migration sheet that concern the application alone, by number.

The tenant's part of P17, P27, P36, P39 and P54 is in `test_scenarios.py`; here stands
what this application makes of it.
"""

# ruff: noqa: N802 - the numbers are the sheet's

from __future__ import annotations

import json
import re
from pathlib import Path

import jwt
import pytest

from fabrikam.company import Company
from fabrikam.lab.end_to_end.programs import PASSWORD, Programs
from fabrikam.lab.end_to_end.programs import SECRET as CLIENT_SECRET
from fabrikam.lab.end_to_end.user_agent import UserAgent, query_of
from fabrikam.lab.end_to_end.walk import Walker
from fabrikam.lab.simulation.sides import CALLBACK, side_of
from fabrikam.lab.simulation.sides import ISSUER as ISSUER_OF_LAB
from fabrikam.oidc import Expected, IdTokenRejected, parse_jwks, verify_id_token
from fabrikam.stepup import (
    LOGIN,
    MULTI_FACTOR,
    Denied,
    Granted,
    Legacy,
    Modern,
    StepUpRequired,
    judge,
)
from tests.builders import (
    CLIENT_ID,
    ISSUER,
    MFA_ACR,
    NONCE,
    NOW,
    SECRET,
    claims,
    evidence,
    id_token,
    jwk,
)
from tests.lab.builders import RULES, situation
from tests.lab.intranet import opener

HOUR = 3_600


def judged(seen, by=None, need=MULTI_FACTOR, **changes):
    """The verdict of this application, right after the sign-in."""
    return judge(need, seen, by=by or Modern(), now=NOW, **changes)


def test_P17_an_ordinary_login_lowers_the_level():
    stepped_up = evidence(amr=["mfa"])
    assert isinstance(judged(stepped_up), Granted)
    assert isinstance(judged(evidence()), StepUpRequired)


@pytest.mark.parametrize(
    ("by",     "after",                                   "lacking"),
    [
        (Legacy(), {"authentication_level": "normal"},    "authentication_level"),
        (Modern(), {},                                    "amr"),
    ],
)  # fmt: skip
def test_P27_a_token_from_a_refresh_is_not_step_up(by, after, lacking):
    verdict = judged(evidence(asked_by=by.name, **after), by)
    assert [lack.claim for lack in verdict.shortfalls] == [lacking]


@pytest.mark.parametrize("first", ["step-up", "login"])
def test_P37_two_tabs_do_not_share_a_second_factor(tmp_path, first):
    programs = Programs(side_of(RULES / "after", "modern"), opener(None), tmp_path)
    visitor = programs.visitor("authenticator app", {})
    tabs = Tabs(programs, visitor)
    waiting = tabs.open(acr_values=MFA_ACR)
    page = tabs.password(waiting)
    if first == "login":
        plain = tabs.redeem(tabs.open())
        stepped_up = tabs.redeem(tabs.code(page))
    else:
        stepped_up = tabs.redeem(tabs.code(page))
        plain = tabs.redeem(tabs.open())
    programs.close()
    assert stepped_up["amr"] == ["mfa"]
    assert "amr" not in plain


class Tabs:
    """One browser at the tenant, with several logins under way."""

    def __init__(self, programs, visitor):
        self.programs, self.visitor = programs, visitor
        self.browser = UserAgent({ISSUER_OF_LAB: programs.tenant})

    def open(self, **more):
        """Begin a login; where the tenant sends the browser."""
        asked = {
            "response_type": "code",
            "client_id": CLIENT_ID,
            "redirect_uri": CALLBACK,
            "scope": "openid",
            "state": "tab",
        }
        return self.browser.get(f"{ISSUER_OF_LAB}authorize", **asked, **more)

    def password(self, page):
        """Sign in, up to the next page."""
        return self.browser.get(self.sent(page).leads_to)

    def sent(self, page):
        """Send the password; where the tenant sends the browser."""
        form = self.browser.get(page.leads_to)
        who = {"username": self.visitor.email, "password": PASSWORD}
        return self.browser.post(form.url, {**form.hidden, **who})

    def code(self, page):
        """Type the code of the app."""
        typed = {**page.hidden, "code": self.programs.code(self.visitor)}
        return self.browser.post(page.url, typed)

    def redeem(self, page):
        """Turn the code of a callback into the claims of an ID token."""
        fields = {
            "grant_type": "authorization_code",
            "code": query_of(page.leads_to)["code"],
            "redirect_uri": CALLBACK,
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
        }
        answer = self.browser.post(f"{ISSUER_OF_LAB}oauth/token", fields)
        raw = json.loads(answer.text)["id_token"]
        return jwt.decode(raw, options={"verify_signature": False})


def test_P40_a_second_factor_of_this_morning_is_too_old():
    need = MULTI_FACTOR.within(minutes=10)
    morning = evidence(amr=["mfa"], iat=NOW - 8 * HOUR)
    assert isinstance(judged(morning, need=need), StepUpRequired)
    assert isinstance(judged(evidence(amr=["mfa"]), need=need), Granted)


def test_P54_an_error_of_the_tenant_ends_at_a_page_and_is_not_tried_again(
    workshop, tmp_path
):
    company = Company.open(tmp_path / "company.sqlite")
    denies = workshop.scripted(
        "exports.onExecutePostLogin = async (event, api) => {\n"
        '  api.access.deny("not allowed");\n'
        "};"
    )
    with Walker(side_of(denies, "modern"), opener(company), tmp_path) as walker:
        walked = walker.walk(situation())
    assert walked.pages == (("password", ""),)
    assert (walked.error, walked.employees) == ("access_denied", False)


def test_P54_the_session_of_who_was_denied_is_kept_so_that_no_page_comes_again(
    workshop, tmp_path
):
    denies = workshop.scripted(
        "exports.onExecutePostLogin = async (event, api) => {\n"
        '  api.access.deny("not allowed");\n'
        "};"
    )
    programs = Programs(side_of(denies, "modern"), opener(None), tmp_path)
    tabs = Tabs(programs, programs.visitor("authenticator app", {}))
    denied = tabs.sent(tabs.open())
    again = tabs.open()
    programs.close()
    assert query_of(denied.leads_to)["error"] == "access_denied"
    assert query_of(again.leads_to)["error"] == "access_denied"


@pytest.mark.parametrize(
    ("amr",             "verdict"),
    [
        (["mfa"],           Granted),
        (["pwd", "mfa"],    Granted),
        (None,              StepUpRequired),
        ([],                StepUpRequired),
        (["pwd"],           StepUpRequired),
    ],
)  # fmt: skip
def test_P66_the_check_is_not_the_wrong_way_round(amr, verdict):
    seen = evidence() if amr is None else evidence(amr=amr)
    assert isinstance(judged(seen), verdict)


@pytest.mark.parametrize(
    ("shape",                                    "verdict"),
    [
        ({"amr": ["mfa", "otp"], "acr": MFA_ACR},    Granted),
        ({"amr": ["mfa"], "acr": "a higher class"},  Granted),
        ({"amr": "mfa"},                             StepUpRequired),
        ({"amr": {"mfa": True}},                     StepUpRequired),
        ({"acr": MFA_ACR},                           StepUpRequired),
        ({"acr": [MFA_ACR]},                         StepUpRequired),
    ],
)  # fmt: skip
def test_P67_amr_is_a_list_that_may_hold_more(shape, verdict):
    assert isinstance(judged(evidence(**shape)), verdict)


def test_P69_amr_is_not_looked_for_in_userinfo():
    assert not Modern().reads_userinfo
    seen = evidence(userinfo={"sub": "auth0|ann", "amr": ["mfa"]})
    assert isinstance(judged(seen), StepUpRequired)


def test_P70_an_access_token_is_not_taken_for_an_id_token():
    access = claims(aud="https://api.fabrikam.example/", amr=["mfa"], nonce=...)
    with pytest.raises(IdTokenRejected):
        _verified(id_token(access))


def test_P71_every_verified_claim_reaches_the_strategy():
    token = _verified(id_token(claims(amr=["mfa"], acr=MFA_ACR, odd="kept")))
    assert token.claims["amr"] == ["mfa"]
    assert token.claims["odd"] == "kept"


@pytest.mark.parametrize(
    ("word",   "parameter",  "value"),
    [
        ("legacy", "scope",      "openid step_up"),
        ("modern", "acr_values", MFA_ACR),
    ],
)  # fmt: skip
def test_P72_what_a_strategy_asks_for_reaches_the_tenant(
    workshop, word, parameter, value
):
    folder = workshop.specimen("during")
    simulated = workshop.simulator(folder, word).simulate(situation(request="step-up"))
    assert simulated.login.request.query[parameter] == value


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(
            jwt.encode(claims(amr=["mfa"]), SECRET, "HS256", {"kid": "first"}),
            id="HS256 where RS256 is registered",
        ),
        pytest.param(
            jwt.encode(claims(amr=["mfa"]), None, "none"), id="not signed at all"
        ),
        pytest.param(
            id_token(claims(amr=["mfa"]))[:-8] + "AAAAAAAA", id="another signature"
        ),
    ],
)
def test_P73_a_forged_amr_is_never_decoded_into_a_session(raw):
    with pytest.raises(IdTokenRejected):
        _verified(raw)


@pytest.mark.parametrize("by", [Legacy(), Modern()], ids=lambda by: by.name)
def test_P75_a_step_up_that_brings_nothing_is_not_asked_for_again(by):
    verdict = judged(evidence(asked_by=by.name), by, attempted=True)
    assert isinstance(verdict, Denied)
    assert isinstance(judged(evidence(asked_by=by.name), by, need=LOGIN), Granted)


def test_every_scenario_of_the_sheet_has_a_row_or_a_test():
    here = Path(__file__).parent
    files = ("test_scenarios.py", "test_scenarios_of_the_application.py")
    text = "".join((here / name).read_text("utf-8") for name in files)
    found = set(re.findall(r"(?<=\"|_)P\d\d(?=\"|_)", text))
    assert set(SHEET.split()) <= found


SHEET = """
    P01 P02 P03 P05 P06 P07 P08 P09 P10 P12 P13 P14 P15 P16 P17 P18 P20 P21 P22 P25
    P27 P28 P29 P30 P31 P32 P34 P36 P37 P39 P40 P41 P44 P45 P46 P47 P49 P51 P53 P54
    P55 P58 P59 P61 P62 P64 P66 P67 P69 P70 P71 P72 P73 P75 P76
"""


def _verified(raw):
    keys = parse_jwks({"keys": [jwk()]})
    return verify_id_token(
        raw, keys, Expected(issuer=ISSUER, client_id=CLIENT_ID, nonce=NONCE, now=NOW)
    )
