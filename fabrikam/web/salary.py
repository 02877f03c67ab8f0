"""A salary as people type it, read as whole euros a year."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

__all__ = ["HIGHEST_SALARY", "SalaryProblem", "parse_salary"]

HIGHEST_SALARY: Final = 10_000_000

# digits in a row, or groups of three with one and the same sign between them:
# a space (also one that does not break), a comma, a full stop, an apostrophe
_WHOLE_EUROS: Final = re.compile(
    r"[0-9]+|[0-9]{1,3}([ \u00a0\u2009\u202f,.'\u2019])[0-9]{3}(?:\1[0-9]{3})*"
)
_MINUS_SIGNS: Final = ("-", "\u2212")


@dataclass(frozen=True, slots=True)
class SalaryProblem:
    """Why a text is no salary, in words that say what to write instead."""

    message: str


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
