"""People: their profiles, passwords and what scripts store about them.

A password is weighed in constant time, whether or not the name is known, and only while
neither the name nor the address has failed too often.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from fabrikam.shared.sqlite import Database
from fabrikam.tenant.decisions.facts import User
from fabrikam.tenant.storage.rate_limits import ADDRESS, PASSWORD

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping
    from pathlib import Path

    from fabrikam.tenant.storage.authenticators import Authenticators
    from fabrikam.tenant.storage.rate_limits import RateLimits

__all__ = ["NewUser", "PasswordAnswer", "Users"]

PasswordAnswer: TypeAlias = User | Literal["wrong", "locked"]

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS people (
    user_id TEXT PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    profile TEXT NOT NULL,
    user_metadata TEXT,
    app_metadata TEXT,
    roles TEXT NOT NULL,
    blocked INTEGER NOT NULL,
    logins_count INTEGER NOT NULL
);
"""
# 19 MiB and two passes: the least that OWASP recommends for argon2id
_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_NOBODY: Final = _HASHER.hash(secrets.token_hex(16))


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUser:
    """A user to be added."""

    email: str
    password: str
    user_id: str = ""
    profile: Mapping[str, Any] = field(default_factory=dict)
    user_metadata: Mapping[str, Any] | None = None
    app_metadata: Mapping[str, Any] | None = None
    roles: tuple[str, ...] = ()
    blocked: bool = False


class Users:
    """The people of the tenant, in one SQLite file."""

    def __init__(
        self, data_dir: Path, rate_limits: RateLimits, authenticators: Authenticators
    ) -> None:
        self._database = Database(data_dir / "people.sqlite", _SCHEMA)
        self._attempts = rate_limits
        self._authenticators = authenticators

    def add(self, user: NewUser, now: int) -> User:
        """Add somebody; a name that is taken is a `ValueError`."""
        user_id = user.user_id or f"auth0|{secrets.token_hex(12)}"
        if self.by_name(user.email) is not None or self.find(user_id) is not None:
            raise ValueError(f"user {user.email}: exists already")
        with self._database.transaction() as sql:
            sql.execute(
                "INSERT INTO people VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)",
                (
                    user_id,
                    user.email.casefold(),
                    _HASHER.hash(user.password),
                    json.dumps(_profile(user, user_id, now)),
                    _json(user.user_metadata),
                    _json(user.app_metadata),
                    json.dumps(user.roles),
                    user.blocked,
                ),
            )
        added = self.find(user_id)
        if added is None:
            raise ValueError(f"user {user.email}: removed while being added")
        return added

    def find(self, user_id: str) -> User | None:
        """Look somebody up by their id."""
        row = self._database.row("SELECT * FROM people WHERE user_id = ?", (user_id,))
        return None if row is None else self._person(row)

    def by_name(self, email: str) -> User | None:
        """Look somebody up by the name they sign in with."""
        row = self._database.row(
            "SELECT * FROM people WHERE email = ?", (email.casefold(),)
        )
        return None if row is None else self._person(row)

    def people(self) -> list[User]:
        """List everybody."""
        rows = self._database.rows("SELECT * FROM people ORDER BY rowid")
        return [self._person(row) for row in rows]

    def password(
        self, email: str, password: str, address: str, now: int
    ) -> PasswordAnswer:
        """Weigh a name and a password."""
        name, network = email.strip().casefold(), _network(address)
        tries = (
            self._attempts.begin(PASSWORD, f"{name}@{network}", now),
            self._attempts.begin(ADDRESS, network, now),
        )
        if None in tries:
            return "locked"
        row = self._database.row("SELECT * FROM people WHERE email = ?", (name,))
        right = _matches(row["password_hash"] if row else _NOBODY, password)
        if row is None or not right:
            return "wrong"
        for attempt in tries:
            self._attempts.take_back(attempt or "")
        return self._person(row)

    def count_login(self, user_id: str) -> None:
        """Count a login with a page; silent ones are not counted."""
        self._write("logins_count = logins_count + 1", user_id)

    def set_blocked(self, user_id: str, *, blocked: bool) -> None:
        """Block somebody, or let them in again."""
        self._write("blocked = ?", user_id, blocked)

    def set_password(self, user_id: str, password: str) -> None:
        """Give somebody another password."""
        self._write("password_hash = ?", user_id, _HASHER.hash(password))

    def update_user_metadata(self, user_id: str, patch: Mapping[str, Any]) -> None:
        """Merge into what the user may edit; None removes a key."""
        self._merge("user_metadata", user_id, patch)

    def update_app_metadata(self, user_id: str, patch: Mapping[str, Any]) -> None:
        """Merge into what only the tenant edits; None removes a key."""
        self._merge("app_metadata", user_id, patch)

    def update_profile(self, user_id: str, patch: Mapping[str, Any]) -> None:
        """Write attributes that are no metadata; None removes one."""
        self._merge("profile", user_id, patch)

    def set_roles(self, user_id: str, roles: tuple[str, ...]) -> None:
        """Give somebody these roles and no others."""
        self._write("roles = ?", user_id, json.dumps(roles))

    def clear(self) -> None:
        """Forget everybody."""
        with self._database.transaction() as sql:
            sql.execute("DELETE FROM people")

    def _write(self, change: str, user_id: str, *values: Any) -> None:
        with self._database.transaction() as sql:
            statement = f"UPDATE people SET {change} WHERE user_id = ?"  # noqa: S608 - ours
            sql.execute(statement, (*values, user_id))

    def _merge(self, column: str, user_id: str, patch: Mapping[str, Any]) -> None:
        with self._database.transaction() as sql:
            read = f"SELECT {column} FROM people WHERE user_id = ?"  # noqa: S608 - ours
            row = sql.execute(read, (user_id,)).fetchone()
            if row is None:
                return
            merged = {**json.loads(row[0] or "{}"), **patch}
            kept = {key: value for key, value in merged.items() if value is not None}
            write = f"UPDATE people SET {column} = ? WHERE user_id = ?"  # noqa: S608 - ours
            sql.execute(write, (json.dumps(kept), user_id))

    def _person(self, row: sqlite3.Row) -> User:
        held = self._authenticators.of(row["user_id"])
        stored = {
            name: json.loads(row[name])
            for name in ("user_metadata", "app_metadata")
            if row[name] is not None
        }
        return User(
            user_id=row["user_id"],
            profile={**json.loads(row["profile"]), **stored},
            enrolled=tuple(one.factor for one in held),
            blocked=bool(row["blocked"]),
            roles=tuple(json.loads(row["roles"])),
            logins_count=row["logins_count"],
            fingerprint=_fingerprint(row["password_hash"], [one.id for one in held]),
        )


