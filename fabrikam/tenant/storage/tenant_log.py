"""The tenant log: one JSON line for each event, under Auth0's event type codes.

JSON keeps whatever a user typed on its one line.  Secrets, codes and tokens are never
handed to it.
"""

from __future__ import annotations

import datetime
import json
import threading
from collections import deque
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

__all__ = ["EVENTS", "TenantLog", "request_told"]

EVENTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "s": "login succeeded",
        "f": "login failed",
        "fp": "wrong password",
        "fu": "unknown user",
        "limit_wc": "too many wrong passwords",
        "ssa": "silent login succeeded",
        "fsa": "silent login failed",
        "mfar": "a second factor was required",
        "seacft": "code exchanged",
        "feacft": "code refused",
        "seccft": "client credentials exchanged",
        "feccft": "client credentials refused",
        "sapi": "the Management API was used",
        "sertft": "refresh token exchanged",
        "fertft": "refresh token refused",
        "sepft": "password grant succeeded",
        "fepft": "password grant failed",
        "seotpft": "one-time code grant succeeded",
        "feotpft": "one-time code grant failed",
        "seoobft": "out-of-band grant succeeded",
        "feoobft": "out-of-band grant failed",
        "sercft": "recovery code grant succeeded",
        "fercft": "recovery code grant failed",
        "slo": "logged out",
        "flo": "logout failed",
        "oidc_backchannel_logout_succeeded": "a client was told of a logout",
        "oidc_backchannel_logout_failed": "a client could not be told of a logout",
        "srrt": "token revoked",
        "gd_start_auth": "second factor asked for",
        "gd_auth_succeed": "second factor passed",
        "gd_auth_failed": "second factor failed",
        "gd_auth_rejected": "push denied",
        "gd_otp_rate_limit_exceed": "too many wrong codes",
        "gd_recovery_succeed": "recovery code passed",
        "gd_recovery_failed": "recovery code failed",
        "gd_recovery_rate_limit_exceed": "too many wrong recovery codes",
        "gd_send_pn": "push sent",
        "gd_send_pn_failure": "push not sent",
        "gd_start_enroll": "enrolment started",
        "gd_enrollment_complete": "enrolment finished",
        "gd_unenroll": "factor removed",
        "script": "a script said something",
        "folder": "the tenant folder cannot be used",
        "w": "warning",
    }
)
_TOLD: Final = (  # neither a secret nor what binds an answer to its request
    "acr_values",
    "audience",
    "connection",
    "grant_type",
    "max_age",
    "prompt",
    "redirect_uri",
    "response_mode",
    "response_type",
    "scope",
)
_REMEMBERED: Final = 2_000  # lines for the control API; the file has them all


class TenantLog:
    """The lines of the log, in a file and, the newest of them, in memory."""

    def __init__(self, data_dir: Path, now: Callable[[], int]) -> None:
        self._path = data_dir / "tenant-log.jsonl"
        self._now = now
        self._lock = threading.Lock()
        self._lines: deque[Mapping[str, Any]] = deque(maxlen=_REMEMBERED)
        self._path.touch(mode=0o600, exist_ok=True)
        self._count = 0

    def write(self, event: str, description: str = "", **facts: Any) -> None:
        """Write one event; facts that are None are left out."""
        with self._lock:
            self._count += 1
            line = {
                "log_id": f"{self._now():012d}{self._count:08d}",
                "date": _instant(self._now()),
                "type": event,
                "description": description or EVENTS[event],
                **{name: fact for name, fact in facts.items() if fact is not None},
            }
            self._lines.append(line)
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")

    def lines(self) -> list[Mapping[str, Any]]:
        """Read the newest lines, the last one last."""
        with self._lock:
            return list(self._lines)


def request_told(place: str, parameters: Mapping[str, str]) -> dict[str, Any]:
    """Tell what was asked for, where Auth0's log has it: in `qs` or in `body`."""
    told = {name: parameters[name] for name in _TOLD if name in parameters}
    return {"request": {place: told}}


def _instant(now: int) -> str:
    moment = datetime.datetime.fromtimestamp(now, datetime.UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
