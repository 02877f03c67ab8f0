"""The tenant's users, as scripts read and write them by the Management API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fabrikam.tenant.scripts import Account

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fabrikam.tenant.decisions.facts import User
    from fabrikam.tenant.storage.users import Users

__all__ = ["ManagementUsers"]


class ManagementUsers:
    """The users of a directory."""

    def __init__(self, users: Users) -> None:
        self._directory = users

    def find(self, user_id: str) -> Account | None:
        """Look a user up."""
        return _account(self._directory.find(user_id))

    def by_email(self, email: str) -> tuple[Account, ...]:
        """Find the users with an address: here there is one at most."""
        account = _account(self._directory.by_name(email))
        return () if account is None else (account,)

    def update(self, user_id: str, patch: Mapping[str, Any]) -> None:
        """Write attributes; metadata is merged, and None removes a key of it."""
        attributes = dict(patch)
        if "user_metadata" in patch:
            changed = attributes.pop("user_metadata")
            self._directory.update_user_metadata(user_id, changed)
        if "app_metadata" in patch:
            self._directory.update_app_metadata(user_id, attributes.pop("app_metadata"))
        if "blocked" in patch:
            blocked = attributes.pop("blocked") is True
            self._directory.set_blocked(user_id, blocked=blocked)
        if attributes:
            self._directory.update_profile(user_id, attributes)

    def assign_roles(self, user_id: str, roles: tuple[str, ...]) -> None:
        """Give a user these roles and no others."""
        self._directory.set_roles(user_id, roles)


def _account(person: User | None) -> Account | None:
    if person is None:
        return None
    profile = {**person.profile, "blocked": True} if person.blocked else person.profile
    return Account(profile, person.roles, person.enrolled)
