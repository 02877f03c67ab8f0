"""The authorization code flow, from `/authorize` to `/userinfo`, and all it refuses."""

from __future__ import annotations

import base64
import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import jwt
import pytest
from webtest import TestApp

from fabrikam.tenant import MFA_ACR, TenantLifetimes
from fabrikam.tenant.scripts import Engine, read_folder
from tests.tenant.builders import (
    APP,
    BLOCKED,
    CALLBACK,
    CLIENT_ID,
    HOUSE,
    ISSUER,
    NEW,
    NOW,
    OTP,
    PUSH,
    SECRET,
    VERIFIER,
    callback_query,
    read,
    shipped,
)


@pytest.fixture(params=["before", "during", "after"])
def real_stage(request, make_stage, tmp_path):
    """The shipped folders with their scripts in real Node."""
    folder = shipped(request.param, tmp_path / request.param)
    stage = make_stage(folder, engine=Engine(read_folder(folder)))
    stage.mechanism = request.param
    return stage


def test_a_plain_login_asks_for_the_password_only(real_stage):
    arrival = real_stage.browser().sign_in()
    assert arrival.pages == ["/u/login"]
    claims = read(real_stage.redeem(arrival.code)["id_token"])
    assert "amr" not in claims
    assert claims.get("authentication_level") in ("normal", None)


@pytest.mark.parametrize(
    ("folder", "asked", "proved"),
    [
        ("before", {"scope": "openid step_up"}, ("mfa",    ["mfa"])),
        ("before", {"acr_values": MFA_ACR},     ("normal", None)),
        ("during", {"scope": "openid step_up"}, ("mfa",    ["mfa"])),
        ("during", {"acr_values": MFA_ACR},     ("normal", ["mfa"])),
        ("after",  {"scope": "openid step_up"}, (None,     None)),
        ("after",  {"acr_values": MFA_ACR},     (None,     ["mfa"])),
    ],
)  # fmt: skip
def test_each_folder_steps_up_by_its_own_mechanism(
    make_stage, tmp_path, folder, asked, proved
):
    root = shipped(folder, tmp_path / "folder")
    stage = make_stage(root, engine=Engine(read_folder(root)))
    arrival = stage.browser().sign_in(**asked)
    claims = read(stage.redeem(arrival.code)["id_token"])
    assert (claims.get("authentication_level"), claims.get("amr")) == proved
    challenged = "/u/mfa-otp-challenge" in arrival.pages
    assert challenged is ("amr" in claims) is ("acr" in claims)


def test_the_legacy_pipeline_shows_the_rules_attribute_in_userinfo(
    make_stage, tmp_path
):
    root = shipped("before", tmp_path / "folder")
    stage = make_stage(root, engine=Engine(read_folder(root)))
    tokens = stage.browser().tokens(scope="openid step_up")
    assert stage.userinfo(tokens["access_token"])["authentication_level"] == "mfa"


def test_a_first_step_up_enrols_whoever_has_no_factor(stage, browser):
    arrival = browser.sign_in(NEW, acr_values=MFA_ACR)
    assert arrival.pages[:2] == ["/u/login", "/u/mfa-otp-enrollment"]
    assert read(stage.redeem(arrival.code)["id_token"])["amr"] == ["mfa"]
    stage.clock.at += 60
    again = stage.browser().sign_in(NEW, acr_values=MFA_ACR)
    assert again.pages == ["/u/login", "/u/mfa-otp-challenge"]


def test_a_push_user_allows_on_the_phone(stage, browser):
    arrival = browser.sign_in(PUSH, acr_values=MFA_ACR)
    assert arrival.pages == ["/u/login", "/u/mfa-push-challenge-push"]
    assert read(stage.redeem(arrival.code)["id_token"])["amr"] == ["mfa"]


def test_a_blocked_user_is_refused(browser):
    arrival = browser.sign_in(BLOCKED)
    assert arrival.query["error"] == "unauthorized"
    assert arrival.query["error_description"] == "user is blocked"


