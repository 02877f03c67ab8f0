"""What is counted for the people who run the intranet, and who may read it.

Nothing is counted unless metrics are chosen; a client library is imported with them.
"""

from __future__ import annotations

import re
from typing import Final, Protocol

from bottle import BaseRequest

from fabrikam.stepup import Verdict
from fabrikam.web.request_fields import header

__all__ = ["Metrics", "NoMetrics", "is_on_this_machine"]

_LOOPBACK: Final = ("127.0.0.1", "::1")
_OWN_HOST: Final = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:\d+)?")
_FORWARDED: Final = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via")


class Metrics(Protocol):
    """The counters of one intranet."""

    def count_verdict(self, verdict: Verdict) -> None:
        """Count one decision."""
        ...

    def count_sign_in(self, ended: str) -> None:
        """Count one sign-in; `ended` is `admitted`, `denied` or a problem's code."""
        ...

    def text(self) -> bytes:
        """Return all counters, in the text format of whoever reads them."""
        ...


class NoMetrics:
    """Counts nothing."""

    def count_verdict(self, verdict: Verdict) -> None:
        """Let it pass."""

    def count_sign_in(self, ended: str) -> None:
        """Let it pass."""

    def text(self) -> bytes:
        """Return no counters."""
        return b""


def is_on_this_machine(request: BaseRequest) -> bool:
    """Tell whether a request comes from this machine, and not through a proxy on it."""
    if request.environ.get("REMOTE_ADDR") not in _LOOPBACK:
        return False
    if any(header(request, name) for name in _FORWARDED):
        return False
    return _OWN_HOST.fullmatch(header(request, "Host")) is not None
