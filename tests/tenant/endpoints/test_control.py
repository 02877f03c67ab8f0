"""The control API: what tests may see and change, and who may not."""

from __future__ import annotations

import json

import jwt
import pytest

from fabrikam.tenant import DOUBTS, MFA_ACR
from fabrikam.tenant.scripts import Failure, Outcome, ScriptLine
from fabrikam.tenant.storage.faults import FAULTS
from fabrikam.tenant.storage.tenant_log import EVENTS
from tests.tenant.builders import (
    BLOCKED,
    CALLBACK,
    CLIENT_ID,
    NEW,
    NOW,
    OTP,
    PASSWORD,
    PUSH,
    SECRET,
    Script,
    a_folder,
    callback_query,
    read,
)


@pytest.mark.promise("ASVS 13.4.5")
@pytest.mark.parametrize(
    ("environ", "status"),
    [
        ({"REMOTE_ADDR": "127.0.0.1"},                               200),
        ({"REMOTE_ADDR": "::1"},                                     200),
        ({"REMOTE_ADDR": "10.0.0.5"},                                403),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "evil.example"},  403),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "[::1]:3001"},    200),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "127.0.0.1:3001"}, 200),
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/_tenant/users", "/phone"])
def test_only_this_machine_by_its_own_name_may_ask(stage, path, environ, status):
    stage.program.get(path, extra_environ=environ, status=status)


@pytest.mark.promise("ASVS 3.5.2")
def test_a_form_of_another_site_cannot_change_anything(stage):
    stage.program.post("/_tenant/clock", '{"advance": 1}', status=415)


@pytest.mark.promise("ASVS 6.3.2")
def test_a_tenant_that_is_not_local_has_neither_users_nor_control(make_stage):
    stage = make_stage(control=False)
    for path in ("/_tenant/users", "/_tenant/clock", "/phone"):
        stage.program.get(path, status=404)


@pytest.mark.promise("ASVS 6.3.2")
def test_no_default_account_exists_where_control_is_off(make_stage):
    stage = make_stage(control=False, unseeded=True)
    page = stage.browser().authorize().follow()
    assert "Demo users" not in page.text
    form = page.forms[0]
    form["username"], form["password"] = OTP, PASSWORD
    form.submit("action", value="default", status=400)


def test_the_demo_users_are_there(stage):
    users = {user["email"]: user for user in stage.control("users")}
    assert set(users) == {OTP, PUSH, NEW, BLOCKED}
    assert users[OTP]["factors"] == ["otp"]
    assert set(users[PUSH]["factors"]) == {"push-notification", "otp"}
    assert users[NEW]["factors"] == []
    assert users[BLOCKED]["blocked"] is True
    assert users[OTP]["totp_secret"]


def test_users_are_added_and_changed(stage, browser):
    email = "ann@fabrikam.example"
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    stage.control("users", email=email, factors=["otp"], totp_secret=secret)
    assert browser.sign_in(email, acr_values=MFA_ACR).code
    stage.control("users", email=email, blocked=True)
    assert browser.sign_in(email, prompt="login").query["error"] == "unauthorized"


def test_the_demo_client_is_listed_with_its_secret(stage):
    clients = {client["client_id"]: client for client in stage.control("clients")}
    assert clients[CLIENT_ID]["client_secret"] == SECRET
    assert clients[CLIENT_ID]["callbacks"] == [CALLBACK]


UNFIT = [
    ("callbacks",              "http://intranet.example/cb",  "beyond this machine"),
    ("callbacks",              "http://127.0.0.1.evil.example", "beyond this machine"),
    ("callbacks",              "javascript:alert(1)",         "a scheme"),
    ("callbacks",              "data:text/html,hello",        "a scheme"),
    ("callbacks",              "https://o.example/cb#there",  "a fragment"),
    ("callbacks",              "https:///cb",                 "no host"),
    ("callbacks",              "http://[::1",                 "no address"),
    ("allowed_logout_urls",    "http://10.0.0.5/",            "beyond this machine"),
    ("backchannel_logout_uri", "http://169.254.169.254/",     "beyond this machine"),
    ("initiate_login_uri",     "/login",                      "a scheme"),
    ("web_origins",            "http://o.example",            "beyond this machine"),
]  # fmt: skip


