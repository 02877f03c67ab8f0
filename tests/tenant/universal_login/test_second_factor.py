"""The second factor in a browser: codes, push, recovery, enrolment, remembering.

The numbers in names are those of the attacks in the threat model.
"""

from __future__ import annotations

import statistics
import time
from concurrent.futures import ThreadPoolExecutor

import pyotp
import pytest

from fabrikam.tenant import MFA_ACR
from fabrikam.tenant.scripts import Challenge, Outcome, Pause, Redirect
from fabrikam.tenant.storage.authenticators import Authenticators
from fabrikam.tenant.storage.rate_limits import RateLimits
from tests.tenant.builders import (
    CALLBACK,
    NEW,
    NOW,
    OTP,
    PASSWORD,
    PUSH,
    Script,
    app_code,
    asks_mfa,
    callback_query,
    read,
)

DAY = 86_400
OTP_PAGE = "/u/mfa-otp-challenge"
PUSH_PAGE = "/u/mfa-push-challenge-push"
RECOVERY = {
    "guardian__factors__otp": {"name": "otp", "enabled": True},
    "guardian__factors__push-notification": {
        "name": "push-notification",
        "enabled": True,
    },
    "guardian__factors__recovery-code": {"name": "recovery-code", "enabled": True},
}


def at_the_factor(stage, email=OTP, browser=None, **changes):
    """The page of the second factor, after the password."""
    browser = browser or stage.browser()
    response = browser.authorize(**{"acr_values": MFA_ACR, **changes}).follow()
    if response.request.path == "/u/login":
        response = browser.answer(response, email).follow(status="*")
    return response


def typing(response, code, **fields):
    """Type a code into a page and send it."""
    form = response.forms[0]
    form["code"] = code
    for name, value in fields.items():
        form[name] = value
    return form.submit("action", value="default", status="*")


def test_a_wrong_code_is_said_and_a_right_one_goes_on(stage):
    response = at_the_factor(stage)
    wrong = typing(response, "000000")
    assert wrong.status_int == 400
    assert "wrong, too old, or was used" in wrong.text
    right = typing(wrong, stage.code_of(OTP))
    assert right.location.startswith(CALLBACK)


@pytest.mark.promise("ASVS 6.5.5", "ASVS 6.5.8")
@pytest.mark.parametrize(
    ("steps", "passes"),
    [(-2, False), (-1, True), (0, True), (1, True), (2, False)],
)
def test_074_codes_count_one_step_either_side(stage, steps, passes):
    response = at_the_factor(stage)
    stage.clock.at += steps * 30
    code = stage.code_of(OTP)
    stage.clock.at -= steps * 30
    assert (typing(response, code).status_int == 303) is passes


@pytest.mark.promise("ASVS 6.5.1")
def test_074_a_code_works_once_also_in_another_login(stage):
    code = stage.code_of(OTP)
    first, second = at_the_factor(stage), at_the_factor(stage)
    assert typing(first, code).status_int == 303
    assert typing(second, code).status_int == 400


@pytest.mark.promise("ASVS 6.5.1")
def test_074_of_twenty_logins_with_one_code_one_passes(stage):
    pages = [at_the_factor(stage) for _ in range(20)]
    code = stage.code_of(OTP)
    with ThreadPoolExecutor(20) as pool:
        statuses = list(pool.map(lambda p: typing(p, code).status_int, pages))
    assert statuses.count(303) == 1


@pytest.mark.promise("ASVS 6.6.3")
def test_074_ten_wrong_codes_lock_all_logins_of_the_user_for_an_hour(stage):
    for _ in range(10):
        assert typing(at_the_factor(stage), "000000").status_int == 400
    locked = typing(at_the_factor(stage), stage.code_of(OTP))
    assert locked.status_int == 429
    assert "Wait an hour" in locked.text
    assert "gd_otp_rate_limit_exceed" in stage.events()
    stage.clock.at += 3600
    assert typing(at_the_factor(stage), stage.code_of(OTP)).status_int == 303


