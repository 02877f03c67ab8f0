"""The demo users, with the same names and password everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fabrikam.tenant.factors import OTP, PUSH
from fabrikam.tenant.storage.users import NewUser

if TYPE_CHECKING:
    from fabrikam.tenant.context import TenantContext

__all__ = ["DEMO_HINTS", "seed_demo_users"]

_PASSWORD: Final = "fabrikam"  # noqa: S105 - printed on the login page
DEMO_HINTS: Final = (
    ("otp@fabrikam.example", "has an authenticator app"),
    ("push@fabrikam.example", "gets notifications"),
    ("new@fabrikam.example", "enrols at the first step-up"),
    ("blocked@fabrikam.example", "is refused"),
)
_FACTORS: Final = {
    "otp@fabrikam.example": OTP.name,
    "push@fabrikam.example": PUSH.name,
}
_NAMES: Final = {
    "otp@fabrikam.example": ("Olga", "Petrova"),
    "push@fabrikam.example": ("Paulo", "Silva"),
    "new@fabrikam.example": ("Nadia", "Weber"),
    "blocked@fabrikam.example": ("Boris", "Clarke"),
}


def seed_demo_users(tenant: TenantContext) -> None:
    """Add the demo users to an empty directory, each with their factor."""
    if tenant.users.people():
        return
    now = tenant.now()
    for email, (given, family) in _NAMES.items():
        nickname = email.partition("@")[0]
        user = NewUser(
            email=email,
            password=_PASSWORD,
            user_id=f"auth0|{nickname}",
            profile={
                "name": f"{given} {family}",
                "given_name": given,
                "family_name": family,
            },
            blocked=nickname == "blocked",
        )
        person = tenant.users.add(user, now)
        if email in _FACTORS:
            device = tenant.authenticators.propose(person.user_id, _FACTORS[email], now)
            tenant.authenticators.confirm(device.id, now)