@pytest.mark.promise("RFC 9700 2.6")
@pytest.mark.parametrize(("place", "url", "why"), UNFIT)
def test_a_client_with_an_unfit_address_is_refused_and_told_why(stage, place, url, why):
    several = url if place.endswith("uri") else [url]
    sent = {"client_id": "other", place: several}
    refused = stage.program.post_json("/_tenant/clients", sent, status=400)
    assert refused.json["error"].startswith(f"{place}: {url}")
    assert why in refused.json["error"]
    assert "other" not in [one["client_id"] for one in stage.control("clients")]


@pytest.mark.parametrize(
    "url",
    [
        "https://o.example/cb",
        "http://localhost:3000/cb",
        "http://127.0.0.2:1/cb",
        "http://[::1]:3000/cb",
        "com.example.app:/callback",
    ],
)
def test_addresses_that_may_be_registered(stage, url):
    assert stage.add_client(callbacks=[url])["callbacks"] == [url]


def test_back_channel_addresses_of_a_list_are_looked_at_as_well(stage):
    for place in ("oidc_logout", "oidc_backchannel_logout"):
        sent = {place: {"backchannel_logout_urls": ["http://o.example/"]}}
        refused = stage.program.post_json("/_tenant/clients", sent, status=400)
        assert place in refused.json["error"]


def test_clients_of_the_folder_are_there(make_stage):
    files = {"clients__Other": {"name": "Other", "callbacks": ["http://o.example/cb"]}}
    stage = make_stage(files=files)
    clients = {client["name"]: client for client in stage.control("clients")}
    assert clients["Other"]["callbacks"] == ["http://o.example/cb"]
    assert len(clients["Other"]["client_secret"]) >= 32


def test_the_clock_stops_and_moves(stage):
    stage.control("clock", freeze=NOW + 10)
    stage.clock.at += 500
    assert stage.control("clock") == {"now": NOW + 10}
    assert stage.control("clock", advance=300) == {"now": NOW + 310}
    assert stage.control("clock", reset=True) == {"now": NOW + 500}


def test_reset_forgets_sessions_users_faults_and_time(stage, browser):
    browser.sign_in()
    stage.control("users", email="ann@fabrikam.example")
    stage.control("faults", no_iss=True)
    stage.control("clock", advance=5)
    stage.control("config", quirks={"silent_mfa_error": "mfa_required"})
    stage.control("reset", now=True)
    assert len(stage.control("users")) == 4
    assert stage.control("faults") == {}
    assert stage.control("clock") == {"now": NOW}
    assert stage.control("config")["quirks"]["silent_mfa_error"] == "login_required"
    assert browser.sign_in().pages == ["/u/login"]


def test_keys_rotate_with_overlap(stage, browser):
    old = browser.tokens()["id_token"]
    kid = stage.control("keys/rotate", now=True)["kid"]
    new = browser.tokens()["id_token"]
    published = [
        k["kid"] for k in stage.program.get("/.well-known/jwks.json").json["keys"]
    ]
    assert jwt.get_unverified_header(new)["kid"] == kid
    assert jwt.get_unverified_header(old)["kid"] in published
    assert len(set(published)) == len(published) == 2


@pytest.mark.promise("ASVS 13.3.1")
def test_the_key_set_has_no_private_part(stage):
    for key in stage.program.get("/.well-known/jwks.json").json["keys"]:
        assert set(key) == {"kty", "use", "alg", "kid", "n", "e", "x5c", "x5t"}
        assert len(jwt.utils.base64url_decode(key["n"])) == 384


@pytest.mark.parametrize(
    ("fault", "argument", "claims"),
    [
        ("drop_amr",       True,        {"amr": None, "acr": None}),
        ("amr_as_string",  True,        {"amr": "mfa"}),
        ("old_auth_time",  7200,        {"auth_time": NOW - 7200}),
        ("other_subject",  "auth0|eve", {"sub": "auth0|eve"}),
    ],
)  # fmt: skip
def test_faults_of_the_id_token(stage, browser, fault, argument, claims):
    stage.control("faults", **{fault: argument})
    said = browser.claims(acr_values=MFA_ACR)
    assert {name: said.get(name) for name in claims} == claims


def test_a_wrong_nonce_and_an_unknown_key(stage, browser):
    stage.control("faults", wrong_nonce=True, unknown_key=True)
    token = browser.tokens()["id_token"]
    published = stage.program.get("/.well-known/jwks.json").json["keys"]
    assert read(token)["nonce"] != "a-nonce"
    kid = jwt.get_unverified_header(token)["kid"]
    assert kid not in [key["kid"] for key in published]


