"""The tenant's pages: forms bound to their browser, headers, cookies, words."""

from __future__ import annotations

import re
import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest
from webtest import TestApp

from fabrikam.tenant import MFA_ACR, create_tenant
from tests.tenant.builders import (
    APP,
    CALLBACK,
    CLIENT_ID,
    ISSUER,
    NEW,
    OTP,
    PASSWORD,
    PUSH,
    SECRET,
    Letters,
    Script,
    a_folder,
    callback_query,
    read,
)

HOSTILE = "<script>alert(1)</script>\"'"


def test_a_wrong_password_is_said_and_keeps_the_name(browser):
    page = browser.authorize().follow()
    form = page.forms[0]
    form["username"], form["password"] = OTP, "wrong"
    again = form.submit("action", value="default", status=400)
    assert "Wrong email or password." in again.text
    assert again.forms[0]["username"].value == OTP
    assert browser.answer(again).location.startswith(CALLBACK)


@pytest.mark.promise("ASVS 3.2.2")
def test_what_is_typed_is_shown_as_text(browser):
    page = browser.authorize(login_hint=HOSTILE).follow()
    assert HOSTILE not in page.text
    form = page.forms[0]
    form["username"], form["password"] = HOSTILE, "wrong"
    assert HOSTILE not in form.submit("action", value="default", status=400).text


def test_a_hinted_name_is_filled_in(browser):
    page = browser.authorize(login_hint=PUSH).follow()
    assert page.forms[0]["username"].value == PUSH


@pytest.mark.promise("ASVS 6.2.5", "ASVS 6.2.8", "ASVS 6.2.9")
@pytest.mark.parametrize("password", ["🔑" * 32, "p" * 128, "Größe " * 20])
def test_a_password_is_taken_exactly_as_it_is(stage, browser, password):
    email = "long@fabrikam.example"
    stage.control("users", email=email, password=password)

    def tried(word):
        form = browser.authorize(prompt="login").follow().forms[0]
        form["username"], form["password"] = email, word
        return form.submit("action", value="default", status="*").status_int

    assert tried(password) == 303
    for wrong in (password[:-1] + "x", password.upper() + "x", password[:18]):
        assert tried(wrong) == 400


@pytest.mark.promise("ASVS 6.3.1", "ASVS 2.4.1")
def test_the_eleventh_wrong_password_is_refused_even_when_right(stage, browser):
    page = browser.authorize().follow()
    form = page.forms[0]
    form["username"], form["password"] = OTP, "wrong"
    for _ in range(10):
        form.submit("action", value="default", status=400)
    form["password"] = PASSWORD
    assert form.submit("action", value="default", status=429)
    assert "limit_wc" in stage.events()
    form["username"] = NEW
    assert form.submit("action", value="default").status_int == 303


def test_the_lock_of_a_password_ends_by_itself(stage, browser):
    form = browser.authorize().follow().forms[0]
    form["username"], form["password"] = OTP, "wrong"
    for _ in range(10):
        form.submit("action", value="default", status=400)
    stage.clock.at += 900
    form["password"] = PASSWORD
    assert form.submit("action", value="default").status_int == 303


@pytest.mark.promise("ASVS 6.3.1")
def test_the_right_user_from_elsewhere_is_not_locked(stage, browser):
    form = browser.authorize().follow().forms[0]
    form["username"], form["password"] = OTP, "wrong"
    for _ in range(10):
        form.submit("action", value="default", status=400)
    elsewhere = stage.browser()
    elsewhere.app.extra_environ = {"REMOTE_ADDR": "127.0.0.9"}
    assert elsewhere.sign_in().pages == ["/u/login"]


@pytest.mark.promise("ASVS 4.1.3", "RFC 9700 4.13")
def test_a_forwarded_address_is_not_believed(stage, browser):
    form = browser.authorize().follow().forms[0]
    form["username"], form["password"] = OTP, "wrong"
    statuses = [
        form.submit(
            "action",
            value="default",
            headers={"X-Forwarded-For": f"10.0.0.{n}"},
            status="*",
        ).status_int
        for n in range(11)
    ]
    assert statuses == [400] * 10 + [429]


@pytest.mark.promise("ASVS 6.3.8")
def test_known_and_unknown_names_meet_the_same_words(stage):
    stage.control("users", email="known@fabrikam.example", password=PASSWORD)
    answers = set()
    for number in range(10):
        for name in ("known@fabrikam.example", f"nobody{number}@fabrikam.example"):
            form = stage.browser().authorize().follow().forms[0]
            state = form["state"].value
            form["username"], form["password"] = name, "wrong"
            response = form.submit("action", value="default", status="*")
            plain = response.text.replace(state, "").replace(name, "")
            answers.add((response.status_int, plain))
    assert len(answers) == 1


