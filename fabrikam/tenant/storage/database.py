"""What the tenant keeps between two requests: shelves in one SQLite file.

Every one-time thing is taken, never read and then deleted: of any number of takers one
gets it.  Keys are stored as hashes, so that the file gives no cookie or token away.
Things of one family (a code and all the tokens that came of it) can end together.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from fabrikam.shared.sqlite import Database
from fabrikam.tenant.storage.json_codec import freeze, thaw

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["Table", "TenantDatabase", "new_key"]

Value = TypeVar("Value")

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS things (
    shelf TEXT NOT NULL,
    key TEXT NOT NULL,
    family TEXT NOT NULL,
    body TEXT NOT NULL,
    ends_at INTEGER NOT NULL,
    PRIMARY KEY (shelf, key)
);
CREATE INDEX IF NOT EXISTS things_by_family ON things (family);
CREATE INDEX IF NOT EXISTS things_by_end ON things (ends_at);
CREATE TABLE IF NOT EXISTS ended_families (family TEXT PRIMARY KEY, ends_at INTEGER);
"""
_ENDED_SECONDS: Final = 90 * 86_400
_SWEEP_SECONDS: Final = 600


def new_key() -> str:
    """Make a key that cannot be guessed: 256 random bits."""
    return secrets.token_urlsafe(32)


class TenantDatabase:
    """The file of all shelves."""

    def __init__(self, data_dir: Path) -> None:
        self._database = Database(data_dir / "tenant.sqlite", _SCHEMA)
        self._swept_at = 0

    def shelf(self, name: str, kind: type[Value]) -> Table[Value]:
        """Open the shelf for one kind of value."""
        return Table(self._database, name, kind)

    def end_family(self, family: str, now: int) -> None:
        """End everything of a family, also what is still on its way to a shelf."""
        with self._database.transaction() as sql:
            sql.execute(
                "INSERT OR IGNORE INTO ended_families VALUES (?, ?)",
                (family, now + _ENDED_SECONDS),
            )
            sql.execute("DELETE FROM things WHERE family = ?", (family,))

    def sweep(self, now: int) -> None:
        """Forget what is over, every few minutes."""
        if abs(now - self._swept_at) < _SWEEP_SECONDS:
            return
        self._swept_at = now
        with self._database.transaction() as sql:
            sql.execute("DELETE FROM things WHERE ends_at <= ?", (now,))
            sql.execute("DELETE FROM ended_families WHERE ends_at <= ?", (now,))

    def clear(self) -> None:
        """Forget everything."""
        with self._database.transaction() as sql:
            sql.execute("DELETE FROM things")
            sql.execute("DELETE FROM ended_families")


class Table(Generic[Value]):
    """Values of one kind, each under a key and until an end."""

    def __init__(self, database: Database, name: str, kind: type[Value]) -> None:
        self._database = database
        self._name = name
        self._kind = kind

    def keep(self, key: str, value: Value, *, ends_at: int, family: str = "") -> bool:
        """Put a value under a key, unless its family has ended meanwhile."""
        with self._database.transaction() as sql:
            ended = sql.execute(
                "SELECT 1 FROM ended_families WHERE family = ?", (family,)
            ).fetchone()
            if ended is not None:
                return False
            sql.execute(
                "INSERT OR REPLACE INTO things VALUES (?, ?, ?, ?, ?)",
                (self._name, _hash(key), family, freeze(value), ends_at),
            )
        return True

    def look(self, key: str, now: int) -> Value | None:
        """Read what lies under a key."""
        row = self._database.row(
            "SELECT body FROM things WHERE shelf = ? AND key = ? AND ends_at > ?",
            (self._name, _hash(key), now),
        )
        return None if row is None else self._thawed(row["body"])

    def take(self, key: str, now: int) -> Value | None:
        """Remove what lies under a key and return it; only one taker gets it."""
        with self._database.transaction() as sql:
            row = sql.execute(
                "DELETE FROM things WHERE shelf = ? AND key = ? AND ends_at > ?"
                " RETURNING body",
                (self._name, _hash(key), now),
            ).fetchone()
        return None if row is None else self._thawed(row["body"])

    def swap(self, key: str, old: Value, new: Value, *, ends_at: int) -> bool:
        """Put a new value in the place of an old one, if that is still there."""
        with self._database.transaction() as sql:
            changed = sql.execute(
                "UPDATE things SET body = ?, ends_at = ?"
                " WHERE shelf = ? AND key = ? AND body = ?",
                (freeze(new), ends_at, self._name, _hash(key), freeze(old)),
            ).rowcount
        return changed == 1

    def drop(self, key: str) -> None:
        """Forget what lies under a key."""
        with self._database.transaction() as sql:
            sql.execute(
                "DELETE FROM things WHERE shelf = ? AND key = ?",
                (self._name, _hash(key)),
            )

    def take_all(self, wanted: Callable[[Value], bool], now: int) -> list[Value]:
        """Remove every value that is wanted and return them, oldest first."""
        with self._database.transaction() as sql:
            rows = sql.execute(
                "SELECT key, body FROM things WHERE shelf = ? AND ends_at > ?"
                " ORDER BY rowid",
                (self._name, now),
            ).fetchall()
            read = [(row["key"], self._thawed(row["body"])) for row in rows]
            found = [(k, v) for k, v in read if v is not None and wanted(v)]
            sql.executemany(
                "DELETE FROM things WHERE shelf = ? AND key = ?",
                [(self._name, key) for key, _ in found],
            )
        return [value for _, value in found]

    def all(self, now: int) -> list[Value]:
        """Read everything on the shelf, oldest first."""
        rows = self._database.rows(
            "SELECT body FROM things WHERE shelf = ? AND ends_at > ? ORDER BY rowid",
            (self._name, now),
        )
        read = (self._thawed(row["body"]) for row in rows)
        return [value for value in read if value is not None]

    def _thawed(self, body: str) -> Value | None:
        try:
            return thaw(self._kind, body)
        except ValueError:  # of an older version: as good as forgotten
            return None


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
