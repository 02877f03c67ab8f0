"""Grants without a page: refresh, password, realm, and the MFA API with its errors."""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor

import jwt
import pyotp
import pytest
from webtest import TestApp

from fabrikam.tenant import MFA_ACR
from fabrikam.tenant.scripts import Denial, Engine, Outcome, Pause, read_folder
from fabrikam.tenant.scripts.outcome import Challenge
from tests.tenant.builders import (
    BLOCKED,
    CLIENT_ID,
    ISSUER,
    NEW,
    NOW,
    OTP,
    PASSWORD,
    PUSH,
    SECRET,
    Script,
    app_code,
    asks_mfa,
    read,
    shipped,
)

REALM = "http://auth0.com/oauth/grant-type/password-realm"
BY_OTP = "http://auth0.com/oauth/grant-type/mfa-otp"
BY_PUSH = "http://auth0.com/oauth/grant-type/mfa-oob"
BY_RECOVERY = "http://auth0.com/oauth/grant-type/mfa-recovery-code"
GRANTS = [
    "authorization_code",
    "refresh_token",
    "password",
    REALM,
    BY_OTP,
    BY_PUSH,
    BY_RECOVERY,
]
OFFLINE = "openid offline_access"


def always(_occasion):
    return asks_mfa()


def on_refresh(script_input):
    return asks_mfa() if script_input.protocol == "oauth2-refresh-token" else Outcome()


@pytest.fixture
def direct(make_stage):
    """A tenant that always asks for a factor, and a client with every grant."""
    return with_grants(make_stage(engine=Script(always)))


def with_grants(stage):
    stage.add_client(client_id="direct", grant_types=GRANTS)
    stage.add_client(client_id="second", grant_types=GRANTS)
    return stage


def password(stage, email=OTP, status=403, **fields):
    usual = {
        "grant_type": "password",
        "username": email,
        "password": PASSWORD,
        "scope": "openid",
        "client_id": "direct",
    }
    return stage.token(status, **{**usual, **fields}).json


def mfa_token(stage, email=OTP, **fields):
    return password(stage, email, **fields)["mfa_token"]


def finish(stage, token, grant_type=BY_OTP, status=200, **fields):
    usual = {"grant_type": grant_type, "mfa_token": token, "client_id": "direct"}
    return stage.token(status, **{**usual, **fields}).json


def challenge(stage, token, status=200, **fields):
    usual = {"client_id": "direct", "client_secret": SECRET, "mfa_token": token}
    sent = {**usual, "challenge_type": "otp oob", **fields}
    return stage.program.post("/mfa/challenge", sent, status=status).json


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


# refresh


def renew(stage, refresh_token, status=200, **fields):
    usual = {"grant_type": "refresh_token", "refresh_token": refresh_token}
    return stage.token(status, **{**usual, **fields}).json


@pytest.mark.promise("34", "OIDC 12.2")
def test_a_refresh_gives_new_tokens_without_amr(stage, browser):
    first = browser.tokens(scope=OFFLINE, acr_values=MFA_ACR)
    stage.clock.at += 60
    second = renew(stage, first["refresh_token"])
    claims = read(second["id_token"])
    assert claims["sub"] == read(first["id_token"])["sub"]
    assert claims["iat"] == NOW + 60
    assert {"amr", "acr", "nonce"}.isdisjoint(claims)
    assert second["refresh_token"] != first["refresh_token"]
    assert stage.userinfo(second["access_token"])["sub"] == claims["sub"]


@pytest.mark.promise("OIDC 12.2")
def test_a_refreshed_token_keeps_the_time_of_the_password(stage, browser):
    first = browser.tokens(scope=OFFLINE, prompt="login")
    stage.clock.at += 60
    assert read(renew(stage, first["refresh_token"])["id_token"])["auth_time"] == NOW


def test_without_offline_access_there_is_no_refresh_token(browser):
    assert "refresh_token" not in browser.tokens()


@pytest.mark.promise("ASVS 10.4.5", "RFC 9700 4.14.2", "RFC 9700 2.2.2")
def test_a_used_refresh_token_ends_the_whole_family(stage, browser):
    first = browser.tokens(scope=OFFLINE)["refresh_token"]
    second = renew(stage, first)
    said = renew(stage, first, 403)
    assert said["error_description"] == "Unknown or invalid refresh token."
    renew(stage, second["refresh_token"], 403)
    stage.userinfo(second["access_token"], 401)


