"""Named faults: the tenant misbehaves on purpose, so that a relying party is tested.

A fault is set with its argument, or with `true` for the usual one, and stays until it
is cleared.  An argument that would do nothing is refused, for a test would go by it.
"""

from __future__ import annotations

import threading
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["FAULTS", "Faults"]

FAULTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "drop_amr": "the ID token lacks amr and acr",
        "amr_as_string": "amr is a string instead of a list",
        "old_auth_time": "auth_time lies so many seconds back",
        "other_subject": "the ID token speaks of this other subject",
        "wrong_nonce": "the nonce is another one",
        "unknown_key": "the ID token is signed by a key that is not published",
        "no_state": "the answer of /authorize lacks state",
        "no_iss": "the answer of /authorize lacks iss",
        "slow_token": "the token endpoint waits so many seconds",
        "slow_jwks": "the key set waits so many seconds",
        "slow_userinfo": "/userinfo waits so many seconds",
        "failing_token": "the token endpoint answers with this status",
        "failing_jwks": "the key set answers with this status",
        "failing_userinfo": "/userinfo answers with this status",
        "failing_authorize": "/authorize answers with this status",
        "failing_discovery": "discovery answers with this status",
        "rubbish_token": "the token endpoint answers with HTML",
    }
)
_USUAL: Final[Mapping[str, float | str]] = MappingProxyType(
    {
        "old_auth_time": 86_400,
        "other_subject": "auth0|somebody-else",
        "slow_token": 5,
        "slow_jwks": 5,
        "slow_userinfo": 5,
        "failing_token": 500,
        "failing_jwks": 500,
        "failing_userinfo": 500,
        "failing_authorize": 500,
        "failing_discovery": 500,
    }
)
_STATUSES: Final = range(400, 600)
_LONGEST: Final = 10**9  # seconds; also says no to what is not a number


class Faults:
    """The faults that are set, each with its argument."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._set: dict[str, Any] = {}

    def all(self) -> dict[str, Any]:
        """List what is set."""
        with self._lock:
            return dict(self._set)

    def find(self, name: str) -> Any:
        """Read the argument of a fault, or None where it is not set."""
        with self._lock:
            return self._set.get(name)

    def change(self, changes: Mapping[str, Any]) -> None:
        """Set faults, or clear them; a wrong name or argument is a `ValueError`."""
        unknown = [name for name in changes if name not in FAULTS]
        if unknown:
            raise ValueError(
                f"fault {unknown[0]}: unknown; known are {', '.join(FAULTS)}"
            )
        weighed = {name: _weighed(name, said) for name, said in changes.items()}
        with self._lock:
            merged = {**self._set, **weighed}
            self._set = {n: said for n, said in merged.items() if said is not None}

    def clear(self) -> None:
        """Behave again."""
        with self._lock:
            self._set = {}


def _weighed(name: str, said: Any) -> bool | float | str | None:
    """Read one argument; None clears the fault."""
    if said is None or said is False:
        return None
    if said is True:
        return _USUAL.get(name, True)
    if name == "other_subject" and isinstance(said, str) and said:
        return said
    if name.startswith("failing_") and type(said) is int and said in _STATUSES:
        return said
    slow = name.startswith("slow_")
    if (slow or name == "old_auth_time") and _is_seconds(said):
        return (said if slow else int(said)) or None
    raise ValueError(f"fault {name}: {said!r} is no {_kind(name)}, true or false")


def _is_seconds(said: Any) -> bool:
    return type(said) in (int, float) and 0 <= said < _LONGEST


def _kind(name: str) -> str:
    if name == "other_subject":
        return "text"
    if name.startswith("failing_"):
        return "status from 400 to 599"
    return "number of seconds" if name in _USUAL else "argument that it takes"
