"""Two people, one after the other, at one page of one browser.

What the first proved, allowed or was shown is nothing to the second.
"""

from __future__ import annotations

import pytest

from fabrikam.tenant import MFA_ACR
from tests.tenant.builders import (
    CALLBACK,
    NEW,
    OTP,
    PASSWORD,
    PUSH,
    app_code,
)

OTHER = "other@fabrikam.example"


def swapped(browser, page, email):
    """Sign out in another tab, and come back to the page as somebody else."""
    browser.app.get("/v2/logout")
    state = page.forms[0]["state"].value
    shown = browser.app.get(page.request.path, {"state": state}).follow()
    assert shown.request.path == "/u/login"
    form = shown.forms[0]
    form["username"], form["password"] = email, PASSWORD
    return form.submit("action", value="default")


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


def test_whoever_signed_out_and_in_again_begins_again(stage, browser):
    page = browser.answer(browser.authorize(acr_values=MFA_ACR).follow()).follow()
    browser.app.get("/v2/logout")
    browser.sign_in(OTP)
    assert "/u/login" in browser.answer(page).location


@pytest.mark.promise("ASVS 3.5.2")
@pytest.mark.parametrize("path", ["reset", "keys/rotate", "push/any", "config"])
def test_no_form_of_another_site_tells_the_control_api_anything(stage, path):
    stage.program.post(f"/_tenant/{path}", "", status=415)
