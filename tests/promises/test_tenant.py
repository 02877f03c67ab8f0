"""Promises of the tenant that its own tests do not make."""

from __future__ import annotations

import base64
import sqlite3
from contextlib import closing

import pytest

from tests.tenant.builders import OTP, PASSWORD, callback_query


@pytest.mark.promise("ASVS 6.2.6", "ASVS 6.2.7")
def test_the_password_is_hidden_and_may_be_pasted_or_filled_in(stage):
    page = stage.browser().authorize().follow()
    field = page.html.find("input", {"name": "password"})
    assert field["type"] == "password"
    assert field["autocomplete"] == "current-password"
    assert "onpaste" not in page.text
    assert not field.has_attr("maxlength")


@pytest.mark.promise("ASVS 6.2.10")
def test_a_password_does_not_end_by_itself(stage):
    stage.clock.at += 10 * 366 * 86_400
    assert stage.browser().sign_in().code


@pytest.mark.promise("ASVS 11.2.3")
def test_the_tenants_keys_have_128_bits_of_strength(stage):
    for key in stage.program.get("/.well-known/jwks.json").json["keys"]:
        modulus = base64.urlsafe_b64decode(key["n"] + "==")
        assert int.from_bytes(modulus).bit_length() >= 3_072


@pytest.mark.promise("ASVS 10.4.4", "RFC 9700 2.4")
@pytest.mark.parametrize(
    "grant",
    [
        "password",
        "http://auth0.com/oauth/grant-type/password-realm",
        "client_credentials",
        "implicit",
        "urn:ietf:params:oauth:grant-type:device_code",
    ],
)
def test_the_intranets_client_has_no_grant_that_it_does_not_need(stage, grant):
    fields = {"grant_type": grant, "username": OTP, "password": PASSWORD}
    said = stage.token("*", **fields)
    assert said.status_int in (400, 401, 403)
    assert "access_token" not in said.json


@pytest.mark.promise("ASVS 6.5.4", "ASVS 6.5.2")
def test_a_recovery_code_has_enough_bits_and_is_kept_as_a_hash(make_stage, tmp_path):
    stage, codes = make_stage(files=WITH_RECOVERY), set()
    for number in range(20):
        email = f"user{number}@fabrikam.example"
        stage.control("users", email=email)
        codes.add(recovery_code(stage, email))
    assert len(codes) == 20
    assert min(len(code.replace("-", "")) for code in codes) >= 20
    for file in tmp_path.rglob("*.sqlite"):
        with closing(sqlite3.connect(file)) as database:
            dump = "\n".join(database.iterdump())
        assert not [code for code in codes if code in dump]


def recovery_code(stage, email: str) -> str:
    """Enrol a factor, and read the recovery code that is shown with it."""
    browser = stage.browser()
    page = browser.authorize(acr_values=MFA).follow()
    while "recovery-code" not in page.request.path:
        page = browser.answer(page, email)
        page = page.follow() if page.status_int in (302, 303) else page
    return page.html.find(id="recovery-code").text.strip()


WITH_RECOVERY = {
    "guardian__factors__otp": {"name": "otp", "enabled": True},
    "guardian__factors__recovery-code": {"name": "recovery-code", "enabled": True},
}
MFA = "http://schemas.openid.net/pape/policies/2007/06/multi-factor"


@pytest.mark.promise("RFC 9700 4.17", "ASVS 10.4.12")
@pytest.mark.parametrize("mode", ["web_message", "okta_post_message", "jwt", "", "x"])
def test_no_answer_goes_to_another_window(stage, mode):
    response = stage.browser().authorize(response_mode=mode)
    if mode:
        assert callback_query(response)["error"] == "invalid_request"
    else:
        assert "postMessage" not in response.text
