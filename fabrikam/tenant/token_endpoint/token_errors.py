"""The token endpoint's refusals, in Auth0's words and with its statuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oauthlib.oauth2 import OAuth2Error

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["TokenRefused"]


class TokenRefused(OAuth2Error):
    """A request at the token endpoint or the MFA API that gets an error.

    `more` are members of the answer beside the error, such as `mfa_token`.
    """

    def __init__(
        self,
        error: str,
        description: str,
        status: int = 403,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(description, status_code=status)
        self.error = error
        self.more = dict(more or {})

    @property
    def twotuples(self) -> list[tuple[str, Any]]:
        """The members of the answer."""
        said = [("error", self.error), ("error_description", self.description)]
        return [*said, *self.more.items()]

    @property
    def headers(self) -> dict[str, str]:
        """No challenge: clients are told by the body."""
        return {}
