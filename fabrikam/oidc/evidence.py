"""What one sign-in proved, and when. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from fabrikam.oidc.idtoken import Claims, IdToken

__all__ = ["Evidence"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one sign-in proved, and when.

    `received_at` is our own time of receipt in seconds since the epoch.  `userinfo`
    is the answer of the userinfo endpoint where the strategy reads it, else None.
    `asked_by` names the strategy that asked: what one mechanism proved never counts
    for another.
    """

    id_token: IdToken
    received_at: int
    userinfo: Claims | None = None
    asked_by: str = ""

    @property
    def subject(self) -> str:
        """Who signed in: the `sub` of the tenant."""
        return self.id_token.subject

    @property
    def issued_at(self) -> int:
        """When the token was made, never later than we received it.

        Auth0 writes `amr` only into the token of the login in which the factor was
        passed, so this is the age of the second factor.
        """
        return min(int(self.id_token.claims["iat"]), self.received_at)
