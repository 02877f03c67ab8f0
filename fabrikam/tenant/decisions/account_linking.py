"""Whether a script may hand a login over to another account: only to a linked one.

Pure.  Two accounts are linked where one is among the identities of the other.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fabrikam.tenant.scripts.outcome import Denial

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fabrikam.tenant.scripts.outcome import Outcome

__all__ = ["with_linked_primary"]


def with_linked_primary(
    outcome: Outcome, user: Mapping[str, Any], primary: Mapping[str, Any] | None
) -> Outcome:
    """Deny a login whose script names a primary user that is not linked.

    `primary` is the profile of who was named, None where there is nobody of that id.
    """
    named = outcome.primary_user
    if named is None or named in _identities(user):
        return outcome
    if primary is not None and user.get("user_id") in _identities(primary):
        return outcome
    refused = f"The primary user {named} is not linked to this account"
    return replace(outcome, denial=Denial("access_denied", refused))


def _identities(profile: Mapping[str, Any]) -> set[str]:
    named = {
        f"{identity.get('provider')}|{identity.get('user_id')}"
        for identity in profile.get("identities", ())
    }
    return {*named, str(profile.get("user_id"))}