def test_074_the_lock_is_the_users_own_and_does_not_end_early(stage):
    for _ in range(10):
        typing(at_the_factor(stage), "000000")
    others = at_the_factor(stage, NEW)
    assert typing(others, app_code(others, NOW)).status_int == 303
    stage.clock.at += 3599
    assert typing(at_the_factor(stage), stage.code_of(OTP)).status_int == 429


def test_074_a_success_does_not_forgive_earlier_failures(stage):
    for _ in range(9):
        typing(at_the_factor(stage), "000000")
    assert typing(at_the_factor(stage), stage.code_of(OTP)).status_int == 303
    assert typing(at_the_factor(stage), "000000").status_int == 400
    assert typing(at_the_factor(stage), "000000").status_int == 429


def test_074_who_has_no_password_locks_nobody_out(stage):
    stranger = stage.browser()
    response = stranger.authorize(acr_values=MFA_ACR).follow()
    state = response.forms[0]["state"].value
    for _ in range(12):
        sent = {"state": state, "code": "000000"}
        stranger.app.post(OTP_PAGE, sent, status=303)
    assert typing(at_the_factor(stage), stage.code_of(OTP)).status_int == 303


# enrolment


def test_enrolment_shows_a_picture_and_a_text_of_the_secret(stage):
    page = at_the_factor(stage, NEW)
    assert page.request.path == "/u/mfa-otp-enrollment"
    assert 'src="data:image/png;base64,' in page.text
    secret = page.html.find(id="secret").get_text()
    assert len(secret) == 32
    again = page.goto(page.request.url)
    assert secret in again.text


def test_the_code_of_an_old_app_enrols_no_new_phone(tmp_path):
    kept = Authenticators(tmp_path, RateLimits(tmp_path))
    old = kept.propose("auth0|ann", "otp", NOW)
    kept.confirm(old.id, NOW)
    new = kept.propose("auth0|ann", "push-notification", NOW)
    proposed = new.id.replace("push|", "totp|")
    weighed = [
        kept.use_code(
            "auth0|ann", pyotp.TOTP(one.secret).at(NOW), NOW, proposed=proposed
        )
        for one in (old, new)
    ]
    assert weighed == ["wrong", "passed"]


def test_a_wrong_code_at_enrolment_keeps_the_secret(stage):
    page = at_the_factor(stage, NEW)
    wrong = typing(page, "000000")
    assert wrong.status_int == 400
    assert app_code(wrong, NOW) == app_code(page, NOW)
    assert typing(wrong, app_code(page, NOW)).status_int == 303


def test_an_unconfirmed_factor_is_none(stage):
    at_the_factor(stage, NEW)
    users = {user["email"]: user for user in stage.control("users")}
    assert users[NEW]["factors"] == []


@pytest.mark.promise("ASVS 6.4.1")
def test_a_secret_that_was_shown_too_long_ago_is_not_confirmed(stage):
    page = at_the_factor(stage, NEW)
    stage.clock.at += 299
    assert page.goto(page.request.url).status_int == 200
    stage.clock.at += 2
    assert typing(page, app_code(page, NOW + 301)).status_int == 400


@pytest.mark.promise("ASVS 7.5.1", "ASVS 6.4.4")
def test_nobody_enrols_a_second_app_with_a_password_alone(stage):
    page = at_the_factor(stage)
    state = page.forms[0]["state"].value
    response = page.goto(f"/u/mfa-otp-enrollment?state={state}")
    assert response.location.endswith(f"{OTP_PAGE}?state={state}")


def test_a_phone_can_be_enrolled_instead(stage):
    page = at_the_factor(stage, NEW)
    other = page.click("Approve a notification")
    assert other.request.path == "/u/mfa-push-enrollment-qr"
    assert typing(other, app_code(other, NOW)).status_int == 303
    users = {user["email"]: user for user in stage.control("users")}
    assert set(users[NEW]["factors"]) == {"push-notification", "otp"}


# push


def test_the_push_page_waits_without_javascript(stage):
    page = at_the_factor(stage, PUSH)
    assert page.request.path == PUSH_PAGE
    assert page.goto(page.request.url).status_int == 200
    assert len(stage.control("push")) == 1


