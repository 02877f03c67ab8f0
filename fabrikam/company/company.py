"""What the intranet is about: the company's customers and its employees.

Searching, sorting and paging are done by SQLite. Values are always bound; the only
names that reach a statement are our own. Salaries change in `set_salary`, which
leaves a line of history in the same transaction.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, TypeVar

from fabrikam.company.folding import folded
from fabrikam.company.listing import PAGE_SIZE, Column, Listed, Listing
from fabrikam.company.seed import seed_rows
from fabrikam.shared.sqlite import Database

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from _typeshed import DataclassInstance

    from fabrikam.company.listing import Listing
    from fabrikam.company.seed import Row

    Shown = TypeVar("Shown", bound=DataclassInstance)

__all__ = [
    "CUSTOMER_COLUMNS",
    "EMPLOYEE_COLUMNS",
    "SCHEMA",
    "Company",
    "Customer",
    "Employee",
    "SalaryChange",
]

_JUST_NOW: Final = 15  # seconds
_STAFF_WORDS: Final = ("name", "email", "department", "title", "office")
_CUSTOMER_WORDS: Final = ("name", "sector", "city", "country", "contact", "email")

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS employees (
    id          INTEGER PRIMARY KEY,
    name        TEXT    NOT NULL,
    email       TEXT    NOT NULL UNIQUE,
    department  TEXT    NOT NULL,
    title       TEXT    NOT NULL,
    office      TEXT    NOT NULL,
    manager_id  INTEGER REFERENCES employees,
    started_on  TEXT    NOT NULL,
    salary      INTEGER NOT NULL CHECK (salary BETWEEN 0 AND 10000000),
    name_key    TEXT    NOT NULL,
    found_by    TEXT    NOT NULL
);
CREATE TABLE IF NOT EXISTS customers (
    id          INTEGER PRIMARY KEY,
    name        TEXT    NOT NULL,
    sector      TEXT    NOT NULL,
    city        TEXT    NOT NULL,
    country     TEXT    NOT NULL,
    contact     TEXT    NOT NULL,
    email       TEXT    NOT NULL,
    account_manager_id INTEGER NOT NULL REFERENCES employees,
    since       TEXT    NOT NULL,
    revenue     INTEGER NOT NULL,
    name_key    TEXT    NOT NULL,
    city_key    TEXT    NOT NULL,
    found_by    TEXT    NOT NULL
);
CREATE TABLE IF NOT EXISTS salary_changes (
    id          INTEGER PRIMARY KEY,
    employee_id INTEGER NOT NULL REFERENCES employees,
    changed_by  TEXT    NOT NULL,
    changed_at  INTEGER NOT NULL,
    before      INTEGER NOT NULL,
    after       INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS salary_changes_of ON salary_changes (employee_id);
CREATE VIEW IF NOT EXISTS staff AS
    SELECT employees.*, managers.name AS manager
    FROM employees LEFT JOIN employees AS managers
        ON managers.id = employees.manager_id;
CREATE VIEW IF NOT EXISTS clientele AS
    SELECT customers.*, managers.name AS account_manager,
        managers.name_key AS account_manager_key
    FROM customers JOIN employees AS managers
        ON managers.id = customers.account_manager_id;
"""

