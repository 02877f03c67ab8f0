"""Who takes part in a situation: the user, their browser, the application.  Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from fabrikam.tenant import Person, Remembered, Session
from fabrikam.tenant.pipeline import PassedMethod

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fabrikam.lab.driving.glance import Glance
    from fabrikam.lab.driving.sides import Side
    from fabrikam.tenant import Client, Login

__all__ = [
    "DAY",
    "FACTORS",
    "HOUR",
    "MINUTE",
    "NOW",
    "client_in",
    "metadata_of",
    "person_in",
    "remembered_in",
    "session_in",
]

NOW: Final = 1_800_000_000
MINUTE: Final = 60
HOUR: Final = 3_600
DAY: Final = 86_400
FACTORS: Final[Mapping[str, tuple[str, ...]]] = {
    "authenticator app": ("otp",),
    "no factor": (),
    "push": ("push-notification", "otp"),  # the app of a phone shows codes too
    "several": ("push-notification", "otp", "recovery-code"),
    "blocked": ("otp",),
}
_CLAIMED: Final = {"authentication_level": "mfa", "amr": ["mfa"]}
_FINGERPRINT: Final = "as it was"
# the age of the last second factor, and how long ago the browser was last trusted
_COOKIES: Final[Mapping[str, tuple[int, int]]] = {
    "5 days": (5 * DAY, 5 * DAY),
    "8 days idle": (8 * DAY, 8 * DAY),
    "31 days": (31 * DAY, DAY),
    "another user's": (5 * DAY, 5 * DAY),
}


def client_in(glance: Glance, side: Side) -> Client:
    """Say which application asks."""
    match glance.look("client"):
        case "third party":
            partner = replace(side.client, client_id="fabrikam-partner")
            return replace(partner, name="Fabrikam Partner", first_party=False)
        case "not listed":
            other = replace(side.client, client_id="fabrikam-other")
            return replace(other, name="Fabrikam Other")
        case _:
            return side.client


def person_in(glance: Glance) -> Person:
    """Say who signs in."""
    word = glance.look("user")
    nickname = word.replace(" ", "-")
    user_id = f"auth0|{nickname}"
    return Person(
        user_id=user_id,
        profile={**_profile(nickname, user_id), **metadata_of(glance)},
        enrolled=FACTORS[word],
        blocked=word == "blocked",
        fingerprint=_FINGERPRINT,
    )


def remembered_in(glance: Glance, login: Login) -> Remembered | None:
    """Say what the browser remembers of an earlier second factor."""
    word = glance.look("cookie")
    if login.user is None or word == "none":
        return None
    mine = word != "another user's"
    passed, seen = _COOKIES[word]
    return Remembered(
        login.user.user_id if mine else "auth0|somebody-else",
        passed_at=NOW - passed,
        seen_at=NOW - seen,
        fingerprint=_FINGERPRINT,
    )


def session_in(word: str, user: Person, client: Client) -> Session:
    """Say what a browser has proved before."""
    ago = 8 * HOUR if word.endswith("8 hours ago") else 10 * MINUTE
    password = PassedMethod("pwd", NOW - ago - MINUTE)
    factor = PassedMethod("mfa", NOW - ago, next(iter(user.enrolled), None))
    return Session(
        sid="session",
        user_id=user.user_id,
        created_at=password.at,
        authenticated_at=password.at,
        seen_at=NOW - MINUTE,
        methods=(password,) if word == "password" else (password, factor),
        clients=(client.client_id,),
    )


def _profile(nickname: str, user_id: str) -> dict[str, Any]:
    return {
        "user_id": user_id,
        "email": f"{nickname}@fabrikam.example",
        "email_verified": True,
        "name": nickname,
        "nickname": nickname,
        "identities": [
            {
                "connection": "Username-Password-Authentication",
                "provider": "auth0",
                "user_id": nickname,
                "isSocial": False,
            }
        ],
    }


def metadata_of(glance: Glance) -> dict[str, Any]:
    """Say what is stored about the user."""
    word = glance.look("metadata")
    claimed: dict[str, Any] = {} if word == "none" else {word: _CLAIMED}
    found = dict(glance.beyond.metadata)
    if found:
        claimed["app_metadata"] = {**claimed.get("app_metadata", {}), **found}
    return claimed
