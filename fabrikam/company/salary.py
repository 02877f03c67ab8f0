"""A salary as people type it, read as whole euros a year."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

__all__ = [
    "HIGHEST_SALARY",
    "SalaryProblem",
    "changed_meanwhile",
    "parse_salary",
    "read_salary",
]

HIGHEST_SALARY: Final = 10_000_000

# digits in a row, or groups of three with one and the same sign between them:
# a space (also one that does not break), a comma, a full stop, an apostrophe
_WHOLE_EUROS: Final = re.compile(
    r"[0-9]+|[0-9]{1,3}([ \u00a0\u2009\u202f,.'\u2019])[0-9]{3}(?:\1[0-9]{3})*"
)
_MINUS_SIGNS: Final = ("-", "\u2212")


@dataclass(frozen=True, slots=True)
class SalaryProblem:
    """Why a salary is not changed, in words that say what to write instead.

    `status` is that of the answer: a conflict (409) is nobody's mistake.
    """

    message: str
    status: int = 400


def read_salary(form: Mapping[str, str], current: int) -> int | SalaryProblem:
    """Read the salary that a form asks for.

    `seen` is the salary that its page showed; nobody overwrites what they never saw.
    What is wanted and stands already, as after a double click, is no conflict.
    """
    salary = parse_salary(form.get("salary", ""))
    if isinstance(salary, int) and salary != current and _outdated(form, current):
        return changed_meanwhile(current)
    return salary


def _outdated(form: Mapping[str, str], current: int) -> bool:
    return form.get("seen") not in (None, "", str(current))


def changed_meanwhile(current: int) -> SalaryProblem:
    """Say that somebody else was faster."""
    return SalaryProblem(
        f"Somebody changed it to € {current:,} in the meantime."
        " Look at the changes below, then enter the salary again.",
        status=409,
    )


def parse_salary(text: str) -> int | SalaryProblem:
    """Read whole euros a year, however the thousands are set apart."""
    amount = text.strip().removeprefix("€").strip()
    if not amount:
        return SalaryProblem("Enter the new salary in whole euros a year.")
    if amount.startswith(_MINUS_SIGNS):
        return SalaryProblem("Enter a salary of 0 euro or more.")
    if not _WHOLE_EUROS.fullmatch(amount):
        return SalaryProblem("Enter whole euros in digits, for example 62000.")
    digits = re.sub(r"\D", "", amount).lstrip("0") or "0"
    # int() refuses thousands of digits, so their number is looked at first
    if len(digits) > len(str(HIGHEST_SALARY)) or int(digits) > HIGHEST_SALARY:
        return SalaryProblem(f"Enter a salary of at most {HIGHEST_SALARY:,} euro.")
    return int(digits)