def test_of_twenty_refreshers_at_most_one_wins(stage, browser):
    token = browser.tokens(scope=OFFLINE)["refresh_token"]
    fields = {
        "grant_type": "refresh_token",
        "refresh_token": token,
        "client_id": CLIENT_ID,
        "client_secret": SECRET,
    }

    def refresh(_):
        return TestApp(stage.app).post("/oauth/token", fields, status="*").status_int

    with ThreadPoolExecutor(20) as pool:
        statuses = sorted(pool.map(refresh, range(20)))
    assert statuses == [200] + [403] * 19


@pytest.mark.promise("RFC 9700 2.2.2")
def test_a_refresh_token_is_bound_to_its_client(stage, browser):
    stage.add_client()
    token = browser.tokens(scope=OFFLINE)["refresh_token"]
    assert renew(stage, token, 403, client_id="other")["error"] == "invalid_grant"
    renew(stage, token)


@pytest.mark.promise("RFC 9700 4.14.2", "ASVS 10.4.11")
def test_a_refresh_never_widens_and_may_narrow(stage, browser):
    first = browser.tokens(scope=f"{OFFLINE} email")["refresh_token"]
    narrow = renew(stage, first, scope="openid")
    assert narrow["scope"] == "openid"
    wide = renew(stage, narrow["refresh_token"], scope=f"{OFFLINE} email profile")
    assert set(wide["scope"].split()) == {"openid", "offline_access", "email"}


@pytest.mark.promise("ASVS 10.4.8", "RFC 9700 2.2.2")
@pytest.mark.parametrize(
    ("pauses", "status"),
    [
        ([15 * 86_400], 403),
        ([15 * 86_400 - 1, 15 * 86_400 - 1], 200),
        ([15 * 86_400 - 1, 15 * 86_400 - 1, 2], 403),
    ],
)
def test_refresh_tokens_end_when_idle_and_when_old(stage, browser, pauses, status):
    token = browser.tokens(scope=OFFLINE)["refresh_token"]
    for pause in pauses[:-1]:
        stage.clock.at += pause
        token = renew(stage, token)["refresh_token"]
    stage.clock.at += pauses[-1]
    renew(stage, token, status)


def test_a_refresh_of_a_blocked_user_is_refused(stage, browser):
    token = browser.tokens(scope=OFFLINE)["refresh_token"]
    stage.control("users", email=OTP, blocked=True)
    said = renew(stage, token, 403)
    assert said == {"error": "unauthorized", "error_description": "user is blocked"}


def test_p25_mfa_on_refresh_is_mfa_required_and_keeps_the_token(make_stage):
    stage = with_grants(make_stage(engine=Script(on_refresh)))
    browser = stage.browser()
    code = browser.sign_in(scope=OFFLINE, client_id="direct").code
    token = stage.redeem(code, client_id="direct")["refresh_token"]
    for _ in range(2):
        said = renew(stage, token, 403, client_id="direct")
        assert said["error"] == "mfa_required"
        assert said["error_description"] == "Multifactor authentication required"
    renewed = finish(stage, said["mfa_token"], otp=stage.code_of(OTP))
    assert "amr" not in read(renewed["id_token"])


@pytest.mark.promise("RFC 9700 4.14.2")
def test_a_refresh_that_met_mfa_widens_nothing_either(make_stage):
    stage = with_grants(make_stage(engine=Script(on_refresh)))
    first = stage.browser().tokens(scope=OFFLINE)
    stage.clock.at += 60
    wider = {"scope": f"{OFFLINE} email profile"}
    demo = {"client_id": CLIENT_ID}
    stage.add_client(client_id=CLIENT_ID, grant_types=GRANTS)
    token = renew(stage, first["refresh_token"], 403, **wider)["mfa_token"]
    second = finish(stage, token, otp=stage.code_of(OTP), **demo)
    assert set(second["scope"].split()) == set(OFFLINE.split())
    before, after = read(first["id_token"]), read(second["id_token"])
    assert "email" not in after
    assert before.get("auth_time") == after.get("auth_time")


@pytest.mark.promise("RFC 9700 4.14.2", "ASVS 10.4.5")
def test_a_refresh_that_met_mfa_stays_in_its_family(make_stage):
    stage = with_grants(make_stage(engine=Script(on_refresh)))
    stage.add_client(client_id=CLIENT_ID, grant_types=GRANTS)
    first = stage.browser().tokens(scope=OFFLINE)["refresh_token"]
    said = [renew(stage, first, 403)["mfa_token"] for _ in range(2)]
    demo = {"client_id": CLIENT_ID}
    second = finish(stage, said[0], otp=stage.code_of(OTP), **demo)
    assert stage.userinfo(second["access_token"])
    assert renew(stage, first, 403)["error"] == "invalid_grant"  # and ends the family
    stage.userinfo(second["access_token"], status=401)
    stage.clock.at += 60
    late = finish(stage, said[1], status=403, otp=stage.code_of(OTP), **demo)
    assert late["error"] == "invalid_grant"


