"""What strangers do with the socket itself: odd, huge, doubled and slow requests."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass

import pytest
import requests

from fabrikam.serving import serving
from tests.programs import free_port

POST = b"POST /employees/7/salary HTTP/1.1\r\nHost: localhost\r\n"
GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n"
HEAD = 65_536 + 100  # a little more than may stand before a request's body
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"


@dataclass(frozen=True)
class Socket:
    """The intranet behind a real socket."""

    port: int
    session: str

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def cookie(self) -> dict[str, str]:
        return {"Cookie": f"intranet_session={self.session}"}

    def told(self, raw: bytes) -> bytes:
        """Send these bytes, and read until the other side ends."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as wire:
            answer = bytearray()
            with suppress(OSError):  # it may end before it has heard it all
                wire.sendall(raw)
                wire.shutdown(socket.SHUT_WR)
            with suppress(OSError):
                while part := wire.recv(65_536):
                    answer += part
            return bytes(answer)


@pytest.fixture
def served(intranet) -> Iterator[Socket]:
    """The ordinary intranet behind the server that `make run` uses."""
    intranet.sign_in()
    port = free_port()
    with serving(intranet.app, host="127.0.0.1", port=port, setting="PORT"):
        yield Socket(port, intranet.browser.cookies["intranet_session"])


REFUSED = {
    "a header without end": (GET + b"X: " + b"x" * HEAD)[:HEAD],
    "headers without end": (GET + b"X: y\r\n" * HEAD)[:HEAD],
    "an address without end": (b"GET /" + b"x" * HEAD)[:HEAD],
    "a cookie without end": (GET + b"Cookie: " + b"a=b; " * HEAD)[:HEAD],
    "two lengths": POST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "an odd length": POST + b"Content-Length: +1\r\n\r\na",
    "a negative length": POST + b"Content-Length: -1\r\n\r\n",
    "an unknown coding": POST + b"Transfer-Encoding: x\r\n\r\n",
    "rubbish in chunks": POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
    "a body without end": POST + FORM + b"Content-Length: 900000\r\n\r\n",
    "a large form": POST + FORM + b"Content-Length: 150000\r\n\r\na=" + b"x" * 149_998,
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "no method": b" / HTTP/1.1\r\n\r\n",
    "a name with a space": GET + b"Bad Name: x\r\n\r\n",
    "a line without a colon": GET + b"nothing\r\n\r\n",
}


@pytest.mark.promise("ASVS 4.2.1", "ASVS 3.4.6", "ASVS 3.4.4", "ASVS 13.4.6", "F12")
@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_no_request_is_refused_with_all_headers(served, kind):
    answer = served.told(REFUSED[kind]).decode("latin-1")
    status = int(re.match(r"HTTP/1\.[01] (\d{3})", answer)[1])
    assert 400 <= status < 500 or status == 501, answer
    head = answer.partition("\r\n\r\n")[0].lower()
    for header in (
        "content-security-policy: default-src 'none'",
        "x-content-type-options: nosniff",
        "cache-control: no-store",
        "referrer-policy: no-referrer",
    ):
        assert header in head
    assert "waitress" not in answer.lower()
    assert "python" not in answer.lower()


@pytest.mark.promise("ASVS 4.2.1")
def test_a_request_with_a_length_and_chunks_smuggles_nothing(served):
    inner = b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"
    smuggled = POST + b"Transfer-Encoding: chunked\r\n"
    length = b"Content-Length: %d\r\n\r\n" % (5 + len(inner))
    answer = served.told(smuggled + length + b"0\r\n\r\n" + inner)
    assert answer.startswith(b"HTTP/1.1 400")
    assert b"intranet_sign_ins" not in answer


@pytest.mark.promise("ASVS 13.4.5")
@pytest.mark.parametrize("name", ["Forwarded", "X-Forwarded-For", "X-Forwarded-Proto"])
def test_what_a_proxy_forwards_is_not_of_this_machine(served, name):
    address = f"{served.url}/metrics"
    assert requests.get(address, timeout=10).status_code == 200
    forwarded = requests.get(address, headers={name: "for=10.1.2.3"}, timeout=10)
    assert forwarded.status_code == 404


@pytest.mark.promise("ASVS 4.1.4", "ASVS 13.4.4")
@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "XYZZY", "PUT"])
def test_methods_that_nobody_needs_are_answered_405(served, method):
    answer = requests.request(
        method, f"{served.url}/customers", headers=served.cookie, timeout=10
    )
    assert answer.status_code == 405
    assert served.session not in answer.text


@pytest.mark.promise("ASVS 4.1.3", "RFC 9700 4.13")
def test_headers_of_a_proxy_change_nothing(served):
    headers = {
        **served.cookie,
        "X-Forwarded-For": "127.0.0.1",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "Forwarded": "for=127.0.0.1;host=evil.example",
        "Host": "evil.example",
        "X-Original-URL": "/employees",
        "X-Rewrite-URL": "/employees",
    }
    for address in ("/", "/customers", "/login", "/logout", "/employees"):
        answer = requests.get(
            served.url + address, headers=headers, allow_redirects=False, timeout=10
        )
        assert "evil.example" not in f"{answer.headers}{answer.text}"


@pytest.mark.promise("F12", "ASVS 2.4.1")
def test_three_hundred_slow_clients_do_not_slow_the_signed_in(served):
    def slowest() -> float:
        times = []
        for _ in range(40):
            began = time.monotonic()
            page = requests.get(
                f"{served.url}/customers", headers=served.cookie, timeout=10
            )
            times.append(time.monotonic() - began)
            assert page.status_code == 200
        return sorted(times)[-2]

    alone = slowest()
    with ExitStack() as open_wires:
        for number in range(300):
            wire = socket.create_connection(("127.0.0.1", served.port), timeout=10)
            open_wires.enter_context(wire)
            wire.sendall((GET if number % 2 else POST + FORM)[: 20 + number % 40])
        crowded = slowest()
    assert crowded < max(3 * alone, 1)


@pytest.mark.promise("ASVS 3.4.2")
def test_no_other_origin_is_told_that_it_may_read(served):
    headers = {**served.cookie, "Origin": "https://evil.example"}
    for method in ("GET", "OPTIONS"):
        for address in ("/", "/api/customers", "/login", "/static/intranet.css"):
            answer = requests.request(
                method,
                served.url + address,
                headers=headers,
                allow_redirects=False,
                timeout=10,
            )
            named = {name.lower() for name in answer.headers}
            assert not {name for name in named if name.startswith("access-control")}


@pytest.mark.promise("ASVS 13.4.1", "ASVS 13.4.2")
@pytest.mark.parametrize(
    "path",
    [
        "/.git/config",
        "/static/../app.py",
        "/static/..%2fapp.py",
        "/static/%2e%2e/%2e%2e/app.py",
        "/static//etc/passwd",
        "/.env",
        "/app.py",
        "/debug",
        "/docs",
    ],
)
def test_nothing_but_pages_and_styles_is_served(served, path):
    answer = served.told(b"GET %s HTTP/1.0\r\n\r\n" % path.encode())
    assert answer.startswith(b"HTTP/1.0 404")
    assert b"import" not in answer