def test_cancelling_goes_back_with_access_denied(browser):
    page = browser.authorize().follow()
    query = callback_query(page.forms[1].submit("action", value="cancel"))
    assert query["error"] == "access_denied"
    assert query["state"] == "a-state"


# one browser, one login


@pytest.mark.promise("ASVS 3.5.1")
def test_a_form_of_another_browser_is_refused(stage, browser):
    state = browser.authorize().follow().forms[0]["state"].value
    stranger = TestApp(stage.app)
    fields = {"state": state, "username": OTP, "password": PASSWORD}
    response = stranger.post("/u/login", fields, status=400)
    assert "expired" in response.text
    assert "auth0" not in stranger.cookies


@pytest.mark.parametrize(
    "path",
    [
        "/u/login",
        "/u/consent",
        "/u/cancel",
        "/u/mfa-otp-challenge",
        "/u/mfa-otp-enrollment",
        "/u/mfa-push-challenge-push",
        "/u/mfa-push-enrollment-qr",
        "/u/mfa-recovery-code-challenge",
        "/u/mfa-recovery-code-enrollment",
        "/continue",
    ],
)
def test_every_form_wants_its_state(browser, path):
    browser.authorize()
    browser.app.post(path, {"action": "default"}, status=400)


@pytest.mark.promise("ASVS 2.3.1")
@pytest.mark.parametrize(
    "path",
    [
        "/u/consent",
        "/u/mfa-otp-challenge",
        "/u/mfa-otp-enrollment",
        "/u/mfa-push-challenge-push",
        "/u/mfa-push-enrollment-qr",
        "/u/mfa-recovery-code-challenge",
        "/u/mfa-recovery-code-enrollment",
        "/continue",
    ],
)
def test_no_page_is_reached_out_of_turn(browser, path):
    state = browser.authorize().follow().forms[0]["state"].value
    for response in (
        browser.app.get(path, {"state": state}),
        browser.app.post(path, {"state": state, "code": "1", "action": "accept"}),
    ):
        assert response.location.endswith(f"/u/login?state={state}")


@pytest.mark.promise("ASVS 2.3.1", "ASVS 6.3.4")
def test_after_the_password_nothing_but_the_factor_opens(browser):
    page = browser.authorize(acr_values=MFA_ACR).follow()
    state = page.forms[0]["state"].value
    browser.answer(page)
    for path in ("/u/login", "/u/consent", "/u/mfa-otp-enrollment", "/continue"):
        response = browser.app.get(path, {"state": state})
        assert response.location.endswith(f"/u/mfa-otp-challenge?state={state}")


def test_a_finished_login_cannot_be_finished_again(stage, browser):
    page = browser.authorize().follow()
    browser.answer(page)
    again = browser.answer(page)
    assert again.status_int == 400
    assert "This sign-in is finished" in again.text
    assert again.html.find("a", string="Go to Fabrikam Intranet")["href"] == f"{APP}/"


def test_only_the_browser_of_a_sign_in_is_told_that_it_is_finished(stage, browser):
    page = browser.authorize().follow()
    browser.answer(page)
    state = page.forms[0]["state"].value
    stranger = stage.browser().app.get("/u/login", {"state": state}, status=400)
    assert "finished, too old, or of another browser" in stranger.text


def test_a_form_that_was_sent_before_leads_to_where_the_sign_in_stands(browser):
    page = browser.authorize(acr_values=MFA_ACR).follow()
    code = browser.answer(page)
    state = page.forms[0]["state"].value
    again = browser.app.post("/u/consent", {"state": state})
    assert again.location == code.location


@pytest.mark.parametrize("asked", [{}, {"acr_values": MFA_ACR}])
def test_a_form_that_is_sent_twice_at_once_moves_the_sign_in_once(
    stage, browser, asked
):
    page = browser.authorize(**asked).follow()
    state, cookies = page.forms[0]["state"].value, dict(browser.app.cookies)
    fields = {"state": state, "username": OTP, "password": PASSWORD}

    def send(_):
        twin = TestApp(stage.app)
        for name, value in cookies.items():
            twin.set_cookie(name, value)
        return twin.post("/u/login", fields, status="*")

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(send, range(4)))
    assert {answer.status_int for answer in answers} <= {303, 400}
    assert not [a for a in answers if "This page has expired" in a.text]
    codes = [a for a in answers if a.location and a.location.startswith(CALLBACK)]
    assert len(codes) == (0 if asked else 1)


def test_a_login_under_way_expires(stage, browser):
    page = browser.authorize().follow()
    stage.clock.at += 3600
    assert browser.answer(page).status_int == 400