def test_a_late_second_factor_takes_no_token_from_another_tab(make_stage):
    asking = [True, False, False]
    stage = make_stage(
        engine=Script(
            lambda script_input: (
                on_refresh(script_input)
                if script_input.protocol == "oauth2-refresh-token" and asking.pop(0)
                else Outcome()
            )
        )
    )
    stage.add_client(client_id=CLIENT_ID, grant_types=GRANTS)
    first = stage.browser().tokens(scope=OFFLINE)["refresh_token"]
    late = renew(stage, first, 403)["mfa_token"]
    other_tab = renew(stage, first)["refresh_token"]
    code, demo = stage.code_of(OTP), {"client_id": CLIENT_ID}
    refused = finish(stage, late, status=403, otp=code, **demo)
    assert refused["error"] == "invalid_grant"
    assert renew(stage, other_tab)["access_token"]


def test_what_a_script_adds_on_a_refresh_is_granted(make_stage):
    def adds(script_input):
        refreshing = script_input.protocol == "oauth2-refresh-token"
        return Outcome(added_scopes=("extra",) if refreshing else ())

    stage = make_stage(engine=Script(adds))
    first = stage.browser().tokens(scope=OFFLINE)
    second = renew(stage, first["refresh_token"], scope=f"{OFFLINE} email")
    assert set(second["scope"].split()) == {*OFFLINE.split(), "extra"}


def test_a_refresh_tells_scripts_of_no_password_that_nobody_gave(stage, browser):
    token = browser.tokens(scope=OFFLINE)["refresh_token"]
    stage.clock.at += 86_400
    renew(stage, token)
    assert stage.script.seen[-1].methods == ()


def test_scripts_see_a_refresh_as_such(stage, browser):
    token = browser.tokens(scope=OFFLINE)["refresh_token"]
    renew(stage, token, scope="openid step_up")
    seen = stage.script.seen[-1]
    assert seen.protocol == "oauth2-refresh-token"
    assert seen.session_id is None
    assert seen.query == {}
    assert seen.body["scope"] == "openid step_up"
    assert "client_secret" not in seen.body


def test_p28_the_old_rule_steps_up_on_refresh_by_scope(make_stage, tmp_path):
    folder = shipped("before", tmp_path / "folder")
    stage = make_stage(folder, engine=Engine(read_folder(folder)))
    token = stage.browser().tokens(scope=OFFLINE)["refresh_token"]
    assert renew(stage, token, 403, scope=f"{OFFLINE} step_up")["error"] == (
        "mfa_required"
    )
    claims = read(renew(stage, token)["id_token"])
    assert claims["authentication_level"] == "normal"


# password


def test_a_password_grant_gives_tokens(make_stage):
    stage = with_grants(make_stage())
    said = password(stage, status=200)
    assert read(said["id_token"])["sub"] == "auth0|otp"
    assert "amr" not in read(said["id_token"])
    assert stage.script.seen[-1].protocol == "oauth2-password"
    assert "password" not in stage.script.seen[-1].body


def test_password_grants_count_as_logins_and_refreshes_do_not(make_stage):
    stage = with_grants(make_stage())
    counts = []
    token = password(stage, OTP, 200, scope=OFFLINE)["refresh_token"]
    counts.append(stage.script.seen[-1].logins_count)
    token = renew(stage, token, client_id="direct")["refresh_token"]
    counts.append(stage.script.seen[-1].logins_count)
    password(stage, OTP, 200)
    counts.append(stage.script.seen[-1].logins_count)
    assert counts == [1, 1, 2]


def test_a_realm_names_the_connection(make_stage):
    stage = with_grants(make_stage())
    realm = "Username-Password-Authentication"
    password(stage, status=200, grant_type=REALM, realm=realm)
    password(stage, status=400, grant_type=REALM, realm="elsewhere")


