"""Tokens for programs, and the Management API that they are for."""

from __future__ import annotations

import pytest

from fabrikam.tenant import MFA_ACR
from fabrikam.tenant.scripts import Outcome
from tests.tenant.builders import (
    CLIENT_ID,
    ISSUER,
    NEW,
    NOW,
    OTP,
    PASSWORD,
    Script,
    asks_mfa,
    read,
)

AUDIENCE = f"{ISSUER}api/v2/"
API = "https://api.fabrikam.example/"
OLGA = "/api/v2/users/auth0%7Cotp"
FORGET = f"{OLGA}/multifactor/actions/invalidate-remember-browser"
APIS = {
    "resource-servers__Salaries": {
        "name": "Salaries",
        "identifier": API,
        "scopes": [{"value": "read:salaries"}, {"value": "write:salaries"}],
        "token_lifetime": 600,
    }
}
EVERYTHING = {
    "grants__machine": {
        "client_id": "machine",
        "audience": "https://fabrikam.eu.auth0.com/api/v2/",
        "scope": [
            "read:users",
            "update:users",
            "read:roles",
            "create:role_members",
            "delete:role_members",
        ],
    },
    "grants__salaries": {
        "client_id": "machine",
        "audience": API,
        "scope": ["read:salaries", "write:salaries"],
    },
}


@pytest.fixture
def stage(make_stage):
    return make_stage(files=EVERYTHING)


def machine(stage, status=200, **fields):
    """Ask for a token as a program."""
    stage.add_client(client_id="machine", grant_types=["client_credentials"])
    usual = {"grant_type": "client_credentials", "client_id": "machine"}
    return stage.token(status, **{**usual, "audience": AUDIENCE, **fields}).json


@pytest.fixture
def call(stage):
    """Call the Management API as a program that may do everything."""

    def called(method, path, status=200, **sent):
        return as_machine(stage, machine(stage), method, path, status, **sent)

    return called


def as_machine(stage, tokens, method, path, status=200, **sent):
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    if method == "GET":
        return stage.program.get(path, headers=headers, status=status).json
    tell = getattr(stage.program, f"{method.lower()}_json")
    return tell(path, sent, headers=headers, status=status)


# client_credentials


def test_a_program_gets_a_token_for_an_api_of_the_folder(make_stage):
    tokens = machine(make_stage(files=APIS), audience=API)
    claims = read(tokens["access_token"])
    assert claims["sub"] == "machine@clients"
    assert claims["aud"] == API
    assert claims["gty"] == "client-credentials"
    assert claims["scope"] == "read:salaries write:salaries"
    assert tokens["expires_in"] == claims["exp"] - NOW == 600
    assert {"id_token", "refresh_token"}.isdisjoint(tokens)


def test_a_program_may_ask_for_less_and_never_gets_more(make_stage):
    stage = make_stage(files=APIS)
    for asked, granted in (
        ("read:salaries", "read:salaries"),
        ("read:salaries delete:all openid offline_access", "read:salaries"),
    ):
        assert machine(stage, audience=API, scope=asked)["scope"] == granted


WEB = ["authorization_code", "implicit", "refresh_token", "client_credentials"]
NAMED = EVERYTHING["grants__machine"]


@pytest.mark.promise("ASVS 10.4.11")
@pytest.mark.parametrize(
    ("grant", "client"),
    [
        (None,                                      {}),
        ({**NAMED, "client_id": "another"},         {}),
        ({**NAMED, "audience": API},                {}),
        ({**NAMED, "subject_type": "user"},         {}),
        (NAMED,                                     {"is_first_party": False}),
    ],
)  # fmt: skip
def test_nobody_manages_users_who_is_not_named_for_it(make_stage, grant, client):
    files = {} if grant is None else {"grants__one": grant}
    stage = make_stage(files=files)
    stage.add_client(client_id="machine", grant_types=WEB, **client)
    refused = stage.token(
        403, grant_type="client_credentials", client_id="machine", audience=AUDIENCE
    ).json
    assert refused["error"] == "access_denied"
    assert "Client is not authorized to access" in refused["error_description"]


@pytest.mark.parametrize(
    ("said", "granted"),
    [
        ({"scope": ["read:users", "delete:all"]},   "read:users"),
        ({"scope": []},                             ""),
        ({"scope": None},                           ""),
        ({"client_id": "Other"},                    NAMED["scope"]),
        ({"scope": [], "allow_all_scopes": True},   NAMED["scope"]),
    ],
)  # fmt: skip
def test_a_client_has_the_scopes_that_it_was_granted(make_stage, said, granted):
    tokens = machine(make_stage(files={"grants__one": {**NAMED, **said}}))
    expected = granted.split() if isinstance(granted, str) else granted
    assert sorted(tokens.get("scope", "").split()) == sorted(expected)


