"""What the tenant may do next in a login: one value for each way to go on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

__all__ = [
    "AskConsent",
    "AskEnrolment",
    "AskFactor",
    "AskPassword",
    "IssueCode",
    "Refuse",
    "Remember",
    "RequireMultifactor",
    "RunPipeline",
    "SendAway",
    "Step",
]

Remember: TypeAlias = Literal["never", "offer", "always"]


@dataclass(frozen=True, slots=True)
class AskPassword:
    """Show the login form, with the name that the client hinted at."""

    login_hint: str | None = None


@dataclass(frozen=True, slots=True)
class RunPipeline:
    """Run the scripts, from the start or from where they paused."""

    checkpoint: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class AskFactor:
    """Ask for one of these enrolled factors, the preferred one first."""

    factors: tuple[str, ...]
    remember: Remember = "never"


@dataclass(frozen=True, slots=True)
class AskEnrolment:
    """Let the user enrol one of these factors, which then counts as passed."""

    factors: tuple[str, ...]
    remember: Remember = "never"


@dataclass(frozen=True, slots=True)
class AskConsent:
    """Ask whether a third-party application may have these scopes."""

    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SendAway:
    """Send the browser where a script wants it; it comes back to `/continue`."""

    url: str


@dataclass(frozen=True, slots=True)
class RequireMultifactor:
    """Answer `mfa_required` at the token endpoint: no page can be shown there."""

    challenge: tuple[str, ...] = ()
    enroll: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IssueCode:
    """Everything is settled: give the client a code (or, directly, its tokens)."""


@dataclass(frozen=True, slots=True)
class Refuse:
    """The login ends with this error at the client, and as this event in the log."""

    error: str
    description: str
    event: Literal["f", "mfar"] = "f"


Step: TypeAlias = (
    AskPassword
    | RunPipeline
    | AskFactor
    | AskEnrolment
    | AskConsent
    | SendAway
    | RequireMultifactor
    | IssueCode
    | Refuse
)
