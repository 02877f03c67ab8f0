"""What leaves the house: to one origin, bounded in size, time and number."""

from __future__ import annotations

import socket
import threading
import time

import pytest
import requests

from fabrikam.oidc import BoundedAdapter, confine
from fabrikam.oidc.breaker import Breaker, LeftAlone
from fabrikam.oidc.transport import reason_of
from tests.programs import free_port


class Server:
    """A socket that answers every request with the same bytes, slowly if asked."""

    def __init__(self, answer: bytes, *, drip: float = 0.0, hang: bool = False) -> None:
        self._answer, self._drip, self._hang = answer, drip, hang
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/"
        self.current_session = 0
        self.ended = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while not self.ended.is_set():
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._say, args=[connection], daemon=True).start()

    def _say(self, connection: socket.socket) -> None:
        self.current_session += 1
        with connection:
            connection.recv(65_536)
            if self._hang:
                self.ended.wait(30)
            try:
                if not self._drip:
                    connection.sendall(self._answer)
                for index in range(len(self._answer) if self._drip else 0):
                    connection.sendall(self._answer[index : index + 1])
                    if self.ended.wait(self._drip):
                        return
            except OSError:
                return

    def close(self) -> None:
        self.ended.set()
        self._socket.close()


@pytest.fixture
def serve():
    servers = []

    def start(*args, **options) -> Server:
        servers.append(Server(*args, **options))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def asking(server: Server, seconds: float = 0.5) -> requests.Session:
    return confine(requests.Session(), server.url, BoundedAdapter(seconds=seconds))


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def test_an_answer_is_read(serve):
    server = serve(HEAD + b"Content-Length: 2\r\n\r\n{}")
    assert asking(server).get(server.url).json() == {}


@pytest.mark.promise("78", "ASVS 1.3.6", "ASVS 13.2.4", "ASVS 13.2.5")
def test_only_the_tenants_origin_can_be_asked(serve):
    server = serve(HEAD + b"Content-Length: 2\r\n\r\n{}")
    session = asking(server)
    elsewhere = server.url.replace("127.0.0.1", "localhost")
    for url in (elsewhere, "file:///etc/passwd", "http://169.254.169.254/", "x"):
        with pytest.raises((requests.exceptions.InvalidSchema, ValueError)):
            session.get(url)
    assert server.current_session == 0


@pytest.mark.promise("78", "F6", "ASVS 13.2.6")
@pytest.mark.parametrize(
    ("answer", "options"),
    [
        (HEAD + b"Content-Length: 2000000\r\n\r\n" + b"x" * 2_000_000, {}),
        (HEAD + b"Content-Length: 9000000\r\n\r\n" + b"x" * 2_000_000, {}),
        (HEAD + b"Content-Length: 100\r\n\r\ncut", {}),
        (b"rubbish\r\n\r\n", {}),
        (b"", {}),
        (HEAD, {"hang": True}),
        (HEAD + b"X-Slow: " + b"x" * 1_000, {"drip": 0.05}),
        (HEAD + b"\r\n" + b"x" * 1_000, {"drip": 0.05}),
    ],
)
def test_an_answer_that_is_too_large_too_slow_or_broken_is_given_up(
    serve, answer, options
):
    server = serve(answer, **options)
    began = time.monotonic()
    with pytest.raises(requests.RequestException):
        asking(server).get(server.url)
    assert time.monotonic() - began < 5


@pytest.mark.promise("F6")
def test_a_server_that_is_gone_is_given_up():
    with socket.create_server(("127.0.0.1", 0)) as gone:
        url = f"http://127.0.0.1:{gone.getsockname()[1]}/"
    session = confine(requests.Session(), url, BoundedAdapter(seconds=0.5))
    with pytest.raises(requests.ConnectionError):
        session.get(url)


@pytest.mark.parametrize(
    ("server", "reason"),
    [
        (None,                                          "nobody answers there"),
        ({"answer": b"", "hang": True},                 "the connection ended before an answer"),
        ({"answer": b"HTTP/1.1 200 OK\r\n\r\nno JSON"}, "the answer is not in JSON"),
    ],
)  # fmt: skip
def test_a_failed_request_is_explained_in_a_few_words(serve, server, reason):
    url = serve(**server).url if server else f"http://127.0.0.1:{free_port()}/"
    session = confine(requests.Session(), url, BoundedAdapter(seconds=0.3))
    with pytest.raises(requests.RequestException) as caught:
        session.get(url).json()
    assert reason_of(caught.value) == reason


@pytest.mark.promise("F6", "ASVS 13.2.6")
def test_few_ask_at_once_so_that_a_slow_tenant_takes_few_threads(serve):
    server = serve(HEAD, hang=True)
    session = asking(server, seconds=2)
    errors: list[Exception] = []

    def ask() -> None:
        try:
            session.get(server.url)
        except requests.RequestException as error:
            errors.append(error)

    threads = [threading.Thread(target=ask) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(errors) == 20
    assert sum("too many" in str(error) for error in errors) >= 14
    assert server.current_session <= 6


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def fail(breaker: Breaker) -> None:
    with pytest.raises(OSError, match="away"), breaker.asking():
        raise OSError("away")


@pytest.mark.promise("F6")
def test_after_five_failures_nobody_asks_for_a_while():
    clock = Clock()
    breaker = Breaker(clock, pause=5)
    for _ in range(5):
        fail(breaker)
    clock.now = 4.9
    with pytest.raises(LeftAlone), breaker.asking():
        pass


@pytest.mark.promise("F6")
def test_then_one_may_try_and_if_it_goes_well_all_may():
    clock = Clock()
    breaker = Breaker(clock, pause=5)
    for _ in range(5):
        fail(breaker)
    clock.now = 5
    with breaker.asking(), pytest.raises(LeftAlone), breaker.asking():
        pass
    with breaker.asking():
        pass


def test_one_that_fails_its_try_shuts_it_again():
    clock = Clock()
    breaker = Breaker(clock, pause=5)
    for _ in range(5):
        fail(breaker)
    clock.now = 5
    fail(breaker)
    clock.now = 9
    with pytest.raises(LeftAlone), breaker.asking():
        pass


def test_a_success_between_failures_forgives_them():
    breaker = Breaker(Clock())
    for _ in range(4):
        fail(breaker)
    with breaker.asking():
        pass
    fail(breaker)
    with breaker.asking():
        pass
