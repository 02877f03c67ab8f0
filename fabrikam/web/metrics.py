"""What is counted for the people who run the intranet, in Prometheus's format."""

from __future__ import annotations

import re
from typing import Final

from bottle import BaseRequest
from prometheus_client import CollectorRegistry, Counter, generate_latest

from fabrikam.stepup import Verdict
from fabrikam.web.request_fields import header

__all__ = ["Metrics", "is_on_this_machine"]

_LOOPBACK: Final = ("127.0.0.1", "::1")
_OWN_HOST: Final = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:\d+)?")
_FORWARDED: Final = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via")


class Metrics:
    """The counters of one intranet."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._verdicts = Counter(
            "intranet_verdicts",
            "Decisions of the guard, by their kind",
            ["verdict"],
            registry=self._registry,
        )
        self._sign_ins = Counter(
            "intranet_sign_ins",
            "Sign-ins that came back, by how they ended",
            ["ended"],
            registry=self._registry,
        )

    def count_verdict(self, verdict: Verdict) -> None:
        """Count one decision."""
        self._verdicts.labels(type(verdict).__name__).inc()

    def count_sign_in(self, ended: str) -> None:
        """Count one sign-in; `ended` is `admitted`, `denied` or a problem's code."""
        self._sign_ins.labels(ended).inc()

    def text(self) -> bytes:
        """Return all counters in the text format."""
        return generate_latest(self._registry)


def is_on_this_machine(request: BaseRequest) -> bool:
    """Tell whether a request comes from this machine, and not through a proxy on it."""
    if request.environ.get("REMOTE_ADDR") not in _LOOPBACK:
        return False
    if any(header(request, name) for name in _FORWARDED):
        return False
    return _OWN_HOST.fullmatch(header(request, "Host")) is not None