def test_the_second_factor_must_follow_within_five_minutes(stage, browser):
    page = browser.answer(browser.authorize(acr_values=MFA_ACR).follow()).follow()
    stage.clock.at += 300
    assert browser.answer(page).status_int == 400


def test_p37_two_tabs_keep_their_own_ways(stage, browser):
    stepping = browser.authorize(acr_values=MFA_ACR).follow()
    stepping = browser.answer(stepping).follow()
    plain = browser.sign_in()
    stepped = browser.through(browser.answer(stepping))
    assert "amr" not in read(stage.redeem(plain.code)["id_token"])
    assert read(stage.redeem(stepped.code)["id_token"])["amr"] == ["mfa"]


def test_signing_out_in_another_tab_ends_a_login_under_way(browser):
    page = browser.answer(browser.authorize(acr_values=MFA_ACR).follow()).follow()
    browser.app.get("/v2/logout")
    response = browser.answer(page)
    assert "/u/login" in response.location


def test_another_user_in_another_tab_does_not_finish_this_login(stage, browser):
    page = browser.answer(browser.authorize(acr_values=MFA_ACR).follow()).follow()
    browser.sign_in(NEW, prompt="login")
    response = browser.answer(page)
    assert "/u/login" in response.location or "/u/mfa-otp-enrollment" in (
        response.location
    )


# cookies and headers


@pytest.mark.promise("ASVS 7.2.4")
def test_the_session_cookie_is_new_at_every_proof(browser):
    browser.app.set_cookie("auth0", "planted")
    browser.answer(browser.authorize(acr_values=MFA_ACR).follow())
    first = browser.app.cookies["auth0"]
    browser.sign_in(acr_values=MFA_ACR)
    assert len({"planted", first, browser.app.cookies["auth0"]}) == 3


@pytest.mark.promise("ASVS 7.2.4")
def test_an_old_session_cookie_is_dead(stage, browser):
    browser.answer(browser.authorize(acr_values=MFA_ACR).follow())
    old = browser.app.cookies["auth0"]
    browser.sign_in(acr_values=MFA_ACR)
    thief = stage.browser()
    thief.app.set_cookie("auth0", old)
    query = callback_query(thief.authorize(prompt="none"))
    assert query["error"] == "login_required"


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(browser):
    response = browser.answer(browser.authorize().follow())
    cookies = response.headers.getall("Set-Cookie")
    assert {cookie.partition("=")[0] for cookie in cookies} == {"auth0"}
    for cookie in cookies:
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        assert "Path=/" in cookie
        assert "Secure" not in cookie


@pytest.mark.promise("ASVS 3.3.1")
def test_cookies_are_secure_over_https(seeded, tmp_path):
    shutil.copytree(seeded, tmp_path / "data")
    app = create_tenant(
        issuer="https://tenant.example/",
        folder=a_folder(tmp_path / "folder"),
        data_dir=tmp_path / "data",
        client_id="c",
        client_secret="s" * 40,
        app_base_url=APP,
        engine=Script(),
        logout_delivery=Letters(),
    )
    query = {"client_id": "c", "redirect_uri": CALLBACK, "response_type": "code"}
    response = TestApp(app).get("/authorize", query)
    assert all("Secure" in one for one in response.headers.getall("Set-Cookie"))
    assert response.headers["Strict-Transport-Security"].startswith("max-age=31536000")


@pytest.mark.parametrize("path", ["/u/login", "/oauth/token"])
def test_a_locked_store_is_503_and_no_door(stage, browser, tmp_path, path):
    state = browser.authorize().follow().forms[0]["state"].value
    (file,) = tmp_path.rglob("tenant.sqlite")
    lock = sqlite3.connect(file)
    lock.execute("BEGIN EXCLUSIVE")
    fields = {"state": state, "username": OTP, "password": PASSWORD}
    code = {"grant_type": "authorization_code", "code": "c", "code_verifier": "v"}
    client = {"client_id": CLIENT_ID, "client_secret": SECRET}
    sent = {**fields, **code, **client, "redirect_uri": CALLBACK}
    response = browser.app.post(path, sent, status=503, expect_errors=True)
    lock.rollback()
    lock.close()
    assert "auth0" not in browser.app.cookies
    assert response.status_int == 503
    assert browser.sign_in().code


