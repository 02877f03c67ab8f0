"""One row for each second factor: what it is called by everybody who speaks of it."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "BY_NAME",
    "FACTORS",
    "INDEPENDENT",
    "OTP",
    "PUSH",
    "RECOVERY_CODE",
    "Factor",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """A second factor in the words of Actions, Rules, pages, tokens and APIs.

    `name` is the `type` in an Action (`challengeWith`, `enrolledFactors`) and the
    folder under `guardian/factors/`.  An independent factor stands alone; another one
    comes beside it.
    """

    name: str
    independent: bool
    provider: str | None = None  # in `context.multifactor` of a Rule
    guardian: str | None = None  # `auth_method` of a Guardian enrolment
    method: str  # `type` of an authentication method, and of an authenticator's id
    authenticator: Mapping[str, str]  # what the MFA API calls it
    challenge_page: str
    enrolment_page: str
    grant_type: str
    exchange_events: tuple[str, str]  # in the log, by outcome


PUSH: Final = Factor(
    name="push-notification",
    independent=True,
    provider="guardian",
    guardian="guardian",
    method="push",
    authenticator={"authenticator_type": "oob", "oob_channel": "auth0"},
    challenge_page="/u/mfa-push-challenge-push",
    enrolment_page="/u/mfa-push-enrollment-qr",
    grant_type="http://auth0.com/oauth/grant-type/mfa-oob",
    exchange_events=("seoobft", "feoobft"),
)
OTP: Final = Factor(
    name="otp",
    independent=True,
    provider="google-authenticator",
    guardian="authenticator",
    method="totp",
    authenticator={"authenticator_type": "otp"},
    challenge_page="/u/mfa-otp-challenge",
    enrolment_page="/u/mfa-otp-enrollment",
    grant_type="http://auth0.com/oauth/grant-type/mfa-otp",
    exchange_events=("seotpft", "feotpft"),
)
RECOVERY_CODE: Final = Factor(
    name="recovery-code",
    independent=False,
    method="recovery-code",
    authenticator={"authenticator_type": "recovery-code"},
    challenge_page="/u/mfa-recovery-code-challenge",
    enrolment_page="/u/mfa-recovery-code-enrollment",
    grant_type="http://auth0.com/oauth/grant-type/mfa-recovery-code",
    exchange_events=("sercft", "fercft"),
)

FACTORS: Final = (PUSH, OTP, RECOVERY_CODE)  # the one to be asked for first
BY_NAME: Final[Mapping[str, Factor]] = MappingProxyType(
    {factor.name: factor for factor in FACTORS}
)
INDEPENDENT: Final = tuple(factor.name for factor in FACTORS if factor.independent)