def test_single_sign_on_asks_for_nothing_again(browser):
    browser.sign_in()
    assert browser.sign_in().pages == []


def test_a_step_up_in_a_session_asks_for_the_factor_only(browser):
    browser.sign_in()
    assert browser.sign_in(acr_values=MFA_ACR).pages == ["/u/mfa-otp-challenge"]


def test_silent_login_without_a_session_is_login_required(browser):
    query = callback_query(browser.authorize(prompt="none"))
    assert query["error"] == "login_required"
    assert query["error_description"] == "Login required"
    assert query["state"] == "a-state"
    assert query["iss"] == ISSUER


@pytest.mark.promise("33")
def test_silent_login_with_a_session_gives_a_code_without_amr(stage, browser):
    browser.sign_in(acr_values=MFA_ACR)
    code = callback_query(browser.authorize(prompt="none"))["code"]
    assert "amr" not in read(stage.redeem(code)["id_token"])


@pytest.mark.promise("OIDC 3.1.2.6", "RFC 9470 5")
def test_silent_step_up_is_refused(browser):
    browser.sign_in()
    query = callback_query(browser.authorize(prompt="none", acr_values=MFA_ACR))
    assert query["error"] == "login_required"
    assert query["error_description"] == "Multifactor authentication required"


@pytest.mark.promise("10")
def test_leaving_at_the_second_factor_leaves_a_session_of_the_first(browser):
    response = browser.authorize(acr_values=MFA_ACR).follow()
    browser.answer(response)
    assert browser.sign_in().pages == []
    assert browser.sign_in(acr_values=MFA_ACR).pages == ["/u/mfa-otp-challenge"]


def test_the_id_token_is_signed_by_the_published_key(stage, browser):
    token = browser.tokens()["id_token"]
    keys = jwt.PyJWKSet.from_dict(stage.program.get("/.well-known/jwks.json").json)
    key = keys[jwt.get_unverified_header(token)["kid"]]
    claims = jwt.decode(
        token,
        key,
        algorithms=["RS256"],
        audience=CLIENT_ID,
        issuer=ISSUER,
        options={"verify_exp": False, "verify_iat": False},
    )
    assert claims["nonce"] == "a-nonce"
    assert claims["exp"] - claims["iat"] == 36_000
    assert claims["iat"] == NOW


@pytest.mark.promise("OIDC 3.1.3.8")
def test_at_hash_binds_the_access_token(stage, browser):
    tokens = browser.tokens()
    digest = jwt.algorithms.RSAAlgorithm(
        jwt.algorithms.RSAAlgorithm.SHA256
    ).compute_hash_digest(tokens["access_token"].encode())
    expected = jwt.utils.base64url_encode(digest[:16]).decode()
    assert read(tokens["id_token"])["at_hash"] == expected


@pytest.mark.promise("RFC 9700 2.1.1", "RFC 9700 4.8.2", "RFC 7636 4.6", "ASVS 10.4.10")
@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_verifier": ...},            "invalid_request"),
        ({"code_verifier": "w" * 43},       "invalid_grant"),
        ({"redirect_uri": CALLBACK + "/"},  "invalid_grant"),
        ({"redirect_uri": ...},             "invalid_request"),
        ({"client_secret": "wrong"},        "access_denied"),
        ({"client_id": "nobody"},           "access_denied"),
        ({"code": "made-up"},               "invalid_grant"),
        ({"grant_type": "implicit"},        "unsupported_grant_type"),
        ({"client_id": "other"},            "invalid_grant"),
    ],
)  # fmt: skip
def test_a_code_is_bound_to_client_address_and_verifier(stage, browser, changes, error):
    stage.add_client()
    code = browser.sign_in().code
    said = stage.redeem(**{"code": code, "status": "*", **changes})
    assert said["error"] == error


