"""What the intranet keeps between two requests: small values that expire.

One `Store` protocol, in SQLite (default) or Redis.  Whatever may be used once has
`take`; whatever may be revoked has `renew`, which never brings back what is gone.
All times are in seconds since the epoch and come from the caller's clock.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal, Protocol, TypeAlias

import redis

from fabrikam.sqlite import Database

__all__ = ["STORE_ERRORS", "Kind", "RedisStore", "SqliteStore", "Store", "open_store"]

STORE_ERRORS: Final = (sqlite3.Error, redis.RedisError, OSError)
"""What is raised where the store is locked, full or away."""

_ANSWER_SECONDS: Final = 2.5

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


def open_store(url: str) -> Store:
    """Open `sqlite:///FILE` or `redis://HOST:PORT/DB`."""
    if url.startswith("sqlite:///"):
        return SqliteStore(Path(url.removeprefix("sqlite:///")))
    return RedisStore(
        redis.Redis.from_url(
            url,
            decode_responses=True,
            socket_timeout=_ANSWER_SECONDS,
            socket_connect_timeout=_ANSWER_SECONDS,
        )
    )


class SqliteStore:
    """A store in one SQLite file."""

    _SCHEMA: Final = """
        CREATE TABLE IF NOT EXISTS kept (
            kind TEXT NOT NULL,
            key TEXT NOT NULL,
            value TEXT NOT NULL,
            expires_at INTEGER NOT NULL,
            PRIMARY KEY (kind, key)
        ) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS kept_until ON kept (expires_at);
        CREATE TABLE IF NOT EXISTS tagged (
            kind TEXT NOT NULL,
            tag TEXT NOT NULL,
            key TEXT NOT NULL,
            PRIMARY KEY (kind, tag, key),
            FOREIGN KEY (kind, key) REFERENCES kept (kind, key) ON DELETE CASCADE
        ) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS tagged_key ON tagged (kind, key);
    """

    def __init__(self, path: Path) -> None:
        self._database = Database(path, self._SCHEMA)

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
        with self._database.transaction() as write:
            write.execute("DELETE FROM kept WHERE expires_at <= ?", (now,))
            kept = write.execute(
                "INSERT OR IGNORE INTO kept VALUES (?, ?, ?, ?)",
                (kind, key, value, expires_at),
            )
            if kept.rowcount:
                write.executemany(
                    "INSERT OR IGNORE INTO tagged VALUES (?, ?, ?)",
                    [(kind, tag, key) for tag in tags],
                )
            return kept.rowcount == 1

    def get(self, kind: Kind, key: str, *, now: int) -> str | None:
        """Return a value that has not expired."""
        row = self._database.row(
            "SELECT value FROM kept WHERE kind = ? AND key = ? AND expires_at > ?",
            (kind, key, now),
        )
        return None if row is None else str(row["value"])

    def take(self, kind: Kind, key: str, *, now: int) -> str | None:
        """Return a value and forget it: of many callers one gets it."""
        with self._database.transaction() as write:
            row = write.execute(
                "DELETE FROM kept WHERE kind = ? AND key = ?"
                " RETURNING value, expires_at",
                (kind, key),
            ).fetchone()
        return str(row["value"]) if row and row["expires_at"] > now else None

    def renew(
        self, kind: Kind, key: str, value: str, *, now: int, expires_at: int
    ) -> None:
        """Replace a value that is still there; never bring one back."""
        with self._database.transaction() as write:
            write.execute(
                "UPDATE kept SET value = ?, expires_at = ?"
                " WHERE kind = ? AND key = ? AND expires_at > ?",
                (value, expires_at, kind, key, now),
            )

    def drop(self, kind: Kind, key: str) -> None:
        """Forget a value."""
        with self._database.transaction() as write:
            write.execute("DELETE FROM kept WHERE kind = ? AND key = ?", (kind, key))

    def tagged(self, kind: Kind, tag: str, *, now: int) -> tuple[str, ...]:
        """Return the keys that bear a tag, the one that expires first in front."""
        rows = self._database.rows(
            "SELECT key FROM tagged JOIN kept USING (kind, key)"
            " WHERE kind = ? AND tag = ? AND expires_at > ? ORDER BY expires_at",
            (kind, tag, now),
        )
        return tuple(str(row["key"]) for row in rows)

    def ping(self) -> None:
        """Raise an error where the file cannot be read."""
        self._database.row("SELECT 1 FROM kept")


class RedisStore:
    """A store in Redis, for several processes on several machines.

    Redis expires by its own clock; ours decides, so the end stands in the value too.
    """

    _PREFIX: Final = "fabrikam"
    _MARGIN: Final = 60  # Redis may forget a little later than we do, never earlier
    _TAG_SECONDS: Final = 7 * 86_400  # longer than any session lives

    def __init__(self, client: redis.Redis) -> None:
        self._redis = client

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
        with self._redis.pipeline() as batch:
            batch.set(
                self._name(kind, key),
                _sealed(value, expires_at),
                nx=True,
                ex=self._seconds(now, expires_at),
            )
            for tag in tags:
                batch.zadd(self._tag(kind, tag), {key: expires_at})
                batch.expire(self._tag(kind, tag), self._TAG_SECONDS)
            return bool(batch.execute()[0])

    def get(self, kind: Kind, key: str, *, now: int) -> str | None:
        """Return a value that has not expired."""
        return _opened(self._redis.get(self._name(kind, key)), now)

    def take(self, kind: Kind, key: str, *, now: int) -> str | None:
        """Return a value and forget it: of many callers one gets it."""
        return _opened(self._redis.getdel(self._name(kind, key)), now)

    def renew(
        self, kind: Kind, key: str, value: str, *, now: int, expires_at: int
    ) -> None:
        """Replace a value that is still there; never bring one back."""
        self._redis.set(
            self._name(kind, key),
            _sealed(value, expires_at),
            xx=True,
            ex=self._seconds(now, expires_at),
        )

    def drop(self, kind: Kind, key: str) -> None:
        """Forget a value."""
        self._redis.delete(self._name(kind, key))

    def tagged(self, kind: Kind, tag: str, *, now: int) -> tuple[str, ...]:
        """Return the keys that bear a tag, the one that expires first in front."""
        keys = map(str, self._redis.zrange(self._tag(kind, tag), 0, -1))
        return tuple(key for key in keys if self.get(kind, key, now=now) is not None)

    def ping(self) -> None:
        """Raise an error where Redis does not answer."""
        self._redis.ping()

    def _seconds(self, now: int, expires_at: int) -> int:
        return max(1, expires_at - now) + self._MARGIN

    def _name(self, kind: Kind, key: str) -> str:
        return f"{self._PREFIX}:{kind}:{key}"

    def _tag(self, kind: Kind, tag: str) -> str:
        return f"{self._PREFIX}:tag:{kind}:{tag}"


def _sealed(value: str, expires_at: int) -> str:
    return json.dumps([expires_at, value])


def _opened(sealed: object, now: int) -> str | None:
    if not isinstance(sealed, str):
        return None
    expires_at, value = json.loads(sealed)
    return str(value) if expires_at > now else None