@pytest.mark.parametrize(
    ("changes", "status", "error", "description"),
    [
        ({"password": "wrong"},    403, "invalid_grant", "Wrong email or password."),
        ({"username": "nobody@x"}, 403, "invalid_grant", "Wrong email or password."),
        ({"username": BLOCKED},    403, "unauthorized",  "user is blocked"),
        ({"password": ...},        400, "invalid_request",
         "Missing required parameter: password"),
        ({"client_id": CLIENT_ID}, 403, "unauthorized_client",
         "Grant type 'password' not allowed for the client."),
        ({"client_secret": "no"},  401, "access_denied", "Unauthorized"),
        ({"scope": ["a", "b"]},    400, "invalid_request", "scope is repeated"),
    ],
)  # fmt: skip
def test_password_errors_in_auth0s_words(
    make_stage, changes, status, error, description
):
    stage = with_grants(make_stage())
    said = password(stage, **{"status": status, **changes})
    assert said == {"error": error, "error_description": description}


def test_the_eleventh_wrong_password_is_refused_at_the_token_endpoint(make_stage):
    stage = with_grants(make_stage())
    for _ in range(10):
        password(stage, password="wrong")
    assert password(stage, status=429)["error"] == "too_many_attempts"


@pytest.mark.parametrize(
    "header",
    [
        "Basic not-base64!",
        "Basic " + base64.b64encode(f"other:{SECRET}".encode()).decode(),
        "Basic " + base64.b64encode(b"\xff:x").decode(),
    ],
)
def test_an_odd_authorization_header_is_no_authentication(stage, header):
    stage.add_client()
    fields = {"grant_type": "authorization_code", "client_id": CLIENT_ID, "code": "c"}
    response = stage.program.post(
        "/oauth/token", fields, headers={"Authorization": header}, status=401
    )
    assert response.json["error"] == "access_denied"


def test_a_body_that_is_no_form_is_refused(stage):
    response = stage.program.post_json("/oauth/token", ["a"], status=400)
    assert response.json["error"] == "invalid_request"


def test_ten_wrong_codes_at_the_api_lock_as_well(direct):
    token = mfa_token(direct)
    for _ in range(10):
        finish(direct, token, otp="000000", status=403)
    said = finish(direct, token, otp=direct.code_of(OTP), status=429)
    assert said["error"] == "too_many_attempts"


def test_a_tenant_without_a_default_connection_says_so(make_stage):
    stage = with_grants(make_stage(files={"tenant": {"friendly_name": "Bare"}}))
    said = password(stage, status=500)
    assert said["error"] == "server_error"


def test_a_script_that_denies_is_told_at_the_token_endpoint(make_stage):
    denied = Outcome(denial=Denial("access_denied", "not today"))
    stage = with_grants(make_stage(engine=Script(lambda _: denied)))
    assert password(stage)["error_description"] == "not today"


# the MFA API


def test_mfa_required_then_a_code(direct):
    token = mfa_token(direct)
    assert challenge(direct, token)["challenge_type"] == "otp"
    said = finish(direct, token, otp=direct.code_of(OTP))
    assert "amr" not in read(said["id_token"])


def test_the_status_of_mfa_required_is_a_quirk(direct):
    direct.control("config", quirks={"mfa_required_status": "400"})
    assert password(direct, status=400)["error"] == "mfa_required"


def test_authenticators_are_listed(direct):
    headers = bearer(mfa_token(direct, PUSH))
    listed = direct.program.get("/mfa/authenticators", headers=headers).json
    kinds = [(one["id"].split("|")[0], one["authenticator_type"]) for one in listed]
    assert kinds == [("push", "oob"), ("totp", "otp")]
    assert all(one["active"] for one in listed)


def test_a_push_by_the_api(direct):
    token = mfa_token(direct, PUSH)
    oob_code = challenge(direct, token)["oob_code"]
    by_push = {"grant_type": BY_PUSH, "oob_code": oob_code}
    pending = finish(direct, token, status=400, **by_push)
    assert pending["error"] == "authorization_pending"
    direct.control(f"push/{oob_code}", answer="allow")
    assert "id_token" in finish(direct, token, **by_push)


def test_a_denied_push_by_the_api(direct):
    token = mfa_token(direct, PUSH)
    oob_code = challenge(direct, token)["oob_code"]
    direct.control(f"push/{oob_code}", answer="deny")
    said = finish(direct, token, BY_PUSH, 403, oob_code=oob_code)
    assert said["error_description"] == "MFA Authorization rejected."


def only_push(_occasion):
    factor = {"type": "push-notification", "options": {"otpFallback": False}}
    return Outcome(pause=Pause(Challenge((factor,)), {}))


