"""Second factors: authenticator apps, push devices and recovery codes.

A code of an app works once.  A recovery code works once, and its hash is kept.  Wrong
codes are limited per user, over all
logins, browsers and addresses; only who gave the right password gets this far.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import pyotp

from fabrikam.shared.sqlite import Database
from fabrikam.tenant.factors import BY_NAME, OTP, PUSH, RECOVERY_CODE
from fabrikam.tenant.factors.otp import step_of
from fabrikam.tenant.factors.recovery_code import (
    digest_of,
    new_recovery_code,
    typed_digest,
)
from fabrikam.tenant.storage.rate_limits import CODE, RECOVERY

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

    from fabrikam.tenant.storage.rate_limits import Limit, RateLimits

__all__ = ["Authenticator", "Authenticators", "CodeAnswer"]

CodeAnswer: TypeAlias = Literal["passed", "wrong", "locked"]

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS authenticators (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL,
    factor TEXT NOT NULL,
    secret TEXT NOT NULL,
    confirmed INTEGER NOT NULL,
    made_at INTEGER NOT NULL,
    last_step INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS authenticators_by_user ON authenticators (user_id);
"""
_SCAN_SECONDS: Final = 5 * 60  # how long a shown QR code may be confirmed


@dataclass(frozen=True, slots=True)
class Authenticator:
    """One factor of one user; `secret` is shared with their app."""

    id: str
    user_id: str
    factor: str
    secret: str
    confirmed: bool