def test_an_allowed_push_moves_the_waiting_page(stage):
    page = at_the_factor(stage, PUSH)
    (push,) = stage.control("push")
    stage.control(f"push/{push['id']}", answer="allow")
    assert page.goto(page.request.url).location.startswith(CALLBACK)


def test_073_a_denied_push_stays_and_can_be_sent_again(stage):
    page = at_the_factor(stage, PUSH)
    (push,) = stage.control("push")
    stage.control(f"push/{push['id']}", answer="deny")
    denied = page.goto(page.request.url)
    assert "denied on the phone" in denied.text
    assert "http-equiv" not in denied.text
    sent_again = denied.forms[0].submit("action", value="default")
    assert "goes on by itself" in sent_again.text
    assert "gd_auth_rejected" in stage.events()


@pytest.mark.promise("ASVS 6.6.2")
def test_073_an_answer_counts_for_its_own_login_only(stage):
    first, second = at_the_factor(stage, PUSH), at_the_factor(stage, PUSH)
    older, newer = stage.control("push")
    stage.control(f"push/{newer['id']}", answer="allow")
    assert first.goto(first.request.url).status_int == 200
    assert second.goto(second.request.url).location.startswith(CALLBACK)
    assert older["id"] != newer["id"]


def test_073_an_answer_stands(stage):
    at_the_factor(stage, PUSH)
    (push,) = stage.control("push")
    stage.control(f"push/{push['id']}", answer="deny")
    late = stage.program.post_json(
        f"/_tenant/push/{push['id']}", {"answer": "allow"}, status=400
    )
    assert "answered already" in late.json["error"]


@pytest.mark.promise("ASVS 6.5.5")
def test_073_an_answer_that_comes_too_late_is_none(stage):
    page = at_the_factor(stage, PUSH)
    (push,) = stage.control("push")
    stage.clock.at += 299
    page = page.goto(page.request.url)
    stage.clock.at += 1
    stage.program.post_json(
        f"/_tenant/push/{push['id']}", {"answer": "allow"}, status=400
    )


@pytest.mark.promise("ASVS 6.6.4")
def test_073_the_sixth_ask_in_a_minute_is_not_sent(stage):
    for _ in range(5):
        at_the_factor(stage, PUSH)
    page = at_the_factor(stage, PUSH)
    assert page.status_int == 429
    assert len(stage.control("push")) == 5
    assert "gd_send_pn_failure" in stage.events()


def test_073_the_phone_names_user_client_and_address(stage):
    at_the_factor(stage, PUSH)
    page = stage.browser().app.get("/phone")
    request = page.text.split('<div class="push"')[1].split("</div>")[0]
    assert PUSH in request
    assert "Fabrikam Intranet" in request
    assert "127.0.0.1" in request


def test_073_the_phone_takes_answers_from_its_own_form_only(stage):
    at_the_factor(stage, PUSH)
    (push,) = stage.control("push")
    victim = stage.browser().app
    page = victim.get("/phone")
    attacker = stage.browser().app.get("/phone").forms[0]["state"].value
    address = f"/phone/{push['id']}"
    victim.post(address, {"answer": "allow", "state": attacker}, status=403)
    victim.post(address, {"answer": "allow"}, status=403)
    assert page.forms[0].submit("answer", value="allow").status_int == 303
    assert stage.control("push") == []


def test_a_push_user_may_type_the_code_of_the_app(stage):
    page = at_the_factor(stage, PUSH)
    other = page.click("Enter a code")
    assert other.request.path == OTP_PAGE
    assert typing(other, stage.code_of(PUSH)).status_int == 303


# recovery codes


@pytest.fixture
def recovering(make_stage):
    """A tenant with recovery codes switched on."""
    return make_stage(files=RECOVERY)


def recovery_code(page):
    return page.html.find(id="recovery-code").get_text()


