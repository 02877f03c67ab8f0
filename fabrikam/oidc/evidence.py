"""What one sign-in proved, and when. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from fabrikam.oidc.checks import Claims
from fabrikam.oidc.idtoken import IdToken

__all__ = ["Evidence"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one sign-in proved, and when.

    `received_at` is our own time of receipt in seconds since the epoch.  `userinfo`
    is the answer of the userinfo endpoint where the strategy reads it, else None.
    `asked_by` names the strategy that asked: what one mechanism proved never counts
    for another.  `skew` is by how many seconds our clock was ahead of the one that
    the tokens were checked with.
    """

    id_token: IdToken
    received_at: int
    userinfo: Claims | None = None
    asked_by: str = ""
    skew: int = 0

    def received_by(self, clock: int) -> Evidence:
        """Return the same evidence with its times on another clock of ours.

        Sessions age by a clock that never jumps, tokens are checked by the clock that
        tenant and application share.
        """
        return replace(self, received_at=clock, skew=clock - self.received_at)

    def on_our_clock(self, instant: int) -> int:
        """Return a time that the tenant wrote, never later than the receipt."""
        return min(instant + self.skew, self.received_at)

    @property
    def subject(self) -> str:
        """Who signed in: the `sub` of the tenant."""
        return self.id_token.subject

    @property
    def issued_at(self) -> int:
        """When the token was made, on our clock.

        Auth0 writes `amr` only into the token of the login in which the factor was
        passed, so this is the age of the second factor.
        """
        return self.on_our_clock(int(self.id_token.claims["iat"]))
