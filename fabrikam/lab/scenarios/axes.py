"""The axes of a login situation: the list is the documentation.

The first word of every axis is the ordinary one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fabrikam.tenant.decisions.assumptions import DOUBTS

__all__ = ["AXES", "DIRECT", "DOUBT_AXES", "Axis", "axis_named"]

DIRECT: Final = ("refresh", "password", "MFA API")  # the token endpoint, no browser


@dataclass(frozen=True, slots=True)
class Axis:
    """One thing that logins differ in; the words are the values, the ordinary first.

    The words of a `main` axis meet the words of all main axes; the other axes depart
    from the ordinary one at a time.
    """

    name: str
    meaning: str
    words: tuple[str, ...]
    main: bool = False


_FIRST_AXES: Final = (
    Axis(
        "flow",
        "how the tokens are asked for; login again is prompt=login",
        ("page", "silent", "login again", *DIRECT),
        main=True,
    ),
    Axis(
        "request",
        "what the application asks with, in the words of its own mechanism",
        (
            "login",
            "step-up",
            "among others",
            "near miss",
            "removed on the way",
            "both mechanisms",
            "other mechanism",
        ),
        main=True,
    ),
    Axis(
        "session",
        "what this browser has proved before",
        ("none", "password", "second factor", "second factor 8 hours ago"),
        main=True,
    ),
    Axis(
        "cookie",
        "the remembered browser, by the age of its second factor",
        ("none", "5 days", "8 days idle", "31 days", "another user's"),
        main=True,
    ),
    Axis(
        "user",
        "which factors the user has enrolled",
        ("authenticator app", "no factor", "push", "several", "blocked"),
        main=True,
    ),
    Axis(
        "answer",
        "what the user does when asked for a second factor; a push is denied to fail",
        ("passes", "fails", "cancels", "recovery code"),
        main=True,
    ),
    Axis(
        "client",
        "which application asks; the last one is in no script's list",
        ("intranet", "third party", "not listed"),
    ),
    Axis("max_age", "the greatest age of the password", ("none", "one hour", "zero")),
    Axis("audience", "whom the access token is for", ("none", "userinfo", "an API")),
    Axis(
        "metadata",
        "where the user's metadata claims the level for itself",
        ("none", "app_metadata", "user_metadata"),
    ),
    Axis("place", "where the browser is", ("unknown", "at home", "abroad")),
    Axis(
        "policy",
        "the tenant's own wish for a second factor",
        ("the folder's", "always", "adaptive, low confidence"),
    ),
    Axis(
        "pipeline",
        "which token pipeline the client is in",
        ("the folder's", "legacy", "conformant"),
    ),
)

DOUBT_AXES: Final = (
    "acr_values_absent",
    "amr_when_remembered",
    "amr_when_session_has_mfa",
    "silent_mfa_error",
    "acr_values_force_mfa",
    "enroll_when_all_enrolled",
)

AXES: Final[tuple[Axis, ...]] = (
    *_FIRST_AXES,
    *(
        Axis(name, f"doubt {DOUBTS[name].number}: {DOUBTS[name].question}", words)
        for name, words in ((name, DOUBTS[name].words) for name in DOUBT_AXES)
    ),
)


_BY_NAME: Final = {axis.name: axis for axis in AXES}


def axis_named(name: str) -> Axis:
    """Find an axis."""
    return _BY_NAME[name]