def enrolled_with_recovery(stage):
    page = at_the_factor(stage, NEW)
    shown = typing(page, app_code(page, NOW)).follow()
    assert shown.request.path == "/u/mfa-recovery-code-enrollment"
    code = recovery_code(shown)
    done = shown.forms[0].submit("action", value="default")
    assert done.location.startswith(CALLBACK)
    return code


def by_recovery(stage, code):
    page = at_the_factor(stage, NEW).click("recovery code")
    return typing(page, code)


def test_075_a_recovery_code_works_once_and_is_replaced(recovering):
    code = enrolled_with_recovery(recovering)
    assert len(code) == 24
    assert code.isalnum()
    shown = by_recovery(recovering, code.lower()).follow()
    assert recovery_code(shown) != code
    assert by_recovery(recovering, code).status_int == 400
    assert by_recovery(recovering, recovery_code(shown)).status_int == 303


def test_075_parallel_use_of_a_recovery_code_has_one_winner(recovering):
    code = enrolled_with_recovery(recovering)
    pages = [at_the_factor(recovering, NEW).click("recovery code") for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda page: typing(page, code), pages))
    passed = [a for a in answers if "recovery-code-enrollment" in (a.location or "")]
    assert len(passed) == 1


def test_075_ten_wrong_recovery_codes_lock_for_an_hour(recovering):
    code = enrolled_with_recovery(recovering)
    for _ in range(10):
        assert by_recovery(recovering, "WRONG").status_int == 400
    assert by_recovery(recovering, code).status_int == 429
    recovering.clock.at += 3600
    assert by_recovery(recovering, code).status_int == 303


@pytest.mark.promise("ASVS 6.5.2")
def test_075_no_recovery_code_lies_on_the_disk(recovering, tmp_path):
    code = enrolled_with_recovery(recovering).encode()
    found = [p for p in tmp_path.rglob("*") if p.is_file() and code in p.read_bytes()]
    assert found == []


def test_without_the_feature_nobody_sees_a_recovery_code(stage):
    page = at_the_factor(stage, NEW)
    assert typing(page, app_code(page, NOW)).location.startswith(CALLBACK)


# remembering


def remember_stage(make_stage, provider="any", **options):
    offered = asks_mfa(provider, remember=True)
    return make_stage(engine=Script(lambda _: offered), **options)


def remembering(stage, browser=None):
    browser = browser or stage.browser()
    page = at_the_factor(stage, browser=browser, acr_values=...)
    typing(page, stage.code_of(OTP), rememberBrowser=True)
    return browser


def fresh_login(browser):
    browser.app.cookiejar.clear("localhost.local", "/", "auth0")
    return browser.sign_in()


def test_076_a_ticked_box_spares_the_factor(make_stage):
    stage = remember_stage(make_stage)
    arrival = fresh_login(remembering(stage))
    assert arrival.pages == ["/u/login"]
    assert "amr" not in read(stage.redeem(arrival.code)["id_token"])


def test_076_without_the_tick_the_factor_is_asked_for_again(make_stage):
    stage = remember_stage(make_stage)
    browser = stage.browser()
    browser.sign_in()
    stage.clock.at += 60
    assert fresh_login(browser).pages == ["/u/login", OTP_PAGE]


def test_076_google_authenticator_remembers_without_a_box(make_stage):
    stage = remember_stage(make_stage, "google-authenticator")
    browser = stage.browser()
    page = at_the_factor(stage, browser=browser, acr_values=...)
    assert "rememberBrowser" not in page.text
    typing(page, stage.code_of(OTP))
    assert fresh_login(browser).pages == ["/u/login"]


def test_076_where_remembering_is_not_allowed_there_is_no_box(stage):
    assert "rememberBrowser" not in at_the_factor(stage).text


@pytest.mark.parametrize(
    ("pauses", "remembered"),
    [
        ([7 * DAY - 1],                          True),
        ([7 * DAY],                              False),
        ([6 * DAY] * 4,                          True),
        ([6 * DAY] * 5,                          False),
    ],
)  # fmt: skip
def test_076_remembering_ends_after_7_idle_days_or_30(make_stage, pauses, remembered):
    stage = remember_stage(make_stage)
    browser = remembering(stage)
    for pause in pauses:
        stage.clock.at += pause
        arrival = fresh_login(browser)
    assert (OTP_PAGE not in arrival.pages) is remembered