@pytest.mark.parametrize(
    ("changes", "status", "description"),
    [
        ({"code": "made-up"},         403, "Invalid authorization code"),
        ({"client_secret": "wrong"},  401, "Unauthorized"),
        ({"code_verifier": "w" * 43}, 403, "Failed to verify code verifier"),
    ],
)  # fmt: skip
def test_token_errors_have_auth0s_words(stage, browser, changes, status, description):
    code = browser.sign_in().code
    fields = {"grant_type": "authorization_code", "redirect_uri": CALLBACK}
    usual = {"code": code, "code_verifier": VERIFIER}
    response = stage.token(status, **{**fields, **usual, **changes})
    assert response.json["error_description"] == description


@pytest.mark.promise("RFC 9700 4.8.2")
def test_a_verifier_without_a_challenge_is_refused(stage, browser):
    arrival = browser.sign_in(code_challenge=..., code_challenge_method=...)
    assert stage.redeem(arrival.code, 403)["error"] == "invalid_grant"


def test_a_confidential_client_may_do_without_pkce(stage, browser):
    arrival = browser.sign_in(code_challenge=..., code_challenge_method=...)
    assert "id_token" in stage.redeem(arrival.code, code_verifier=...)


def test_a_public_client_must_use_pkce(stage, browser):
    stage.add_client(client_id="public", token_endpoint_auth_method="none")
    response = browser.authorize(
        client_id="public", code_challenge=..., code_challenge_method=...
    )
    assert callback_query(response)["error"] == "invalid_request"
    arrival = browser.sign_in(client_id="public")
    said = stage.redeem(arrival.code, client_id="public", client_secret=...)
    assert read(said["id_token"])["aud"] == "public"


@pytest.mark.promise("ASVS 10.4.3")
def test_a_code_lives_for_a_minute(stage, browser):
    code = browser.sign_in().code
    stage.clock.at += TenantLifetimes().code
    assert stage.redeem(code, 403)["error"] == "invalid_grant"


@pytest.mark.promise("53", "ASVS 10.4.2", "RFC 9700 4.2.4")
def test_a_replayed_code_ends_what_it_gave(stage, browser):
    code = browser.sign_in().code
    tokens = stage.redeem(code)
    stage.userinfo(tokens["access_token"])
    stage.redeem(code, 403)
    stage.userinfo(tokens["access_token"], 401)


@pytest.mark.promise("53", "ASVS 10.4.2", "ASVS 15.4.2")
def test_of_a_hundred_redeemers_one_gets_the_tokens(stage, browser):
    code = browser.sign_in().code
    fields = {
        "grant_type": "authorization_code",
        "client_id": CLIENT_ID,
        "client_secret": SECRET,
        "code": code,
        "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER,
    }

    def redeem(_: int) -> int:
        return TestApp(stage.app).post("/oauth/token", fields, status="*").status_int

    with ThreadPoolExecutor(20) as pool:
        statuses = sorted(pool.map(redeem, range(100)))
    assert statuses == [200] + [403] * 99


@pytest.mark.promise(
    "ASVS 10.4.1", "RFC 9700 2.1", "RFC 9700 4.1.3", "RFC 9700 4.11", "Open redirect"
)
@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "nobody"},
        {"client_id": ...},
        {"redirect_uri": ...},
        {"redirect_uri": CALLBACK + "/"},
        {"redirect_uri": CALLBACK + "?a=b"},
        {"redirect_uri": "http://localhost:3000/callback#x"},
        {"redirect_uri": "http://localhost:3001/callback"},
        {"redirect_uri": "http://evil.example/callback"},
        {"redirect_uri": "javascript:alert(1)"},
        {"redirect_uri": [CALLBACK, "http://evil.example/"]},
        {"client_id": [CLIENT_ID, "other"]},
    ],
)
def test_unknown_clients_and_addresses_see_a_page_and_no_redirect(browser, changes):
    response = browser.authorize(400, **changes)
    assert "Location" not in response.headers
    assert "This sign-in cannot start" in response.text