ANSWERS = [
    ("GET", "/", 200),
    ("GET", "/healthz", 200),
    ("GET", "/phone", 200),
    ("GET", "/static/tenant.css", 200),
    ("GET", "/.well-known/openid-configuration", 200),
    ("GET", "/.well-known/jwks.json", 200),
    ("GET", "/nothing", 404),
    ("GET", "/authorize", 400),
    ("GET", "/userinfo", 401),
    ("PUT", "/authorize", 405),
    ("GET", "/oauth/token", 405),
    ("POST", "/oauth/token", 400),
    ("GET", "/u/login", 400),
    ("GET", "/v2/logout", 200),
    ("GET", "/_tenant/users", 200),
    ("GET", "/_tenant/nothing", 404),
    ("GET", "/authorize?scope=%ff", 400),
    ("TRACE", "/", 405),
]


@pytest.mark.promise("ASVS 3.4.3", "ASVS 3.4.6", "RFC 9700 4.16", "Clickjacking")
@pytest.mark.parametrize(("method", "path", "status"), ANSWERS)
def test_every_answer_wears_the_headers(stage, method, path, status):
    response = stage.program.request(path, method=method, status="*")
    assert response.status_int == status
    policy = response.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "base-uri 'none'" in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    cached = path.startswith("/static/")
    assert response.headers["Cache-Control"] == (
        "public, max-age=300" if cached else "no-store"
    )
    assert "Access-Control-Allow-Origin" not in response.headers


def test_redirects_wear_the_headers_as_well(browser):
    response = browser.authorize()
    assert response.status_int == 302
    assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
    assert response.headers["Cache-Control"] == "no-store"


def test_a_form_may_lead_to_the_application_and_nowhere_else(browser):
    policy = browser.authorize().follow().headers["Content-Security-Policy"]
    assert f"form-action 'self' {APP};" in policy


@pytest.mark.promise("RFC 9700 4.12")
def test_every_form_is_answered_with_303(browser):
    response = browser.authorize(acr_values=MFA_ACR).follow()
    for _ in range(2):
        answered = browser.answer(response)
        assert answered.status_int == 303
        if answered.location.startswith(CALLBACK):
            break
        response = answered.follow()


@pytest.mark.parametrize("path", ["/", "/phone", "/nothing", "/authorize", "/u/login"])
def test_every_page_says_that_it_is_a_local_test_tenant(stage, path):
    assert "Local test tenant" in stage.program.get(path, status="*").text


def test_every_field_has_a_label_and_every_page_a_language(browser):
    page = browser.authorize(acr_values=MFA_ACR).follow()
    pages = [page, browser.answer(page).follow()]
    for shown in pages:
        assert '<html lang="en">' in shown.text
        names = re.findall(r'<input id="(\w+)"', shown.text)
        assert names
        for name in names:
            assert f'<label for="{name}">' in shown.text


@pytest.mark.promise("RFC 9700 2.6", "Discovery 4.3")
def test_discovery_says_what_is_true(stage):
    said = stage.program.get("/.well-known/openid-configuration").json
    assert said["issuer"] == ISSUER
    assert said["authorization_response_iss_parameter_supported"] is True
    assert said["code_challenge_methods_supported"] == ["S256"]
    assert said["response_types_supported"] == ["code"]
    assert {"amr", "acr"}.isdisjoint(said["claims_supported"])
    assert "acr_values_supported" not in said
    own = [value for value in said.values() if str(value).startswith(ISSUER)]
    for address in own:
        path = "/" + address.removeprefix(ISSUER)
        assert stage.program.get(path, status="*").status_int != 404


def test_acr_values_are_published_where_the_folder_says_so(make_stage):
    stage = make_stage(files={"tenant": {"acr_values_supported": [MFA_ACR]}})
    said = stage.program.get("/.well-known/openid-configuration").json
    assert said["acr_values_supported"] == [MFA_ACR]


@pytest.mark.promise("ASVS 10.7.1", "ASVS 10.7.2")
def test_third_parties_need_consent_once(stage, browser):
    stage.add_client(client_id="third", is_first_party=False)
    first = browser.sign_in(client_id="third")
    assert first.pages == ["/u/login", "/u/consent"]
    assert browser.sign_in(client_id="third").pages == []
    more = browser.sign_in(client_id="third", scope="openid email")
    assert more.pages == ["/u/consent"]
    assert browser.sign_in(client_id="third", prompt="consent").pages == ["/u/consent"]


def test_declining_consent_is_access_denied(stage, browser):
    stage.add_client(client_id="third", is_first_party=False)
    page = browser.answer(browser.authorize(client_id="third").follow()).follow()
    query = callback_query(page.forms[0].submit("action", value="deny"))
    assert query["error"] == "access_denied"


def test_silent_login_of_a_third_party_without_consent(stage, browser):
    stage.add_client(client_id="third", is_first_party=False)
    browser.sign_in()
    response = browser.authorize(client_id="third", prompt="none")
    assert callback_query(response)["error"] == "consent_required"
