"""What the intranet keeps between two requests: small values that expire.

One `Store` protocol, in SQLite (default) or Redis.  Whatever may be used once has
`take`; whatever may be revoked has `renew`, which never brings back what is gone.
All times are in seconds since the epoch and come from the caller's clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol, TypeAlias

from fabrikam.shared.unavailable import StoreUnavailable

__all__ = ["RecordKind", "Store", "StoreUnavailable"]

RecordKind: TypeAlias = Literal[
    "session", "transaction", "finished", "arrival", "form", "logout_token"
]


class Store(Protocol):
    """Values by kind and key, each with an end; `tags` find them again in groups.

    Every method raises StoreUnavailable where the store does not answer.
    """

    def put(
        self,
        kind: RecordKind,
        key: str,
        value: str,
        *,
        now: int,
        expires_at: int,
        tags: Sequence[str] = (),
    ) -> bool:
        """Keep a value where none is kept yet; say whether it was kept."""
        ...

    def get(self, kind: RecordKind, key: str, *, now: int) -> str | None:
        """Return a value that has not expired."""
        ...

    def take(self, kind: RecordKind, key: str, *, now: int) -> str | None:
        """Return a value and forget it: of many callers one gets it."""
        ...

    def renew(
        self, kind: RecordKind, key: str, value: str, *, now: int, expires_at: int
    ) -> None:
        """Replace a value that is still there; never bring one back."""
        ...

    def drop(self, kind: RecordKind, key: str) -> None:
        """Forget a value."""
        ...

    def tagged(self, kind: RecordKind, tag: str, *, now: int) -> tuple[str, ...]:
        """Return the keys that bear a tag, the one that expires first in front."""
        ...

    def ping(self) -> None:
        """Raise StoreUnavailable where the store cannot be used."""
        ...