def test_a_folder_with_grants_has_them_for_its_own_apis_too(make_stage):
    stage = make_stage(files={**APIS, "grants__one": NAMED})
    assert machine(stage, 403, audience=API)["error"] == "access_denied"
    read_only = {**NAMED, "audience": API, "scope": ["read:salaries"]}
    stage = make_stage(files={**APIS, "grants__one": read_only})
    asked = machine(stage, audience=API, scope="read:salaries write:salaries")
    assert asked["scope"] == "read:salaries"


@pytest.mark.promise("ASVS 10.4.4")
@pytest.mark.parametrize(
    ("fields", "status", "error"),
    [
        ({"client_secret": "wrong"},             401, "access_denied"),
        ({"client_id": CLIENT_ID},               403, "unauthorized_client"),
        ({"audience": ...},                      400, "invalid_request"),
        ({"audience": "https://o.example/"},     403, "access_denied"),
        ({"audience": f"{ISSUER}mfa/"},          403, "access_denied"),
    ],
)  # fmt: skip
def test_what_a_program_is_refused(stage, fields, status, error):
    assert machine(stage, status, **fields)["error"] == error


def test_a_client_without_a_secret_is_no_program(stage):
    public = {"token_endpoint_auth_method": "none"}
    stage.add_client(client_id="spa", grant_types=["client_credentials"], **public)
    asked = {"grant_type": "client_credentials", "audience": AUDIENCE}
    stage.token(401, client_id="spa", client_secret=..., **asked)


def test_no_scope_of_an_api_makes_a_program_a_user(make_stage):
    words = ["openid", "profile", "offline_access", "read"]
    lists = {"identifier": API, "scopes": [{"value": word} for word in words]}
    stage = make_stage(
        files={"resource-servers__odd": {**lists, "allow_offline_access": True}}
    )
    tokens = machine(stage, audience=API)
    assert tokens["scope"] == "openid profile offline_access read"
    assert {"id_token", "refresh_token"}.isdisjoint(tokens)


def test_no_script_runs_for_a_program(stage):
    machine(stage)
    assert stage.script.seen == []
    assert stage.events() == ["seccft"]


# /api/v2/


def test_a_user_is_read_found_and_changed(call):
    assert call("GET", OLGA)["email"] == OTP
    (found,) = call("GET", f"/api/v2/users-by-email?email={OTP}")
    assert found["user_id"] == "auth0|otp"
    (found,) = call("GET", f'/api/v2/users?q=email:"{OTP}"')
    assert found["user_id"] == "auth0|otp"
    changed = call("PATCH", OLGA, app_metadata={"level": 2}, user_metadata={"a": 1})
    assert changed.json["app_metadata"] == {"level": 2}
    changed = call("PATCH", OLGA, app_metadata={"level": None, "other": 1})
    assert changed.json["app_metadata"] == {"other": 1}


def test_scripts_see_what_a_program_wrote(stage, call, browser):
    call("PATCH", OLGA, app_metadata={"level": 2})
    call("POST", f"{OLGA}/roles", 204, roles=["payroll"])
    browser.sign_in()
    assert stage.script.seen[-1].user["app_metadata"] == {"level": 2}
    assert stage.script.seen[-1].roles == ("payroll",)
    assert [role["name"] for role in call("GET", f"{OLGA}/roles")] == ["payroll"]


@pytest.mark.promise("ASVS 7.4.2")
def test_a_user_blocked_by_a_program_is_signed_out(stage, call, browser):
    browser.sign_in()
    call("PATCH", OLGA, blocked=True)
    assert stage.letters.brought
    assert browser.sign_in().query["error"] == "unauthorized"


@pytest.mark.parametrize(
    "body",
    [
        b'{"user_metadata": {"a": ' + b"[" * 900 + b"]" * 900 + b"}}",
        b'{"user_metadata": {"a": ' + b"[" * 40_000 + b"]" * 40_000 + b"}}",
        b'{"app_metadata": {"a": NaN}}',
        b'{"app_metadata": {"a": 1e999}}',
        b'{"name": "\\ud800"}',
        b'{"blocked": "true"}',
        b'{"blocked": null}',
        b"{",
        b"\xff",
    ],
)
def test_what_no_login_could_carry_is_not_written(stage, call, browser, body):
    call("PATCH", OLGA, app_metadata={"before": 1})
    token = machine(stage)["access_token"]
    stage.program.request(
        OLGA,
        method="PATCH",
        headers={"Authorization": f"Bearer {token}"},
        body=body,
        content_type="application/json",
        status=400,
    )
    assert call("GET", OLGA)["app_metadata"] == {"before": 1}
    assert browser.sign_in().code


