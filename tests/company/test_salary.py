"""A salary as people type it: whole euros, or what to write instead."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabrikam.company.salary import HIGHEST_SALARY, SalaryProblem, parse_salary
from tests.web.odd import ODD_TEXTS


@pytest.mark.parametrize(
    ("text", "salary"),
    [
        ("62000",          62_000), ("62,000",      62_000), ("62.000", 62_000),
        ("62 000",         62_000), ("62\u202f000", 62_000), ("62'000", 62_000),
        ("€ 62000",        62_000), ("  62000\n",   62_000), ("0",      0),
        ("0062000",        62_000), ("0" * 9000,    0),
        ("10.000.000", 10_000_000), ("1,234,567", 1_234_567),
    ],
)  # fmt: skip
def test_whole_euros_are_read_however_the_thousands_are_set_apart(text, salary):
    assert parse_salary(text) == salary


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("",            "Enter the new salary"),
        (" \t ",        "Enter the new salary"),
        ("€",           "Enter the new salary"),
        ("-1",          "0 euro or more"),
        ("\u221262000", "0 euro or more"),
        ("lots",        "whole euros in digits"),
        ("62.5",        "whole euros in digits"),
        ("62,00",       "whole euros in digits"),
        ("1,234.567",   "whole euros in digits"),
        ("1e6",         "whole euros in digits"),
        ("62000\x00",   "whole euros in digits"),
        ("\u0666\u0662", "whole euros in digits"),
        ("NaN",         "whole euros in digits"),
        ("10000001",    "at most 10,000,000 euro"),
        ("9" * 9000,    "at most 10,000,000 euro"),
    ],
)  # fmt: skip
def test_what_is_no_salary_is_answered_with_what_to_write(text, advice):
    assert advice in parse_salary(text).message


@given(ODD_TEXTS)
def test_any_text_is_a_salary_within_bounds_or_a_problem(text):
    match parse_salary(text):
        case int(salary):
            assert 0 <= salary <= HIGHEST_SALARY
        case SalaryProblem(message):
            assert message.endswith(".")


@given(st.integers(0, HIGHEST_SALARY), st.sampled_from([",", ".", " ", ""]))
def test_a_salary_that_we_print_is_a_salary_that_we_read(salary, between):
    assert parse_salary(f"€ {salary:,}".replace(",", between)) == salary
