"""Floods against the real programs: memory stays flat, the signed-in read on.

Some thousand requests in an ordinary run; `PROMISES_FLOOD=100000` sends more.
"""

from __future__ import annotations

import base64
import json
import os
import re
import resource
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest
import requests

from tests.programs import Program, running
from tests.promises.visitors import Visitor, add_user

FLOOD = int(os.environ.get("PROMISES_FLOOD", "1500"))
THREADS = 8


@pytest.fixture(scope="module")
def program(tmp_path_factory) -> Iterator[Program]:
    """The intranet with its local tenant, as `make run` starts it."""
    folder = tmp_path_factory.mktemp("load")
    with running(folder / "data", STEP_UP_STRATEGY="modern") as program:
        yield program


@pytest.fixture(scope="module")
def ann(program) -> Visitor:
    """Somebody with a second factor, signed in before the flood."""
    ann = Visitor(program, *add_user(program, "ann"))
    assert ann.opens("/employees").status_code == 200
    return ann


def resident(program: Program) -> int:
    """Megabytes of memory that a program holds."""
    status = Path(f"/proc/{program.process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) // 1_024


def flood(program: Program, send, number: int) -> list[int]:
    """Send so many requests, by eight strangers at once; return the statuses."""

    def stranger(share: int) -> list[int]:
        with requests.Session() as http:
            http.trust_env = False
            http.cookies.set_policy(Forgetful())
            return [send(http, program.url) for _ in range(share)]

    with ThreadPoolExecutor(THREADS) as pool:
        shares = pool.map(stranger, [number // THREADS] * THREADS)
        return [status for share in shares for status in share]


class Forgetful(requests.cookies.cookielib.DefaultCookiePolicy):
    """A stranger who comes as somebody new each time."""

    def set_ok(self, *_) -> bool:
        return False


def slowest_page(ann: Visitor) -> float:
    """Seconds that the slowest but one of fifty pages took."""
    times = []
    for _ in range(50):
        began = time.monotonic()
        assert ann.gets(f"{ann.app.url}/employees").status_code == 200
        times.append(time.monotonic() - began)
    return sorted(times)[-2]


def get(address: str, **options):
    def send(http: requests.Session, url: str) -> int:
        answer = http.get(url + address, allow_redirects=False, timeout=30, **options)
        return answer.status_code

    return send


def post(address: str, fields: dict[str, str]):
    def send(http: requests.Session, url: str) -> int:
        return http.post(
            url + address, fields, allow_redirects=False, timeout=30
        ).status_code

    return send


numbers = count()


def unknown_key(http: requests.Session, url: str) -> int:
    """A logout token that names a key which nobody has."""
    header = {"alg": "RS256", "typ": "logout+jwt", "kid": f"unknown-{next(numbers)}"}
    encoded = base64.urlsafe_b64encode(json.dumps(header).encode()).decode()
    token = f"{encoded.rstrip('=')}.e30.AAAA"
    return http.post(
        f"{url}/backchannel-logout", {"logout_token": token}, timeout=30
    ).status_code


FLOODS = {
    "sign-ins that nobody finishes": (get("/login"), FLOOD),
    "answers that nobody asked for": (get("/callback?code=x&state=y"), FLOOD),
    "cookies of sixty kilobytes": (
        get("/customers", headers={"Cookie": "a=" + "x" * 60_000}),
        FLOOD // 4,
    ),
    "forms of two hundred kilobytes": (
        post("/employees/7/salary", {"salary": "x" * 200_000}),
        FLOOD // 8,
    ),
    "tokens of two hundred kilobytes": (
        post("/backchannel-logout", {"logout_token": "x" * 90_000}),
        FLOOD // 8,
    ),
    "tokens of unknown keys": (unknown_key, FLOOD),
    "pages that do not exist": (get("/nowhere/" + "x" * 2_000), FLOOD),
}


@pytest.mark.promise("F12", "F15", "ASVS 2.4.1", "51")
@pytest.mark.parametrize("kind", FLOODS)
def test_a_flood_leaves_memory_flat_and_pages_fast(program, ann, kind):
    send, number = FLOODS[kind]
    flood(program, send, min(number, 200))  # what is made once is made now
    quiet, before = slowest_page(ann), resident(program)
    began = time.monotonic()
    statuses = flood(program, send, number)
    rate = number / (time.monotonic() - began)
    after = resident(program)
    print(f"{kind}: {number} at {rate:.0f}/s, {before} MB before, {after} MB after")
    assert max(statuses) < 500
    assert after < before * 1.1 + 8
    assert slowest_page(ann) < max(3 * quiet, 1)


@pytest.mark.promise("F12", "ASVS 2.4.1")
def test_a_thousand_connections_do_not_bring_the_intranet_down(program, ann):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4_096), hard))
    with ExitStack() as wires:
        wires.callback(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        for _ in range(980):
            wire = socket.create_connection(("127.0.0.1", program.port), timeout=10)
            wires.enter_context(wire)
            wire.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        assert slowest_page(ann) < 2
    assert slowest_page(ann) < 2
