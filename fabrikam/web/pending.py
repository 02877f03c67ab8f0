"""Sign-ins under way: what is kept from the departure until the browser comes back.

Each is taken once, and only by the browser (and, for a step-up, the session) that
began it.  What was taken leaves a note behind, so that a reloaded callback can be told
from a forged one.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from typing import Any, Final, Literal, TypeAlias

from fabrikam.oidc import CallbackRefused, Transaction
from fabrikam.web.sessions import keyed_hash
from fabrikam.web.stores import Store, StoreUnavailable

__all__ = ["Pending", "Purpose"]

Purpose: TypeAlias = Literal["login", "step-up"]
"""What a browser left for: two logins in vain say nothing of a step-up."""

_MOST_PER_BROWSER: Final = 10
_ARRIVAL_SECONDS: Final = 60
_MOST_ARRIVALS: Final = 2


class Pending:
    """All sign-ins under way; may be used from any thread."""

    def __init__(
        self, store: Store, *, secret: str, clock: Callable[[], int], seconds: int
    ) -> None:
        self._store = store
        self._secret = secret
        self._clock = clock
        self._seconds = seconds

    def keep(
        self, transaction: Transaction, *, browser: str, family: str | None
    ) -> None:
        """Keep a transaction for this browser, and for this session where given.

        A browser has ten at the most; the oldest makes room.
        """
        now = self._clock()
        owner = self._owner(browser)
        waiting = self._store.tagged("transaction", owner, now=now)
        for key in waiting[: max(0, len(waiting) - _MOST_PER_BROWSER + 1)]:
            self._store.drop("transaction", key)
        self._store.put(
            "transaction",
            self._key(transaction.state),
            json.dumps([owner, family, asdict(transaction)]),
            now=now,
            expires_at=now + self._seconds,
            tags=(owner,),
        )

    def take(self, state: str, *, browser: str, family: str | None) -> Transaction:
        """Return the transaction and forget it; raises CallbackRefused.

        It stays where the wrong browser asks: a stranger must not be able to end it.
        """
        now, key = self._clock(), self._key(state)
        kept = self._store.get("transaction", key, now=now)
        if kept is None:
            raise CallbackRefused("unknown", "never begun, too old, or used already")
        owner, began_in, fields = json.loads(kept)
        if owner != self._owner(browser):
            raise CallbackRefused("browser", "another browser began this sign-in")
        if self._store.take("transaction", key, now=now) is None:
            raise CallbackRefused("unknown", "used already, a moment ago")
        transaction = _recalled(fields)
        self._store.put(
            "finished",
            key,
            json.dumps([owner, transaction.return_to]),
            now=now,
            expires_at=now + self._seconds,
        )
        if transaction.step_up and began_in != family:
            raise CallbackRefused("session", "the session that asked is no more")
        return transaction

    def finished(self, state: str, *, browser: str) -> str | None:
        """Return where a sign-in led that this browser has finished already."""
        kept = self._store.get("finished", self._key(state), now=self._clock())
        owner, return_to = json.loads(kept) if kept is not None else (None, None)
        return return_to if owner == self._owner(browser) else None

    def note_arrival(self, path: str, *, browser: str, by: Purpose) -> None:
        """Note that a finished sign-in leads this browser to a page, once more."""
        now, key = self._clock(), self._arrival(path, browser, by)
        count = int(self._store.take("arrival", key, now=now) or 0) + 1
        self._store.put(
            "arrival", key, str(count), now=now, expires_at=now + _ARRIVAL_SECONDS
        )

    def has_arrived_in_vain(self, path: str, *, browser: str, by: Purpose) -> bool:
        """Say whether sign-ins led this browser to a page twice, and it stayed shut."""
        kept = self._store.get(
            "arrival", self._arrival(path, browser, by), now=self._clock()
        )
        return kept is not None and int(kept) >= _MOST_ARRIVALS

    def forget_arrivals(self, path: str, *, browser: str, by: Purpose) -> None:
        """Begin to count anew: the page was opened, or the visitor was told."""
        key = self._arrival(path, browser, by)
        if self._store.get("arrival", key, now=self._clock()) is None:
            return
        with suppress(StoreUnavailable):  # a full disk does not shut an open page
            self._store.drop("arrival", key)

    def _arrival(self, path: str, browser: str, by: Purpose) -> str:
        return keyed_hash(self._secret, "arrival", f"{by} {browser} {path}")

    def _key(self, state: str) -> str:
        return keyed_hash(self._secret, "state", state)

    def _owner(self, browser: str) -> str:
        return keyed_hash(self._secret, "browser", browser)


def _recalled(fields: dict[str, Any]) -> Transaction:
    try:
        return Transaction(**fields)
    except TypeError as error:
        raise CallbackRefused("unknown", "kept by another version") from error
