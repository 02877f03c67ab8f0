"""What the intranet keeps between two requests: small values that expire.

One `Store` protocol, in SQLite (default) or Redis.  Whatever may be used once has
`take`; whatever may be revoked has `renew`, which never brings back what is gone.
All times are in seconds since the epoch and come from the caller's clock.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Final, Literal, Protocol, TypeAlias

import redis

__all__ = ["STORE_ERRORS", "Kind", "Store"]

STORE_ERRORS: Final = (sqlite3.Error, redis.RedisError, OSError)
"""What is raised where the store is locked, full or away."""

Kind: TypeAlias = Literal[
    "session", "transaction", "finished", "arrival", "form", "logout_token"
]


class Store(Protocol):
    """Values by kind and key, each with an end; `tags` find them again in groups."""

    def put(
        self,
        kind: Kind,
        key: str,
        value: str,
        *,
        now: int,
        expires_at: int,
        tags: Sequence[str] = (),
    ) -> bool:
        """Keep a value where none is kept yet; say whether it was kept."""
        ...

    def get(self, kind: Kind, key: str, *, now: int) -> str | None:
        """Return a value that has not expired."""
        ...

    def take(self, kind: Kind, key: str, *, now: int) -> str | None:
        """Return a value and forget it: of many callers one gets it."""
        ...

    def renew(
        self, kind: Kind, key: str, value: str, *, now: int, expires_at: int
    ) -> None:
        """Replace a value that is still there; never bring one back."""
        ...

    def drop(self, kind: Kind, key: str) -> None:
        """Forget a value."""
        ...

    def tagged(self, kind: Kind, tag: str, *, now: int) -> tuple[str, ...]:
        """Return the keys that bear a tag, the one that expires first in front."""
        ...

    def ping(self) -> None:
        """Raise one of STORE_ERRORS where the store cannot be used."""
        ...
