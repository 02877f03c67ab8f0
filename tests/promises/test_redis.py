"""Sessions in a Redis that is killed."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time

import pytest
import redis

from fabrikam.web.stores.redis_store import RedisStore


@pytest.fixture
def redis_server(tmp_path):
    """A Redis of our own, that may be killed."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        shutil.which("redis-server"), "--port", str(port), "--bind", "127.0.0.1",
        "--dir", str(tmp_path), "--appendonly", "yes", "--appendfsync", "always",
    ]  # fmt: skip
    servers = [subprocess.Popen(command, stdout=subprocess.DEVNULL)]

    def again() -> None:
        servers.append(subprocess.Popen(command, stdout=subprocess.DEVNULL))
        until_it_answers(port)

    until_it_answers(port)
    yield port, servers, again
    servers[-1].kill()
    for server in servers:
        server.wait()


def until_it_answers(port: int) -> None:
    client = redis.Redis(port=port)
    for _ in range(20_000):
        try:
            client.ping()
        except redis.ConnectionError:
            continue
        return


@pytest.mark.promise("F5")
def test_a_redis_that_was_killed_is_a_page_and_then_it_goes_on(
    make_intranet, redis_server
):
    port, servers, again = redis_server
    client = redis.Redis.from_url(
        f"redis://127.0.0.1:{port}/0", decode_responses=True, socket_timeout=2.5
    )
    intranet = make_intranet(store=RedisStore(client))
    intranet.sign_in()
    intranet.step_up(amr=["mfa"])
    servers[-1].kill()
    servers[-1].wait()
    for address in ("/employees", "/customers", "/login"):
        began = time.monotonic()
        page = intranet.browser.get(address, status=503, expect_errors=True)
        assert time.monotonic() - began < 3
        assert "storage does not answer" in page
    assert intranet.browser.get("/healthz", status=200)
    again()
    assert intranet.browser.get("/employees", status=200)
