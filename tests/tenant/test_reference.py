"""The tenant's reference page: all that exists is written down, and the tables are fresh.

`python -m tests.tenant.test_reference` writes the tables anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import fields

import pytest

from fabrikam.tenant import TenantLifetimes
from fabrikam.tenant.storage import rate_limits
from fabrikam.tenant.storage.faults import FAULTS
from fabrikam.tenant.storage.tenant_log import EVENTS
from tests.tenant.builders import HOUSE

PAGE = HOUSE / "docs" / "reference" / "tenant.md"
WHO = {
    "password": "name and address",
    "address": "address, over all names",
    "code": "user, over all sign-ins and browsers",
    "recovery": "user",
    "push": "user",
}
LASTS = {
    "code": "an authorization code",
    "pushed_request": "a pushed request, until a sign-in begins with it",
    "scripts": "one run of the scripts",
    "password_page": "a sign-in at the password",
    "factor_page": "a sign-in between the factors",
    "script_redirect": "a sign-in that a script sent elsewhere",
    "push": "a request on a phone",
    "mfa_token": "an `mfa_token`",
    "refresh_token": "a refresh token and its successors",
    "refresh_idle": "a refresh token that nobody uses",
}
LIMITS = (
    rate_limits.PASSWORD,
    rate_limits.ADDRESS,
    rate_limits.CODE,
    rate_limits.RECOVERY,
    rate_limits.PUSH,
)


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    lines = [list(head), ["---"] * len(list(head)), *map(list, rows)]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


TABLES = {
    "faults": table(
        ["Fault", "What happens"], ((f"`{n}`", said) for n, said in FAULTS.items())
    ),
    "events": table(
        ["Type", "What happened"], ((f"`{n}`", said) for n, said in EVENTS.items())
    ),
    "limits": table(
        ["What", "Tries", "In seconds", "Counted per"],
        ((one.name, one.tries, one.seconds, WHO[one.name]) for one in LIMITS),
    ),
    "lifetimes": table(
        ["What", "Seconds"],
        (
            (LASTS[one.name], getattr(TenantLifetimes(), one.name))
            for one in fields(TenantLifetimes)
        ),
    ),
}


def refreshed(page: str) -> str:
    for name, rows in TABLES.items():
        block = re.compile(
            rf"(<!-- {name}: generated -->\n).*?(<!-- {name}: end -->)", re.S
        )
        page = block.sub(lambda found, rows=rows: f"{found[1]}{rows}\n{found[2]}", page)
    return page


def test_the_tables_are_fresh():
    assert PAGE.read_text() == refreshed(PAGE.read_text())


def test_every_address_is_written_down_and_every_written_one_exists(stage):
    written = set(re.findall(r"`((?:GET|POST|PATCH|DELETE) /[^`]*)`", PAGE.read_text()))
    routes = {
        (route.method, re.sub(r":path>", ">", route.rule)) for route in stage.app.routes
    }
    assert written == {f"{method} {rule}" for method, rule in routes}


@pytest.mark.parametrize(
    "name", ["people.sqlite", "tenant.sqlite", "signing-keys.json"]
)
def test_the_files_are_where_the_page_says(stage, tmp_path, name):
    assert list(tmp_path.rglob(name))
    assert f"`{name}`" in PAGE.read_text()


if __name__ == "__main__":
    PAGE.write_text(refreshed(PAGE.read_text()))
