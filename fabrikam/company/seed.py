"""Three hundred employees and two hundred customers: made-up people, kept as data.

Nobody here is real; mail goes to `.example`.
"""

from __future__ import annotations

import csv
from importlib.resources import files
from typing import Literal, TypeAlias

__all__ = ["Row", "seed_rows"]

Row: TypeAlias = "dict[str, str | None]"


def seed_rows(table: Literal["employees", "customers"]) -> tuple[Row, ...]:
    """Return the rows of one table in the order of their ids; an empty cell is None.

    SQLite turns the digits of an integer column into numbers.
    """
    text = (files(__package__) / f"{table}.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    return tuple({name: cell or None for name, cell in row.items()} for row in rows)