@pytest.mark.promise(
    "12",
    "ASVS 10.4.6",
    "ASVS 10.4.12",
    "ASVS 10.6.1",
    "RFC 9700 2.1.2",
    "RFC 7636 4.4.1",
    "OIDC 3.1.2.6",
    "ASVS 15.3.7",
    "RFC 9207 2.4",
)
@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"},                 "unsupported_response_type"),
        ({"response_type": "code id_token"},         "unsupported_response_type"),
        ({"response_type": ...},                     "invalid_request"),
        ({"code_challenge_method": "plain"},         "invalid_request"),
        ({"code_challenge_method": ...},             "invalid_request"),
        ({"acr_values": [MFA_ACR, MFA_ACR]},         "invalid_request"),
        ({"state": ["a", "b"]},                      "invalid_request"),
        ({"max_age": "soon"},                        "invalid_request"),
        ({"max_age": "-1"},                          "invalid_request"),
        ({"prompt": "none login"},                   "invalid_request"),
        ({"prompt": "often"},                        "invalid_request"),
        ({"response_mode": "web_message"},           "invalid_request"),
        ({"request": "a.b.c"},                       "request_not_supported"),
        ({"request_uri": "urn:x"},                   "request_uri_not_supported"),
        ({"audience": "urn:nobody"},                 "access_denied"),
    ],
)  # fmt: skip
def test_other_mistakes_go_back_to_the_client(browser, changes, error):
    query = callback_query(browser.authorize(**changes))
    assert query["error"] == error
    assert query["iss"] == ISSUER


@pytest.mark.promise("RFC 9700 4.15")
@pytest.mark.parametrize(
    "parameter", ["user", "scopes", "client", "extra_credentials", "unknown", "token"]
)
def test_parameters_that_libraries_mistake_for_their_own_change_nothing(
    stage, browser, parameter
):
    arrival = browser.sign_in(**{parameter: "admin"})
    said = stage.redeem(arrival.code, **{parameter: "admin"})
    assert said["scope"] == "openid"


def test_authorize_may_be_posted(browser):
    query = browser.authorize(302).request.query_string
    response = browser.app.post("/authorize", query)
    assert response.status_int == 303
    assert browser.through(response).query["state"] == "a-state"


@pytest.fixture
def framing(stage):
    """A client that asks silently from inside its own page."""
    stage.add_client(client_id="framing", web_origins=[APP])
    return {
        "client_id": "framing",
        "prompt": "none",
        "response_mode": "web_message",
    }


@pytest.mark.promise("RFC 9700 4.17")
def test_a_silent_login_may_be_answered_by_a_message(stage, browser, framing):
    browser.sign_in()
    shown = browser.authorize(**framing)
    answer = shown.html.find(id="answer")
    told = json.loads(answer["data-response"])
    assert answer["data-origin"] == APP
    assert told["state"] == "a-state"
    assert told["iss"] == ISSUER
    assert stage.redeem(told["code"], client_id="framing")["id_token"]


def test_a_message_tells_errors_as_well(browser, framing):
    answer = browser.authorize(**framing).html.find(id="answer")
    assert json.loads(answer["data-response"])["error"] == "login_required"


@pytest.mark.promise("RFC 9700 4.16")
def test_the_page_of_a_message_is_framed_by_its_origin_only(browser, framing):
    shown = browser.authorize(**framing)
    policy = shown.headers["Content-Security-Policy"]
    assert f"frame-ancestors {APP}" in policy
    assert "X-Frame-Options" not in shown.headers
    script = shown.html.find("script").string
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy
    assert "a-state" not in script


@pytest.mark.parametrize(
    "changes",
    [
        {"web_origins": []},
        {"web_origins": ["https://elsewhere.example"]},
        {"web_origins": [f"{APP}.evil.example"]},
    ],
)
def test_no_message_goes_to_an_origin_that_is_not_registered(
    stage, browser, framing, changes
):
    stage.add_client(client_id="framing", **changes)
    query = callback_query(browser.authorize(**framing))
    assert query["error"] == "invalid_request"
    assert (
        "frame-ancestors 'none'"
        in (browser.authorize(**framing).headers["Content-Security-Policy"])
    )


