"""What the pages do for people: what happened, why, and what to do next."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from fabrikam.tenant import MFA_ACR
from tests.tenant.builders import (
    APP,
    CALLBACK,
    NEW,
    NOW,
    OTP,
    PUSH,
    Script,
    app_code,
    asks_mfa,
)

PHONE_PAGE = "/u/mfa-push-challenge-push"
FACTORS = {
    f"guardian__factors__{name}": {"name": name, "enabled": True}
    for name in ("otp", "push-notification", "recovery-code")
}


def at_the_factor(stage, email=OTP, browser=None, **changes):
    """The page of the second factor, after the password."""
    browser = browser or stage.browser()
    asked = browser.authorize(**{"acr_values": MFA_ACR, **changes}).follow()
    return browser.answer(asked, email).follow(status="*")


def typing(page, code):
    """Type a code into a page and send it."""
    page.forms[0]["code"] = code
    return page.forms[0].submit("action", value="default", status="*")


def answered(stage, answer, which=-1):
    """Answer a request on the phone."""
    push = stage.control("push")[which]
    stage.control(f"push/{push['id']}", answer=answer)


def words(page):
    """What a page says, without its markup."""
    return " ".join(page.html.get_text(" ").split())


def title(page):
    return page.html.h1.get_text()


# recovery codes


@pytest.fixture
def recovering(make_stage):
    """A tenant with recovery codes switched on."""
    return make_stage(files=FACTORS)


def recovery_code(page):
    return page.html.find(id="recovery-code").get_text()


def shown_recovery_code(stage):
    page = at_the_factor(stage, NEW)
    return typing(page, app_code(page, stage.clock.at)).follow()


def test_a_recovery_code_stays_the_same_until_it_is_written_down(recovering):
    shown = shown_recovery_code(recovering)
    code = recovery_code(shown)
    for _ in range(3):
        assert recovery_code(shown.goto(shown.request.url)) == code
    done = shown.forms[0].submit("action", value="default")
    assert done.location.startswith(CALLBACK)
    page = at_the_factor(recovering, NEW).click("recovery code")
    assert "recovery-code-enrollment" in typing(page, code).location


def test_the_recovery_code_after_one_that_was_used_says_so(recovering):
    first = recovery_code(shown_recovery_code(recovering))
    page = at_the_factor(recovering, NEW).click("recovery code")
    shown = typing(page, first).follow()
    assert "is used up" in words(shown)
    assert recovery_code(shown) != first
    again = shown.goto(shown.request.url)
    assert "is used up" in words(again)
    assert recovery_code(again) == recovery_code(shown)


def test_two_people_get_two_recovery_codes(recovering):
    recovering.control("users", email="b@fabrikam.example", password="fabrikam")
    page = at_the_factor(recovering, "b@fabrikam.example")
    other = typing(page, app_code(page, recovering.clock.at)).follow()
    assert recovery_code(other) != recovery_code(shown_recovery_code(recovering))


def test_a_recovery_code_has_no_letters_that_look_alike(recovering):
    code = recovery_code(shown_recovery_code(recovering))
    assert len(code) == 24
    assert not set(code) & set("0O1I")


@pytest.mark.parametrize("written", [str.lower, " ".join, "-".join])
def test_a_recovery_code_is_read_as_people_write_it(recovering, written):
    code = recovery_code(shown_recovery_code(recovering))
    fours = [code[n : n + 4] for n in range(0, 24, 4)]
    typed = written(code) if written is str.lower else written(fours)
    page = at_the_factor(recovering, NEW).click("recovery code")
    assert typing(page, typed).status_int == 303


@pytest.mark.parametrize(
    ("provider", "shown"),
    [("any", True), ("guardian", True), ("google-authenticator", False)],
)
def test_no_recovery_code_is_given_where_none_will_be_taken(
    make_stage, provider, shown
):
    stage = make_stage(
        engine=Script(lambda _: asks_mfa(provider)),
        files=FACTORS,
    )
    page = at_the_factor(stage, NEW)
    after = typing(page, app_code(page, stage.clock.at))
    assert ("recovery-code-enrollment" in after.location) is shown


# setting up a factor


def test_each_factor_is_set_up_in_its_own_words(stage):
    app = at_the_factor(stage, NEW)
    assert title(app) == "Set up an authenticator app"
    phone = app.click("notification")
    assert title(phone) == "Set up notifications on your phone"
    assert title(phone.click("authenticator app")) == title(app)


def test_setting_up_takes_two_steps(stage):
    page = at_the_factor(stage, NEW)
    assert len(page.html.select("ol.steps > li")) == 2


def test_a_secret_is_shown_in_fours_and_copied_as_one(stage):
    page = at_the_factor(stage, NEW)
    secret = page.html.find(id="secret")
    assert [len(part.get_text()) for part in secret.find_all("span")] == [4] * 8
    assert re.fullmatch("[A-Z2-7]{32}", secret.get_text())
    assert f'data-secret="{secret.get_text()}"' in page.text


def test_the_phone_shows_the_code_of_an_app_that_is_being_set_up(stage):
    page = at_the_factor(stage, NEW)
    assert page.html.find("a", href="/phone")
    phone = stage.program.get("/phone")
    row = phone.html.find("code", attrs={"data-user": NEW}).find_parent("li")
    assert "being set up" in row.get_text()
    shown = row.find("code").get_text()
    assert shown == app_code(page, stage.clock.at)
    assert typing(page, shown).location.startswith(CALLBACK)
    row = stage.program.get("/phone").html.find("code", attrs={"data-user": NEW})
    assert "being set up" not in row.find_parent("li").get_text()


def test_the_phone_shows_the_newest_of_what_is_being_set_up(stage):
    at_the_factor(stage, NEW)
    stage.clock.at += 1
    page = at_the_factor(stage, NEW).click("notification")
    rows = stage.program.get("/phone").html.find_all(attrs={"data-user": NEW})
    assert [row.get_text() for row in rows] == [app_code(page, stage.clock.at)]


def test_what_was_tried_before_a_success_leaves_the_phone(stage):
    page = at_the_factor(stage, NEW)
    page = page.click("notification").click("authenticator app")
    typing(page, app_code(page, stage.clock.at))
    rows = stage.program.get("/phone").html.find_all(attrs={"data-user": NEW})
    assert [row.get_text() for row in rows] == [stage.code_of(NEW)]


def test_what_was_never_finished_leaves_the_phone(stage):
    at_the_factor(stage, NEW)
    stage.clock.at += 300
    assert NEW not in stage.program.get("/phone").text


# requests on the phone


@pytest.fixture
def remembering(make_stage):
    """A tenant that offers to remember the browser."""
    return make_stage(engine=Script(lambda _: asks_mfa(remember=True)))


def test_the_choice_to_remember_outlives_the_wait(remembering):
    browser = remembering.browser()
    page = at_the_factor(remembering, PUSH, browser, acr_values=...)
    page.forms[0]["rememberBrowser"] = True
    waiting = page.forms[0].submit("action", value="default")
    assert waiting.status_int == 200
    assert waiting.forms[0]["rememberBrowser"].checked
    answered(remembering, "allow")
    assert page.goto(f"{PHONE_PAGE}?state={page.forms[0]['state'].value}").location
    browser.app.cookiejar.clear("localhost.local", "/", "auth0")
    assert browser.sign_in(PUSH).pages == ["/u/login"]


def test_a_choice_may_be_taken_back_while_waiting(remembering):
    browser = remembering.browser()
    page = at_the_factor(remembering, PUSH, browser, acr_values=...)
    for choice in (True, False):
        page.forms[0]["rememberBrowser"] = choice
        page = page.forms[0].submit("action", value="default")
    assert not page.forms[0]["rememberBrowser"].checked
    answered(remembering, "allow")
    page.forms[0].submit("action", value="default")
    browser.app.cookiejar.clear("localhost.local", "/", "auth0")
    assert browser.sign_in(PUSH).pages == ["/u/login", PHONE_PAGE]


def reload(page):
    """When a page without scripts asks again, and for what; None if it does not."""
    found = page.html.select_one("noscript meta[http-equiv=refresh]")
    return found and found["content"].partition(";url=")[::2]


def test_a_waiting_page_reloads_seldom_and_not_for_ever(stage):
    page = at_the_factor(stage, PUSH)
    pauses = []
    while (again := reload(page)) is not None:
        pauses.append(int(again[0]))
        page = page.goto(again[1])
    assert pauses == [15] * 4
    assert "press the button once you have answered" in words(page)
    assert len(stage.control("push")) == 1


def test_a_page_with_a_choice_never_reloads(remembering):
    assert reload(at_the_factor(remembering, PUSH, acr_values=...)) is None


def test_the_phone_never_reloads(stage):
    phone = stage.program.get("/phone")
    assert reload(phone) is None
    assert "Refresh" not in phone.headers
    assert phone.html.find("a", string="Look again")["href"] == "/phone"


def test_a_script_asks_how_a_request_stands_and_moves_nothing(stage):
    page = at_the_factor(stage, PUSH)

    def asked():
        accept = {"Accept": "application/json"}
        return page.goto(page.request.url, headers=accept).json

    assert asked() == {"answer": "pending"}
    answered(stage, "allow")
    assert asked() == asked() == {"answer": "allow"}
    assert page.goto(page.request.url).location.startswith(CALLBACK)


@pytest.mark.parametrize(
    ("page", "scripted"), [(PUSH, True), ("/phone", True), (OTP, False)]
)
def test_only_a_page_that_waits_has_a_script(stage, page, scripted):
    at = stage.program.get(page) if page[0] == "/" else at_the_factor(stage, email=page)
    policy = at.headers["Content-Security-Policy"]
    assert ("script-src 'sha256-" in policy) is scripted
    assert ("connect-src 'self'" in policy) is scripted


def test_a_denied_request_says_what_to_do_if_it_was_not_you(stage):
    page = at_the_factor(stage, PUSH)
    answered(stage, "deny")
    denied = page.goto(page.request.url)
    assert title(denied) == "Not approved"
    assert "change your password" in words(denied)
    assert "Send again" in words(denied)


def test_saying_that_one_has_answered_sends_nothing(stage):
    page = at_the_factor(stage, PUSH)
    answered(stage, "deny")
    denied = page.forms[0].submit("action", value="default")
    assert title(denied) == "Not approved"
    assert stage.control("push") == []
    denied.forms[0].submit("action", value="default")
    assert len(stage.control("push")) == 1


def test_where_no_more_may_be_sent_no_button_sends(stage):
    for _ in range(5):
        at_the_factor(stage, PUSH)
    page = at_the_factor(stage, PUSH)
    assert title(page) == "Too many notifications"
    assert "Send again" not in words(page)
    assert "Try again" in words(page)
    stage.clock.at += 60
    sent = page.forms[0].submit("action", value="default")
    assert title(sent) == "Approve on your phone"


def test_the_newest_request_stands_first_and_with_its_time(stage):
    at_the_factor(stage, PUSH)
    stage.clock.at += 61
    at_the_factor(stage, PUSH)
    shown = [one.get_text() for one in stage.program.get("/phone").html.select("time")]
    here = datetime.fromtimestamp(NOW, UTC).astimezone()
    later = here + timedelta(seconds=61)
    assert shown == [f"{later:%H:%M:%S}", f"{here:%H:%M:%S}"]


# who, and where to


@pytest.mark.parametrize("email", [OTP, PUSH, NEW])
def test_every_factor_says_whose_it_is(stage, email):
    assert email in words(at_the_factor(stage, email))


def test_a_locked_code_offers_another_way_only_where_there_is_one(stage):
    for email, other in ((OTP, False), (PUSH, True)):
        page = at_the_factor(stage, email)
        page = page if other is False else page.click("code")
        for _ in range(11):
            page = typing(page, "000000")
        assert "Wait an hour" in words(page)
        assert ("another way" in page.html.find(id="problem").get_text()) is other


def test_after_a_wrong_password_the_password_is_at_hand(browser):
    page = browser.authorize().follow()
    assert "autofocus" in page.html.find(id="username").attrs
    page.forms[0]["username"], page.forms[0]["password"] = OTP, "wrong"
    again = page.forms[0].submit("action", value="default", status=400)
    assert "autofocus" in again.html.find(id="password").attrs
    assert "autofocus" not in again.html.find(id="username").attrs


@pytest.mark.parametrize(
    "path", ["/u/login?state=gone", "/nothing", "/v2/logout", "/authorize"]
)
def test_no_page_is_a_dead_end(stage, path):
    page = stage.program.get(path, status="*")
    link = page.html.select_one("main a.button")
    assert link["href"] == f"{APP}/"
    assert "Fabrikam Intranet" in link.get_text()


def test_back_after_a_sign_in_says_that_it_is_done(browser):
    page = browser.authorize().follow()
    browser.answer(page)
    back = page.goto(page.request.url, status=400)
    assert "You are signed in already" in words(back)
    assert back.html.select_one("main a.button")["href"] == f"{APP}/"


def test_with_several_applications_nobody_is_sent_to_the_wrong_one(stage):
    stage.add_client(client_id="second", callbacks=["https://second.example/cb"])
    page = stage.program.get("/u/login?state=gone", status=400)
    assert page.html.select_one("main a.button") is None
