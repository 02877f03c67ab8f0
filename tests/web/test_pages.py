"""Every page: nothing unescaped, and everything there that people and tools rely on.

Each template is rendered by Bottle twice, with harmless and with hostile text; the
tags and the names of their attributes must be the same, for text is only text.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from bottle import SimpleTemplate

from fabrikam.company.company import CUSTOMER_COLUMNS, EMPLOYEE_COLUMNS
from fabrikam.company.listing import read_listing
from tests.web.markup import found, read, skeleton
from tests.web.samples import frame, page, pages

VIEWS = Path(__file__).parents[2] / "views"
HARMLESS = "Ann"
HOSTILE = """</p></title><script>alert("x")</script><b onclick='y' "{{1/0}}&amp;"""
ENDLESS = "Hohenschwangau-Wolfratshausen-" * 40


NAMES = sorted(pages(HARMLESS))


def render(name: str, text: str = HARMLESS, **changes: Any) -> str:
    shown = frame(text) | pages(text)[name] | changes
    return SimpleTemplate(name=f"{name}.tpl", lookup=[str(VIEWS)]).render(**shown)


# --- text is only text


def test_every_page_is_rendered_here():
    whole = {path.stem for path in VIEWS.glob("*.tpl") if path.stem[0] != "_"}
    assert whole - {"layout"} == set(NAMES)


@pytest.mark.promise("ASVS 1.2.1", "ASVS 3.2.2")
@pytest.mark.parametrize("text", [HOSTILE, ENDLESS], ids=["hostile", "endless"])
@pytest.mark.parametrize("name", NAMES)
def test_no_text_changes_the_tags_of_a_page(name, text):
    assert skeleton(render(name, text)) == skeleton(render(name))


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_name_is_shown_as_it_is(name):
    shown = found(render(name, HOSTILE), "span", **{"class": "visitor-name"})
    assert [element.text for element in shown] == [HOSTILE]


def test_only_the_frame_embeds_markup_and_only_the_page():
    unescaped = {
        (path.name, line.strip())
        for path in VIEWS.glob("*.tpl")
        for line in path.read_text().splitlines()
        if "{{!" in line
    }
    assert unescaped == {("layout.tpl", "{{!base}}")}


@pytest.mark.promise("ASVS 3.4.3")
@pytest.mark.parametrize("name", NAMES)
def test_a_page_obeys_the_strict_content_policy(name):
    for element in read(render(name)):
        assert element.tag not in {"script", "style", "iframe", "object", "base"}
        assert "style" not in element.attributes
        assert not any(known.startswith("on") for known in element.attributes)
        if element.tag in {"link", "img"}:
            source = element.attributes.get("href") or element.attributes["src"]
            assert (VIEWS / source.lstrip("/")).is_file()


# --- what people and their tools rely on


@pytest.mark.parametrize("name", NAMES)
def test_a_page_has_its_landmarks(name):
    html = render(name)
    (root,) = found(html, "html")
    (main,) = found(html, "main")
    (skip,) = found(html, "a", **{"class": "skip"})
    assert root.attributes["lang"] == "en"
    assert skip.attributes["href"] == f"#{main.attributes['id']}"
    assert len(found(html, "nav", **{"aria-label": "Main"})) == 1
    assert len(found(html, "footer")) == 1
    assert "width=device-width" in html


@pytest.mark.parametrize("name", NAMES)
def test_a_page_has_a_title_and_one_first_heading(name):
    html = render(name)
    (title,), (heading,) = found(html, "title"), found(html, "h1")
    assert title.text.endswith("Fabrikam Intranet")
    assert heading.text.strip()


@pytest.mark.parametrize("name", NAMES)
def test_headings_leave_out_no_level(name):
    levels = [int(e.tag[1]) for e in read(render(name)) if e.tag in {"h1", "h2", "h3"}]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("name", NAMES)
def test_ids_are_unique_and_every_reference_leads_somewhere(name):
    elements = read(render(name))
    ids = [e.attributes["id"] for e in elements if "id" in e.attributes]
    assert len(ids) == len(set(ids))
    for element in elements:
        for reference in ("aria-labelledby", "aria-describedby", "for"):
            assert set((element.attributes.get(reference) or "").split()) <= set(ids)


@pytest.mark.parametrize("name", NAMES)
def test_every_field_has_a_label_and_every_form_one_button(name):
    html = render(name)
    labelled = {element.attributes["for"] for element in found(html, "label")}
    fields = [e for e in found(html, "input") if e.attributes.get("type") != "hidden"]
    assert {field.attributes["id"] for field in fields} == labelled
    assert len(found(html, "button", type="submit")) == len(found(html, "form"))