@pytest.mark.promise("6")
def test_076_acr_values_do_not_trust_a_remembered_browser(make_stage):
    stage = remember_stage(make_stage)
    browser = remembering(stage)
    stage.clock.at += 60
    assert browser.sign_in(acr_values=f"urn:x {MFA_ACR}").pages == [OTP_PAGE]


def test_076_a_remembered_browser_stands_for_its_user_only(make_stage):
    stage = remember_stage(make_stage)
    browser = remembering(stage)
    browser.app.cookiejar.clear("localhost.local", "/", "auth0")
    assert PUSH_PAGE in browser.sign_in(PUSH).pages


@pytest.mark.parametrize(
    "change", [{"password": PASSWORD}, {"factors": ["push-notification"]}]
)
def test_076_a_changed_password_or_factor_ends_remembering(make_stage, change):
    stage = remember_stage(make_stage)
    browser = remembering(stage)
    stage.control("users", email=OTP, **change)
    stage.clock.at += 60
    page = at_the_factor(stage, browser=browser, acr_values=...)
    assert page.request.path in (OTP_PAGE, PUSH_PAGE)


# time


@pytest.mark.promise("ASVS 6.3.8")
def test_077_unknown_names_and_wrong_passwords_take_the_same_time(stage):
    def seconds(name):
        page = stage.browser().authorize().follow()
        form = page.forms[0]
        form["username"], form["password"] = name, "wrong"
        start = time.perf_counter()
        form.submit("action", value="default", status=400)
        return time.perf_counter() - start

    names = [f"nobody{n}@fabrikam.example" for n in range(9)]
    unknown = statistics.median(seconds(name) for name in names)
    known = statistics.median(seconds(OTP) for _ in range(9))
    assert abs(unknown - known) < 0.5 * max(unknown, known)


# scripts that steer


def test_challenge_with_pauses_and_resumes(make_stage):
    def script(script_input):
        if script_input.resume is None:
            return Outcome(pause=Pause(Challenge(({"type": "otp"},)), {"step": 1}))
        return Outcome(id_token_claims={"after": "the challenge"})

    stage = make_stage(engine=Script(script))
    arrival = stage.browser().sign_in()
    assert arrival.pages == ["/u/login", OTP_PAGE]
    claims = read(stage.redeem(arrival.code)["id_token"])
    assert claims["amr"] == ["mfa"]
    assert claims["after"] == "the challenge"
    assert stage.script.checkpoints == [None, {"step": 1}]
    assert stage.script.seen[-1].resume.query["state"]


def test_a_redirect_by_a_script_comes_back_to_continue(make_stage):
    def script(script_input):
        if script_input.resume is None:
            return Outcome(pause=Pause(Redirect("http://form.example/?a=1"), {"n": 1}))
        return Outcome(id_token_claims={"form": script_input.resume.query["answer"]})

    stage = make_stage(engine=Script(script))
    browser = stage.browser()
    page = browser.answer(browser.authorize().follow())
    state = page.text.split("http://form.example/?a=1&amp;state=")[1].split('"')[0]
    back = browser.app.get(f"/continue?state={state}&answer=yes")
    code = callback_query(back)["code"]
    assert read(stage.redeem(code)["id_token"])["form"] == "yes"
    assert browser.app.get(f"/continue?state={state}", status=400)


def test_a_redirect_by_a_script_in_a_session_needs_no_page(make_stage):
    gone = Outcome(pause=Pause(Redirect("http://form.example/"), {}))
    stage = make_stage(
        engine=Script(lambda o: gone if o.session_clients else Outcome())
    )
    browser = stage.browser()
    browser.sign_in()
    location = browser.authorize().location
    assert location.startswith("http://form.example/?state=")


def test_continue_with_a_lost_state_is_said(browser):
    response = browser.app.get("/continue?state=made-up", status=400)
    assert "expired" in response.text
