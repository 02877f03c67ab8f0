"""Named faults: the tenant misbehaves on purpose, so that a relying party is tested.

A fault is set with its argument and stays until it is cleared.
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
        """Set faults, or clear them; an unknown name is a `ValueError`."""
        unknown = [name for name in changes if name not in FAULTS]
        if unknown:
            raise ValueError(
                f"fault {unknown[0]}: unknown; known are {', '.join(FAULTS)}"
            )
        with self._lock:
            merged = {**self._set, **changes}
            self._set = {
                name: argument for name, argument in merged.items() if argument
            }

    def clear(self) -> None:
        """Behave again."""
        with self._lock:
            self._set = {}
