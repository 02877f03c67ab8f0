"""Changing a salary: fresh evidence, a form that is neither lost nor replayed."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest

SALARY = "/employees/7/salary"


def amount(intranet, number=7) -> int:
    page = intranet.browser.get("/api/employees", {"q": ""}, status=200).json
    del page, number
    row = intranet.browser.get("/employees/7", status=200)
    return int(re.search(r'class="amount">€ ([\d,]+)', row.text)[1].replace(",", ""))


@pytest.fixture
def at_work(intranet):
    """Ann, a minute after her second factor."""
    intranet.sign_in()
    intranet.step_up(amr=["mfa"])
    intranet.later(60)
    return intranet


def fill_in(intranet, salary):
    form = intranet.browser.get("/employees/7").forms[0]
    form["salary"] = salary
    return form


def test_with_a_fresh_factor_a_salary_is_changed_at_once(at_work):
    response = fill_in(at_work, "61000").submit(status=303)
    assert response.location == "/employees/7"
    assert amount(at_work) == 61_000
    assert "ann@fabrikam.example" in at_work.browser.get("/employees/7")


@pytest.mark.parametrize("salary", ["", "abc", "-1", "10000001", "1e5", "<script>"])
def test_a_salary_that_is_none_is_said_so_and_kept_in_the_field(at_work, salary):
    before = amount(at_work)
    page = fill_in(at_work, salary).submit(status=400)
    assert "The salary was not changed" in page
    assert page.forms[0]["salary"].value == salary
    assert amount(at_work) == before


def test_nobody_overwrites_a_salary_that_they_never_saw(at_work):
    mine, theirs = fill_in(at_work, "61000"), fill_in(at_work, "66000")
    theirs.submit(status=303)
    page = mine.submit(status=409)
    assert "Somebody changed it to € 66,000 in the meantime" in page
    assert amount(at_work) == 66_000
    again = page.forms[0]
    assert again["salary"].value == "61000"
    again.submit(status=303)
    assert amount(at_work) == 61_000


def test_a_double_click_changes_a_salary_once_and_is_no_conflict(at_work):
    form = fill_in(at_work, "61234")
    form.submit(status=303)
    assert form.submit(status=303).location == "/employees/7"
    assert at_work.browser.get("/employees/7").text.count("to € 61,234") == 1


@pytest.mark.promise("62", "ASVS 7.5.3")
def test_with_an_old_factor_the_form_waits_for_a_new_one_and_then_asks(at_work):
    before = amount(at_work)
    form = fill_in(at_work, "62000")
    at_work.later(301)
    refused = form.submit(status=303)
    assert refused.location.startswith(
        "/login/mfa?return_to=%2Femployees%2F7%2Fsalary%3Fkept%3D"
    )
    at_work.tenant.login = {"amr": ["mfa"]}
    arrival = at_work.come_back(at_work.browser.get(refused.location))
    question = at_work.browser.get(arrival.location, status=200)
    assert "Change this salary?" in question
    assert "62,000" in question
    assert amount(at_work) == before
    assert question.forms[0].submit(status=303).location == "/employees/7"
    assert amount(at_work) == 62_000


def kept(at_work, salary="63000"):
    """A form that was kept, after the step-up: the question's address."""
    form = fill_in(at_work, salary)
    at_work.later(301)
    refused = form.submit(status=303)
    at_work.tenant.login = {"amr": ["mfa"]}
    return at_work.come_back(at_work.browser.get(refused.location)).location


@pytest.mark.promise("62", "ASVS 2.3.3")
def test_a_kept_form_works_once(at_work):
    question = at_work.browser.get(kept(at_work, "63000"))
    question.forms[0].submit(status=303)
    fill_in(at_work, "50000").submit(status=303)
    question.forms[0].submit(status=303)
    assert amount(at_work) == 50_000


@pytest.mark.promise("62")
def test_a_kept_form_ends_after_ten_minutes(at_work):
    question = kept(at_work)
    at_work.later(601)
    at_work.step_up(amr=["mfa"])
    assert (
        at_work.browser.get(question, status=303).location == "/employees/7?unsaved=1"
    )


@pytest.mark.promise("62")
def test_a_kept_form_is_for_its_own_address(at_work):
    question = kept(at_work)
    elsewhere = question.replace("/7/", "/8/")
    assert (
        at_work.browser.get(elsewhere, status=303).location == "/employees/8?unsaved=1"
    )