def test_no_other_factor_passes_what_a_script_challenged_with(make_stage):
    stage = with_grants(make_stage(engine=Script(only_push)))
    said = password(stage, PUSH)
    assert said["mfa_requirements"] == {"challenge": [{"type": "push-notification"}]}
    token = said["mfa_token"]
    challenge(stage, token, 401, challenge_type="otp")
    refused = finish(stage, token, status=401, otp=stage.code_of(PUSH))
    assert refused["error"] == "unsupported_challenge_type"
    refused = finish(stage, token, BY_RECOVERY, 401, recovery_code="A" * 24)
    assert refused["error"] == "unsupported_challenge_type"
    assert challenge(stage, token)["challenge_type"] == "oob"


def test_scripts_see_every_field_of_a_token_request_but_the_secrets(direct):
    token = password(direct, acr_values=MFA_ACR, device="tablet")["mfa_token"]
    body = direct.script.seen[-1].body
    assert body["acr_values"] == MFA_ACR
    assert body["device"] == "tablet"
    finish(direct, token, otp=direct.code_of(OTP))
    everything = [value for seen in direct.script.seen for value in seen.body.values()]
    assert {PASSWORD, SECRET}.isdisjoint(everything)


def test_who_polls_too_fast_is_told_to_slow_down(direct):
    token = mfa_token(direct, PUSH)
    oob_code = challenge(direct, token)["oob_code"]
    told = []
    for pause in (0, 1, 1, 2, 3):
        direct.clock.at += pause
        said = finish(direct, token, BY_PUSH, 400, oob_code=oob_code)
        told.append(said["error"])
    pending, slow = "authorization_pending", "slow_down"
    assert told == [pending, slow, slow, pending, pending]
    direct.control(f"push/{oob_code}", answer="allow")
    assert finish(direct, token, BY_PUSH, oob_code=oob_code)["access_token"]


@pytest.mark.promise("73", "ASVS 6.6.4")
def test_the_sixth_push_in_a_minute_is_refused(direct):
    token = mfa_token(direct, PUSH)
    for _ in range(5):
        challenge(direct, token)
    assert challenge(direct, token, 429)["error"] == "too_many_attempts"
    direct.clock.at += 60
    challenge(direct, token)


def test_enrolment_by_the_api(direct):
    headers = bearer(mfa_token(direct, NEW))
    sent = {"authenticator_types": ["otp"]}
    said = direct.program.post_json("/mfa/associate", sent, headers=headers).json
    assert said["authenticator_type"] == "otp"
    assert said["barcode_uri"].startswith("otpauth://totp/")
    assert f"secret={said['secret']}" in said["barcode_uri"]

    class Page:
        text = f'data-secret="{said["secret"]}"'

    token = headers["Authorization"].split()[1]
    tokens = finish(direct, token, otp=app_code(Page(), NOW))
    assert "id_token" in tokens
    direct.clock.at += 60
    assert challenge(direct, mfa_token(direct, NEW))["challenge_type"] == "otp"


def test_push_enrolment_by_the_api(direct):
    token = mfa_token(direct, NEW)
    sent = {"authenticator_types": ["oob"], "oob_channels": ["auth0"]}
    said = direct.program.post_json("/mfa/associate", sent, headers=bearer(token)).json
    assert said["oob_channel"] == "auth0"
    direct.control(f"push/{said['oob_code']}", answer="allow")
    finish(direct, token, BY_PUSH, oob_code=said["oob_code"])
    users = {user["email"]: user for user in direct.control("users")}
    assert set(users[NEW]["factors"]) == {"push-notification", "otp"}


def test_a_recovery_code_by_the_api_is_replaced(make_stage):
    files = {
        "guardian__factors__otp": {"name": "otp", "enabled": True},
        "guardian__factors__recovery-code": {"name": "recovery-code", "enabled": True},
    }
    stage = with_grants(make_stage(engine=Script(always), files=files))
    token = mfa_token(stage, NEW)
    sent = {"authenticator_types": ["otp"]}
    said = stage.program.post_json("/mfa/associate", sent, headers=bearer(token)).json
    (code,) = said["recovery_codes"]

    class Page:
        text = f'data-secret="{said["secret"]}"'

    finish(stage, token, otp=app_code(Page(), NOW))
    given = finish(stage, mfa_token(stage, NEW), BY_RECOVERY, recovery_code=code)
    assert given["recovery_code"] not in (code, None)
    used = finish(stage, mfa_token(stage, NEW), BY_RECOVERY, 403, recovery_code=code)
    assert used["error"] == "invalid_grant"


ENROLLED = {"error": "access_denied", "error_description": "User is already enrolled."}


