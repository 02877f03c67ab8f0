"""The intranet's routes as a table: each address, its need, what it answers with."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bottle import Bottle, Route

from app import create_app
from fabrikam.company import Company
from fabrikam.oidc import BoundedAdapter, Client, Provider, RelyingParty
from fabrikam.stepup import AnyOf, Legacy, Requirement
from fabrikam.web import StepUpConfiguration, requirement_of
from fabrikam.web.stores.sqlite_store import SqliteStore

__all__ = ["ANSWERS", "address_of", "need_words", "routes", "routes_table"]

ANSWERS: Final = {
    "GET /": "the start page",
    "GET /customers": "200 customers",
    "GET /employees": "300 employees and their salaries",
    "GET /employees/<number>": "one employee, and the history of the salary",
    "GET /profile": "the level of this sign-in in words, and its verified claims",
    "GET /compare": "what each strategy makes of this sign-in",
    "GET /employees/<number>/salary": "a kept form, shown and asked about again",
    "POST /employees/<number>/salary": "a changed salary",
    "GET /login": "the way to the tenant, for a password",
    "GET /login/mfa": "the way to the tenant, for a second factor",
    "GET /callback": "the way back from the tenant",
    "GET /logout": "the end of both sessions",
    "POST /logout": "the end of both sessions, when another site led here",
    "POST /backchannel-logout": "the tenant's word that a session is over",
    "GET /api/customers": "the customers as JSON",
    "GET /api/employees": "the employees as JSON",
    "GET /healthz": "whether the program is alive",
    "GET /readyz": "whether store and tenant answer",
    "GET /metrics": "counters for Prometheus, on this machine only",
    "GET /static/<name>": "the stylesheet and the mark",
}
"""What each route answers with; a route that is not here stops the generator."""


def routes() -> tuple[Route, ...]:
    """Return every route of the intranet, in the order of `app.py`."""
    with _intranet() as app:
        return tuple(app.routes)


def routes_table() -> str:
    """Return every route with what it requires."""
    rows = [
        f"| `{address_of(route)}` | {need_words(requirement_of(route))} "
        f"| {ANSWERS[address_of(route)]} |"
        for route in routes()
    ]
    head = ["| Address | Requires | Answers with |", "| --- | --- | --- |"]
    return "\n".join([*head, *rows])


def address_of(route: Route) -> str:
    """Return the method and the address of a route, as a person writes them."""
    return f"{route.method} {re.sub(r':[a-z]+>', '>', route.rule)}"


def need_words(requirement: Requirement) -> str:
    """Say what a route requires."""
    if isinstance(requirement, AnyOf):
        return ", or ".join(map(need_words, requirement.needs))
    if not requirement.login:
        return "nothing"
    parts = [f"a second factor{_age(requirement.factor_within)}"]
    if not requirement.second_factor:
        parts = [] if requirement.login_within else ["a login"]
    if requirement.login_within is not None:
        parts.append(f"a password{_age(requirement.login_within)}")
    return " and ".join(parts)


def _age(seconds: int | None) -> str:
    if seconds is None:
        return ""
    minutes = seconds // 60
    return f" at most {minutes} minute{'s' if minutes > 1 else ''} old"


@contextmanager
def _intranet() -> Iterator[Bottle]:
    """Build the intranet as it is by default; nothing is served and nobody asked."""
    with TemporaryDirectory() as folder:
        store = SqliteStore(Path(folder) / "intranet.sqlite")
        company = Company.open(Path(folder) / "company.sqlite")
        yield create_app(_house(store), company)


def _house(store: SqliteStore) -> StepUpConfiguration:
    base_url = "http://localhost:3000"
    provider = Provider(
        "http://127.0.0.1:3001/", adapter=BoundedAdapter(seconds=1), clock=time.time
    )
    client = Client(
        client_id="fabrikam-intranet",
        secret="",
        redirect_uri=f"{base_url}/callback",
    )
    return StepUpConfiguration(
        strategy=Legacy(),
        party=RelyingParty(provider, client, clock=time.time),
        store=store,
        secret="",
        base_url=base_url,
        clock=lambda: int(time.time()),
    )
