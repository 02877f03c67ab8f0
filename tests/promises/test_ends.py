"""Sessions that the tenant ends, between the real programs."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
import requests

from tests.programs import Program, running
from tests.promises.visitors import Visitor, add_user


@pytest.fixture(scope="module")
def program(tmp_path_factory) -> Iterator[Program]:
    """The intranet with its local tenant, as `make run` starts it."""
    folder = tmp_path_factory.mktemp("ends")
    with running(folder / "data", STEP_UP_STRATEGY="modern") as program:
        yield program


def is_over_soon(visitor: Visitor) -> bool:
    """Say whether a session ends within five seconds; the letter is on its way."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        if visitor.gets(f"{visitor.app.url}/customers").is_redirect:
            return True
    return False


def block(program: Program, email: str) -> None:
    sent = {"email": email, "blocked": True}
    requests.post(f"{program.tenant_url}_tenant/users", json=sent, timeout=20)


def leave_the_tenant(visitor: Visitor) -> None:
    visitor.gets(f"{visitor.app.tenant_url}v2/logout?client_id=fabrikam-intranet")


@pytest.mark.promise("ASVS 7.4.2", "Back-Channel 2.7")
def test_a_user_who_is_blocked_at_the_tenant_is_out_in_every_browser(program):
    email, secret = add_user(program, "blocked-later")
    one, other = (Visitor(program, email, secret) for _ in range(2))
    assert one.opens("/employees").status_code == 200
    assert other.opens("/customers").status_code == 200
    bystander = Visitor(program, *add_user(program, "bystander"))
    assert bystander.opens("/employees").status_code == 200
    block(program, email)
    assert is_over_soon(one)
    assert is_over_soon(other)
    assert bystander.gets(f"{program.url}/employees").status_code == 200


@pytest.mark.promise("ASVS 7.6.1", "Back-Channel 2.7", "68")
def test_signing_out_at_the_tenant_ends_the_session_of_that_browser(program):
    email, secret = add_user(program, "leaver")
    one, other = (Visitor(program, email, secret) for _ in range(2))
    assert one.opens("/customers").status_code == 200
    assert other.opens("/customers").status_code == 200
    leave_the_tenant(one)
    assert is_over_soon(one)
    assert other.gets(f"{program.url}/customers").status_code == 200