@pytest.mark.promise("62", "ASVS 8.2.2")
def test_another_session_of_the_same_user_never_sees_a_kept_form(at_work):
    question = kept(at_work)
    other = at_work.new_browser()
    at_work.step_up(other, amr=["mfa"])
    assert other.get(question, status=303).location == "/employees/7?unsaved=1"


@pytest.mark.promise("62", "69")
def test_another_user_of_the_same_browser_never_sees_a_kept_form(at_work):
    question = kept(at_work)
    at_work.sign_in(sub="auth0|ben")
    at_work.step_up(sub="auth0|ben", amr=["mfa"])
    assert (
        at_work.browser.get(question, status=303).location == "/employees/7?unsaved=1"
    )


def test_a_kept_form_with_a_bad_salary_asks_for_a_better_one(at_work):
    page = at_work.browser.get(kept(at_work, "much"), status=400)
    assert "The salary was not changed" in page


def test_a_question_that_grew_old_asks_for_the_factor_and_then_again(at_work):
    question = at_work.browser.get(kept(at_work, "64000"))
    at_work.later(301)
    refused = question.forms[0].submit(status=303)
    arrival = at_work.come_back(at_work.browser.get(refused.location))
    assert "64,000" in at_work.browser.get(arrival.location, status=200)


def test_a_session_keeps_five_forms_at_the_most(at_work):
    form = fill_in(at_work, "65000")
    at_work.later(301)
    ways = []
    for _ in range(6):
        ways.append(parse_qs(urlsplit(form.submit().location).query)["return_to"][0])
        at_work.later(1)
    at_work.step_up(amr=["mfa"])
    assert at_work.browser.get(ways[0], status=303).location == "/employees/7?unsaved=1"
    for way in ways[1:]:
        assert "65,000" in at_work.browser.get(way, status=200)


def test_a_form_that_is_too_long_is_not_kept(at_work):
    form = fill_in(at_work, "1" * 20_000)
    at_work.later(301)
    assert "kept" not in form.submit(status=303).location


@pytest.mark.promise("ASVS 3.5.1")
@pytest.mark.parametrize("token", ["", "x", "ü", None])
def test_a_form_that_is_not_ours_changes_nothing(at_work, token):
    before = amount(at_work)
    fields = {"salary": "1"} if token is None else {"salary": "1", "csrf": token}
    page = at_work.browser.post(SALARY, fields, status=403)
    assert "This form was not accepted" in page
    assert amount(at_work) == before


@pytest.mark.promise("ASVS 3.5.1")
def test_the_token_of_another_session_is_not_ours(at_work):
    other = at_work.new_browser()
    at_work.step_up(other, amr=["mfa"])
    token = other.get("/employees/7").forms[0]["csrf"].value
    at_work.browser.post(SALARY, {"salary": "1", "csrf": token}, status=403)


def test_a_stranger_who_posts_is_asked_to_sign_in_and_nothing_is_kept(intranet):
    response = intranet.browser.post(SALARY, {"salary": "1"}, status=303)
    assert response.location == "/login?return_to=%2Femployees%2F7%2Fsalary"


def test_whoever_sent_a_form_after_their_session_ended_is_told_that_nothing_was_saved(
    at_work,
):
    form = fill_in(at_work, "55555")
    at_work.later(20)
    at_work.browser.get("/logout", status=303)
    at_work.tenant.login = {"amr": ["mfa"]}
    arrival = at_work.come_back(form.submit(status=303).follow())
    page = at_work.browser.get(arrival.location, status=303).follow()
    assert "Nothing was saved" in page
    assert amount(at_work) != 55_555


def test_what_was_just_saved_is_said_to_whoever_saved_it_and_for_a_moment(at_work):
    fill_in(at_work, "61111").submit(status=303)
    assert "Saved." in at_work.browser.get("/employees/7")
    at_work.later(20)
    assert "Saved." not in at_work.browser.get("/employees/7")


def test_a_form_of_an_earlier_session_leads_back_to_its_page(at_work):
    page = at_work.browser.post(SALARY, {"salary": "1", "csrf": "old"}, status=403)
    assert f'href="{SALARY}"' in page
    reference = page.text.split("Reference <code>")[1].split("<")[0]
    assert len(reference) == 10


@pytest.mark.promise("ASVS 3.5.2")
def test_a_program_without_a_token_is_told_so(at_work):
    response = at_work.browser.post(
        SALARY, {"salary": "1"}, headers={"Accept": "application/json"}, status=403
    )
    assert response.json["type"].endswith("form-not-ours")
