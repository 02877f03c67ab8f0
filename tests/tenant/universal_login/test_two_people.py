"""Two people, one after the other, at one page of one browser.

What the first proved, allowed or was shown is nothing to the second.
"""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from fabrikam.tenant import MFA_ACR
from fabrikam.tenant.scripts.outcome import Challenge, Outcome, Pause, Redirect
from fabrikam.tenant.services.push_requests import answer_of
from fabrikam.tenant.storage.authenticators import Authenticators
from fabrikam.tenant.storage.tables import Push
from fabrikam.tenant.universal_login import browser_sessions as sessions
from tests.tenant.builders import (
    CALLBACK,
    NEW,
    NOW,
    OTP,
    PASSWORD,
    PUSH,
    Script,
    app_code,
    asks_mfa,
    callback_query,
    read,
)

OTHER = "other@fabrikam.example"


class Pushes:
    """A house with nothing but pushes in it, and the day of its first."""

    def __init__(self, push):
        self.tables = SimpleNamespace(pushes=self)
        self.push = push

    def now(self):
        return NOW

    def look(self, _key, _now):
        return self.push


@pytest.mark.promise("73")
def test_the_answer_of_one_user_is_not_that_of_another():
    asked = {"email": PUSH, "client_name": "Demo", "address": "::1", "asked_at": NOW}
    push = Push(id="a-push", user_id="auth0|ann", answer="allow", **asked)
    house = Pushes(push)
    assert answer_of(house, "a-push", "auth0|ann") == "allow"
    assert answer_of(house, "a-push", "auth0|bea") == "expired"


def swapped(browser, page, email):
    """Sign out in another tab, and come back to the page as somebody else."""
    browser.app.get("/v2/logout")
    state = page.forms[0]["state"].value
    shown = browser.app.get(page.request.path, {"state": state}).follow()
    assert shown.request.path == "/u/login"
    form = shown.forms[0]
    form["username"], form["password"] = email, PASSWORD
    return form.submit("action", value="default")


@pytest.mark.promise("69", "73", "ASVS 6.6.2")
def test_what_one_allowed_on_their_phone_does_not_let_another_in(stage, browser):
    stage.control("users", email=OTHER, factors=["push-notification"])
    page = browser.answer(browser.authorize(acr_values=MFA_ACR).follow(), PUSH)
    waiting = page.follow()
    (push,) = stage.control("push")
    stage.control(f"push/{push['id']}", answer="allow")
    shown = swapped(browser, waiting, OTHER).follow()
    assert shown.request.path == "/u/mfa-push-challenge-push"
    assert shown.status_int == 200
    assert [one["email"] for one in stage.control("push")] == [OTHER]


@pytest.mark.promise("69", "75")
def test_the_new_recovery_code_of_one_is_not_given_to_another(make_stage):
    factors = {
        f"guardian__factors__{name}": {"name": name, "enabled": True}
        for name in ("otp", "recovery-code")
    }
    stage = make_stage(files=factors)
    browser = stage.browser()
    page = browser.answer(browser.authorize(acr_values=MFA_ACR).follow(), NEW).follow()
    form = page.forms[0]
    form["code"] = app_code(page, stage.clock.at)
    shown = form.submit("action", value="default").follow()
    assert shown.request.path == "/u/mfa-recovery-code-enrollment"
    response = swapped(browser, shown, OTP)
    assert "/u/mfa-otp-challenge" in response.location


def test_the_proposed_secret_of_one_is_not_shown_to_another(stage, browser):
    stage.control("users", email=OTHER)
    page = browser.answer(browser.authorize(acr_values=MFA_ACR).follow(), NEW).follow()
    again = swapped(browser, page, OTHER).follow()
    assert again.request.path == page.request.path == "/u/mfa-otp-enrollment"
    moment = stage.clock.at
    assert app_code(page, moment) != app_code(again, moment)
    assert browser.answer(again, OTHER).location.startswith(CALLBACK)


def test_what_one_allowed_a_third_party_another_has_not(stage, browser):
    stage.add_client(client_id="third", is_first_party=False)
    stage.control("users", email=OTHER, factors=["otp"])
    browser.sign_in(OTP, client_id="third")
    page = browser.authorize(client_id="third", acr_values=MFA_ACR).follow()
    assert page.request.path == "/u/mfa-otp-challenge"
    code = swapped(browser, page, OTHER).follow()
    assert "/u/consent" in browser.answer(code, OTHER).location


@pytest.mark.promise("69", "ASVS 10.7.1")
def test_what_one_allowed_a_third_party_does_not_speak_for_who_types_next(
    stage, browser
):
    stage.add_client(client_id="third", is_first_party=False)
    stage.control("users", email=OTHER)
    browser.sign_in(OTP, client_id="third")
    page = browser.authorize(client_id="third", prompt="login").follow()
    assert "/u/consent" in browser.answer(page, OTHER).location


