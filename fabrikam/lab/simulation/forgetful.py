"""Users that can be written, to no effect: every login is the first one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fabrikam.tenant.scripts import Account

__all__ = ["UsersWithoutMemory"]


class UsersWithoutMemory:
    """Knows nobody but who signs in, and forgets what scripts write."""

    def find(self, _user_id: str) -> Account | None:
        """Know nobody."""

    def by_email(self, _email: str) -> tuple[Account, ...]:
        """Know nobody."""
        return ()

    def update(self, user_id: str, patch: Mapping[str, Any]) -> None:
        """Take a patch."""

    def assign_roles(self, user_id: str, roles: tuple[str, ...]) -> None:
        """Take roles."""