def test_a_recovery_code_counts_only_beside_a_confirmed_factor(make_stage):
    factors = {
        f"guardian__factors__{name}": {"name": name, "enabled": True}
        for name in ("otp", "recovery-code")
    }
    stage = with_grants(make_stage(engine=Script(always), files=factors))
    token = mfa_token(stage, NEW)
    sent = {"authenticator_types": ["otp"]}
    address = "/mfa/associate"
    offered = stage.program.post_json(address, sent, headers=bearer(token)).json
    (code,) = offered["recovery_codes"]
    refused = finish(stage, token, BY_RECOVERY, 403, recovery_code=code)
    assert refused["error_description"] == "Invalid recovery_code."
    listed = stage.program.get("/mfa/authenticators", headers=bearer(token)).json
    assert listed == []
    shown = pyotp.TOTP(offered["secret"]).at(int(stage.clock.at))
    assert finish(stage, token, otp=shown)["access_token"]
    stage.clock.at += 60
    assert finish(stage, mfa_token(stage, NEW), BY_RECOVERY, recovery_code=code)


@pytest.fixture
def optional(make_stage):
    """A tenant that asks for a factor where the class is asked for."""
    return with_grants(make_stage())


def associate(stage, token, status=200):
    sent = {"authenticator_types": ["otp"]}
    headers = bearer(token)
    return stage.program.post_json(
        "/mfa/associate", sent, headers=headers, status=status
    ).json


@pytest.mark.promise("ASVS 7.5.1")
def test_a_token_from_before_the_first_factor_removes_none(optional):
    scope = "enroll read:authenticators remove:authenticators"
    audience = f"{ISSUER}mfa/"
    token = password(optional, NEW, 200, audience=audience, scope=scope)["access_token"]
    headers = bearer(token)
    assert optional.program.get("/mfa/authenticators", headers=headers).json == []
    assert associate(optional, token)["secret"]
    optional.browser().sign_in(NEW, acr_values=MFA_ACR)
    for method, address in (
        ("GET", "/mfa/authenticators"),
        ("DELETE", "/mfa/authenticators/totp%7Cdev_1"),
        ("POST", "/mfa/associate"),
    ):
        refused = optional.program.request(
            address, method=method, headers=headers, status=403
        )
        assert refused.json["error"] == "mfa_required"


@pytest.mark.promise("ASVS 6.5.6")
def test_an_mfa_token_from_before_the_first_factor_adds_none(direct):
    early, proposing = mfa_token(direct, NEW), mfa_token(direct, NEW)
    secret = associate(direct, proposing)["secret"]
    direct.browser().sign_in(NEW, acr_values=MFA_ACR)
    direct.clock.at += 60
    refused = associate(direct, early, 403)
    assert refused["error_description"] == "User is already enrolled."
    planted = pyotp.TOTP(secret).at(int(direct.clock.at))
    refused = finish(direct, proposing, status=403, otp=planted)
    assert refused["error_description"] == "Invalid otp_code."
    users = {user["email"]: user for user in direct.control("users")}
    assert users[NEW]["factors"] == ["otp"]


def test_a_phone_proposed_before_the_first_factor_adds_none(direct):
    token = mfa_token(direct, NEW)
    sent = {"authenticator_types": ["oob"], "oob_channels": ["auth0"]}
    headers = bearer(token)
    offered = direct.program.post_json("/mfa/associate", sent, headers=headers).json
    direct.browser().sign_in(NEW, acr_values=MFA_ACR)
    direct.control(f"push/{offered['oob_code']}", answer="allow")
    refused = finish(direct, token, BY_PUSH, 403, oob_code=offered["oob_code"])
    assert refused["error_description"] == "User is already enrolled."


def test_an_enrolment_that_took_too_long_counts_for_nothing(direct):
    token = mfa_token(direct, NEW)
    secret = associate(direct, token)["secret"]
    direct.clock.at += 300
    code = pyotp.TOTP(secret).at(int(direct.clock.at))
    assert finish(direct, token, status=403, otp=code)["error"] == "expired_token"


@pytest.mark.promise("ASVS 16.2.5")
def test_no_refresh_token_lies_on_the_disk_while_mfa_is_due(make_stage, tmp_path):
    stage = with_grants(make_stage(engine=Script(on_refresh)))
    token = stage.browser().tokens(scope=OFFLINE)["refresh_token"]
    renew(stage, token, 403)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path.name for path in files if token.encode() in path.read_bytes()] == []
    assert token not in stage.script.seen[-1].body.values()


