"""The company's data: found, sorted, paged by SQLite; salaries changed with a trace."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest

from fabrikam.company.company import (
    CUSTOMER_COLUMNS,
    EMPLOYEE_COLUMNS,
    SCHEMA,
    Company,
    SalaryChange,
)
from fabrikam.company.folding import folded
from fabrikam.company.listing import Listed, read_listing
from fabrikam.company.salary import HIGHEST_SALARY
from fabrikam.company.seed import seed_rows
from fabrikam.shared.sqlite import Database

NOW = 1_795_316_400  # 2026-11-22 03:00 UTC

SORTS = {
    ("customers", "name"): lambda row: folded(row.name),
    ("customers", "sector"): lambda row: row.sector,
    ("customers", "city"): lambda row: folded(row.city),
    ("customers", "manager"): lambda row: folded(row.account_manager),
    ("customers", "since"): lambda row: row.since,
    ("customers", "revenue"): lambda row: row.revenue,
    ("employees", "name"): lambda row: folded(row.name),
    ("employees", "department"): lambda row: row.department,
    ("employees", "title"): lambda row: row.title,
    ("employees", "office"): lambda row: row.office,
    ("employees", "started"): lambda row: row.started_on,
    ("employees", "salary"): lambda row: row.salary,
}


@pytest.fixture
def company(tmp_path):
    return Company(Database(tmp_path / "company.sqlite", SCHEMA))


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """A company that is only read."""
    path = tmp_path_factory.mktemp("library") / "company.sqlite"
    return Company(Database(path, SCHEMA))


def customers(company: Company, **words: str) -> Listed:
    return company.customers(read_listing(CUSTOMER_COLUMNS, **words))


def employees(company: Company, **words: str) -> Listed:
    return company.employees(read_listing(EMPLOYEE_COLUMNS, **words))


def whole(company: Company, table: str, sort: str) -> list:
    """Every row of a table, page after page."""
    show = {"customers": customers, "employees": employees}[table]
    pages = show(company).pages
    return [
        row
        for number in range(1, pages + 1)
        for row in show(company, sort=sort, page=str(number)).rows
    ]


# --- the seed


def test_the_company_has_200_customers_and_300_employees(library):
    assert customers(library).total == 200
    assert employees(library).total == 300


def test_everybody_but_the_chief_has_a_manager_who_is_no_stranger():
    staff = {row["id"]: row for row in seed_rows("employees")}
    chief, *others = staff.values()
    assert chief["manager_id"] is None
    for row in others:
        manager = staff[row["manager_id"]]
        assert manager is chief or manager["department"] == row["department"]


def test_mail_addresses_are_plain_and_lead_nowhere_real():
    rows = [*seed_rows("employees"), *seed_rows("customers")]
    emails = [row["email"] for row in rows]
    assert all(email.isascii() and email.endswith(".example") for email in emails)
    assert not any(letter in email for email in emails for letter in " '")


def test_the_file_is_filled_only_once(company, tmp_path):
    set_salary(company, 5, 99_900)
    again = Company(Database(tmp_path / "company.sqlite", SCHEMA))
    assert employees(again).total == 300
    assert again.employee(5).salary == 99_900


# --- search


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("Orla Keane",          "Orla Keane"),
        ("keane orla",          "Orla Keane"),
        ("BJORN akesson",       "Björn Åkesson"),
        ("björn",               "Björn Åkesson"),
        ("duc nguyen",          "Đức Nguyễn"),
        ("chief executive",     "Orla Keane"),
        ("orla.keane@fabrikam", "Orla Keane"),
        ("  orla \t keane  ",   "Orla Keane"),
    ],
)  # fmt: skip
def test_employees_are_found_by_every_word_in_any_case_and_accent(library, query, name):
    assert name in {row.name for row in employees(library, q=query).rows}


def test_customers_are_found_by_their_account_manager(library):
    manager = customers(library).rows[0].account_manager
    found = customers(library, q=manager).rows
    assert {row.account_manager for row in found} >= {manager}


@pytest.mark.parametrize("query", ["%", "_", "\\", "%orla%", "' OR 1=1 --", "285000"])
def test_wildcards_quotes_and_salaries_find_nobody(library, query):
    page = employees(library, q=query)
    assert (page.rows, page.total, page.first, page.last) == ((), 0, 0, 0)
    assert (page.number, page.pages, page.next, page.previous) == (1, 1, None, None)


# --- order and pages


@pytest.mark.parametrize(("table", "column"), SORTS)
def test_each_column_sorts_both_ways_and_equals_stay_in_order(library, table, column):
    key = SORTS[table, column]
    up, down = whole(library, table, column), whole(library, table, f"-{column}")
    known = sorted(up, key=lambda row: row.id)
    assert up == sorted(known, key=key)
    assert down == sorted(known, key=key, reverse=True)


@pytest.mark.parametrize("table", ["customers", "employees"])
def test_the_pages_together_show_each_row_once(library, table):
    ids = [row.id for row in whole(library, table, "name")]
    assert len(ids) == len(set(ids)) == {"customers": 200, "employees": 300}[table]


def test_every_sortable_column_is_tested():
    columns = {
        *(("customers", column.name) for column in CUSTOMER_COLUMNS),
        *(("employees", column.name) for column in EMPLOYEE_COLUMNS),
    }
    assert columns == set(SORTS)


def test_a_page_past_the_end_is_the_last_page(library):
    page = customers(library, page="9999")
    assert (page.number, page.pages, page.first, page.last) == (8, 8, 176, 200)
    assert page.next is None


def test_the_neighbours_keep_search_and_order(library):
    page = employees(library, q="engineer", sort="-salary", page="2")
    assert page.previous == "?q=engineer&sort=-salary&page=1"
    assert page.next == "?q=engineer&sort=-salary&page=3"


# --- salaries


def set_salary(company, number, euros, *, by="ann", at=NOW):
    seen = company.employee(number).salary
    return company.set_salary(number, euros, seen=seen, by=by, at=at)


def test_a_new_salary_leaves_who_when_from_and_to(company):
    before = company.employee(7).salary
    set_salary(company, 7, 64_000, by="otp@fabrikam.example")
    set_salary(company, 7, 65_000, by="push@fabrikam.example", at=NOW + 60)
    assert company.employee(7).salary == 65_000
    latest, first = company.history(7)
    assert latest.when == "2026-11-22 03:01 UTC"
    assert first == SalaryChange(
        changed_by="otp@fabrikam.example", changed_at=NOW, before=before, after=64_000
    )
    assert company.history(8) == ()


def test_a_salary_that_stays_the_same_leaves_no_line(company):
    assert set_salary(company, 7, company.employee(7).salary)
    assert company.history(7) == ()


def test_a_salary_out_of_bounds_changes_nothing_at_all(company):
    before = company.employee(7)
    with pytest.raises(sqlite3.IntegrityError):
        set_salary(company, 7, HIGHEST_SALARY + 1)
    assert (company.employee(7), company.history(7)) == (before, ())


def test_of_many_who_saw_the_same_salary_one_changes_it(company):
    seen = company.employee(7).salary
    with ThreadPoolExecutor(8) as pool:
        won = list(
            pool.map(
                lambda euros: company.set_salary(7, euros, seen=seen, by="ann", at=NOW),
                range(50_000, 50_040),
            )
        )
    (change,) = company.history(7)
    assert won.count(True) == 1
    assert (change.before, change.after) == (seen, company.employee(7).salary)


@pytest.mark.parametrize("employee_id", [0, -1, 301, 2**63, 10**40])
def test_nobody_has_a_number_that_was_never_given(company, employee_id):
    assert company.employee(employee_id) is None


def test_a_salary_for_nobody_leaves_no_line(company):
    assert not company.set_salary(301, 60_000, seen=0, by="ann", at=NOW)
    assert company.history(301) == ()
