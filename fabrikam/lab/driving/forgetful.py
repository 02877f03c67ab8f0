"""Users whose metadata can be changed, to no effect: every login is the first one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Forgetful"]


class Forgetful:
    """Answers `auth0.users` in a Rule, and forgets it."""

    def update_user_metadata(self, user_id: str, patch: Mapping[str, Any]) -> None:
        """Take a patch."""

    def update_app_metadata(self, user_id: str, patch: Mapping[str, Any]) -> None:
        """Take a patch."""
