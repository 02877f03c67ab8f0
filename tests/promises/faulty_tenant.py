"""A tenant behind a real socket that hangs, drips, floods, or talks rubbish."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from bottle import HTTPResponse

from tests.scripted_tenant import ScriptedTenant

__all__ = ["FAULTS", "FaultyTenant"]

MEGABYTE = b"x" * 1_000_000


class FaultyTenant(ScriptedTenant):
    """A scripted tenant at an issuer of its own; `faults` names endpoints to spoil.

    `ended` lets everything go that still hangs.
    """

    def __init__(self, issuer: str) -> None:
        self.ended = threading.Event()
        self.faults: dict[str, str] = {}
        super().__init__()
        self.issuer = issuer
        self.metadata = {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}authorize",
            "token_endpoint": f"{issuer}oauth/token",
            "userinfo_endpoint": f"{issuer}userinfo",
            "jwks_uri": f"{issuer}.well-known/jwks.json",
        }

    def hangs(self) -> HTTPResponse:
        """Say nothing."""
        self.ended.wait(30)
        return HTTPResponse("", 503)

    def drips(self) -> HTTPResponse:
        """Say a little at a time, without end."""

        def drops() -> Iterator[bytes]:
            for _ in range(2_000):
                yield b" "
                if self.ended.wait(0.05):
                    return

        return HTTPResponse(drops(), 200)

    def _said(self, endpoint: str) -> HTTPResponse | None:
        fault = FAULTS.get(self.faults.get(endpoint, ""))
        self.asked.append(endpoint)
        return None if fault is None else fault(self)


FAULTS: Mapping[str, Callable[[FaultyTenant], Any]] = {
    "hangs": FaultyTenant.hangs,
    "drips": FaultyTenant.drips,
    "floods": lambda _: HTTPResponse((MEGABYTE for _ in range(30)), 200),
    "talks HTML": lambda _: HTTPResponse("<h1>We are sorry", 200),
    "breaks": lambda _: HTTPResponse("oh", 500),
    "is overloaded": lambda _: HTTPResponse("", 503),
    "cuts its answer": lambda _: HTTPResponse('{"keys": [', 200),
    "stops in the middle": lambda _: HTTPResponse(
        '{"keys": [', 200, {"Content-Length": "9999"}
    ),
    "nests without end": lambda _: HTTPResponse("[" * 200_000, 200),
    "leads elsewhere": lambda _: HTTPResponse(
        "", 307, {"Location": "http://127.0.0.1:1/"}
    ),
}
