"""Our programs as a newcomer starts them: a process, a socket, an environment."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]
_SECONDS_TO_START = 60


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Program:
    """A running intranet with its local tenant, or a tenant alone."""

    def __init__(self, data_dir: Path, command: str = "serve", **environ: str) -> None:
        self.port, self.tenant_port = free_port(), free_port()
        self.url = f"http://localhost:{self.port}"
        self.tenant_url = f"http://127.0.0.1:{self.tenant_port}/"
        self.environ = {
            "PATH": os.environ["PATH"],
            "PORT": str(self.port),
            "TENANT_PORT": str(self.tenant_port),
            "DATA_DIR": str(data_dir),
            "PYTHONUNBUFFERED": "1",
            **environ,
        }
        self.command = command
        self.log = data_dir.parent / f"{data_dir.name}.log"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, ROOT / "app.py", self.command],
                env=self.environ,
                cwd=ROOT,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        only_tenant = self.command == "tenant"
        health = f"{self.tenant_url}healthz" if only_tenant else f"{self.url}/healthz"
        deadline = time.monotonic() + _SECONDS_TO_START
        while not _answers(health):
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()

    def stop(self, number: int = signal.SIGTERM) -> str:
        """Ask it to end; return what it printed."""
        self.process.send_signal(number)
        printed, _ = self.process.communicate(timeout=20)
        return printed


@contextmanager
def running(
    data_dir: Path, command: str = "serve", **environ: str
) -> Iterator[Program]:
    """Run a program for the length of a block."""
    program = Program(data_dir, command, **environ)
    program.start()
    try:
        yield program
    finally:
        if program.process.poll() is None:
            program.stop()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1):  # noqa: S310
            return True
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def code_on_the_phone(program: Program, user: str) -> str:
    """Read the present code of a demo user from the phone page, as a person does."""
    with urllib.request.urlopen(f"{program.tenant_url}phone") as page:  # noqa: S310
        html = page.read().decode()
    return re.search(rf"{re.escape(user)}.*?(\d{{3}}\s?\d{{3}})", html, re.S)[1]