def test_an_unknown_key_is_one_for_hs256_as_well(stage, browser):
    stage.add_client(client_id="old", jwt_configuration={"alg": "HS256"})
    stage.control("faults", unknown_key=True)
    code = browser.sign_in(client_id="old").code
    token = stage.redeem(code, client_id="old")["id_token"]
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(token, SECRET, ["HS256"], audience="old")


@pytest.mark.parametrize(("fault", "name"), [("no_state", "state"), ("no_iss", "iss")])
def test_an_answer_may_lack_what_it_needs(stage, browser, fault, name):
    stage.control("faults", **{fault: True})
    assert name not in callback_query(browser.authorize(prompt="none"))


@pytest.mark.parametrize(
    ("fault", "method", "path"),
    [
        ("failing_token", "POST", "/oauth/token"),
        ("failing_jwks", "GET", "/.well-known/jwks.json"),
        ("failing_userinfo", "GET", "/userinfo"),
        ("failing_authorize", "GET", "/authorize"),
        ("failing_discovery", "GET", "/.well-known/openid-configuration"),
    ],
)
def test_endpoints_fail_on_demand(stage, fault, method, path):
    stage.control("faults", **{fault: 503})
    stage.program.request(path, method=method, status=503)
    stage.control("faults", **{fault: False})
    assert stage.program.request(path, method=method, status="*").status_int != 503


def test_slow_endpoints_still_answer(stage):
    stage.control("faults", slow_jwks=0.01)
    assert stage.program.get("/.well-known/jwks.json").json["keys"]


def test_the_token_endpoint_may_answer_rubbish(stage):
    stage.control("faults", rubbish_token=True)
    assert stage.program.post("/oauth/token").content_type == "text/html"


def test_an_unknown_fault_or_quirk_is_said(stage):
    for path, sent in (
        ("faults", {"nonsense": True}),
        ("config", {"quirks": {"nonsense": "x"}}),
        ("config", {"quirks": {"silent_mfa_error": "maybe"}}),
        ("clock", {"advance": "soon"}),
        ("clock", {"foo": 1}),
        ("clock", {"freeze": True}),
        ("config", {"quirk": {}}),
        ("users", {}),
        ("push/none", {"answer": "allow"}),
    ):
        response = stage.program.post_json(f"/_tenant/{path}", sent, status=400)
        assert response.json["error"]


@pytest.mark.parametrize(
    ("fault", "argument", "kept"),
    [
        ("old_auth_time", True,     86_400),
        ("old_auth_time", 60,       60),
        ("old_auth_time", "x",      ...),
        ("old_auth_time", -1,       ...),
        ("other_subject", True,     "auth0|somebody-else"),
        ("other_subject", 5,        ...),
        ("slow_token",    True,     5),
        ("slow_token",    "x",      ...),
        ("slow_token",    1e10,     ...),
        ("failing_token", True,     500),
        ("failing_token", "abc",    ...),
        ("failing_token", 700,      ...),
        ("drop_amr",      True,     True),
        ("drop_amr",      "yes",    ...),
    ],
)  # fmt: skip
def test_a_fault_that_would_do_nothing_is_refused(stage, fault, argument, kept):
    status = 400 if kept is ... else 200
    sent = {"no_iss": True, fault: argument}
    response = stage.program.post_json("/_tenant/faults", sent, status=status)
    if kept is ...:
        assert fault in response.json["error"]
        assert stage.control("faults") == {}
    else:
        assert stage.control("faults") == {"no_iss": True, fault: kept}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"factors": ["zz"]}, "factors"),
        ({"factors": "otp"}, "factors"),
        ({"profile": 1}, "profile"),
        ({"unknown": 1}, "unknown"),
        ({"email": 5}, "email"),
    ],
)
def test_a_user_is_written_wholly_or_not_at_all(stage, wrong, field):
    before = stage.control("users")
    sent = {"email": "ann@fabrikam.example", **wrong}
    response = stage.program.post_json("/_tenant/users", sent, status=400)
    assert field in response.json["error"]
    assert stage.control("users") == before


def test_a_known_user_gets_another_profile_and_no_factor_twice(stage):
    changed = stage.control(
        "users", email=OTP, profile={"name": "Changed"}, factors=["otp"]
    )
    assert changed["name"] == "Changed"
    assert changed["factors"] == ["otp"]


def test_every_fault_and_doubt_is_described():
    assert all(FAULTS.values())
    assert all(doubt.question and len(doubt.words) > 1 for doubt in DOUBTS.values())


