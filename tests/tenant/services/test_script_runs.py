"""What scripts leave behind is carried out, and what they see is told rightly."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import segno

from fabrikam.tenant import MFA_ACR, Caller, TenantSettings, script_input_for
from fabrikam.tenant.factors.otp import enrolment_uri
from fabrikam.tenant.scripts import (
    Denial,
    Engine,
    MultifactorRequest,
    Outcome,
    PassedMethod,
    ScriptLine,
    SessionLimits,
    read_folder,
)
from tests.tenant.builders import (
    ANN,
    CLIENT_ID,
    ISSUER,
    NEW,
    NOW,
    OTP,
    Script,
    a_folder,
    a_login,
    a_session,
    callback_query,
    read,
)
from tests.tenant.scripts.processes import ticks_of, until, workers_of
from tests.tenant.universal_login.test_second_factor import at_the_factor


def user(stage, email=OTP):
    users = {one["email"]: one for one in stage.control("users")}
    return users[email]


def test_metadata_is_stored(make_stage):
    left = Outcome(user_metadata={"theme": "dark"}, app_metadata={"level": 3})
    stage = make_stage(engine=Script(lambda _: left))
    stage.browser().sign_in()
    assert user(stage)["user_metadata"] == {"theme": "dark"}
    assert user(stage)["app_metadata"] == {"level": 3}


def test_metadata_that_no_later_login_could_carry_is_refused_and_not_stored(make_stage):
    deep = []
    for _ in range(60):
        deep = [deep]
    left = [Outcome(user_metadata={"a": deep, "b": 1}), Outcome()]
    stage = make_stage(engine=Script(lambda _: left.pop(0)))
    refused = stage.browser().sign_in()
    assert "nested deeper than 50" in refused.query["error_description"]
    assert "b" not in user(stage).get("user_metadata", {})
    assert stage.browser().sign_in().code


def test_metadata_is_stored_even_where_the_login_is_denied_later(make_stage):
    left = Outcome(app_metadata={"tries": 1}, denial=Denial("access_denied", "no"))
    stage = make_stage(engine=Script(lambda _: left))
    assert stage.browser().sign_in().query["error"] == "access_denied"
    assert user(stage)["app_metadata"] == {"tries": 1}


def test_a_recorded_method_is_seen_in_the_next_login(make_stage):
    left = Outcome(recorded_methods=("https://form.example/passed",))
    stage = make_stage(engine=Script(lambda _: left))
    browser = stage.browser()
    browser.sign_in()
    browser.sign_in()
    names = [method.name for method in stage.script.seen[-1].methods]
    assert names == ["pwd", "https://form.example/passed"]


def test_a_recorded_method_never_passes_for_a_second_factor(make_stage):
    left = Outcome(recorded_methods=("mfa",))
    stage = make_stage(engine=Script(lambda _: left))
    assert "amr" not in stage.browser().claims()


def test_a_rule_may_label_the_entry_in_the_app(make_stage):
    asked = MultifactorRequest(
        provider="google-authenticator",
        allow_remember_browser=False,
        asked_by="Step-up",
        options={"issuer": "Payroll"},
    )
    stage = make_stage(engine=Script(lambda _: Outcome(multifactor=asked)))
    page = at_the_factor(stage, NEW)
    secret = page.html.find(id="secret").get_text()
    uri = enrolment_uri("Payroll", NEW, secret)
    assert segno.make(uri, micro=False).png_data_uri(scale=5, border=3) in page.text


GOOGLE = "google-authenticator"


@pytest.mark.parametrize(
    ("provider", "key", "secret"),
    [
        (GOOGLE, "JBSWY3DPEHPK3PXPJBSWY3DP", "JBSWY3DPEHPK3PXPJBSWY3DP"),
        (GOOGLE, "a key of my own", "MEQGWZLZEBXWMIDNPEQG653O"),
        (GOOGLE, "JBSWY3DPEHPK3PXP", None),
        (GOOGLE, "", None),
        (GOOGLE, 7, None),
        ("any", "JBSWY3DPEHPK3PXPJBSWY3DP", None),
    ],
)
def test_a_rule_may_choose_the_key_of_an_authenticator_app(
    make_stage, provider, key, secret
):
    asked = MultifactorRequest(
        provider=provider,
        allow_remember_browser=False,
        asked_by="Step-up",
        options={"key": key},
    )
    stage = make_stage(engine=Script(lambda _: Outcome(multifactor=asked)))
    shown = at_the_factor(stage, NEW).html.find(id="secret").get_text()
    assert (shown == (secret or key)) is (secret is not None)
    assert "code" in stage.browser().sign_in(NEW).query


def test_scripts_see_the_country_that_was_switched_on(make_stage):
    stage = make_stage()
    stage.browser().sign_in()
    assert stage.script.seen[-1].geoip == {}
    stage.control("config", quirks={"country": "CH"})
    stage.browser().sign_in()
    seen = stage.script.seen[-1].geoip
    assert (seen["countryCode"], seen["countryName"]) == ("CH", "Switzerland")


def test_the_tenant_log_keeps_256_characters_of_each_script(make_stage):
    left = Outcome(
        lines=(
            ScriptLine("A", "log", "a" * 200),
            ScriptLine("B", "log", "b" * 300),
            ScriptLine("A", "error", "c" * 100),
            ScriptLine("A", "log", "d"),
            ScriptLine("A", "warning", "e" * 300),
        )
    )
    stage = make_stage(engine=Script(lambda _: left))
    stage.browser().sign_in()
    kept = [line for line in stage.control("log") if line["type"] == "script"]
    assert [line["description"] for line in kept] == [
        "a" * 200,
        "b" * 256 + "…",
        "c" * 56 + "…",
        "e" * 300,
    ]


LOOPS = """
exports.onExecutePostLogin = async (event, api) => {
  if (event.request.query.login_hint === "loop") while (true);
  if (event.request.query.login_hint === "wait") await new Promise(() => {});
};
"""


@pytest.mark.parametrize(
    ("hint", "words"),
    [
        ("loop", "no answer within 1 seconds"),
        ("wait", "it did not answer, and nothing is left that could"),
    ],
)
def test_a_script_that_never_answers_ends_its_own_login_only(
    make_stage, tmp_path, hint, words
):
    folder = an_action(tmp_path / "mine", LOOPS)
    stage = make_stage(folder, engine=Engine(read_folder(folder), time_limit=1))
    browser = stage.browser()
    query = browser.sign_in(login_hint=hint).query
    assert (query["error"], query["error_description"]) == ("access_denied", words)
    failed = next(one for one in stage.control("log") if one.get("script") == "Mine")
    assert failed["description"] == f"script Mine: timeout: {words}"
    assert "code" in browser.sign_in().query


def test_scripts_that_hang_hold_up_no_other_login(make_stage, tmp_path):
    before = workers_of(os.getpid())
    stage = make_stage(an_action(tmp_path / "mine", LOOPS), engine=None)
    with ThreadPoolExecutor(3) as people:
        hanging = [people.submit(signing_in, stage, login_hint="loop") for _ in "123"]
        until(lambda: len(looping_since(before)) == len(hanging))
        assert "code" in signing_in(stage)
        assert [one for one in hanging if one.done()] == []
        stage.app.close()


def signing_in(stage, **asked):
    return stage.browser().sign_in(**asked).query


def looping_since(before):
    """The workers that were started since and compute longer than any start takes."""
    present = workers_of(os.getpid()) - before
    return [worker for worker in present if ticks_of(worker) > 40]


def test_a_revoked_session_is_over(make_stage):
    left = Outcome(session_revoked="risky", denial=Denial("access_denied", "risky"))
    stage = make_stage(engine=Script(lambda _: left))
    browser = stage.browser()
    assert browser.sign_in().query["error_description"] == "risky"
    query = callback_query(browser.authorize(prompt="none"))
    assert query["error"] == "login_required"


@pytest.mark.parametrize(
    ("said", "waits", "error"),
    [
        ({}, 600, None),
        ({"expires_at": NOW + 600}, 599, None),
        ({"expires_at": NOW + 600}, 600, "login_required"),
        ({"idle_expires_at": NOW + 600}, 600, "login_required"),
        ({"expires_at": NOW + 10**9}, 168 * 3600, "login_required"),
    ],
)
def test_a_script_ends_a_session_sooner_and_never_later(make_stage, said, waits, error):
    left = Outcome(session=SessionLimits(**said))
    stage = make_stage(engine=Script(lambda _: left))
    browser = stage.browser()
    browser.sign_in()
    stage.clock.at += waits
    query = callback_query(browser.authorize(prompt="none"))
    assert query.get("error") == error


def test_an_idle_end_that_a_script_set_is_over_with_the_next_use(make_stage):
    ends = iter([Outcome(session=SessionLimits(idle_expires_at=NOW + 600))])
    stage = make_stage(engine=Script(lambda _: next(ends, Outcome())))
    browser = stage.browser()
    browser.sign_in()
    for _ in range(2):
        stage.clock.at += 599
        assert "code" in callback_query(browser.authorize(prompt="none"))


def test_what_scripts_keep_with_a_session_is_told_at_the_next_login(make_stage):
    left = Outcome(session=SessionLimits(metadata={"a": "b"}, cookie_mode="persistent"))
    stage = make_stage(engine=Script(lambda _: left))
    browser = stage.browser()
    browser.sign_in()
    browser.sign_in()
    facts = stage.script.seen[-1].session_facts
    assert (facts.metadata, facts.cookie_mode) == ({"a": "b"}, "persistent")
    assert facts.began_from[0] == "127.0.0.1"
    assert facts.expires_at == NOW + 168 * 3600


def refreshed(stage, token, status=200):
    return stage.token(status, grant_type="refresh_token", refresh_token=token).json


def test_a_refresh_tells_scripts_of_its_token(make_stage):
    left = Outcome(refresh_token=SessionLimits(metadata={"a": "b"}))
    stage = make_stage(engine=Script(lambda _: left))
    tokens = stage.browser().tokens(scope="openid offline_access")
    assert stage.script.seen[-1].refresh_token is None
    stage.clock.at += 60
    tokens = refreshed(stage, tokens["refresh_token"])
    first = stage.script.seen[-1].refresh_token
    assert (first["created_at"], first["metadata"]) == (NOW, {"a": "b"})
    assert first["user_id"] == "auth0|otp"
    refreshed(stage, tokens["refresh_token"])
    assert (
        stage.script.seen[-1].refresh_token == first
    )  # it has rotated, and is the same


@pytest.mark.parametrize("said", ["expires_at", "idle_expires_at"])
def test_a_script_ends_a_refresh_token_sooner(make_stage, said):
    left = Outcome(refresh_token=SessionLimits(**{said: NOW + 600}))
    stage = make_stage(engine=Script(lambda _: left))
    token = stage.browser().tokens(scope="openid offline_access")["refresh_token"]
    stage.clock.at += 599
    token = refreshed(stage, token)["refresh_token"]
    stage.clock.at += 1
    assert refreshed(stage, token, 403)["error"] == "invalid_grant"


def test_a_script_revokes_a_refresh_token(make_stage):
    def left(script_input):
        if script_input.refresh_token is None:
            return Outcome()
        denial = Denial("access_denied", "stolen")
        return Outcome(denial=denial, refresh_token_revoked="stolen")

    stage = make_stage(engine=Script(left))
    token = stage.browser().tokens(scope="openid offline_access")["refresh_token"]
    assert refreshed(stage, token, 403)["error_description"] == "stolen"
    assert refreshed(stage, token, 403)["error"] == "invalid_grant"


def test_methods_show_the_second_factor_in_the_next_login_only(stage, browser):
    browser.sign_in(acr_values=MFA_ACR)
    assert [m.name for m in stage.script.seen[-1].methods] == ["pwd"]
    browser.sign_in()
    seen = stage.script.seen[-1].methods
    assert [(m.name, m.factor) for m in seen] == [("pwd", None), ("mfa", "otp")]


def test_logins_are_counted_except_silent_ones(stage, browser):
    browser.sign_in()
    browser.authorize(prompt="none")
    browser.sign_in()
    counts = [script_input.logins_count for script_input in stage.script.seen]
    assert counts == [1, 1, 2]
    assert user(stage)["logins_count"] == 2


def test_a_script_input_tells_what_is_known():
    login = a_login(
        user=ANN,
        session=a_session(clients=("other",)),
        query={"scope": "openid step_up"},
        settings=TenantSettings(issuer=ISSUER, name="fabrikam"),
        transaction_id="t",
    )
    caller = Caller(address="10.0.0.1", user_agent="a browser", method="POST")
    told = script_input_for(login, NOW, caller)
    assert told.query == {"scope": "openid step_up"}
    assert told.client_id == CLIENT_ID
    assert told.user == ANN.profile
    assert told.multifactor == ("guardian",)
    assert told.enrolled_factors == ("otp",)
    assert told.methods == (PassedMethod("pwd", NOW - 600),)
    assert told.session_clients == ("other",)
    assert (told.ip, told.user_agent) == ("10.0.0.1", "a browser")
    assert told.method == "GET"  # of `/authorize`, not of the form that led here
    refresh = script_input_for(a_login(protocol="oauth2-refresh-token"), NOW, caller)
    assert refresh.method == "POST"


@pytest.mark.parametrize(
    ("enrolled", "multifactor", "factors"),
    [
        ((), (), ()),
        (("recovery-code",), (), ("recovery-code",)),
        (
            ("otp", "push-notification", "otp"),
            ("guardian",),
            ("otp", "push-notification"),
        ),
    ],
)
def test_scripts_see_each_factor_once_and_guardian_where_one_stands_alone(
    enrolled, multifactor, factors
):
    told = script_input_for(a_login(user=replace(ANN, enrolled=enrolled)), NOW)
    assert (told.multifactor, told.enrolled_factors) == (multifactor, factors)
    assert told.risk_assessment is None


def test_adaptive_tenants_tell_scripts_of_a_risk():
    login = a_login(user=ANN, settings=TenantSettings(issuer=ISSUER, policy="adaptive"))
    risk = script_input_for(login, NOW).risk_assessment
    assert risk is not None
    assert risk["confidence"] == "high"
    assert set(risk["assessments"]) == {"UntrustedIP", "NewDevice", "ImpossibleTravel"}


def an_action(path, code, needs=()):
    """A folder with one Action."""
    name = "Mine"
    trigger = {"id": "post-login", "version": "v3"}
    folder = a_folder(
        path,
        actions__Mine={
            "name": name,
            "code": "./actions/Mine/code.js",
            "supported_triggers": [trigger],
            "deployed": True,
            "dependencies": [{"name": name, "version": "latest"} for name in needs],
        },
        triggers__triggers={"post-login": [{"action_name": name}]},
    )
    (folder / "actions" / name).mkdir()
    (folder / "actions" / name / "code.js").write_text(code)
    return folder


BROKEN = """
exports.onExecutePostLogin = async (event, api) => {
  await nothing();
};
"""


def test_a_broken_script_fails_the_login_and_is_named_in_the_log(make_stage, tmp_path):
    folder = an_action(tmp_path / "mine", BROKEN)
    stage = make_stage(folder, engine=Engine(read_folder(folder)))
    assert stage.browser().sign_in().query["error"] == "access_denied"
    line = next(one for one in stage.control("log") if one.get("script"))
    assert line["file"].endswith("actions/Mine/code.js")
    assert line["line"] == 3


CLAIMS = """
exports.onExecutePostLogin = async (event, api) => {
  api.idToken.setCustomClaim("amr", ["mfa"]);
  api.idToken.setCustomClaim("https://fabrikam.example/asked", event.transaction.acr_values);
};
"""


@pytest.mark.parametrize("sent", ["", MFA_ACR])
def test_an_action_writes_its_own_claims_and_never_amr(make_stage, tmp_path, sent):
    folder = an_action(tmp_path / "mine", CLAIMS)
    stage = make_stage(folder, engine=Engine(read_folder(folder)))
    claims = stage.browser().claims(acr_values=sent or ...)
    assert claims["https://fabrikam.example/asked"] == [sent] * bool(sent)
    assert "amr" not in claims


def test_a_changed_script_runs_at_the_next_login(make_stage, tmp_path):
    folder = an_action(tmp_path / "mine", BROKEN)
    stage = make_stage(folder, engine=Engine(read_folder(folder)))
    browser = stage.browser()
    assert "error" in browser.sign_in().query
    (folder / "actions" / "Mine" / "code.js").write_text(CLAIMS)
    assert read(stage.redeem(browser.sign_in().code)["id_token"])


MANAGES = """
const { ManagementClient } = require("auth0");
exports.onExecutePostLogin = async (event, api) => {
  const management = new ManagementClient({ domain: "x", clientId: "c", clientSecret: "s" });
  const id = event.user.user_id;
  await management.users.update({ id }, {
    user_metadata: { theme: "dark" }, app_metadata: { level: 3 }, nickname: "Olly",
  });
  await management.users.assignRoles({ id }, { roles: ["Clerk"] });
  const { data: roles } = await management.users.getRoles({ id });
  const { data: user } = await management.users.get({ id });
  const { data: others } = await management.usersByEmail.getByEmail({ email: "new@fabrikam.example" });
  await management.users.update({ id: others[0].user_id }, { blocked: true });
  api.idToken.setCustomClaim("https://f/seen", [user.nickname, roles[0].name]);
};
"""


def test_a_script_reads_and_writes_users_by_the_management_api(make_stage, tmp_path):
    folder = an_action(tmp_path / "mine", MANAGES, needs=["auth0"])
    stage = make_stage(folder, engine=None)
    assert stage.browser().claims()["https://f/seen"] == ["Olly", "Clerk"]
    changed = user(stage)
    assert (changed["nickname"], changed["app_metadata"]) == ("Olly", {"level": 3})
    assert changed["user_metadata"] == {"theme": "dark"}
    assert user(stage, NEW)["blocked"] is True
    assert stage.browser().sign_in(NEW).query["error_description"] == "user is blocked"


PRIMARY = """
const { ManagementClient } = require("auth0");
exports.onExecutePostLogin = async (event, api) => {
  const users = new ManagementClient({}).users;
  const [main, second] = event.request.query.login_hint.split(" ");
  if (second) await users.link({ id: main }, { user_id: second });
  api.authentication.setPrimaryUser(event.request.query.ui_locales);
};
"""


@pytest.mark.parametrize(
    ("linked", "primary", "answer"),
    [
        ("",                      "auth0|otp",    "auth0|otp"),
        ("",                      "auth0|push",   "access_denied"),
        ("",                      "auth0|nobody", "access_denied"),
        ("auth0|push auth0|otp",  "auth0|push",   "auth0|push"),
        ("auth0|otp auth0|push",  "auth0|push",   "auth0|push"),
        ("auth0|push auth0|new",  "auth0|push",   "access_denied"),
    ],
)  # fmt: skip
def test_only_a_linked_account_becomes_the_primary_user(
    make_stage, tmp_path, linked, primary, answer
):
    folder = an_action(tmp_path / "mine", PRIMARY, needs=["auth0"])
    stage = make_stage(folder, engine=None)
    arrival = stage.browser().sign_in(login_hint=linked, ui_locales=primary)
    if answer == "access_denied":
        assert arrival.query["error"] == answer
        assert f"{primary} is not linked" in arrival.query["error_description"]
    else:
        assert read(stage.redeem(arrival.code)["id_token"])["sub"] == answer
