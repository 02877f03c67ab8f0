"""Forms kept while their sender proves a second factor.

A form is never sent again by itself: after the step-up a page shows what it says and
asks.  It belongs to one session, one user and one address, works once, and expires.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from typing import Final

from fabrikam.web.sessions import Session, keyed_hash
from fabrikam.web.stores.store import Store

__all__ = ["KeptForms"]

_SECONDS: Final = 600
_LONGEST: Final = 10_000  # characters of what is kept, as JSON
_MOST_PER_SESSION: Final = 5


class KeptForms:
    """All kept forms; may be used from any thread."""

    def __init__(self, store: Store, *, secret: str, clock: Callable[[], int]) -> None:
        self._store = store
        self._secret = secret
        self._clock = clock

    def keep(
        self, session: Session, action: str, fields: Mapping[str, str]
    ) -> str | None:
        """Keep the fields sent to an address; return their key, None if too long."""
        now, key = self._clock(), secrets.token_urlsafe(24)
        value = json.dumps([_owner(session, action), dict(fields)])
        if len(value) > _LONGEST:
            return None
        family = f"family:{session.family}"
        waiting = self._store.tagged("form", family, now=now)
        for old in waiting[: max(0, len(waiting) - _MOST_PER_SESSION + 1)]:
            self._store.drop("form", old)
        self._store.put(
            "form",
            self._hash(key),
            value,
            now=now,
            expires_at=now + _SECONDS,
            tags=(family,),
        )
        return key

    def look(self, session: Session, action: str, key: str) -> Mapping[str, str] | None:
        """Return the fields to show; the form stays."""
        kept = self._store.get("form", self._hash(key), now=self._clock())
        return _fields(kept, session, action)

    def take(self, session: Session, action: str, key: str) -> Mapping[str, str] | None:
        """Return the fields to act upon; the form is gone."""
        if self.look(session, action, key) is None:
            return None
        kept = self._store.take("form", self._hash(key), now=self._clock())
        return _fields(kept, session, action)

    def _hash(self, key: str) -> str:
        return keyed_hash(self._secret, "form", key)


def _owner(session: Session, action: str) -> list[str]:
    return [session.family, session.evidence.subject, action]


def _fields(
    kept: str | None, session: Session, action: str
) -> Mapping[str, str] | None:
    if kept is None:
        return None
    owner, fields = json.loads(kept)
    return fields if owner == _owner(session, action) else None
