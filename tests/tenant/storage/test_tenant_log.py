"""The tenant log: what it tells of a login, and that the lab can read it."""

from __future__ import annotations

import pytest

from fabrikam.lab.commands import add_lab
from fabrikam.tenant import MFA_ACR
from fabrikam.tenant.scripts import Outcome
from fabrikam.tenant.scripts.outcome import Challenge, Pause
from tests.lab.commandline import run
from tests.tenant.builders import (
    CALLBACK,
    CHALLENGE,
    NEW,
    OTP,
    PASSWORD,
    VERIFIER,
    Script,
    asks_mfa,
)

BY_OTP = "http://auth0.com/oauth/grant-type/mfa-otp"
OFFLINE = "openid offline_access"
NO_CODES = {"otpFallback": False}


@pytest.fixture
def log_file(stage, tmp_path):
    """Where the log of the tenant lies."""
    (found,) = tmp_path.rglob("tenant-log.jsonl")
    return found


def last(stage, kind):
    """The newest event of a type."""
    return [line for line in stage.control("log") if line["type"] == kind][-1]


def test_a_login_tells_what_was_asked_and_what_was_shown(stage, browser):
    browser.sign_in(acr_values=MFA_ACR, scope="openid step_up")
    told = last(stage, "s")["details"]
    assert told["request"]["qs"] == {
        "acr_values": MFA_ACR,
        "redirect_uri": CALLBACK,
        "response_type": "code",
        "scope": "openid step_up",
    }
    assert [one["name"] for one in told["prompts"]] == ["login", "mfa"]


def test_a_silent_login_tells_that_it_was_and_showed_nothing(stage, browser):
    browser.sign_in()
    browser.authorize(prompt="none")
    told = last(stage, "ssa")["details"]
    assert told["request"]["qs"]["prompt"] == "none"
    assert told["prompts"] == []


def test_a_refused_login_tells_what_was_asked(stage, browser):
    browser.authorize(prompt="none", acr_values=MFA_ACR)
    assert last(stage, "fsa")["details"]["request"]["qs"]["acr_values"] == MFA_ACR


def test_a_refresh_tells_whose_it_was_and_what_it_asked_for(stage, browser):
    token = browser.tokens(scope=f"{OFFLINE} step_up")["refresh_token"]
    stage.token(grant_type="refresh_token", refresh_token=token)
    told = last(stage, "sertft")
    assert told["user_id"] == "auth0|otp"
    assert told["details"]["request"]["body"]["scope"] == f"{OFFLINE} step_up"


def test_a_direct_grant_tells_of_its_user_once(make_stage):
    stage = make_stage(engine=Script(lambda _: asks_mfa()))
    stage.add_client(client_id="direct", grant_types=["password", BY_OTP])
    asked = {"client_id": "direct", "username": OTP, "scope": "openid step_up"}
    password = {"grant_type": "password", **asked}
    stage.token(403, **password, password="wrong")
    token = stage.token(403, **password, password=PASSWORD).json["mfa_token"]
    code = stage.code_of(OTP)
    stage.token(client_id="direct", grant_type=BY_OTP, mfa_token=token, otp=code)
    refused = [one for one in stage.control("log") if one["type"] == "fepft"]
    assert [one["user_name"] for one in refused] == [OTP, OTP]
    told = last(stage, "seotpft")
    assert told["user_id"] == "auth0|otp"
    assert told["details"]["request"]["body"]["scope"] == "openid step_up"


@pytest.mark.promise("ASVS 16.2.5")
def test_neither_state_nor_nonce_nor_challenge_is_in_the_log(stage, browser, log_file):
    browser.tokens(state="canary-state", nonce="canary-nonce")
    told = log_file.read_text()
    assert [word for word in ("canary", CHALLENGE, VERIFIER) if word in told] == []


def test_the_lab_replays_the_log_of_this_very_tenant(stage, browser, log_file):
    browser.tokens(scope="openid")
    browser.sign_in(acr_values=MFA_ACR)
    browser.authorize(prompt="none", scope="openid step_up")
    browser.authorize(prompt="none", acr_values=MFA_ACR)
    stage.browser().sign_in(NEW, scope="openid step_up")
    ended = run(add_lab, "lab", "replay-log", str(log_file))
    assert ended.err == ""
    assert "4 logins" in ended.out
    assert "of 2 users" in ended.out
    assert "does not say" not in ended.out


def test_who_is_asked_for_a_second_factor_is_told_as_mfar(make_stage):
    stage = make_stage()
    for email, after in ((OTP, "gd_start_auth"), (NEW, "gd_start_enroll")):
        stage.browser().sign_in(email, acr_values=MFA_ACR)
        lines = stage.control("log")
        required = last(stage, "mfar")
        assert after in [line["type"] for line in lines[lines.index(required) :]]
        assert required["user_id"] == f"auth0|{email.partition('@')[0]}"
        assert required["connection"] == "Username-Password-Authentication"
        assert required["ip"] == "127.0.0.1"


def test_a_password_grant_that_needs_a_factor_is_told_with_the_user(stage):
    stage.add_client(client_id="old", grant_types=["password"])
    stage.script.leaves = lambda _: asks_mfa()
    stage.token(
        403,
        client_id="old",
        grant_type="password",
        username=OTP,
        password=PASSWORD,
    )
    required = last(stage, "mfar")
    assert (required["user_id"], required["ip"]) == ("auth0|otp", "127.0.0.1")


def test_a_command_that_nobody_can_meet_is_told_as_mfar(make_stage):
    factor = Challenge(({"type": "push-notification", "options": NO_CODES},))
    pause = Pause(until=factor, checkpoint={})
    stage = make_stage(engine=Script(lambda _: Outcome(pause=pause)))
    query = stage.browser().sign_in().query
    assert query["error_description"] == "Unknown multifactor provider undefined"
    assert last(stage, "mfar")["description"] == query["error_description"]
    assert "f" not in stage.events()