@pytest.mark.promise("65", "ASVS 7.4.1")
def test_whoever_signed_out_and_in_again_begins_again(stage, browser):
    page = browser.answer(browser.authorize(acr_values=MFA_ACR).follow()).follow()
    browser.app.get("/v2/logout")
    browser.sign_in(OTP)
    assert "/u/login" in browser.answer(page).location


@pytest.mark.promise("65", "ASVS 7.4.1")
def test_a_second_factor_does_not_outlive_the_logout(stage, browser):
    stage.add_client(client_id="third", is_first_party=False)
    page = browser.authorize(client_id="third", acr_values=MFA_ACR).follow()
    consent = browser.answer(browser.answer(page).follow()).follow()
    assert consent.request.path == "/u/consent"
    browser.app.get("/v2/logout")
    browser.sign_in(OTP)  # with the password only
    assert "/u/login" in browser.answer(consent).location


class Commanding(Script):
    """Steers the factor of one user itself, and demands it of all others."""

    def run(self, script_input, checkpoint=None):
        if script_input.user["email"] != OTP:
            return asks_mfa()
        if checkpoint is None:
            return Outcome(pause=Pause(Challenge(({"type": "otp"},)), {"at": 1}))
        return Outcome(pause=Pause(Redirect("https://away.example/"), {"at": 2}))


@pytest.mark.promise("69")
def test_the_factor_that_a_script_steered_for_one_spares_no_other(make_stage):
    stage = make_stage(engine=Commanding())
    stage.control("users", email=OTHER, factors=["otp"])
    browser = stage.browser()
    page = browser.answer(browser.authorize().follow()).follow()
    browser.answer(page)  # now the browser is away, and whoever comes back is another
    response = swapped(browser, page, OTHER)
    assert "/u/mfa-otp-challenge" in response.location


def test_a_page_of_before_the_logout_moves_nothing_that_came_after(stage, browser):
    page = browser.answer(browser.authorize(acr_values=MFA_ACR).follow()).follow()
    swapped(browser, page, OTP)
    assert browser.answer(page).status_int == 400


def test_a_page_is_over_when_the_address_of_its_client_is_taken_away(stage, browser):
    stage.add_client()
    page = browser.authorize(client_id="other").follow()
    stage.add_client(callbacks=["https://elsewhere.example/"])
    response = browser.answer(page)
    assert response.status_int == 400
    assert "expired" in response.text


@pytest.mark.promise("69")
def test_whoever_types_a_password_is_who_signs_in_whoever_did_meanwhile(stage, browser):
    page = browser.authorize().follow()
    browser.sign_in(PUSH)  # in another tab
    response = browser.answer(page, OTP)
    tokens = stage.redeem(callback_query(response)["code"])
    assert read(tokens["id_token"])["sub"] == "auth0|otp"


@pytest.mark.promise("65", "ASVS 7.4.1", "ASVS 15.4.2")
def test_a_logout_wins_while_a_code_is_weighed(browser, monkeypatch):
    weigh = Authenticators.use_code

    def weigh_slowly(*weighed, **more):
        browser.app.get("/v2/logout")
        return weigh(*weighed, **more)

    page = browser.answer(browser.authorize(acr_values=MFA_ACR).follow()).follow()
    monkeypatch.setattr(Authenticators, "use_code", weigh_slowly)
    assert "/u/login" in browser.answer(page).location
    silently = browser.authorize(prompt="none")
    assert callback_query(silently)["error"] == "login_required"


@pytest.mark.promise("ASVS 15.4.2", "Back-Channel 2.7")
def test_a_client_of_another_tab_is_told_of_the_logout(stage, browser, monkeypatch):
    url = "https://other.example/backchannel"
    stage.add_client(backchannel_logout_uri=url)
    browser.sign_in()
    use = sessions.used_session

    def use_slowly(*used):
        monkeypatch.setattr(sessions, "used_session", use)
        browser.authorize(client_id="other")  # at this very moment
        return use(*used)

    monkeypatch.setattr(sessions, "used_session", use_slowly)
    browser.authorize()
    browser.app.get("/v2/logout")
    assert url in [to for to, _ in stage.letters.brought]


@pytest.mark.promise("ASVS 3.5.2")
@pytest.mark.parametrize("path", ["reset", "keys/rotate", "push/any", "config"])
def test_no_form_of_another_site_tells_the_control_api_anything(stage, path):
    for form, traces in (("a=b", {}), ("", {"Sec-Fetch-Site": "same-origin"})):
        stage.program.post(f"/_tenant/{path}", form, headers=traces, status=415)


@pytest.mark.parametrize("path", ["reset", "keys/rotate", "clock"])
def test_a_program_may_tell_the_control_api_without_a_body(stage, path):
    stage.program.post(f"/_tenant/{path}", "", status=200)
