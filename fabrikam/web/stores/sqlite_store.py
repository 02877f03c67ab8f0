"""A store in one SQLite file: the default, for one machine."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from fabrikam.shared.sqlite import Database
from fabrikam.web.stores.store import RecordKind

__all__ = ["SqliteStore", "open_url"]


def open_url(url: str) -> SqliteStore:
    """Open `sqlite:///FILE`; raises StoreUnavailable."""
    return SqliteStore(Path(url.removeprefix("sqlite:///")))


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
        kind: RecordKind,
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

    def get(self, kind: RecordKind, key: str, *, now: int) -> str | None:
        """Return a value that has not expired."""
        row = self._database.row(
            "SELECT value FROM kept WHERE kind = ? AND key = ? AND expires_at > ?",
            (kind, key, now),
        )
        return None if row is None else str(row["value"])

    def take(self, kind: RecordKind, key: str, *, now: int) -> str | None:
        """Return a value and forget it: of many callers one gets it."""
        with self._database.transaction() as write:
            row = write.execute(
                "DELETE FROM kept WHERE kind = ? AND key = ?"
                " RETURNING value, expires_at",
                (kind, key),
            ).fetchone()
        return str(row["value"]) if row and row["expires_at"] > now else None

    def renew(
        self, kind: RecordKind, key: str, value: str, *, now: int, expires_at: int
    ) -> None:
        """Replace a value that is still there; never bring one back."""
        with self._database.transaction() as write:
            write.execute(
                "UPDATE kept SET value = ?, expires_at = ?"
                " WHERE kind = ? AND key = ? AND expires_at > ?",
                (value, expires_at, kind, key, now),
            )

    def drop(self, kind: RecordKind, key: str) -> None:
        """Forget a value."""
        with self._database.transaction() as write:
            write.execute("DELETE FROM kept WHERE kind = ? AND key = ?", (kind, key))

    def tagged(self, kind: RecordKind, tag: str, *, now: int) -> tuple[str, ...]:
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
