"""Signing in, stepping up, coming back: through every route of the intranet."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, quote_plus, urlsplit

import pytest
from bottle import HTTPResponse

from fabrikam.stepup import MFA_ACR, Both, Either, Legacy, Modern
from tests.builders import (
    CLIENT_ID,
    ISSUER,
    NOW,
    SECRET,
    claims,
    id_token,
    jwk,
    private_key,
)

LEVEL = "authentication_level"


def cookie(session_id: str) -> dict[str, str]:
    return {"Cookie": f"intranet_session={session_id}"}


def query_of(response) -> dict[str, str]:
    return {k: v[0] for k, v in parse_qs(urlsplit(response.location).query).items()}


def test_the_start_page_needs_nothing(intranet):
    page = intranet.browser.get("/", status=200)
    assert "Sign in" in page


@pytest.mark.parametrize(
    "address",
    ["/customers", "/employees", "/employees/7", "/profile", "/compare"],
)
def test_a_stranger_is_sent_to_sign_in_and_back(intranet, address):
    response = intranet.browser.get(address, {"q": "x"}, status=303)
    assert response.location.endswith(
        f"/login?return_to={address.replace('/', '%2F')}%3Fq%3Dx"
    )


@pytest.mark.promise("ASVS 10.2.1", "ASVS 10.2.3", "RFC 9700 2.1.1", "RFC 7636 4.1")
def test_a_login_asks_with_state_nonce_and_pkce(intranet):
    departure = intranet.browser.get("/login", status=303)
    assert departure.location.startswith(ISSUER + "authorize?")
    sent = query_of(departure)
    assert sent["response_type"] == "code"
    assert sent["client_id"] == CLIENT_ID
    assert sent["redirect_uri"] == "http://localhost:3000/callback"
    assert sent["scope"] == "openid profile email"
    assert sent["code_challenge_method"] == "S256"
    assert min(len(sent[name]) for name in ("state", "nonce", "code_challenge")) >= 43
    assert "acr_values" not in sent


@pytest.mark.promise("ASVS 10.1.2", "RFC 7636 4.1")
def test_two_logins_share_no_secret(intranet):
    first, second = (query_of(intranet.browser.get("/login")) for _ in range(2))
    for name in ("state", "nonce", "code_challenge"):
        assert first[name] != second[name]


@pytest.mark.promise("ASVS 6.3.3", "ASVS 6.8.4")
def test_a_login_opens_customers_and_leaves_employees_shut(intranet):
    arrival = intranet.sign_in()
    assert (arrival.status_code, arrival.location) == (
        303,
        "/customers",
    )
    assert "200" in intranet.browser.get("/customers", status=200)
    response = intranet.browser.get("/employees", status=303)
    assert response.location.endswith("/login/mfa?return_to=%2Femployees")


@pytest.mark.promise("ASVS 7.5.3", "ASVS 8.2.3")
@pytest.mark.parametrize(
    ("strategy", "asked", "proof"),
    [
        (Legacy(),                   {"scope": "openid step_up"},                           {LEVEL: "mfa"}),
        (Modern(),                   {"scope": "openid profile email", "acr_values": MFA_ACR}, {"amr": ["mfa"]}),
        (Both(Legacy(), Modern()),   {"scope": "openid step_up", "acr_values": MFA_ACR},    {LEVEL: "mfa", "amr": ["mfa"]}),
        (Either(Legacy(), Modern()), {"scope": "openid step_up", "acr_values": MFA_ACR},    {LEVEL: "mfa"}),
        (Either(Legacy(), Modern()), {"scope": "openid step_up", "acr_values": MFA_ACR},    {"amr": ["mfa"]}),
    ],
)  # fmt: skip
def test_a_step_up_opens_employees_by_every_strategy(
    make_intranet, strategy, asked, proof
):
    intranet = make_intranet(strategy=strategy)
    intranet.sign_in()
    departure = intranet.browser.get("/employees").follow()
    sent = query_of(departure)
    assert {name: sent.get(name) for name in asked} == asked
    intranet.tenant.login = proof
    arrival = intranet.come_back(departure)
    assert arrival.location.endswith("/employees")
    assert "Salary" in arrival.follow(status=200)


@pytest.mark.promise("5", "8", "OIDC 5.5.1.1", "ASVS 16.5.3")
@pytest.mark.parametrize(
    ("strategy", "proof", "code"),
    [
        (Modern(), {},                                   "step-up-amr-missing"),
        (Modern(), {"amr": "mfa"},                       "step-up-amr-malformed"),
        (Modern(), {"amr": ["pwd"]},                     "step-up-amr-mismatch"),
        (Modern(), {LEVEL: "mfa"},                       "step-up-amr-missing"),
        (Legacy(), {},                                   "step-up-authentication-level-missing"),
        (Legacy(), {LEVEL: "normal"},                    "step-up-authentication-level-mismatch"),
        (Legacy(), {"amr": ["mfa"]},                     "step-up-authentication-level-missing"),
        (Both(Legacy(), Modern()), {LEVEL: "mfa"},       "step-up-amr-missing"),
        (Either(Legacy(), Modern()), {"amr": ["pwd"]},   "step-up-authentication-level-missing"),
    ],
)  # fmt: skip
def test_a_step_up_that_brought_nothing_ends_at_a_page(
    make_intranet, strategy, proof, code
):
    intranet = make_intranet(strategy=strategy)
    intranet.sign_in()
    arrival = intranet.step_up(**proof)
    assert arrival.status_code == 403
    assert code in arrival
    assert "Location" not in arrival.headers
    for name, value in strategy.ask().items():
        assert f"{name}={value}" in arrival
    assert intranet.browser.get("/customers", status=200)
    assert intranet.browser.get("/employees", status=303)


@pytest.mark.promise("33")
def test_a_factor_that_is_old_at_once_ends_at_a_page_and_not_in_a_circle(
    make_intranet,
):
    intranet = make_intranet(max_age=1)
    intranet.sign_in()
    asked = 0
    response = intranet.browser.get("/employees")
    while response.status_code == 303:
        if response.location.startswith(ISSUER):
            asked += 1
            assert asked <= 2
            intranet.tenant.login = {"amr": ["mfa"]}
            response = intranet.come_back(response)
            intranet.later(2)
        else:
            response = intranet.browser.get(response.location, status="*")
    assert asked == 2
    assert "step-up-iat-expired" in response
    again = intranet.browser.get("/employees", status=303)
    assert again.location.startswith("/login/mfa")


def test_a_session_that_is_lost_at_once_ends_at_a_page_and_not_in_a_circle(
    make_intranet,
):
    intranet = make_intranet(evidence_seconds=1)
    for status in (303, 403):
        arrival = intranet.sign_in()
        intranet.later(2)
        page = intranet.browser.get(arrival.location, status=status)
    assert "signed out again" in page
    assert intranet.browser.get("/customers", status=303).location.startswith("/login")


@pytest.mark.promise("33")
def test_a_step_up_in_vain_keeps_what_was_proved_before(intranet):
    intranet.sign_in()
    intranet.step_up(amr=["mfa"])
    assert intranet.step_up().status_code == 403
    assert intranet.browser.get("/employees", status=200)


def test_a_plain_login_afterwards_is_only_a_plain_login(intranet):
    intranet.sign_in()
    intranet.step_up(amr=["mfa"])
    intranet.sign_in()
    assert intranet.browser.get("/employees", status=303)


def test_a_stranger_may_step_up_at_once(intranet):
    assert intranet.step_up(amr=["mfa"]).location.endswith("/employees")
    assert intranet.browser.get("/employees", status=200)


def test_a_strangers_step_up_in_vain_is_at_least_a_login(intranet):
    assert intranet.step_up().status_code == 403
    assert intranet.browser.get("/customers", status=200)


@pytest.mark.promise("67", "ASVS 7.2.4", "WSTG-SESS-03")
def test_every_sign_in_gets_a_new_session_and_ends_the_old_one(intranet):
    intranet.sign_in()
    before = intranet.browser.cookies["intranet_session"]
    intranet.step_up(amr=["mfa"])
    after = intranet.browser.cookies["intranet_session"]
    assert before != after
    stranger = intranet.new_browser()
    assert stranger.get("/customers", headers=cookie(after), status=200)
    assert stranger.get("/customers", headers=cookie(before), status=303)


@pytest.mark.promise("3", "RFC 9700 update", "ASVS 10.5.2")
def test_somebody_else_cannot_finish_a_step_up(intranet):
    intranet.sign_in()
    arrival = intranet.step_up(sub="auth0|ben", amr=["mfa"])
    assert arrival.status_code == 403
    assert "Somebody else" in arrival
    assert "Ann Otieno" in intranet.browser.get("/profile", status=200)
    assert intranet.browser.get("/employees", status=303)


@pytest.mark.promise("69")
def test_somebody_else_who_signs_in_takes_nothing_over(intranet):
    intranet.sign_in()
    intranet.step_up(amr=["mfa"])
    intranet.sign_in(sub="auth0|ben", name="Ben Ito", email="ben@fabrikam.example")
    assert "Ben Ito" in intranet.browser.get("/profile", status=200)
    assert intranet.browser.get("/employees", status=303)


def test_somebody_else_without_a_name_is_not_called_by_the_first_ones(intranet):
    intranet.sign_in()
    intranet.later(1_000)
    intranet.sign_in(sub="auth0|ben", name=..., email=...)
    page = intranet.browser.get("/profile", status=200)
    assert "auth0|ben" in page
    assert "Ann Otieno" not in page


def test_a_plain_login_to_a_sensitive_page_goes_on_to_the_step_up(intranet):
    arrival = intranet.sign_in(to="/employees")
    assert arrival.location == "/employees"
    departure = arrival.follow(status=303)
    assert departure.location == "/login/mfa?return_to=%2Femployees"


def test_a_level_of_userinfo_opens_employees(make_intranet):
    intranet = make_intranet(strategy=Legacy(source="userinfo"))
    intranet.tenant.userinfo = {"sub": "auth0|ann", LEVEL: "mfa"}
    assert intranet.step_up().follow(status=200)


def test_the_name_survives_a_step_up_whose_token_does_not_say_it(intranet):
    intranet.sign_in()
    intranet.step_up(amr=["mfa"], name=..., email=...)
    assert "Ann Otieno" in intranet.browser.get("/employees", status=200)


def test_the_profile_shows_the_level_and_the_verified_claims(intranet):
    intranet.sign_in()
    assert "normal" in intranet.browser.get("/profile")
    intranet.step_up(amr=["mfa"])
    page = intranet.browser.get("/profile")
    assert "mfa" in page
    assert "auth0|ann" in page


@pytest.mark.promise("13")
def test_another_strategy_does_not_believe_what_was_proved_for_the_first(make_intranet):
    before = make_intranet(strategy=Legacy())
    before.sign_in()
    before.step_up(**{LEVEL: "mfa", "amr": ["mfa"]})
    assert before.browser.get("/employees", status=200)
    after = make_intranet(strategy=Modern())
    same = cookie(before.browser.cookies["intranet_session"])
    assert after.new_browser().get("/customers", headers=same, status=200)
    assert after.new_browser().get("/employees", headers=same, status=303)


# --- what the browser brings back ------------------------------------------------


@pytest.mark.parametrize(
    ("error", "said", "title", "button"),
    [
        ("access_denied", "The user cancelled the login", "You stopped the sign-in",          "/employees?q=a"),
        ("access_denied", "no such role",                 "The sign-in service said no",      "/employees?q=a"),
        ("unauthorized",  "user is blocked",              "Your account is blocked",          "/logout"),
    ],
)  # fmt: skip
def test_a_no_of_the_tenant_says_whose_it_was_and_leads_on(
    intranet, error, said, title, button
):
    departure = intranet.browser.get("/login", {"return_to": "/employees?q=a"})
    changes = {"code": ..., "error": error, "error_description": said}
    page = intranet.come_back(departure, **changes)
    assert title in page
    assert f'<a class="button" href="{button}">' in page


@pytest.mark.promise(
    "57", "58", "59", "RFC 9207 2.4", "RFC 9700 4.4.2", "Mix-up", "ASVS 10.2.2"
)
@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        ({"state": "never-begun"},                             400, "cannot be finished"),
        ({"state": ...},                                       400, "cannot be finished"),
        ({"code": ...},                                        400, "cannot be finished"),
        ({"code": ""},                                         400, "cannot be finished"),
        ({"iss": ...},                                         400, "our sign-in service"),
        ({"iss": "http://evil.example/"},                      400, "our sign-in service"),
        ({"iss": ISSUER.rstrip("/")},                          400, "our sign-in service"),
        ({"error": "access_denied"},                           400, "cannot be finished"),
        ({"code": ..., "error": "access_denied",
          "error_description": "<b>no"},                       403, "&lt;b&gt;no"),
        ({"code": ..., "error": "login_required"},             403, "login_required"),
        ({"code": "c" * 5000},                                 400, "cannot be finished"),
    ],
)  # fmt: skip
def test_an_answer_that_is_not_good_gets_its_own_page(intranet, changes, status, said):
    intranet.tenant.login = {"amr": ["mfa"]}
    departure = intranet.browser.get("/login/mfa", {"return_to": "/employees"})
    arrival = intranet.come_back(departure, **changes)
    assert arrival.status_code == status
    assert said in arrival.text
    assert intranet.tenant.redeemed == []
    assert "intranet_session" not in intranet.browser.cookies


@pytest.mark.promise("57", "ASVS 15.3.7")
def test_a_parameter_that_stands_twice_is_refused(intranet):
    departure = intranet.browser.get("/login")
    parameters = list(intranet.tenant.answer(departure.location).items())
    arrival = intranet.browser.get(
        "/callback", [*parameters, ("code", "another")], status=400
    )
    assert "cannot be finished" in arrival
    assert intranet.tenant.redeemed == []


@pytest.mark.promise("53", "54", "56")
def test_a_callback_is_good_for_one_time(intranet):
    departure = intranet.browser.get("/login", {"return_to": "/profile"})
    intranet.come_back(departure)
    again = intranet.come_back(departure)
    assert again.location.endswith("/profile")
    assert len(intranet.tenant.redeemed) == 1
    intranet.browser.get("/logout")
    assert intranet.come_back(departure).status_code == 400
    assert len(intranet.tenant.redeemed) == 1


@pytest.mark.promise(
    "54", "61", "Login CSRF", "RFC 9700 4.7.1", "ASVS 10.1.2", "ASVS 10.2.1"
)
def test_a_callback_belongs_to_the_browser_that_left(intranet):
    departure = intranet.browser.get("/login")
    stranger = intranet.new_browser()
    assert intranet.come_back(departure, stranger).status_code == 400
    stranger.get("/login")
    assert intranet.come_back(departure, stranger).status_code == 400
    assert intranet.tenant.redeemed == []
    assert intranet.come_back(departure).status_code == 303


@pytest.mark.promise("54")
def test_a_callback_that_comes_too_late_is_refused(intranet):
    departure = intranet.browser.get("/login")
    intranet.later(600)
    assert intranet.come_back(departure).status_code == 400


@pytest.mark.promise("60")
def test_a_step_up_ends_with_the_session_that_began_it(intranet):
    intranet.sign_in()
    departure = intranet.browser.get("/login/mfa", {"return_to": "/employees"})
    intranet.browser.get("/logout")
    intranet.tenant.login = {"amr": ["mfa"]}
    arrival = intranet.come_back(departure)
    assert arrival.status_code == 400
    assert "session that asked for it has ended" in arrival
    assert intranet.browser.get("/employees", status=303)


@pytest.mark.promise("55")
def test_a_step_up_of_an_earlier_session_ends_at_a_page_for_the_later_one(intranet):
    intranet.sign_in()
    departure = intranet.browser.get("/login/mfa", {"return_to": "/employees"})
    intranet.browser.get("/logout")
    intranet.sign_in()
    intranet.tenant.login = {"amr": ["mfa"]}
    assert intranet.come_back(departure).status_code == 400
    assert intranet.browser.get("/employees", status=303)


def test_a_login_that_was_begun_before_another_one_ends_well(intranet):
    first = intranet.browser.get("/login", {"return_to": "/profile"})
    intranet.sign_in()
    assert intranet.come_back(first).location == "/profile"


def test_another_browser_does_not_learn_where_a_callback_led(intranet):
    departure = intranet.browser.get("/login", {"return_to": "/employees/7"})
    intranet.come_back(departure)
    other = intranet.new_browser()
    intranet.sign_in(other, sub="auth0|ben")
    arrival = other.get(
        "/callback", intranet.tenant.answer(departure.location), status=400
    )
    assert "Location" not in arrival.headers


def test_the_store_alone_finishes_no_sign_in(intranet, tmp_path):
    intranet.browser.get("/login")
    browser_id = intranet.browser.cookies["intranet_browser"]
    files = [path.read_bytes() for path in tmp_path.glob("intranet.sqlite*")]
    assert files
    assert not any(browser_id.encode() in file for file in files)


@pytest.mark.promise("55")
def test_two_tabs_may_step_up_at_once(intranet):
    intranet.sign_in()
    intranet.tenant.login = {"amr": ["mfa"]}
    tabs = [
        intranet.browser.get("/login/mfa", {"return_to": to})
        for to in ("/employees", "/employees/7")
    ]
    ends = [intranet.come_back(tab).location for tab in tabs]
    assert [urlsplit(end).path for end in ends] == ["/employees", "/employees/7"]
    assert intranet.browser.get("/employees", status=200)


@pytest.mark.promise("55", "F12")
def test_a_browser_has_ten_sign_ins_under_way_at_the_most(intranet):
    departures = []
    for _ in range(11):
        departures.append(intranet.browser.get("/login"))
        intranet.later(1)
    assert intranet.come_back(departures[0]).status_code == 400
    assert intranet.come_back(departures[1]).status_code == 303


# --- what the tenant says --------------------------------------------------------


@pytest.mark.promise("F6", "ASVS 16.5.2")
@pytest.mark.parametrize("endpoint", ["discovery", "token", "jwks"])
def test_a_tenant_that_is_away_is_said_so(intranet, endpoint):
    intranet.tenant.broken = {endpoint}
    departure = intranet.browser.get("/login", status="*")
    if endpoint == "discovery":
        assert departure.status_code == 503
        assert "does not answer" in departure
        return
    arrival = intranet.come_back(departure)
    assert arrival.status_code == 503
    assert "does not answer" in arrival


@pytest.mark.promise("F6")
def test_pages_of_the_signed_in_do_not_need_the_tenant(intranet):
    intranet.sign_in()
    intranet.tenant.broken = {"discovery", "token", "jwks", "userinfo"}
    intranet.later(1700)
    assert intranet.browser.get("/customers", status=200)


@pytest.mark.promise("78", "Discovery 4.3", "ASVS 10.5.3", "ASVS 13.2.4")
@pytest.mark.parametrize(
    ("metadata", "status"),
    [
        ({"issuer": "http://evil.example/"},                       502),
        ({"issuer": ISSUER.rstrip("/")},                           502),
        ({"token_endpoint": "http://evil.example/oauth/token"},    502),
        ({"token_endpoint": "file:///etc/passwd"},                 502),
        ({"jwks_uri": "http://169.254.169.254/latest"},            502),
        ({"authorization_endpoint": 7},                            502),
    ],
)  # fmt: skip
def test_metadata_that_leads_elsewhere_is_not_followed(intranet, metadata, status):
    intranet.tenant.metadata = metadata
    assert intranet.browser.get("/login", status=status)


@pytest.mark.promise("4", "52", "ASVS 10.5.1")
@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "http://evil.example/"},
        {"aud": "another"},
        {"nonce": "another"},
        {"exp": NOW - 100},
        {"sub": ...},
        {"iat": str(NOW)},
        {"at_hash": "of another access token"},
    ],
)
def test_a_token_that_is_not_good_opens_nothing(intranet, changes):
    arrival = intranet.sign_in(**changes)
    assert arrival.status_code == 502
    assert "not accepted" in arrival
    assert "intranet_session" not in intranet.browser.cookies
    assert "userinfo" not in intranet.tenant.asked


@pytest.mark.promise("51", "F7")
def test_a_token_of_another_key_opens_nothing_and_the_new_key_is_looked_for(intranet):
    intranet.sign_in()
    forged = id_token(key=private_key("evil"), kid="evil")
    intranet.tenant.spoil = lambda _: forged
    for _ in range(15):
        assert intranet.sign_in().status_code == 502
    assert intranet.tenant.asked.count("jwks") == 2


@pytest.mark.promise("F7", "51")
def test_a_key_that_was_rotated_is_picked_up_at_once(intranet):
    intranet.sign_in()
    intranet.tenant.keys = [jwk("second")]
    intranet.tenant.spoil = lambda raw: raw
    departure = intranet.browser.get("/login")
    parameters = intranet.tenant.answer(departure.location)
    second = id_token(
        claims(nonce=intranet.tenant.nonce), key=private_key("second"), kid="second"
    )
    intranet.tenant.spoil = lambda _: second
    assert intranet.browser.get("/callback", parameters).status_code == 303


@pytest.mark.promise("F6")
@pytest.mark.parametrize(
    ("body", "status_sent", "status"),
    [
        ({"error": "invalid_grant", "error_description": "no"},    403, 400),
        ({"error": "invalid_client"},                              401, 502),
        ({"error": "temporarily_unavailable"},                     400, 502),
        ({"error": "temporarily_unavailable"},                     500, 503),
        ("<html>",                                                 200, 503),
        ([],                                                       200, 503),
        ({},                                                       200, 502),
        ({"access_token": "a", "token_type": "Bearer"},            200, 502),
        ({"access_token": "a", "token_type": "mac",
          "id_token": "x"},                                        200, 502),
        ({"access_token": "a", "token_type": "Bearer",
          "id_token": 7},                                          200, 502),
        ({"access_token": "a", "id_token": "x"},                   200, 502),
    ],
)  # fmt: skip
def test_a_token_answer_that_is_not_good_opens_nothing(
    intranet, body, status_sent, status
):
    text = body if isinstance(body, str) else json.dumps(body)
    intranet.tenant.token_answer = HTTPResponse(text, status_sent)
    assert intranet.sign_in().status_code == status
    assert "intranet_session" not in intranet.browser.cookies


@pytest.mark.promise("78", "ASVS 15.3.2")
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_of_the_token_endpoint_is_not_followed(intranet, status):
    elsewhere = {"Location": ISSUER + "oauth/token"}
    intranet.tenant.token_answer = HTTPResponse("", status, elsewhere)
    assert intranet.sign_in().status_code == 502
    assert len(intranet.tenant.redeemed) == 1


@pytest.mark.promise("OIDC 3.1.3.7 (8)")
def test_a_client_of_hs256_verifies_with_its_secret(make_intranet):
    intranet = make_intranet(algorithm="HS256")
    departure = intranet.browser.get("/login")
    parameters = intranet.tenant.answer(departure.location)
    raw = id_token(
        claims(nonce=intranet.tenant.nonce), key=SECRET, alg="HS256", kid=...
    )
    intranet.tenant.spoil = lambda _: raw
    assert intranet.browser.get("/callback", parameters).status_code == 303
    assert "jwks" not in intranet.tenant.asked


@pytest.mark.promise("OIDC 5.3.2", "3")
@pytest.mark.parametrize(
    ("metadata", "in_header"),
    [
        ({},                                                                   False),
        ({"token_endpoint_auth_methods_supported": ["client_secret_basic"]},   True),
        ({"token_endpoint_auth_methods_supported": None},                      True),
        ({"token_endpoint_auth_methods_supported": ["client_secret_basic",
                                                    "client_secret_post"]},    False),
    ],
)  # fmt: skip
def test_the_client_says_who_it_is_as_the_tenant_wants(intranet, metadata, in_header):
    intranet.tenant.metadata = metadata
    intranet.sign_in()
    (sent,) = intranet.tenant.redeemed
    assert sent["code"] == "a-code"
    assert sent["redirect_uri"] == "http://localhost:3000/callback"
    assert len(sent["code_verifier"]) >= 43
    assert ("client_secret" in sent) is not in_header
    expected = (CLIENT_ID, quote_plus(SECRET)) if in_header else None
    assert intranet.tenant.credentials == expected


def test_a_tenant_without_userinfo_is_enough_where_it_is_not_read(make_intranet):
    for strategy, status in ((Modern(), 303), (Legacy(source="userinfo"), 502)):
        intranet = make_intranet(strategy=strategy)
        intranet.tenant.metadata = {"userinfo_endpoint": ...}
        assert intranet.sign_in().status_code == status


@pytest.mark.promise("OIDC 5.3.2", "3")
def test_userinfo_that_speaks_of_somebody_else_is_refused(make_intranet):
    intranet = make_intranet(strategy=Legacy(source="userinfo"))
    intranet.tenant.userinfo = {"sub": "auth0|ann", LEVEL: "mfa"}
    assert intranet.step_up().location.endswith("/employees")
    intranet.tenant.userinfo = {"sub": "auth0|ben", LEVEL: "mfa"}
    assert intranet.step_up().status_code == 403
    assert intranet.tenant.asked.count("userinfo") == 2
