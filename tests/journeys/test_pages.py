"""Every page in a real browser: without scripts, small, dark, and by keyboard."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.programs import code_on_the_phone, running

OTP = "otp@fabrikam.example"
PUSH = "push@fabrikam.example"


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    """The intranet by the modern strategy."""
    folder = tmp_path_factory.mktemp("pages")
    with running(folder / "data", STEP_UP_STRATEGY="modern") as program:
        yield program


@pytest.fixture(scope="module")
def without_action(tmp_path_factory):
    """The modern strategy before a tenant whose Action was forgotten."""
    folder = tmp_path_factory.mktemp("forgotten")
    environ = {"STEP_UP_STRATEGY": "modern", "TENANT_CONFIG": "rules/before"}
    with running(folder / "data", **environ) as program:
        yield program


def passes_the_code(ann) -> None:
    ann.page.fill("[name=code]", code_on_the_phone(ann.program, OTP))
    ann.page.click("[name=action][value=default]")


def test_every_page_is_good_on_a_small_dark_screen_without_scripts(program, visitor):
    ann = visitor(
        program,
        "small",
        java_script_enabled=False,
        color_scheme="dark",
    )
    page = ann.page
    page.set_viewport_size({"width": 320, "height": 640})
    ann.goes_to("/employees")
    ann.keeps_picture("login")
    ann.signs_in(OTP)
    ann.keeps_picture("code")
    passes_the_code(ann)
    expect(page.locator("h1")).to_have_text("Employees")
    for address in (
        "/", "/customers", "/customers?q=no-such-company", "/employees?sort=-salary",
        "/employees/7", "/profile", "/compare", "/nowhere", "/callback",
    ):  # fmt: skip
        ann.goes_to(address)
        name = re.sub(r"\W+", "-", address).strip("-") or "start"
        ann.keeps_picture(name)
        wide = "document.documentElement.scrollWidth"
        assert page.evaluate(wide) <= 320, address


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_no_page_has_a_barrier(program, visitor, scheme, width):
    ann = visitor(program, f"{scheme}-{width}", color_scheme=scheme)
    ann.page.set_viewport_size({"width": width, "height": 800})
    ann.goes_to("/customers")
    ann.signs_in(PUSH)
    expect(ann.page).to_have_url(re.compile("/customers$"))
    for address in ("/", "/customers?q=x&sort=-name", "/profile", "/compare", "/x"):
        ann.goes_to(address)
        ann.keeps_picture(re.sub(r"\W+", "-", address).strip("-") or "start")
        ann.finds_no_barrier()


def test_the_story_can_be_walked_by_keyboard(program, visitor):
    ann = visitor(program, "keyboard")
    page, keys = ann.page, ann.page.keyboard
    ann.goes_to("/")
    keys.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to the content")
    ann.goes_to("/customers")
    page.focus("[name=username]")
    keys.type("push@fabrikam.example")
    keys.press("Tab")
    keys.type("fabrikam")
    keys.press("Enter")
    expect(page).to_have_url(re.compile("/customers$"))


def test_a_push_is_allowed_on_the_phone(program, visitor):
    ben = visitor(program, "push")
    page = ben.page
    ben.goes_to("/employees")
    ben.signs_in(PUSH)
    expect(page).to_have_url(re.compile("/u/mfa-push-challenge-push"))
    ben.keeps_picture("1-waiting")
    ben.finds_no_barrier()
    phone = ben.context.new_page()
    phone.goto(f"{program.tenant_url}phone")
    phone.screenshot(path=ben.keeps_picture("2-phone"))
    phone.click("button:has-text('Allow')")
    page.bring_to_front()
    if "/employees" not in page.url:
        page.click("[name=action][value=default]")
    expect(page).to_have_url(re.compile("/employees$"))


def test_a_forgotten_action_ends_at_a_page_and_never_in_a_circle(
    without_action, visitor
):
    ann = visitor(without_action, "forgotten")
    asked = []
    ann.page.on(
        "request",
        lambda sent: asked.append(sent.url) if "/authorize?" in sent.url else 0,
    )
    ann.goes_to("/employees")
    ann.signs_in(OTP)
    expect(ann.page.locator("h1")).to_contain_text("was not enough")
    assert len(asked) == 2  # the login, and one step-up
    expect(ann.page.locator("main")).to_contain_text("step-up-amr-missing")
    ann.page.click("text=For the administrator")
    ann.keeps_picture("1-denied")
    ann.finds_no_barrier()
    ann.goes_to("/customers")
    expect(ann.page.locator("h1")).to_have_text("Customers")
