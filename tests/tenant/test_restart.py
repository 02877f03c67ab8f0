"""A tenant that was killed and started again: nothing lost, nothing usable twice.

What a commit survives is tested in `test_store`; here another tenant goes on with the
files of one that never said goodbye.
"""

from __future__ import annotations

import pytest

from fabrikam.tenant import MFA_ACR
from tests.tenant.builders import CALLBACK, OTP, Browser, Stage, a_folder, read
from tests.tenant.universal_login.test_second_factor import at_the_factor, typing

OFFLINE = "openid offline_access"


@pytest.fixture
def restart(tmp_path, make_stage):
    """Start another tenant on the files of the first, which is not closed."""
    folder = a_folder(tmp_path / "folder")
    first = make_stage(folder)
    started = []

    def again(browser: Browser | None = None):
        second = Stage(tmp_path / "data-0", folder)
        started.append(second)
        if browser is None:
            return second
        moved = second.browser()
        moved.app.cookiejar = browser.app.cookiejar
        return second, moved

    yield first, again
    for stage in started:
        stage.app.close()


def test_a_login_goes_on_at_the_password(restart):
    first, again = restart
    browser = first.browser()
    page = browser.authorize().follow()
    _, moved = again(browser)
    page = moved.app.get(page.request.path_qs)
    assert moved.answer(page).location.startswith(CALLBACK)


def test_a_login_goes_on_at_the_second_factor(restart):
    first, again = restart
    browser = first.browser()
    page = at_the_factor(first, browser=browser)
    second, moved = again(browser)
    page = moved.app.get(page.request.path_qs)
    assert typing(page, second.code_of(OTP)).location.startswith(CALLBACK)


def test_a_session_and_a_code_are_kept_and_the_code_works_once(restart):
    first, again = restart
    browser = first.browser()
    code = browser.sign_in(acr_values=MFA_ACR).code
    second, moved = again(browser)
    assert read(second.redeem(code)["id_token"])["amr"] == ["mfa"]
    third = again()
    assert third.redeem(code, 403)["error"] == "invalid_grant"
    assert moved.sign_in().pages == []


def test_a_used_totp_code_stays_used(restart):
    first, again = restart
    code = first.code_of(OTP)
    typing(at_the_factor(first), code)
    second = again()
    assert typing(at_the_factor(second), code).status_int == 400


def test_refresh_families_are_kept_with_their_past(restart):
    first, again = restart
    token = first.browser().tokens(scope=OFFLINE)["refresh_token"]
    fields = {"grant_type": "refresh_token"}
    second = again()
    renewed = second.token(refresh_token=token, **fields).json["refresh_token"]
    third = again()
    third.token(403, refresh_token=token, **fields)
    third.token(403, refresh_token=renewed, **fields)


def test_failures_stay_counted(restart):
    first, again = restart
    for _ in range(10):
        typing(at_the_factor(first), "000000")
    second = again()
    locked = typing(at_the_factor(second), second.code_of(OTP))
    assert locked.status_int == 429


def test_the_signing_key_is_kept(restart):
    first, again = restart
    before = first.program.get("/.well-known/jwks.json").json
    assert again().program.get("/.well-known/jwks.json").json == before


def test_demo_users_are_made_once(restart):
    first, again = restart
    first.control("users", email=OTP, blocked=True)
    users = {user["email"]: user for user in again().control("users")}
    assert len(users) == 4
    assert users[OTP]["blocked"] is True