def _network(address: str) -> str:
    """Whose address it is: of IPv6, one line of a household has 2**64 of them."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if isinstance(known, IPv6Address) and known.ipv4_mapped is None:
        return str(ip_network((known.packed, 64), strict=False))
    return address


def _matches(stored: str, password: str) -> bool:
    try:
        return _HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def _fingerprint(password_hash: str, authenticators: list[str]) -> str:
    everything = "\n".join((password_hash, *sorted(authenticators)))
    return hashlib.sha256(everything.encode()).hexdigest()[:32]


def _json(value: Mapping[str, Any] | None) -> str | None:
    return None if value is None else json.dumps(dict(value))


def _profile(user: NewUser, user_id: str, now: int) -> dict[str, Any]:
    nickname = user.email.partition("@")[0]
    provider, _, bare = user_id.partition("|")
    return {
        "email": user.email,
        "email_verified": True,
        "name": user.email,
        "nickname": nickname,
        "picture": f"https://fabrikam.example/pictures/{nickname}.png",
        **user.profile,
        "user_id": user_id,
        "created_at": _instant(now),
        "updated_at": _instant(now),
        "identities": [
            {
                "connection": "Username-Password-Authentication",
                "provider": provider,
                "user_id": bare,
                "isSocial": False,
            }
        ],
    }


def _instant(now: int) -> str:
    moment = datetime.datetime.fromtimestamp(now, datetime.UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