def test_blocking_is_by_true_and_nothing_else_lets_in_again(call, browser):
    call("PATCH", OLGA, blocked=True)
    call("PATCH", OLGA, 400, blocked="true")
    assert browser.sign_in().query["error"] == "unauthorized"


@pytest.mark.parametrize(
    "path",
    [
        "users-by-email?email=%ff",
        "users?q=%ff",
        "users-by-email?email=x&fields=%ff",
        f"users?q={'a' * 5_000}",
        f"users?q={'%20' * 5_000}",
    ],
)
def test_an_odd_search_is_refused(call, path):
    call("GET", f"/api/v2/{path}", 400)


def test_half_a_character_is_no_identity(stage):
    token = machine(stage)["access_token"]
    stage.program.request(
        f"{OLGA}/identities",
        method="POST",
        headers={"Authorization": f"Bearer {token}"},
        body=b'{"user_id": "\\ud800"}',
        content_type="application/json",
        status=400,
    )


def test_factors_are_listed(call):
    (method,) = call("GET", f"{OLGA}/authentication-methods")
    assert method["type"] == "totp"


def test_p22_a_program_makes_a_remembered_browser_prove_itself_again(make_stage):
    stage = make_stage(
        files=EVERYTHING, engine=Script(lambda _: asks_mfa(remember=True))
    )
    browser = stage.browser()
    page = browser.answer(browser.authorize().follow()).follow()
    page.forms[0]["rememberBrowser"] = True
    browser.answer(page)
    assert browser.sign_in().pages == []
    as_machine(stage, machine(stage), "POST", FORGET, 204)
    stage.clock.at += 60
    assert browser.sign_in().pages == ["/u/mfa-otp-challenge"]


@pytest.mark.promise("ASVS 8.2.2")
@pytest.mark.parametrize(
    ("scope", "method", "path", "status"),
    [
        ("read:users",   "GET",   OLGA,               200),
        ("update:users", "GET",   OLGA,               403),
        ("read:users",   "PATCH", OLGA,               403),
        ("read:users",   "POST",  FORGET,             403),
        ("read:users",   "GET",   f"{OLGA}/roles",    403),
        ("update:users", "POST",  f"{OLGA}/roles",    403),
    ],
)  # fmt: skip
def test_a_scope_is_for_what_it_says(stage, scope, method, path, status):
    tokens = machine(stage, scope=scope)
    as_machine(stage, tokens, method, path, status)


@pytest.mark.promise("ASVS 9.2.4")
def test_no_token_of_a_user_manages_users(make_stage):
    stage = make_stage(files={**APIS, **EVERYTHING}, engine=Script(lambda _: Outcome()))
    plain = stage.browser().tokens()
    other = stage.browser().tokens(audience=API, scope="openid read:salaries")
    program = machine(stage, audience=API)
    for tokens in (plain, other, program, {"access_token": "local-tenant"}):
        as_machine(stage, tokens, "GET", OLGA, 401)
    refused = stage.browser().sign_in(audience=AUDIENCE, scope="read:users")
    assert refused.query["error_description"] == f"Service not found: {AUDIENCE}"
    stage.add_client(client_id="direct", grant_types=["password"])
    asked = {"username": OTP, "password": PASSWORD, "audience": AUDIENCE}
    stage.token(403, grant_type="password", client_id="direct", **asked)


def test_what_is_missing_is_named(call):
    assert (
        "does not exist" in call("GET", "/api/v2/users/auth0%7Cnobody", 404)["message"]
    )
    assert "not supported" in call("GET", "/api/v2/clients", 501)["message"]
    nobody = FORGET.replace("otp", "nobody")
    assert call("POST", nobody, 404).json["statusCode"] == 404


def test_every_change_is_in_the_log(stage, call):
    call("PATCH", OLGA, user_metadata={"secret": "canary"})
    told = [line for line in stage.control("log") if line["type"] == "sapi"]
    assert [line["client_id"] for line in told] == ["machine"]
    assert "canary" not in str(told)


def test_a_step_up_follows_what_a_program_set(make_stage):
    def by_metadata(script_input):
        wants = script_input.user.get("app_metadata", {}).get("use_mfa")
        return asks_mfa() if wants else Outcome()

    stage = make_stage(files=EVERYTHING, engine=Script(by_metadata))
    assert stage.browser().sign_in(acr_values=MFA_ACR).pages == ["/u/login"]
    as_machine(stage, machine(stage), "PATCH", OLGA, app_metadata={"use_mfa": True})
    assert "/u/mfa-otp-challenge" in stage.browser().sign_in().pages
    assert stage.browser().sign_in(NEW).pages == ["/u/login"]
