"""The whole story in a real browser: customers by password, salaries by a code."""

from __future__ import annotations

import re

import pyotp
import pytest
from playwright.sync_api import expect

from tests.programs import code_on_the_phone, running

OTP = "otp@fabrikam.example"
NEW = "new@fabrikam.example"
BLOCKED = "blocked@fabrikam.example"


@pytest.fixture(scope="module", params=["legacy", "modern", "either", "both"])
def program(request, tmp_path_factory):
    """The intranet by one of the strategies, before the folder that serves all."""
    folder = tmp_path_factory.mktemp(request.param)
    with running(folder / "data", STEP_UP_STRATEGY=request.param) as program:
        program.strategy = request.param
        yield program


def test_a_password_opens_customers_and_a_code_opens_employees(program, visitor):
    ann = visitor(program, program.strategy)
    page = ann.page
    ann.goes_to("/")
    ann.keeps_picture("1-start")
    ann.finds_no_barrier()

    page.click("text=Sign in and open the customers")
    expect(page).to_have_url(re.compile("/u/login"))
    ann.keeps_picture("2-login")
    ann.finds_no_barrier()
    ann.signs_in(OTP)

    expect(page).to_have_url(re.compile("/customers$"))
    expect(page.locator("h1")).to_have_text("Customers")
    ann.keeps_picture("3-customers")
    ann.finds_no_barrier()
    page.goto(f"{program.url}/profile")
    expect(page.locator(".level-words")).to_have_text("normal")

    page.click("nav >> text=Employees")
    expect(page).to_have_url(re.compile("/u/mfa-otp-challenge"))
    ann.keeps_picture("4-code")
    ann.finds_no_barrier()
    page.fill("[name=code]", code_on_the_phone(program, OTP))
    page.click("[name=action][value=default]")

    expect(page).to_have_url(re.compile("/employees$"))
    expect(page.locator("tbody tr").first).to_contain_text("€")
    ann.keeps_picture("5-employees")
    ann.finds_no_barrier()
    page.goto(f"{program.url}/profile")
    expect(page.locator(".level-words")).to_have_text("mfa")
    ann.keeps_picture("6-profile")

    page.click("text=Sign out")
    ann.goes_to("/customers")
    expect(page).to_have_url(re.compile("/u/login"))


def test_somebody_without_a_factor_enrols_on_the_way(program, visitor):
    new = visitor(program, f"{program.strategy}-new")
    page = new.page
    new.goes_to("/employees")
    new.signs_in(NEW)
    expect(page).to_have_url(re.compile("/u/mfa-otp-enrollment"))
    new.keeps_picture("1-enrolment")
    new.finds_no_barrier()
    secret = re.search(r"\b[A-Z2-7]{32}\b", page.inner_text("main"))[0]
    page.fill("[name=code]", pyotp.TOTP(secret).now())
    page.click("[name=action][value=default]")
    while "/employees" not in page.url:  # a recovery code may be shown first
        page.click("[name=action][value=default]")
    expect(page.locator("h1")).to_have_text("Employees")


def test_a_blocked_user_is_told_so(program, visitor):
    blocked = visitor(program, f"{program.strategy}-blocked")
    blocked.goes_to("/customers")
    blocked.signs_in(BLOCKED)
    blocked.keeps_picture("1-refused")
    expect(blocked.page.locator("main")).to_contain_text("blocked")
    blocked.finds_no_barrier()


def test_a_wrong_password_is_told_so(program, visitor):
    ann = visitor(program, f"{program.strategy}-wrong")
    ann.goes_to("/customers")
    ann.signs_in(OTP, "wrong")
    expect(ann.page).to_have_url(re.compile("/u/login"))
    expect(ann.page.locator("main")).to_contain_text(re.compile("wrong", re.I))
    ann.keeps_picture("1-wrong-password")
    ann.finds_no_barrier()
    ann.signs_in(OTP)
    expect(ann.page).to_have_url(re.compile("/customers$"))


def test_a_wrong_code_is_told_so(program, visitor):
    ann = visitor(program, f"{program.strategy}-wrong-code")
    ann.goes_to("/employees")
    ann.signs_in(OTP)
    ann.page.fill("[name=code]", "000000")
    ann.page.click("[name=action][value=default]")
    expect(ann.page).to_have_url(re.compile("/u/mfa-otp-challenge"))
    ann.keeps_picture("1-wrong-code")
    ann.finds_no_barrier()
