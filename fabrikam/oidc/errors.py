"""What can go wrong while signing in.

    SignInError
    ├── ProviderUnreachable     the tenant did not answer, or not in JSON
    ├── ProviderUntrusted       the tenant's metadata or keys are not ones to rely on
    ├── CallbackRefused         the browser brought back something we never sent for
    ├── TenantRefused           the tenant ended the sign-in with an error
    ├── TokenEndpointRefused    the tenant would not redeem the code
    ├── TokenRejected           a token is not one we may believe
    │   ├── IdTokenRejected
    │   ├── AccessTokenRejected
    │   └── LogoutTokenRejected
    └── SubjectMismatch         another user came back than the one who left

These are breaches of the protocol, so they are raised.  A user without a second
factor breaks nothing: that is a `Verdict`, and it is returned.
"""

from __future__ import annotations

from typing import Literal, NoReturn, TypeAlias

__all__ = [
    "AccessTokenRejected",
    "CallbackRefused",
    "Fault",
    "IdTokenRejected",
    "LogoutTokenRejected",
    "ProviderUnreachable",
    "ProviderUntrusted",
    "SignInError",
    "SubjectMismatch",
    "TenantRefused",
    "TokenEndpointRefused",
    "TokenRejected",
    "reject",
]

Fault: TypeAlias = Literal["missing", "malformed", "mismatch", "expired", "early"]
"""How a part of an answer falls short: the one closed vocabulary of the house."""


class SignInError(Exception):
    """A sign-in that cannot go on.

    `public` may be shown to the user.  The message is for the log.
    """

    public = "We could not sign you in."


class ProviderUnreachable(SignInError):
    """The tenant did not answer in time, or its answer was not readable."""

    public = "The sign-in service did not answer."


class ProviderUntrusted(SignInError):
    """The tenant's metadata or keys are not what this application was set up for."""

    public = "The sign-in service answered in a way we do not trust."


class CallbackRefused(SignInError):
    """The browser brought back an answer that this application never sent it for.

    `reason` is a stable word for pages, tests and the log.
    """

    public = "This sign-in was not started here, is too old, or was used already."

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"callback: {reason}{': ' if detail else ''}{detail}")
        self.reason = reason


class TenantRefused(SignInError):
    """The tenant answered the sign-in with an error (RFC 6749 §4.1.2.1).

    `error` and `description` come over the browser: text to show, never to believe.
    """

    public = "The sign-in service said no."

    def __init__(self, error: str, description: str) -> None:
        super().__init__(f"tenant refused: {error!r}: {description!r}")
        self.error = error
        self.description = description


class TokenEndpointRefused(SignInError):
    """The tenant would not redeem the code (RFC 6749 §5.2)."""

    public = "The sign-in service did not accept our answer."

    def __init__(self, error: str, description: str = "") -> None:
        super().__init__(f"token endpoint refused: {error!r}: {description!r}")
        self.error = error
        self.description = description


class TokenRejected(SignInError):
    """One part of a token failed one check."""

    public = "The sign-in service sent a proof that we cannot accept."
    kind = "token"

    def __init__(self, part: str, fault: Fault, detail: str = "") -> None:
        more = f": {detail}" if detail else ""
        super().__init__(f"{self.kind}: {part} {fault}{more}")
        self.part = part
        self.fault = fault
        self.detail = detail


class IdTokenRejected(TokenRejected):
    """One part of the ID token failed one check."""

    kind = "ID token"


class AccessTokenRejected(TokenRejected):
    """One part of an access token failed one check."""

    kind = "access token"


class LogoutTokenRejected(TokenRejected):
    """One part of a logout token failed one check."""

    kind = "logout token"


class SubjectMismatch(SignInError):
    """Another user came back from the step-up than the one who left for it."""

    public = "Somebody else signed in for this step."


def reject(part: str, fault: Fault, detail: str = "") -> NoReturn:
    """Raise TokenRejected."""
    raise TokenRejected(part, fault, detail)