CUSTOMER_COLUMNS: Final = (
    Column(name="name", label="Company", sql="name_key"),
    Column(name="sector", label="Sector", sql="sector"),
    Column(name="city", label="City", sql="city_key"),
    Column(name="manager", label="Account manager", sql="account_manager_key"),
    Column(name="since", label="Customer since", sql="since"),
    Column(name="revenue", label="Revenue a year", sql="revenue", numeric=True),
)
EMPLOYEE_COLUMNS: Final = (
    Column(name="name", label="Name", sql="name_key"),
    Column(name="department", label="Department", sql="department"),
    Column(name="title", label="Title", sql="title"),
    Column(name="office", label="Office", sql="office"),
    Column(name="started", label="Started on", sql="started_on"),
    Column(name="salary", label="Salary a year", sql="salary", numeric=True),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A company that buys from us; revenue is in euro a year."""

    id: int
    name: str
    sector: str
    city: str
    country: str
    contact: str
    email: str
    account_manager: str
    since: str
    revenue: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Employee:
    """Somebody who works here; the salary is in euro a year."""

    id: int
    name: str
    email: str
    department: str
    title: str
    office: str
    manager_id: int | None
    manager: str | None
    started_on: str
    salary: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SalaryChange:
    """Who changed a salary, when, from what, to what."""

    changed_by: str
    changed_at: int
    before: int
    after: int

    @property
    def when(self) -> str:
        """The time of the change, for people."""
        return f"{datetime.fromtimestamp(self.changed_at, UTC):%Y-%m-%d %H:%M} UTC"


def just_changed(
    history: Sequence[SalaryChange], *, by: str, now: int
) -> SalaryChange | None:
    """Return the change that somebody made in the last few seconds, if it is theirs."""
    for change in history[:1]:
        if change.changed_by == by and 0 <= now - change.changed_at < _JUST_NOW:
            return change
    return None


class Company:
    """The company's file, filled with made-up people the first time it is opened."""

    def __init__(self, database: Database) -> None:
        self._database = database
        with database.transaction() as connection:
            _fill_once(connection)

    @classmethod
    def open(cls, path: Path) -> Company:
        """Open the company's file, made where there is none."""
        return cls(Database(path, SCHEMA))

    def customers(self, listing: Listing) -> Listed[Customer]:
        """Show one page of the customers that match."""
        return self._page(Customer, "clientele", CUSTOMER_COLUMNS, listing)

    def employees(self, listing: Listing) -> Listed[Employee]:
        """Show one page of the employees that match."""
        return self._page(Employee, "staff", EMPLOYEE_COLUMNS, listing)

    def employee(self, employee_id: int) -> Employee | None:
        """Find one employee, or None."""
        if not 0 < employee_id < 2**63:  # SQLite counts no further
            return None
        row = self._database.row("SELECT * FROM staff WHERE id = ?", (employee_id,))
        return None if row is None else _shown(Employee, row)

    def history(self, employee_id: int) -> tuple[SalaryChange, ...]:
        """List the changes of one employee's salary, the newest first."""
        rows = self._database.rows(
            "SELECT * FROM salary_changes WHERE employee_id = ? ORDER BY id DESC",
            (employee_id,),
        )
        return tuple(_shown(SalaryChange, row) for row in rows)

    def set_salary(
        self, employee_id: int, euros: int, *, seen: int, by: str, at: int
    ) -> bool:
        """Set a salary that still is as it was seen, and write down who did it.

        Returns False where somebody was faster.  What is equal already, stays.
        """
        with self._database.transaction() as connection:
            changed = connection.execute(
                "UPDATE employees SET salary = ? WHERE id = ? AND salary = ?",
                (euros, employee_id, seen),
            )
            if changed.rowcount and euros != seen:
                connection.execute(
                    "INSERT INTO salary_changes"
                    " (employee_id, changed_by, changed_at, before, after)"
                    " VALUES (?, ?, ?, ?, ?)",
                    (employee_id, by, at, seen, euros),
                )
            return changed.rowcount == 1

    def _page(
        self,
        kind: type[Shown],
        view: str,
        columns: tuple[Column, ...],
        listing: Listing,
    ) -> Listed[Shown]:
        patterns = tuple(_pattern(word) for word in folded(listing.query).split())
        matching = f"FROM {view} WHERE {_all_words(len(patterns))}"
        total = self._database.rows(f"SELECT count(*) {matching}", patterns)[0][0]
        pages = max(1, -(-total // PAGE_SIZE))
        number = min(listing.number, pages)
        rows = self._database.rows(
            f"SELECT * {matching} ORDER BY {_order(columns, listing)} LIMIT ? OFFSET ?",
            (*patterns, PAGE_SIZE, (number - 1) * PAGE_SIZE),
        )
        return Listed(
            rows=tuple(_shown(kind, row) for row in rows),
            total=total,
            number=number,
            pages=pages,
            listing=listing,
            columns=columns,
        )


def _fill_once(connection: sqlite3.Connection) -> None:
    if connection.execute("SELECT 1 FROM employees").fetchone():
        return
    employees = seed_rows("employees")
    names = {employee["id"]: employee["name"] for employee in employees}
    for employee in employees:
        keys: Row = {
            "name_key": _folded(employee["name"]),
            "found_by": _words(_STAFF_WORDS, employee),
        }
        _insert(connection, "employees", employee | keys)
    for customer in seed_rows("customers"):
        manager = _folded(names[customer["account_manager_id"]])
        keys = {
            "name_key": _folded(customer["name"]),
            "city_key": _folded(customer["city"]),
            "found_by": f"{_words(_CUSTOMER_WORDS, customer)} {manager}",
        }
        _insert(connection, "customers", customer | keys)


def _folded(cell: str | None) -> str:
    return folded(cell or "")


def _words(columns: tuple[str, ...], row: Row) -> str:
    return folded(" ".join(row[column] or "" for column in columns))


def _insert(
    connection: sqlite3.Connection, table: str, values: Mapping[str, object]
) -> None:
    places = ", ".join("?" * len(values))
    connection.execute(
        f"INSERT INTO {table} ({', '.join(values)}) VALUES ({places})",  # noqa: S608  # our own names
        tuple(values.values()),
    )


def _shown(kind: type[Shown], row: sqlite3.Row) -> Shown:
    return kind(**{field.name: row[field.name] for field in fields(kind)})


def _pattern(word: str) -> str:
    return "%" + re.sub(r"([\\%_])", r"\\\1", word) + "%"


def _all_words(count: int) -> str:
    return " AND ".join(["found_by LIKE ? ESCAPE '\\'"] * count) or "true"


def _order(columns: tuple[Column, ...], listing: Listing) -> str:
    expression = next(column.sql for column in columns if column.name == listing.sort)
    return f"{expression} {'DESC' if listing.descending else 'ASC'}, id"