class Authenticators:
    """The factors of everybody, in one SQLite file."""

    def __init__(self, data_dir: Path, rate_limits: RateLimits) -> None:
        self._database = Database(data_dir / "factors.sqlite", _SCHEMA)
        self._attempts = rate_limits

    def of(self, user_id: str) -> list[Authenticator]:
        """List the confirmed factors of a user, oldest first."""
        rows = self._database.rows(
            "SELECT * FROM authenticators WHERE user_id = ? AND confirmed"
            " ORDER BY made_at, rowid",
            (user_id,),
        )
        return [_authenticator(row) for row in rows]

    def being_set_up(self, user_id: str, now: int) -> list[Authenticator]:
        """List what was shown since the last success and may still be confirmed."""
        rows = self._database.rows(
            "SELECT * FROM authenticators WHERE user_id = ? AND NOT confirmed"
            " AND made_at > ? AND rowid > (SELECT COALESCE(MAX(rowid), 0)"
            " FROM authenticators WHERE confirmed AND user_id = ?"
            " AND factor != 'recovery-code') ORDER BY made_at, rowid",
            (user_id, now - _SCAN_SECONDS, user_id),
        )
        return [_authenticator(row) for row in rows]

    def find(self, authenticator_id: str) -> Authenticator | None:
        """Look a factor up, confirmed or not."""
        row = self._database.row(
            "SELECT * FROM authenticators WHERE id = ?", (authenticator_id,)
        )
        return None if row is None else _authenticator(row)

    def propose(
        self, user_id: str, factor: str, now: int, secret: str | None = None
    ) -> Authenticator:
        """Offer a factor, which counts only once it is confirmed."""
        device = f"dev_{secrets.token_hex(8)}"
        proposed = Authenticator(
            f"{BY_NAME[factor].method}|{device}",
            user_id,
            factor,
            secret or pyotp.random_base32(),
            confirmed=False,
        )
        with self._database.transaction() as sql:
            _forget_unconfirmed(sql, now)
            _insert(sql, proposed, now)
            if factor == PUSH.name:  # the same app also shows codes
                code = Authenticator(
                    f"{OTP.method}|{device}",
                    user_id,
                    OTP.name,
                    proposed.secret,
                    confirmed=False,
                )
                _insert(sql, code, now)
        return proposed

    def confirm(self, authenticator_id: str, now: int) -> bool:
        """Make a proposed factor count, with the codes of its device."""
        device = authenticator_id.partition("|")[2]
        with self._database.transaction() as sql:
            changed = sql.execute(
                "UPDATE authenticators SET confirmed = 1"
                " WHERE substr(id, instr(id, '|') + 1) = ? AND made_at > ?",
                (device, now - _SCAN_SECONDS),
            ).rowcount
        return changed > 0

    def remove(self, authenticator_id: str) -> None:
        """Take a factor away, with the codes of its device; a recovery code stays."""
        device = authenticator_id.partition("|")[2]
        with self._database.transaction() as sql:
            sql.execute(
                "DELETE FROM authenticators WHERE id = ? OR"
                " (substr(id, instr(id, '|') + 1) = ? AND factor != 'recovery-code')",
                (authenticator_id, device),
            )

    def use_code(
        self, user_id: str, code: str, now: int, *, proposed: str | None = None
    ) -> CodeAnswer:
        """Weigh the code of an app; the same code never passes twice.

        Where an app is proposed its own code counts and no other: it was not scanned
        by whoever types the code of another.
        """
        attempt = self._begin(CODE, user_id, now)
        if attempt is None:
            return "locked"
        rows = self._database.rows(
            "SELECT * FROM authenticators WHERE user_id = ? AND factor = 'otp'"
            " AND CASE WHEN ? IS NULL THEN confirmed ELSE id = ? END",
            (user_id, proposed, proposed),
        )
        for row in rows:
            step = step_of(row["secret"], code, now)
            if step is not None and self._spend(row["id"], step):
                self._attempts.take_back(attempt)
                return "passed"
        return "wrong"

    def propose_recovery_code(self, beside: Authenticator, now: int) -> str:
        """Offer a recovery code, which counts once the factor beside it does."""
        code = new_recovery_code()
        device = beside.id.partition("|")[2]
        proposed = _recovery(beside.user_id, device, code, confirmed=False)
        with self._database.transaction() as sql:
            _insert(sql, proposed, now)
        return code

    def new_recovery_code(self, user_id: str, now: int, code: str = "") -> str:
        """Make the user's one recovery code, or take this one; an earlier one ends."""
        code = code or new_recovery_code()
        device = f"dev_{secrets.token_hex(8)}"
        fresh = _recovery(user_id, device, code, confirmed=True)
        with self._database.transaction() as sql:
            sql.execute(
                "DELETE FROM authenticators WHERE user_id = ? AND factor = ?",
                (user_id, RECOVERY_CODE.name),
            )
            _insert(sql, fresh, now)
        return code

    def use_recovery_code(self, user_id: str, code: str, now: int) -> CodeAnswer:
        """Weigh a recovery code; it is gone as soon as it passed."""
        attempt = self._begin(RECOVERY, user_id, now)
        if attempt is None:
            return "locked"
        typed = typed_digest(code)
        with self._database.transaction() as sql:
            taken = sql.execute(
                "DELETE FROM authenticators WHERE user_id = ? AND factor = ?"
                " AND secret = ? AND confirmed",
                (user_id, RECOVERY_CODE.name, typed),
            ).rowcount
        if not taken:
            return "wrong"
        self._attempts.take_back(attempt)
        return "passed"

    def clear(self) -> None:
        """Forget every factor."""
        with self._database.transaction() as sql:
            sql.execute("DELETE FROM authenticators")

    def _begin(self, limit: Limit, user_id: str, now: int) -> str | None:
        return self._attempts.begin(limit, user_id, now)

    def _spend(self, authenticator_id: str, step: int) -> bool:
        with self._database.transaction() as sql:
            changed = sql.execute(
                "UPDATE authenticators SET last_step = ?"
                " WHERE id = ? AND last_step < ?",
                (step, authenticator_id, step),
            ).rowcount
        return changed == 1


def _recovery(
    user_id: str, device: str, code: str, *, confirmed: bool
) -> Authenticator:
    return Authenticator(
        f"{RECOVERY_CODE.method}|{device}",
        user_id,
        RECOVERY_CODE.name,
        digest_of(code),
        confirmed=confirmed,
    )


def _authenticator(row: sqlite3.Row) -> Authenticator:
    return Authenticator(
        row["id"], row["user_id"], row["factor"], row["secret"], bool(row["confirmed"])
    )


def _insert(sql: sqlite3.Connection, authenticator: Authenticator, now: int) -> None:
    sql.execute(
        "INSERT INTO authenticators VALUES (?, ?, ?, ?, ?, ?, -1)",
        (
            authenticator.id,
            authenticator.user_id,
            authenticator.factor,
            authenticator.secret,
            authenticator.confirmed,
            now,
        ),
    )


def _forget_unconfirmed(sql: sqlite3.Connection, now: int) -> None:
    sql.execute(
        "DELETE FROM authenticators WHERE NOT confirmed AND made_at <= ?",
        (now - _SCAN_SECONDS,),
    )
