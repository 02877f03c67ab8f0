"""One good example of every page, with any text wherever text may stand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from fabrikam.company.company import (
    CUSTOMER_COLUMNS,
    EMPLOYEE_COLUMNS,
    Customer,
    Employee,
    SalaryChange,
)
from fabrikam.company.listing import Listed, read_listing

__all__ = ["customer", "employee", "frame", "page", "pages"]


def employee(text: str, **changes: Any) -> Employee:
    good = {
        "id": 7, "name": text, "email": text, "department": text, "title": text,
        "office": text, "manager_id": 3, "manager": text, "started_on": text,
        "salary": 61_000,
    }  # fmt: skip
    return Employee(**good | changes)


def customer(text: str) -> Customer:
    return Customer(
        id=5, name=text, sector=text, city=text, country=text, contact=text,
        email=text, account_manager=text, since=text, revenue=1_250_000,
    )  # fmt: skip


def page(rows: tuple, columns: tuple, text: str) -> Listed:
    listing = read_listing(columns, q=text, sort=f"-{columns[-1].name}", page="2")
    return Listed(
        rows=rows, total=60, number=2, pages=3, listing=listing, columns=columns
    )


def frame(text: str) -> dict[str, Any]:
    """What every page is given."""
    visitor = SimpleNamespace(name=text, email=text, second_factor=True, level=text)
    return {
        "visitor": visitor,
        "strategy": text,
        "csrf": text,
        "path": f"/employees/{text}",
        "tenant_is_local": True,
        "tenant_url": text,
    }


def strategy(text: str, number: int) -> SimpleNamespace:
    return SimpleNamespace(
        name=f"{text}{number}", asks=text, reads=text, verdict=text,
        shortfalls=(text,), in_use=True, shadow=True,
    )  # fmt: skip


def pages(text: str) -> dict[str, dict[str, Any]]:
    """One good example of every page, with this text wherever text may stand."""
    staff, clients = (employee(text),), (customer(text),)
    change = SalaryChange(changed_by=text, changed_at=0, before=1, after=2)
    return {
        "home": {},
        "customers": {"page": page(clients, CUSTOMER_COLUMNS, text)},
        "employees": {"page": page(staff, EMPLOYEE_COLUMNS, text)},
        "employee": {
            "employee": employee(text), "history": (change,),
            "problem": text, "entered": text, "saved": None, "unsaved": False,
        },
        "confirm_salary": {
            "employee": employee(text), "old": 1, "new": 2,
            "fields": [(text, text)], "action_url": text,
        },
        "profile": {
            "level": text, "level_reason": text, "claims": [(text, text, text)],
        },
        "compare": {"rows": [strategy(text, 1), strategy(text, 2)]},
        "denied": {
            "code": text, "asked": [text], "came_back": [text],
            "lacking": [(text, text, text), (text, text, None)], "for_you": [text],
            "for_admin": [text], "reference": text, "again_url": text, "away_url": text,
        },
        "refused": {
            "eyebrow": text, "title": text, "what": text, "why": text,
            "next_steps": [(text, text), (text, text)], "reference": text,
            "for_admin": [text],
        },
        "missing": {},
        "confirm_logout": {},
    }  # fmt: skip
