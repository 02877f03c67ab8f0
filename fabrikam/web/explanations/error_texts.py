"""A request, a sign-in or a form that could not go on, in words.  Pure.

Every page says what happened, why, and what to do next.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from fabrikam.oidc import (
    CallbackRefused,
    ProviderUnreachable,
    ProviderUntrusted,
    SignInError,
    SubjectMismatch,
    TenantRefused,
    TokenEndpointRefused,
    TokenRejected,
)
from fabrikam.web.explanations.verdict_texts import shown

__all__ = [
    "ProblemPage",
    "forged_page",
    "http_error_page",
    "lost_page",
    "problem_page",
    "store_away_page",
]

_ANOTHER_USER: Final = ("Sign in as another user", "/logout")
# in the local tenant's words; what Auth0 says of a user who stops is not known here
_STOPPED: Final = ("The user cancelled the login",)
_BLOCKED: Final = ("user is blocked",)
_HOME: Final = ("Go to the start page", "/")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemPage:
    """What could not go on: the status of the answer, and what it says.

    `next_steps` are labels with addresses, the likeliest first; `code` is stable.
    """

    status: int
    code: str
    title: str
    what: str
    why: str
    next_steps: tuple[tuple[str, str], ...]
    for_admin: tuple[str, ...] = ()
    eyebrow: str = "Sign-in"


def problem_page(error: SignInError, again: str = "/login") -> ProblemPage:
    """Say what happened, why, and what to do next; `again` is where to try again."""
    match error:
        case CallbackRefused():
            return _callback_page(error)
        case TenantRefused(description=reason) if reason in _STOPPED:
            return _stopped_page(again)
        case TenantRefused(description=reason) if reason in _BLOCKED:
            return _blocked_page()
        case TenantRefused():
            return _tenant_page(error, again)
        case SubjectMismatch():
            return _another_user_page(error)
        case ProviderUnreachable():
            return _away_page(error, again)
        case TokenEndpointRefused(error="invalid_grant"):
            return _late_code_page(error, again)
        case TokenRejected() | TokenEndpointRefused() | ProviderUntrusted():
            return _untrusted_page(error, again)
        case _:
            return _unexpected_page(error, again)


def lost_page(return_to: str) -> ProblemPage:
    """Say to somebody that their session did not hold for a moment."""
    return ProblemPage(
        status=403,
        code="session-lost",
        title="You are signed out again",
        what="You signed in a moment ago, and the session has ended already.",
        why="It was ended elsewhere, or sessions are set to live for seconds only.",
        next_steps=(("Sign in again", return_to), _HOME),
        for_admin=("Compare SESSION_IDLE_SECONDS and EVIDENCE_SECONDS.",),
    )


def forged_page(again: str) -> ProblemPage:
    """Say that a form did not come from a page of ours that is still valid."""
    return ProblemPage(
        status=403,
        code="form-not-ours",
        title="This form was not accepted",
        what="Nothing was changed.",
        why="Its page is of an earlier session of yours, or not ours at all.",
        next_steps=(("Open the form again", again), _HOME),
        eyebrow="Form",
    )


def store_away_page(again: str | None) -> ProblemPage:
    """Say that the store does not answer; `again` is where to try again, if at all."""
    once_more = () if again is None else (("Try again in a minute", again),)
    return ProblemPage(
        status=503,
        code="store-away",
        title="Our storage does not answer",
        what="Your request was not carried out, and nothing was changed.",
        why="The place where we keep sessions is locked, full or away.",
        next_steps=(*once_more, _HOME),
        eyebrow="Intranet",
    )


def http_error_page(status: int) -> ProblemPage:
    """Say what was wrong with a request, or that something broke here."""
    return _BY_STATUS.get(status, _BROKEN)


def _callback_page(error: CallbackRefused) -> ProblemPage:
    whys = {
        "unknown": "An answer counts once, and for ten minutes after you set out.",
        "browser": "Another browser began it, or this one refuses our cookies.",
        "session": "The session that asked for it has ended in the meantime.",
        "embedded": "A page of another site asked for it, not you.",
        "issuer": "The answer does not come from our sign-in service.",
        "state": "The answer does not belong to a sign-in that we began.",
    }
    return ProblemPage(
        status=400,
        code=f"callback-{error.reason}",
        title="This sign-in cannot be finished",
        what=error.public + " Nothing was changed.",
        why=whys.get(error.reason, "The answer was incomplete or unreadable."),
        next_steps=(("Sign in again", "/login"), _HOME),
        for_admin=("Allow cookies for this site if it happens again and again.",),
    )


def _tenant_page(error: TenantRefused, again: str) -> ProblemPage:
    reason = error.description or error.error
    return ProblemPage(
        status=403,
        code="tenant-refused",
        title="The sign-in service said no",
        what="You were not signed in, or not signed in any further.",
        why=f"It said: {shown(reason)}",
        next_steps=(("Try again", again), _ANOTHER_USER, _HOME),
        for_admin=(
            f"The error code is {shown(error.error)}.",
            "A script of the tenant may have denied the login; see the tenant log.",
        ),
    )


def _stopped_page(again: str) -> ProblemPage:
    return ProblemPage(
        status=403,
        code="sign-in-stopped",
        title="You stopped the sign-in",
        what="Nothing was changed; you are signed in or out as you were before.",
        why="You cancelled at the sign-in service, so it proved nothing.",
        next_steps=(("Try again", again), _HOME),
    )


def _blocked_page() -> ProblemPage:
    return ProblemPage(
        status=403,
        code="user-blocked",
        title="Your account is blocked",
        what="You were not signed in.",
        why="An administrator has blocked this account at the sign-in service.",
        next_steps=(_ANOTHER_USER, _HOME),
        for_admin=("Unblock the user in the tenant, if they may come in again.",),
    )


def _another_user_page(error: SubjectMismatch) -> ProblemPage:
    return ProblemPage(
        status=403,
        code="another-user",
        title="Somebody else signed in",
        what=error.public + " You are still signed in as before.",
        why="A step-up must be finished by the user who began it.",
        next_steps=(_HOME, ("Sign out and change the user", "/logout")),
    )


def _away_page(error: ProviderUnreachable, again: str) -> ProblemPage:
    return ProblemPage(
        status=503,
        code="tenant-unreachable",
        title="The sign-in service does not answer",
        what=error.public + " Nothing was changed.",
        why="It is down, slow or not reachable from here at the moment.",
        next_steps=(("Try again in a minute", again), _HOME),
        for_admin=("See the log for the address and the error.",),
    )


def _late_code_page(error: TokenEndpointRefused, again: str) -> ProblemPage:
    return ProblemPage(
        status=400,
        code="code-refused",
        title="This sign-in is no longer valid",
        what=error.public,
        why="Its code is too old or was used already; each works once.",
        next_steps=(("Sign in again", again), _HOME),
    )


def _untrusted_page(error: SignInError, again: str) -> ProblemPage:
    return ProblemPage(
        status=502,
        code="proof-rejected",
        title="The sign-in service's answer was not accepted",
        what=error.public + " Nothing was changed.",
        why="What came back did not pass our checks, so we do not believe it.",
        next_steps=(("Sign in again", again), _HOME),
        for_admin=(
            _failed_check(error),
            "Compare AUTH0_DOMAIN, AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET with the"
            " tenant, and the clocks of both machines.",
        ),
    )


def _failed_check(error: SignInError) -> str:
    match error:
        case TokenRejected(part=part, fault=fault):
            return f"The {error.kind} failed a check: {part} {fault}."
        case TokenEndpointRefused():
            return f"The token endpoint answered {shown(error.error)}."
        case _:
            return "The metadata or the keys of the tenant are not as configured."


def _unexpected_page(error: SignInError, again: str) -> ProblemPage:
    return ProblemPage(
        status=400,
        code="sign-in-failed",
        title="The sign-in failed",
        what=error.public,
        why="Something unexpected came back.",
        next_steps=(("Sign in again", again), _HOME),
    )


_BROKEN: Final = ProblemPage(
    status=500,
    code="broken",
    title="Something broke on our side",
    what="Your request was not carried out.",
    why="A part of the intranet failed in a way that we did not expect.",
    next_steps=(_HOME,),
    eyebrow="Intranet",
)
_BY_STATUS: Final = {
    400: replace(
        _BROKEN,
        status=400,
        title="This request cannot be read",
        what="Nothing was changed.",
        why="The address or the form came in a shape that we do not understand.",
    ),
    405: replace(
        _BROKEN,
        status=405,
        title="This cannot be done here",
        what="Nothing was changed.",
        why="The address exists, but not for this kind of request.",
    ),
    413: replace(
        _BROKEN,
        status=413,
        title="This is too much at once",
        what="Nothing was changed.",
        why="A form of ours is never as long as what came.",
    ),
}
