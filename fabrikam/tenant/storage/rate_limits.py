"""How often one may try: windows of failures that end by themselves.

A try is counted before it is weighed, so that parallel guesses count as well, and is
taken back when it was right.  Earlier failures stay counted after a success.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from fabrikam.shared.sqlite import Database

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["ADDRESS", "CODE", "PASSWORD", "PUSH", "RECOVERY", "Limit", "RateLimits"]

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS attempts (id TEXT PRIMARY KEY, limited TEXT, at INTEGER);
CREATE INDEX IF NOT EXISTS attempts_by_limited ON attempts (limited, at);
"""


@dataclass(frozen=True, slots=True)
class Limit:
    """So many tries in so many seconds."""

    name: str
    tries: int
    seconds: int


PASSWORD: Final = Limit("password", 10, 15 * 60)  # per name and address
ADDRESS: Final = Limit("address", 100, 15 * 60)  # per address, over all names
CODE: Final = Limit("code", 10, 3600)  # per user, over all logins and browsers
RECOVERY: Final = Limit("recovery", 10, 3600)
PUSH: Final = Limit("push", 5, 60)  # asks per user, so that nobody is flooded


class RateLimits:
    """The tries of the last hour."""

    def __init__(self, data_dir: Path) -> None:
        self._database = Database(data_dir / "attempts.sqlite", _SCHEMA)

    def begin(self, limit: Limit, who: str, now: int) -> str | None:
        """Count a try and return its name, or None where the limit is reached."""
        limited = f"{limit.name}:{who}"
        attempt = secrets.token_hex(16)
        with self._database.transaction() as sql:
            sql.execute("DELETE FROM attempts WHERE at <= ?", (now - 3600,))
            (tries,) = sql.execute(
                "SELECT count(*) FROM attempts WHERE limited = ? AND at > ?",
                (limited, now - limit.seconds),
            ).fetchone()
            if tries >= limit.tries:
                return None
            sql.execute(
                "INSERT INTO attempts VALUES (?, ?, ?)", (attempt, limited, now)
            )
        return attempt

    def take_back(self, attempt: str) -> None:
        """Uncount a try that was right."""
        with self._database.transaction() as sql:
            sql.execute("DELETE FROM attempts WHERE id = ?", (attempt,))

    def clear(self) -> None:
        """Forget every try."""
        with self._database.transaction() as sql:
            sql.execute("DELETE FROM attempts")
