"""`kill -9` of the intranet and of the tenant, at every step of a sign-in.

Three rounds in an ordinary run; `PROMISES_KILL_ROUNDS=50` runs all of them.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
import requests

from tests.programs import Program, running
from tests.promises.visitors import Gone, Visitor, add_user

ROUNDS = int(os.environ.get("PROMISES_KILL_ROUNDS", "3"))
PEOPLE = 10  # signed in, and as many again on their way
CHALLENGE = "/u/mfa-otp-challenge"
SECRET = "a client secret of more than thirty-two bytes"


class Pair:
    """The intranet and the tenant as two processes, with people who are signed in."""

    def __init__(self, app: Program, tenant: Program) -> None:
        self.app, self.tenant = app, tenant
        self.with_factor = [self.newcomer(f"mfa{n}") for n in range(PEOPLE // 2)]
        self.with_password = [self.newcomer(f"pwd{n}") for n in range(PEOPLE // 2)]
        for visitor in self.with_factor:
            assert visitor.opens("/employees").status_code == 200
        for visitor in self.with_password:
            assert visitor.opens("/customers").status_code == 200

    def newcomer(self, name: str) -> Visitor:
        """Somebody new with a browser of their own."""
        return Visitor(self.app, *add_user(self.tenant, name))

    def nobody_lost_or_gained_anything(self) -> None:
        """Look at everybody who was signed in before."""
        for visitor in self.with_factor:
            assert visitor.gets(f"{self.app.url}/employees").status_code == 200
        for visitor in self.with_password:
            assert visitor.gets(f"{self.app.url}/customers").status_code == 200
            assert visitor.gets(f"{self.app.url}/employees").is_redirect


@pytest.fixture(scope="module")
def pair(tmp_path_factory) -> Iterator[Pair]:
    """Two processes that stay for all rounds, however often they are killed."""
    folder = tmp_path_factory.mktemp("kill")
    app = Program(folder / "app", STEP_UP_STRATEGY="modern", AUTH0_CLIENT_SECRET=SECRET)
    both = {"AUTH0_CLIENT_SECRET": SECRET, "APP_BASE_URL": app.url}
    with running(folder / "tenant", "tenant", TENANT_CONFIG="rules/after", **both) as t:
        app.environ |= {
            "AUTH0_DOMAIN": t.tenant_url,
            "AUTH0_CLIENT_ID": "fabrikam-intranet",
        }
        app.start()
        try:
            yield Pair(app, t)
        finally:
            app.stop()


class Executioner:
    """Kills a program when so many answers have come."""

    def __init__(self, victim: Program, after: int) -> None:
        self.victim, self._left = victim, after
        self._lock = threading.Lock()

    def counts(self) -> None:
        """Count one answer."""
        with self._lock:
            self._left -= 1
            if self._left == 0:
                self.victim.process.send_signal(signal.SIGKILL)

    def is_done(self) -> None:
        """See to it that the program is dead by now, and start it anew."""
        self.victim.process.kill()
        self.victim.process.communicate()
        self.victim.start()


def sets_out(visitor: Visitor, address: str, executioner: Executioner) -> None:
    """Sign in until the end, or until a program is gone."""
    with suppress(Gone):
        response = visitor.gets(visitor.app.url + address)
        while visitor.is_on_the_way(response):
            executioner.counts()
            response = visitor.steps(response)


def goes_on(visitor: Visitor, address: str) -> requests.Response:
    """Go on where the browser stands; if that ended at a page, try once more."""
    if visitor.last is not None:
        page = visitor.ends(visitor.last)
        assert page.status_code in (200, 400, 403, 503), page.text
        assert "Traceback" not in page.text
    return visitor.opens(address)


def until_sign_ins_work(visitor: Visitor) -> float:
    """Try as a person would; after an outage the intranet leaves the tenant alone."""
    began = time.monotonic()
    while visitor.opens("/login").status_code == 503:
        assert time.monotonic() - began < 10
    return time.monotonic() - began


def one_round(pair: Pair, victim: Program, number: int) -> None:
    """Ten sign-ins at once, and a kill in the middle of them."""
    travellers = {
        pair.newcomer(f"r{number}-{victim.command}-{n}"): (
            "/employees" if n % 2 else "/customers"
        )
        for n in range(PEOPLE)
    }
    executioner = Executioner(victim, after=1 + number * 13 % 75)
    with ThreadPoolExecutor(PEOPLE) as pool:
        for visitor, address in travellers.items():
            pool.submit(sets_out, visitor, address, executioner)
    executioner.is_done()
    until_sign_ins_work(pair.with_password[0])
    pair.nobody_lost_or_gained_anything()
    for visitor, address in travellers.items():
        page = goes_on(visitor, address)
        assert page.status_code == 200, page.text
        assert visitor.email in visitor.gets(f"{pair.app.url}/profile").text
        shut = visitor.gets(f"{pair.app.url}/employees").is_redirect
        assert shut is (address == "/customers")
        assert 500 not in visitor.statuses


@pytest.mark.promise("F1", "ASVS 2.3.3")
@pytest.mark.parametrize("number", range(ROUNDS))
def test_the_intranet_may_be_killed_at_any_step(pair, number):
    one_round(pair, pair.app, number)


@pytest.mark.promise("F2")
@pytest.mark.parametrize("number", range(ROUNDS))
def test_the_tenant_may_be_killed_at_any_step(pair, number):
    one_round(pair, pair.tenant, number)
    for visitor in pair.with_password:  # its own sessions live on, too
        before = visitor.passed.count("/u/login")
        assert visitor.opens("/login").status_code == 200
        assert visitor.passed.count("/u/login") == before


@pytest.mark.promise("F2", "53", "74")
def test_a_code_and_a_factor_that_were_used_are_used_after_a_kill(pair):
    traveller = pair.newcomer("once")
    used = traveller.code(0)
    traveller.codes = [used]
    response = traveller.gets(f"{pair.app.url}/employees")
    while "/callback?" not in response.headers.get("Location", ""):
        response = traveller.steps(response)
    kill_and_start(pair.tenant)
    assert traveller.ends(response).status_code == 200  # the code outlived the kill
    kill_and_start(pair.tenant)
    code = response.headers["Location"].split("code=")[1].split("&")[0]
    assert redeemed(pair, code).status_code == 403

    again = Visitor(pair.app, traveller.email, traveller.secret)
    again.codes = [used, 30]
    refused = again.opens("/employees")
    assert (refused.status_code, again.passed[-1]) == (400, CHALLENGE)
    assert again.ends(again.steps(refused)).status_code == 200


def kill_and_start(program: Program) -> None:
    program.process.kill()
    program.process.communicate()
    program.start()


def redeemed(pair: Pair, code: str) -> requests.Response:
    fields = {
        "grant_type": "authorization_code",
        "client_id": "fabrikam-intranet",
        "client_secret": SECRET,
        "code": code,
        "redirect_uri": f"{pair.app.url}/callback",
        "code_verifier": "v" * 43,
    }
    return requests.post(f"{pair.tenant.tenant_url}oauth/token", fields, timeout=20)