def test_the_errors_of_the_mfa_api_word_for_word(direct):
    token = mfa_token(direct)
    other = {"client_id": "second"}
    wrong_client = "mfa_token not issued to this client"
    assert finish(direct, token, otp="000000", status=403) == {
        "error": "invalid_grant",
        "error_description": "Invalid otp_code.",
    }
    assert finish(direct, "nonsense", otp="0", status=403) == {
        "error": "invalid_grant",
        "error_description": "Malformed mfa_token",
    }
    said = finish(direct, token, otp="0", status=400, **other)
    assert said["error_description"] == wrong_client
    said = challenge(direct, token, 400, **other)
    assert said["error_description"] == wrong_client
    said = finish(direct, token, BY_PUSH, 400, oob_code="another")
    assert said["error_description"] == "The oob_code doesn't match the mfa_token"
    said = challenge(direct, token, 401, challenge_type="oob")
    assert said["error"] == "unsupported_challenge_type"
    said = challenge(direct, mfa_token(direct, NEW), 403)
    assert said["error"] == "association_required"
    said = challenge(direct, token, 401, client_secret="wrong")
    assert said["error"] == "access_denied"
    sent = {"authenticator_types": ["otp"]}
    headers = bearer(token)
    response = direct.program.post_json(
        "/mfa/associate", sent, headers=headers, status=403
    )
    assert response.json == ENROLLED
    direct.clock.at += 600
    assert finish(direct, token, otp="0", status=403) == {
        "error": "expired_token",
        "error_description": "mfa_token is expired",
    }


def test_an_expired_push_says_so(direct):
    token = mfa_token(direct, PUSH)
    oob_code = challenge(direct, token)["oob_code"]
    direct.clock.at += 300
    said = finish(direct, token, BY_PUSH, 403, oob_code=oob_code)
    assert said["error_description"] == "oob_code is expired"


@pytest.mark.promise("ASVS 6.5.1")
def test_an_mfa_token_works_once(direct):
    token = mfa_token(direct)
    finish(direct, token, otp=direct.code_of(OTP))
    direct.clock.at += 30
    said = finish(direct, token, otp=direct.code_of(OTP), status=403)
    assert said["error_description"] == "Malformed mfa_token"


@pytest.mark.promise("ASVS 6.5.6")
def test_the_mfa_audience_lets_a_user_manage_their_factors(direct):
    browser = direct.browser()
    scope = "openid enroll read:authenticators remove:authenticators"
    tokens = browser.tokens(audience=f"{ISSUER}mfa/", scope=scope)
    headers = bearer(tokens["access_token"])
    (one,) = direct.program.get("/mfa/authenticators", headers=headers).json
    direct.program.delete(f"/mfa/authenticators/{one['id']}", headers=headers)
    assert direct.program.get("/mfa/authenticators", headers=headers).json == []
    assert "gd_unenroll" in direct.events()


@pytest.mark.promise("ASVS 7.5.1")
def test_a_password_alone_removes_no_factor(direct):
    headers = bearer(mfa_token(direct))
    (one,) = direct.program.get("/mfa/authenticators", headers=headers).json
    address = f"/mfa/authenticators/{one['id']}"
    direct.program.delete(address, headers=headers, status=401)
    plain = direct.browser().tokens()
    direct.program.delete(address, headers=bearer(plain["access_token"]), status=403)


# what is revoked, and what is signed otherwise


@pytest.mark.promise("ASVS 10.4.9")
def test_revoking_a_refresh_token_ends_its_family(stage, browser):
    tokens = browser.tokens(scope=OFFLINE)
    fields = {"client_id": CLIENT_ID, "client_secret": SECRET}
    sent = {**fields, "token": tokens["refresh_token"]}
    stage.program.post("/oauth/revoke", sent)
    renew(stage, tokens["refresh_token"], 403)
    stage.userinfo(tokens["access_token"], 401)


def test_revoking_an_access_token_leaves_the_rest(stage, browser):
    tokens = browser.tokens(scope=OFFLINE)
    fields = {"client_id": CLIENT_ID, "client_secret": SECRET}
    stage.program.post("/oauth/revoke", {**fields, "token": tokens["access_token"]})
    stage.userinfo(tokens["access_token"], 401)
    renew(stage, tokens["refresh_token"])


def test_another_client_revokes_nothing(stage, browser):
    stage.add_client()
    tokens = browser.tokens(scope=OFFLINE)
    fields = {"client_id": "other", "client_secret": SECRET}
    stage.program.post("/oauth/revoke", {**fields, "token": tokens["refresh_token"]})
    renew(stage, tokens["refresh_token"])
    sent = {"client_id": "other", "client_secret": "no", "token": "t"}
    assert stage.program.post("/oauth/revoke", sent, status=401).json["error"] == (
        "access_denied"
    )


