"""Two programs behind two sockets, and a log of one line per event."""

from __future__ import annotations

import errno
import logging
import resource
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

import waitress
from bottle import Bottle
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.proxy_headers import PROXY_HEADERS
from waitress.task import ErrorTask
from waitress.trigger import trigger

__all__ = ["PortTaken", "log_to_stderr", "serving", "wait_for_the_end"]

_THREADS: Final = 16
_FILES: Final = 4_096  # two programs of 1,000 connections each, and their databases
_ON_REFUSALS: Final = (
    (
        "Content-Security-Policy",
        "default-src 'none'; frame-ancestors 'none'; base-uri 'none';"
        " object-src 'none'; form-action 'none'",
    ),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Cache-Control", "no-store"),
)
_QUIET: Final = ("oauthlib", "requests_oauthlib", "urllib3")  # they log secrets


class PortTaken(Exception):
    """Another program listens where this one should."""

    def __init__(self, port: int, setting: str) -> None:
        super().__init__(
            f"port {port} is in use: stop the program that uses it, "
            f"or set {setting} to another number"
        )


@contextmanager
def serving(app: Bottle, *, host: str, port: int, setting: str) -> Iterator[None]:
    """Serve an application in the background; end its requests, then leave.

    `setting` names what to change where the port is taken, which raises PortTaken.
    """
    listeners: dict[int, Any] = {}
    try:
        server: Any = waitress.create_server(
            app,
            map=listeners,
            host=host,
            port=port,
            threads=_THREADS,
            ident="",
            channel_timeout=30,
            connection_limit=1_000,
            max_request_header_size=65_536,
            max_request_body_size=262_144,
            clear_untrusted_proxy_headers=True,
            asyncore_use_poll=True,  # select() dies of the 1,025th file
        )
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(port, setting) from error
        raise
    for listener in listeners.values():
        listener.channel_class = _Channel
    _make_room(_FILES)
    loop = threading.Thread(target=server.run, name=setting, daemon=True)
    loop.start()
    try:
        yield
    finally:
        server.task_dispatcher.shutdown(cancel_pending=True, timeout=5)
        _hang_up(listeners)
        loop.join(5)
        app.close()


def _make_room(files: int) -> None:
    """Let this process have more files open than a login shell allows it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    unlimited = resource.RLIM_INFINITY
    wanted = files if hard == unlimited else min(files, hard)
    if soft != unlimited and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _hang_up(listeners: dict[int, Any]) -> None:
    """Close every socket, in the thread that reads them."""
    triggers = [entry for entry in listeners.values() if isinstance(entry, trigger)]
    for waker in triggers[:1]:
        # the loop may have been awake, and closed all before the trigger was pulled
        with suppress(OSError):
            waker.pull_trigger(lambda: wasyncore.close_all(listeners, ignore_all=True))


class _Refusal(ErrorTask):  # type: ignore[misc]  # waitress is untyped
    """The answer to what is no request: no application sees it, nor dresses it."""

    def execute(self) -> None:
        self.response_headers.extend(_ON_REFUSALS)
        super().execute()


class _Parser(HTTPRequestParser):  # type: ignore[misc]  # waitress is untyped
    """Refuses what a proxy might read otherwise, and notes that there was one."""

    def parse_header(self, head: bytes) -> None:
        super().parse_header(head)
        if self.chunked and "CONTENT_LENGTH" in self.headers:
            raise ParsingError("a length and chunks at once")
        if self.version == "1.1" and "HOST" not in self.headers:
            raise ParsingError("no Host")
        if PROXY_HEADERS & self.headers.keys():
            # waitress takes them away, and what is for this machine must still know
            self.headers.setdefault("VIA", "1.1 unnamed")


class _Channel(HTTPChannel):  # type: ignore[misc]  # waitress is untyped
    error_task_class = _Refusal
    parser_class = _Parser


def wait_for_the_end() -> None:
    """Wait until somebody presses Ctrl-C or the system asks the program to stop."""
    asked = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: asked.set())
    asked.wait()


class _OneLine(logging.Formatter):
    """One line per event: what a stranger sent cannot begin a second one."""

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        return "".join(c if c.isprintable() else repr(c)[1:-1] for c in line)


def log_to_stderr() -> None:
    """Log to stderr, in UTC, without the libraries that would log secrets."""
    handler = logging.StreamHandler()
    formatter = _OneLine("%(asctime)sZ %(levelname)s %(name)s %(message)s")
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
