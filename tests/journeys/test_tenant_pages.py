"""The tenant's pages in a real browser: what keeps its place, and what has a barrier."""

from __future__ import annotations

import json
import re
import urllib.request

import pytest
from playwright.sync_api import expect

from tests.programs import running

PUSH = "push@fabrikam.example"
DEFAULT = "[name=action][value=default]"


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    """The intranet by the modern strategy."""
    folder = tmp_path_factory.mktemp("tenant-pages")
    with running(folder / "data", STEP_UP_STRATEGY="modern") as program:
        yield program


@pytest.fixture(scope="module")
def remembering(tmp_path_factory):
    """A tenant that offers to remember the browser."""
    folder = tmp_path_factory.mktemp("remembering")
    environ = {"TENANT_CONFIG": "rules/specimens/remembered-by-default"}
    with running(folder / "data", STEP_UP_STRATEGY="modern", **environ) as program:
        yield program


def told(program, path, **said):
    """Tell the control API something."""
    sent = urllib.request.Request(  # noqa: S310 - our own program
        f"{program.tenant_url}_tenant/{path}",
        json.dumps(said).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(sent) as answer:  # noqa: S310
        return json.load(answer)


def somebody(program, name, *factors):
    """A user of one's own."""
    email = f"{name}@fabrikam.example"
    told(program, "users", email=email, password="fabrikam", factors=list(factors))
    return email


def on_the_phone(person):
    """The demo phone, in another tab."""
    phone = person.context.new_page()
    phone.goto(f"{person.program.tenant_url}phone")
    return phone


def test_a_box_stays_ticked_while_the_page_waits_and_counts(remembering, visitor):
    ben = visitor(remembering, "ticked")
    page = ben.page
    ben.goes_to("/employees")
    ben.signs_in(PUSH)
    page.check("[name=rememberBrowser]")
    with page.expect_response(lambda one: "push-challenge" in one.url) as polled:
        pass
    assert polled.value.json() == {"answer": "pending"}
    assert page.is_checked("[name=rememberBrowser]")
    page.focus("text=Cancel")
    phone = on_the_phone(ben)
    phone.click("button:has-text('Allow')")
    page.bring_to_front()
    page.wait_for_url(re.compile(remembering.url))  # it went on by itself
    names = {one["name"] for one in ben.context.cookies(remembering.tenant_url)}
    assert "auth0-mf" in names


def test_a_denied_request_shows_itself_without_a_reload(program, visitor):
    ben = visitor(program, "denied")
    ben.goes_to("/employees")
    ben.signs_in(somebody(program, "denied", "push-notification"))
    on_the_phone(ben).click("button:has-text('Deny')")
    ben.page.bring_to_front()
    expect(ben.page.locator("h1")).to_have_text("Not approved")
    ben.keeps_picture("1-not-approved")
    ben.finds_no_barrier()


def test_the_phone_shows_what_is_new_and_leaves_the_focus(program, visitor):
    cleo = visitor(program, "phone")
    cleo.goes_to("/employees")
    cleo.signs_in(somebody(program, "first", "push-notification"))
    phone = on_the_phone(cleo)
    deny = phone.locator("button:has-text('Deny')")
    deny.focus()
    other = visitor(program, "phone-2")
    other.goes_to("/employees")
    other.signs_in(somebody(program, "second", "push-notification"))
    expect(phone.locator("#count")).to_have_text("2 requests wait.")
    expect(deny).to_be_focused()
    phone.evaluate("document.activeElement.blur()")
    expect(phone.locator(".push")).to_have_count(2, timeout=15_000)
    expect(phone.locator(".push").first).to_contain_text("second@")


def test_without_scripts_a_push_goes_on_by_a_button(program, visitor):
    dora = visitor(program, "no-scripts", java_script_enabled=False)
    page = dora.page
    dora.goes_to("/employees")
    dora.signs_in(somebody(program, "dora", "push-notification"))
    phone = on_the_phone(dora)
    phone.click("button[aria-label^='Allow dora@']")
    page.bring_to_front()
    page.click(DEFAULT)
    expect(page).to_have_url(re.compile("/employees$"))


def test_somebody_new_needs_nothing_but_the_demo_phone(program, visitor):
    email = somebody(program, "newcomer")
    new = visitor(program, "newcomer")
    page = new.page
    new.goes_to("/employees")
    new.signs_in(email)
    with new.context.expect_page() as opened:
        page.click("a:has-text('demo phone')")
    code = opened.value.text_content(f"[data-user='{email}']")
    page.bring_to_front()
    page.fill("[name=code]", code)
    page.click(DEFAULT)
    expect(page.locator("h1")).to_have_text("Keep your recovery code")
    shown = page.text_content("#recovery-code")
    page.reload()
    assert page.text_content("#recovery-code") == shown
    page.click(DEFAULT)
    expect(page).to_have_url(re.compile("/employees$"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_no_page_of_the_tenant_has_a_barrier(program, visitor, scheme, width):
    eve = visitor(program, f"tenant-{scheme}-{width}", color_scheme=scheme)
    page = eve.page
    page.set_viewport_size({"width": width, "height": 800})

    def look(name, heading=""):
        expect(page.locator("h1")).to_contain_text(heading)  # it has arrived
        eve.keeps_picture(name)
        eve.finds_no_barrier()
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        small = page.evaluate(
            "[...document.querySelectorAll('button, summary, .ways a, .button')]"
            ".filter(one => one.getBoundingClientRect().height < 24).length"
        )
        assert small == 0, name

    eve.goes_to("/employees")
    page.click("summary")
    look("1-login")
    email = somebody(program, f"eve-{scheme}-{width}")
    eve.signs_in(email, "wrong")
    expect(page.locator("#password")).to_be_focused()
    eve.signs_in(email)
    look("2-app", "authenticator app")
    page.click(".ways a")
    look("3-phone", "notifications")
    page.click(".ways a")
    page.fill("[name=code]", "000000")
    page.click(DEFAULT)
    expect(page.locator(".problem")).to_be_visible()
    look("4-wrong")
    phone = on_the_phone(eve)
    code = phone.text_content(f"[data-user='{email}']")
    phone.close()
    page.fill("[name=code]", code)
    page.click(DEFAULT)
    look("5-recovery", "recovery code")
    page.click(DEFAULT)
    expect(page).to_have_url(re.compile("/employees$"))
    for name in ("phone", "nowhere", "v2/logout", "u/login?state=gone", ""):
        page.goto(program.tenant_url + name)
        look("6-" + (re.sub(r"\W+", "-", name) or "start"))
    eve.goes_to("/employees")
    eve.signs_in(somebody(program, f"fay-{scheme}-{width}", "push-notification"))
    look("7-push", "Approve on your phone")
    page.click(".ways a")
    look("8-code", "Enter your code")