def test_a_message_is_for_silent_logins(browser, framing):
    del framing["prompt"]
    answer = browser.authorize(**framing).html.find(id="answer")
    assert json.loads(answer["data-response"])["error"] == "invalid_request"


def test_a_language_is_told_to_scripts_in_the_query_and_changes_nothing(stage, browser):
    asked = {"ui_locales": "de", "display": "popup"}
    assert "code" in browser.sign_in(**asked).query
    query = stage.script.seen[-1].query
    assert {name: query[name] for name in asked} == asked


def test_form_post_answers_by_a_form(stage, browser):
    response = browser.authorize(response_mode="form_post").follow()
    page = browser.answer(response)
    form = page.forms[0]
    assert form.action == CALLBACK
    assert form["state"].value == "a-state"
    assert form["iss"].value == ISSUER
    assert "id_token" in stage.redeem(form["code"].value)


def test_the_fragment_may_carry_the_answer(browser):
    response = browser.authorize(response_mode="fragment", prompt="none")
    assert response.location.startswith(f"{CALLBACK}#error=login_required")


@pytest.mark.promise("OIDC 3.1.2.1")
def test_prompt_login_asks_again_and_says_when(stage, browser):
    browser.sign_in()
    stage.clock.at += 100
    arrival = browser.sign_in(prompt="login")
    assert arrival.pages == ["/u/login"]
    claims = read(stage.redeem(arrival.code)["id_token"])
    assert claims["auth_time"] == NOW + 100


@pytest.mark.promise("OIDC 3.1.2.1")
@pytest.mark.parametrize(
    ("max_age", "pages"),
    [("10000", []), ("100", []), ("99", ["/u/login"]), ("0", ["/u/login"])],
)
def test_max_age_asks_for_an_old_password_again(stage, browser, max_age, pages):
    browser.sign_in()
    stage.clock.at += 100
    arrival = browser.sign_in(max_age=max_age)
    assert arrival.pages == pages
    assert "auth_time" in read(stage.redeem(arrival.code)["id_token"])


def test_max_age_of_nothing_asks_within_the_same_second(browser):
    browser.sign_in()
    assert browser.sign_in(max_age="0").pages == ["/u/login"]


def test_userinfo_wants_a_living_token(stage, browser):
    access_token = browser.tokens()["access_token"]
    assert stage.userinfo(access_token)["sub"] == "auth0|otp"
    assert stage.userinfo("made-up", 401) == {"error": "invalid_token"}
    stage.clock.at += 86_400
    stage.userinfo(access_token, 401)


def test_userinfo_takes_the_token_of_a_form(stage, browser):
    token = browser.tokens()["access_token"]
    said = stage.program.post("/userinfo", {"access_token": token}).json
    assert said["sub"] == "auth0|otp"


@pytest.mark.promise("ASVS 9.2.2", "48")
def test_an_id_token_is_no_access_token(stage, browser):
    stage.userinfo(browser.tokens()["id_token"], 401)


@pytest.mark.promise("ASVS 7.4.2")
def test_userinfo_ends_when_the_user_is_blocked(stage, browser):
    access_token = browser.tokens()["access_token"]
    stage.control("users", email=OTP, blocked=True)
    stage.userinfo(access_token, 401)


def test_a_client_may_authenticate_by_header(stage, browser):
    code = browser.sign_in().code
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER,
    }
    stage.program.authorization = ("Basic", (CLIENT_ID, SECRET))
    said = stage.program.post("/oauth/token", urlencode(fields)).json
    assert "id_token" in said


def test_a_client_may_send_json(stage, browser):
    fields = {
        "grant_type": "authorization_code",
        "client_id": CLIENT_ID,
        "client_secret": SECRET,
        "code": browser.sign_in().code,
        "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER,
    }
    assert "id_token" in stage.program.post_json("/oauth/token", fields).json


def test_the_shipped_folders_are_where_the_tests_think():
    assert {path.name for path in (HOUSE / "rules").iterdir()} >= {"before", "after"}
