"""SQLite as both houses keep it: one file, write-ahead logging, short transactions.

A `Database` may be used from any thread; each thread gets a connection of its own, and
writers of this process queue up for their turn, since SQLite itself lets them race for
it and an unlucky one never wins.  What was committed survives `kill -9`.  A file
that is locked, full or damaged raises `StoreUnavailable`.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from fabrikam.shared.unavailable import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

__all__ = ["Database"]

_BUSY_SECONDS: Final = 2.5  # a locked file is an error page in three seconds, not ten


class Database:
    """A file of tables, opened once per thread."""

    def __init__(self, path: Path, schema: str) -> None:
        self._path = path
        self._threads = threading.local()
        self._turn = threading.Lock()
        path.parent.mkdir(parents=True, exist_ok=True)
        # the write-ahead log takes its mode from this file, so it is private as well
        path.touch(mode=0o600, exist_ok=True)
        try:
            self._connection().executescript(schema)
        except sqlite3.DatabaseError as error:
            raise StoreUnavailable(f"{path.name}: {error}") from error

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[sqlite3.Row]:
        """Read all rows that a statement finds."""
        try:
            return self._connection().execute(sql, values).fetchall()
        except sqlite3.DatabaseError as error:
            raise StoreUnavailable(str(error)) from error

    def row(self, sql: str, values: Sequence[Any] = ()) -> sqlite3.Row | None:
        """Read the first row that a statement finds, or None."""
        try:
            cursor = self._connection().execute(sql, values)
            row: sqlite3.Row | None = cursor.fetchone()
        except sqlite3.DatabaseError as error:
            raise StoreUnavailable(str(error)) from error
        return row

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Write: all of the block, or nothing of it.

        The write lock is taken at the start, so two blocks never read the same
        state and then both write.
        """
        try:
            connection = self._connection()
            with self._writing(connection):
                try:
                    yield connection
                except BaseException:
                    connection.execute("ROLLBACK")
                    raise
                connection.execute("COMMIT")
        except sqlite3.IntegrityError:
            raise  # what was written is wrong, not the file
        except sqlite3.DatabaseError as error:
            raise StoreUnavailable(str(error)) from error

    @contextmanager
    def _writing(self, connection: sqlite3.Connection) -> Iterator[None]:
        deadline = time.monotonic() + _BUSY_SECONDS
        if not self._turn.acquire(timeout=_BUSY_SECONDS):
            raise StoreUnavailable("too many wait for their turn to write")
        try:
            _wait_at_most(connection, deadline - time.monotonic())
            connection.execute("BEGIN IMMEDIATE")
            yield
        finally:
            self._turn.release()
            _wait_at_most(connection, _BUSY_SECONDS)

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None
        connection = getattr(self._threads, "connection", None)
        if connection is None:
            connection = sqlite3.connect(
                self._path, timeout=_BUSY_SECONDS, isolation_level=None
            )
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            self._threads.connection = connection
        return connection


def _wait_at_most(connection: sqlite3.Connection, seconds: float) -> None:
    connection.execute(f"PRAGMA busy_timeout = {max(0, int(seconds * 1_000))}")