@pytest.mark.promise("ASVS 3.5.1")
@pytest.mark.parametrize("name", ["employee", "confirm_salary", "confirm_logout"])
def test_a_form_that_changes_something_carries_the_token(name):
    html = render(name, csrf="t0ken")
    assert len(found(html, "form", method="post")) == 1
    assert len(found(html, "input", type="hidden", name="csrf", value="t0ken")) == 1


@pytest.mark.promise("ASVS 7.4.4")
@pytest.mark.parametrize("name", NAMES)
def test_a_visitor_can_sign_out_everywhere(name):
    assert len(found(render(name), "a", href="/logout")) == 1


# a profile is about a visitor, so there is one
@pytest.mark.parametrize("name", [n for n in NAMES if n != "profile"])
def test_a_stranger_can_sign_in_everywhere(name):
    stranger = render(name, visitor=None)
    assert not found(stranger, "a", href="/logout")
    assert found(stranger, "a", href="/login")


@pytest.mark.parametrize(
    ("path", "current"),
    [
        ("/employees",   {"/employees": "page"}),
        ("/employees/7", {"/employees": "true"}),
        ("/employeesX",  {}),
        ("/",            {}),
    ],
)  # fmt: skip
def test_the_navigation_says_where_one_is(path, current):
    links = [
        element.attributes
        for element in found(render("missing", path=path), "a")
        if "aria-current" in element.attributes
    ]
    assert {link["href"]: link["aria-current"] for link in links} == current


@pytest.mark.parametrize("second_factor", [True, False])
def test_the_badge_says_what_was_proved(second_factor):
    visitor = SimpleNamespace(name="Ann", email="", second_factor=second_factor)
    (shown,) = [
        element.text.strip()
        for element in found(render("missing", visitor=visitor), "span")
        if "badge" in (element.attributes.get("class") or "")
    ]
    assert shown == ("Second factor" if second_factor else "Password")


@pytest.mark.parametrize("local", [True, False])
def test_only_a_local_tenant_has_a_banner_and_demo_users(local):
    html = render("home", tenant_is_local=local)
    assert bool(found(html, "aside", **{"aria-label": "Test tenant"})) is local
    assert ("otp@fabrikam.example" in html) is local


# --- the tables


def test_a_table_says_how_it_is_sorted_and_how_to_turn_it():
    html = render("employees")
    (heading,) = [e for e in found(html, "th") if "aria-sort" in e.attributes]
    assert (heading.text, heading.attributes["aria-sort"]) == (
        "Salary a year",
        "descending",
    )
    assert found(html, "a", href="?q=Ann&sort=salary&page=1")


def test_a_search_keeps_its_words_and_its_order():
    html = render("customers")
    assert found(html, "input", name="q", value="Ann")
    assert found(html, "input", type="hidden", name="sort", value="-revenue")


@pytest.mark.parametrize("name", ["customers", "employees"])
def test_a_search_that_finds_nobody_leads_back_to_all(name):
    columns = {"customers": CUSTOMER_COLUMNS, "employees": EMPLOYEE_COLUMNS}[name]
    html = render(name, page=replace(page((), columns, HOSTILE), total=0))
    (empty,) = found(html, "section", **{"class": "empty"})
    assert read_listing(columns, q=HOSTILE).query in empty.text
    assert not found(html, "table")
    assert found(html, "a", href=f"/{name}", **{"class": "button"})


# --- the pages that say no


def test_what_is_lacking_names_claim_fault_and_what_was_found():
    html = render("denied", lacking=[("amr", "missing", None), ("level", "odd", "x")])
    (lacking,) = found(html, "section", **{"class": "lacking"})
    words = lacking.text.split()
    assert words == [
        "What",
        "is",
        "lacking",
        "amr",
        "missing",
        "level",
        "odd",
        "found",
        "x",
    ]


def test_a_problem_with_a_salary_is_said_at_the_top_and_at_the_field():
    html = render("employee", problem="Enter digits.", entered="lots")
    (field,) = found(html, "input", id="salary")
    (alert,) = found(html, "section", role="alert")
    assert field.attributes["value"] == "lots"
    assert field.attributes["aria-invalid"] == "true"
    assert "salary-fault" in field.attributes["aria-describedby"]
    assert "Enter digits." in alert.text
    assert not found(render("employee", problem=None), "section", role="alert")


def test_what_is_for_the_administrator_is_folded():
    for name in ("denied", "refused"):
        (details,) = found(render(name, for_admin=["Look here."]), "details")
        assert "open" not in details.attributes
        assert "Look here." in details.text


def test_a_refusal_without_words_for_the_administrator_has_no_fold():
    assert not found(render("refused", for_admin=[]), "details")