def test_hs256_uses_the_clients_secret(stage, browser):
    stage.add_client(client_id="old", jwt_configuration={"alg": "HS256"})
    code = browser.sign_in(client_id="old").code
    token = stage.redeem(code, client_id="old")["id_token"]
    options = {"verify_exp": False, "verify_iat": False}
    claims = jwt.decode(
        token, SECRET, algorithms=["HS256"], audience="old", options=options
    )
    assert claims["sub"] == "auth0|otp"


def test_a_standard_client_finds_the_key_of_each_algorithm_by_its_name(stage, browser):
    options = {"verify_exp": False, "verify_iat": False}
    stage.add_client(client_id="ps", jwt_configuration={"alg": "PS256"})
    stage.add_client(client_id="rs", jwt_configuration={"alg": "RS256"})
    for client_id, algorithm in (("ps", "PS256"), ("rs", "RS256")):
        code = browser.sign_in(client_id=client_id).code
        token = stage.redeem(code, client_id=client_id)["id_token"]
        keys = jwt.PyJWKSet.from_dict(stage.program.get("/.well-known/jwks.json").json)
        key = keys[jwt.get_unverified_header(token)["kid"]]
        assert key.algorithm_name == algorithm
        jwt.decode(
            token, key, algorithms=[algorithm], audience=client_id, options=options
        )
        logout = {"id_token_hint": token, "client_id": client_id}
        assert stage.program.get("/oidc/logout", logout, status="*").status_int < 400


def test_the_key_set_names_only_algorithms_that_a_client_has(stage):
    assert algorithms_of(stage) == ["RS256"]
    stage.add_client(client_id="hs", jwt_configuration={"alg": "HS256"})
    assert algorithms_of(stage) == ["RS256"]
    stage.add_client(client_id="ps", jwt_configuration={"alg": "PS256"})
    assert algorithms_of(stage) == ["RS256", "PS256"]


def algorithms_of(stage):
    keys = stage.program.get("/.well-known/jwks.json").json["keys"]
    return [key["alg"] for key in keys]


def test_a_clients_lifetime_is_its_own(stage, browser):
    stage.add_client(client_id="s", jwt_configuration={"lifetime_in_seconds": 60})
    claims = read(
        stage.redeem(browser.sign_in(client_id="s").code, client_id="s")["id_token"]
    )
    assert claims["exp"] - claims["iat"] == 60


def api(dialect="access_token"):
    return {
        "name": "Pay",
        "identifier": "urn:pay",
        "scopes": [{"value": "read:pay"}],
        "token_lifetime": 86_400,
        "token_lifetime_for_web": 7200,
        "token_dialect": dialect,
    }


@pytest.mark.promise("ASVS 9.2.4", "RFC 9700 2.3")
@pytest.mark.parametrize(
    ("dialect", "typ"), [("access_token", "JWT"), ("rfc9068_profile", "at+jwt")]
)
def test_an_api_of_the_folder_gets_signed_access_tokens(make_stage, dialect, typ):
    stage = make_stage(files={"resource-servers__Pay": api(dialect)})
    tokens = stage.browser().tokens(audience="urn:pay", scope="openid read:pay")
    keys = jwt.PyJWKSet.from_dict(stage.program.get("/.well-known/jwks.json").json)
    header = jwt.get_unverified_header(tokens["access_token"])
    claims = jwt.decode(
        tokens["access_token"],
        keys[header["kid"]],
        algorithms=["RS256"],
        audience="urn:pay",
        options={"verify_exp": False, "verify_iat": False},
    )
    assert header["typ"] == typ
    assert claims["scope"] == "openid read:pay"
    assert tokens["expires_in"] == 7200
    assert stage.userinfo(tokens["access_token"])["sub"] == claims["sub"]


def test_tokeninfo_belongs_to_the_legacy_pipeline(stage, browser):
    stage.add_client(client_id="old", oidc_conformant=False, sso=True)
    token = stage.redeem(browser.sign_in(client_id="old").code, client_id="old")
    said = stage.program.post("/tokeninfo", {"id_token": token["id_token"]}).json
    assert said["user_id"] == "auth0|otp"
    modern = browser.tokens()["id_token"]
    stage.program.post("/tokeninfo", {"id_token": modern}, status=400)
    stage.program.post("/tokeninfo", {"id_token": "a.b.c"}, status=401)