def test_the_folder_in_use_can_be_changed(stage, tmp_path, browser):
    strict = a_folder(
        tmp_path / "strict", guardian__policies={"policies": ["all-applications"]}
    )
    assert stage.control("config", folder=str(strict))["policy"] == "always"
    assert "/u/mfa-otp-challenge" in browser.sign_in().pages


def test_a_changed_file_is_picked_up(make_stage, tmp_path):
    folder = a_folder(tmp_path / "mine", guardian__policies={"policies": []})
    stage = make_stage(folder)
    assert stage.browser().sign_in().pages == ["/u/login"]
    a_folder(folder, guardian__policies={"policies": ["all-applications"]})
    assert "/u/mfa-otp-challenge" in stage.browser().sign_in().pages


def test_011_a_folder_that_was_broken_while_running_stops_logins(make_stage, tmp_path):
    folder = a_folder(tmp_path / "mine", tenant={"friendly_name": "Mine"})
    stage = make_stage(folder)
    (folder / "tenant.json").write_text("{")
    assert stage.browser().sign_in().query["error"] == "access_denied"
    assert stage.control("config")["problems"]
    a_folder(folder, tenant={"friendly_name": "Mine"})
    assert stage.browser().sign_in().code


def test_a_folder_that_cannot_be_used_is_refused_with_its_problems(stage, tmp_path):
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "tenant.json").write_text("{")
    response = stage.program.post_json(
        "/_tenant/config", {"folder": str(broken)}, status=400
    )
    assert "tenant.json:1" in response.json["problems"][0]


# the tenant log


def test_the_log_tells_a_login_in_auth0s_types(stage, browser):
    browser.tokens(acr_values=MFA_ACR)
    browser.authorize(prompt="none")
    browser.app.get("/v2/logout")
    browser.authorize(prompt="none")
    told = "mfar gd_start_auth gd_auth_succeed s seacft ssa slo fsa"
    assert stage.events() == told.split()
    assert set(stage.events()) <= set(EVENTS)


def test_a_failed_script_is_named_with_file_and_line(make_stage):
    failure = Failure(
        script="Step-up", kind="thrown", message="x is not defined", file="a.js", line=3
    )
    broken = Outcome(failure=failure)
    stage = make_stage(engine=Script(lambda _: broken))
    stage.browser().sign_in()
    line = next(one for one in stage.control("log") if one.get("script"))
    assert (line["script"], line["file"], line["line"]) == ("Step-up", "a.js", 3)


def test_what_a_script_prints_is_in_the_log(make_stage):
    printed = Outcome(lines=(ScriptLine("Step-up", "log", "hello\nworld"),))
    stage = make_stage(engine=Script(lambda _: printed))
    stage.browser().sign_in()
    assert stage.control("log")[0]["description"] == "hello\nworld"


@pytest.mark.promise("ASVS 16.4.1")
def test_one_event_is_one_line_whatever_was_typed(stage, browser, tmp_path):
    form = browser.authorize().follow().forms[0]
    form["username"], form["password"] = "a\r\nb\x1b[31m", "wrong"
    form.submit("action", value="default", status=400)
    (file,) = tmp_path.rglob("tenant-log.jsonl")
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert lines[-1]["type"] == "fu"
    assert "\x1b" not in file.read_text()


@pytest.mark.promise("ASVS 16.2.5")
def test_no_secret_is_in_the_log_and_no_token_on_the_disk(stage, browser, tmp_path):
    browser.password = password = "a-canary-password"
    stage.control("users", email="ann@fabrikam.example", password=password)
    code = browser.sign_in("ann@fabrikam.example", scope="openid offline_access").code
    tokens = stage.redeem(code)
    cookie = browser.app.cookies["auth0"]
    given = [tokens[f"{kind}_token"] for kind in ("access", "refresh", "id")]
    secrets = [secret.encode() for secret in (password, code, cookie, *given)]
    files = [p for p in tmp_path.rglob("*") if p.is_file()]
    found = [(p.name, s) for p in files for s in secrets if s in p.read_bytes()]
    assert found == []
    (log,) = tmp_path.rglob("tenant-log.jsonl")
    assert SECRET not in log.read_text()


@pytest.mark.promise("ASVS 16.4.2")
def test_private_files_are_private(stage, tmp_path):
    names = ("signing-keys.json", "master.key", "tenant-log.jsonl", "people.sqlite")
    for name in names:
        (file,) = tmp_path.rglob(name)
        assert file.stat().st_mode & 0o077 == 0, name
