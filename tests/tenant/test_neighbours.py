"""Neighbours: of the host name, of the address, and of the disk."""

from __future__ import annotations

import hashlib
import hmac
import shutil
from http.cookies import SimpleCookie
from urllib.parse import urlencode

import pytest
from webtest import TestApp

from fabrikam.tenant import create_tenant
from tests.tenant.builders import (
    APP,
    CALLBACK,
    CLIENT_ID,
    NEW,
    OTP,
    PASSWORD,
    SECRET,
    Letters,
    Script,
    a_folder,
)

ASKED = urlencode(
    {
        "client_id": CLIENT_ID,
        "redirect_uri": CALLBACK,
        "response_type": "code",
        "scope": "openid",
    }
)
PLANTED = "p" * 43


@pytest.fixture
def secure(seeded, tmp_path):
    """A tenant that browsers reach over https, and such a browser."""
    shutil.copytree(seeded, tmp_path / "data")
    tenant = create_tenant(
        issuer="https://tenant.example/",
        folder=a_folder(tmp_path / "folder"),
        data_dir=tmp_path / "data",
        client_id=CLIENT_ID,
        client_secret=SECRET,
        app_base_url=APP,
        engine=Script(),
        logout_delivery=Letters(),
    )
    yield TestApp(tenant, extra_environ={"wsgi.url_scheme": "https", "HTTP_HOST": "tenant.example"})  # fmt: skip
    tenant.close()


def cookies_in(response):
    return {
        name: cookie
        for line in response.headers.getall("Set-Cookie")
        for name, cookie in SimpleCookie(line).items()
    }


@pytest.mark.promise("ASVS 3.3.1", "ASVS 3.3.3")
def test_over_https_no_neighbour_can_plant_a_cookie(secure):
    first = secure.get(f"/authorize?{ASKED}")
    form = first.follow().forms[0]
    form["username"], form["password"] = OTP, PASSWORD
    last = form.submit("action", value="default")
    assert last.location.startswith(CALLBACK)
    given = cookies_in(first) | cookies_in(last)
    assert set(given) == {"__Host-did", "__Host-auth0"}
    for cookie in given.values():
        assert cookie["secure"]
        assert (cookie["path"], cookie["domain"]) == ("/", "")
    assert secure.get(f"/authorize?{ASKED}").location.startswith(CALLBACK)


@pytest.mark.promise("70")
@pytest.mark.parametrize("planted", ["planted", PLANTED + "x", "p" * 4_000])
def test_a_name_of_the_browser_that_we_did_not_make_is_none(browser, planted):
    browser.app.set_cookie("did", planted)
    browser.authorize()
    assert len(browser.app.cookies["did"]) == len(PLANTED)
    assert browser.app.cookies["did"] != planted


@pytest.mark.promise("70", "ASVS 3.5.1")
def test_whoever_planted_the_name_of_a_browser_cannot_make_its_forms(browser):
    browser.app.set_cookie("did", PLANTED)
    made = hmac.new(PLANTED.encode(), b"phone", hashlib.sha256).hexdigest()
    browser.app.post("/phone/any", {"state": made, "answer": "allow"}, status=403)


@pytest.mark.promise("ASVS 3.5.1", "ASVS 10.6.2")
def test_a_form_of_one_session_ends_no_other(browser):
    browser.sign_in(OTP)
    form = browser.app.get("/oidc/logout").forms[0]
    browser.sign_in(NEW, prompt="login")
    assert form.submit("action", value="default").forms  # asked again
    assert browser.authorize(prompt="none").location.startswith(f"{CALLBACK}?code=")


@pytest.mark.promise("ASVS 6.3.1")
@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("2001:db8::ffff:1",    429),
        ("2001:db8:0:1::1",     303),
        ("::ffff:192.0.2.1",    303),
    ],
)  # fmt: skip
def test_guesses_are_counted_by_the_line_and_not_by_its_many_addresses(
    stage, address, status
):
    browser = stage.browser()
    page = browser.authorize().follow()
    form = page.forms[0]
    form["username"], form["password"] = OTP, "a guess"
    for number in range(10):
        browser.app.extra_environ = {"REMOTE_ADDR": f"2001:db8::{number}"}
        form.submit("action", value="default", status=400)
    browser.app.extra_environ = {"REMOTE_ADDR": address}
    form["password"] = PASSWORD
    form.submit("action", value="default", status=status)


@pytest.mark.promise("ASVS 2.4.1")
def test_nobody_fills_the_disk_with_long_requests(browser):
    browser.authorize(login_hint="x" * 9_000, status=400)
    browser.authorize(login_hint="x" * 900, status=302)


@pytest.mark.promise("ASVS 16.2.5")
def test_a_password_typed_for_a_name_is_not_in_the_log(stage, browser, tmp_path):
    form = browser.authorize().follow().forms[0]
    form["password"] = "wrong"
    for name in (OTP, "correct horse battery staple"):
        form["username"] = name
        form.submit("action", value="default", status=400)
    stage.token("*", grant_type="password", username="correct horse", password="x")
    (log,) = tmp_path.rglob("tenant-log.jsonl")
    assert OTP in log.read_text()
    assert "correct horse" not in log.read_text()
