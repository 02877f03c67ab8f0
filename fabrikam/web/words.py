"""What is said to people: verdicts, evidence and errors as sentences. Pure.

Every message says what happened, why, and what to do next.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from fabrikam.oidc import (
    CallbackRefused,
    Claims,
    Evidence,
    IdTokenRejected,
    ProviderUnreachable,
    ProviderUntrusted,
    SignInError,
    SubjectMismatch,
    TenantRefused,
    TokenEndpointRefused,
)
from fabrikam.stepup import MULTI_FACTOR, Granted, Shortfall, Strategy, judge

__all__ = [
    "Level",
    "ProblemPage",
    "StrategyRow",
    "asked_words",
    "claim_rows",
    "denial_code",
    "denied_page",
    "level_of",
    "lost_page",
    "problem_page",
    "shortfall_words",
    "strategy_rows",
]

_LONGEST_SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class Level:
    """How well somebody is signed in: `normal` or `mfa`, and the reason in words."""

    word: str
    reason: str

    @property
    def is_second_factor(self) -> bool:
        """Whether a second factor counts at this moment."""
        return self.word == "mfa"

    def __str__(self) -> str:
        return f"{self.word}: {self.reason}"


def level_of(evidence: Evidence, strategy: Strategy, now: int) -> Level:
    """Say how well somebody is signed in, as the strategy in use sees it."""
    match judge(MULTI_FACTOR, evidence, by=strategy, now=now):
        case Granted():
            return Level("mfa", f"second factor {_ago(now - evidence.issued_at)}")
        case _:
            return Level("normal", "password only")


def shortfall_words(shortfall: Shortfall) -> str:
    """Say what the evidence lacks."""
    match shortfall:
        case Shortfall("auth_time", "expired"):
            return "the password was entered too long ago"
        case Shortfall("iat", "expired"):
            return "the second factor was proved too long ago"
        case Shortfall("strategy", "mismatch", found):
            return f"the sign-in was made for the {found or 'unknown'} strategy"
        case Shortfall(claim, "missing"):
            return f"{claim} is missing"
        case Shortfall(claim, "malformed", found):
            return f"{claim} has the wrong shape: {_shown(found)}"
        case Shortfall(claim, _, found):
            return f"{claim} does not say so: {_shown(found)}"


def asked_words(asked: Mapping[str, str]) -> list[str]:
    """Say what was asked of the tenant, as its parameters were spelled."""
    return [f"{name}={value}" for name, value in asked.items()]


def denial_code(shortfalls: tuple[Shortfall, ...]) -> str:
    """Return the stable code of a denial: the first thing that is lacking."""
    first = shortfalls[0]
    return f"step-up-{first.claim.rsplit('/', 1)[-1]}-{first.fault}".replace("_", "-")


def denied_page(
    shortfalls: tuple[Shortfall, ...],
    *,
    asked: Mapping[str, str],
    evidence: Evidence,
    strategy: Strategy,
    return_to: str,
    reference: str,
) -> dict[str, Any]:
    """Return what the page says after a step-up that brought nothing."""
    return {
        "code": denial_code(shortfalls),
        "asked": asked_words(asked),
        "came_back": _came_back(shortfalls, evidence),
        "lacking": [(lack.claim, lack.fault, lack.found) for lack in shortfalls],
        "for_you": [
            "Try once more, and finish every screen that the sign-in service shows.",
            "If it shows none, only an administrator can help: name the reference.",
        ],
        "for_admin": [
            f"The application uses the {strategy.name} strategy.",
            *(_advice(lack) for lack in shortfalls),
        ],
        "reference": reference,
        "again_url": return_to,
        "away_url": "/",
    }


def claim_rows(claims: Claims) -> list[tuple[str, str, str]]:
    """Return every verified claim with its value and its meaning."""
    return [
        (name, _shown(value), _MEANINGS.get(name, "a custom claim of the tenant"))
        for name, value in claims.items()
        if name not in _PRIVATE
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemPage:
    """A sign-in that could not go on: the status of the answer, and what it says."""

    status: int
    code: str
    title: str
    what: str
    why: str
    next_steps: tuple[tuple[str, str], ...]
    for_admin: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyRow:
    """One strategy beside the others: what it does, and what it would say now."""

    name: str
    asks: str
    reads: str
    verdict: str
    shortfalls: tuple[str, ...]
    in_use: bool
    shadow: bool


def strategy_rows(
    strategies: tuple[Strategy, ...],
    evidence: Evidence,
    *,
    in_use: Strategy,
    shadow: Strategy | None,
) -> tuple[StrategyRow, ...]:
    """Say what each strategy would make of the present sign-in, by its claims alone."""
    return tuple(
        StrategyRow(
            name=strategy.name,
            asks=" ".join(asked_words(strategy.ask())),
            reads=_READS[strategy.name],
            verdict="would refuse" if lacking else "would let you in",
            shortfalls=tuple(map(shortfall_words, lacking)),
            in_use=strategy == in_use,
            shadow=strategy == shadow,
        )
        for strategy in strategies
        for lacking in [strategy.shortfalls(evidence)]
    )


_READS: Final = {
    "legacy": "the level that a Rule wrote",
    "modern": "amr, a list that holds mfa",
    "either": "the level, or amr: one is enough",
    "both": "the level and amr: both must agree",
}

_TRY_AGAIN: Final = ("Sign in again", "/login")
_HOME: Final = ("Go to the start page", "/")
_SIGN_OUT: Final = ("Sign out", "/logout")


def problem_page(error: SignInError) -> ProblemPage:
    """Say what happened, why, and what to do next."""
    match error:
        case CallbackRefused():
            return _callback_page(error)
        case TenantRefused():
            return _tenant_page(error)
        case SubjectMismatch():
            return ProblemPage(
                status=403,
                code="another-user",
                title="Somebody else signed in",
                what=error.public + " You are still signed in as before.",
                why="A step-up must be finished by the user who began it.",
                next_steps=(_HOME, ("Sign out and change the user", "/logout")),
            )
        case ProviderUnreachable():
            return ProblemPage(
                status=503,
                code="tenant-unreachable",
                title="The sign-in service does not answer",
                what=error.public + " Nothing was changed.",
                why="It is down, slow or not reachable from here at the moment.",
                next_steps=(("Try again in a minute", "/login"), _HOME),
                for_admin=("See the log for the address and the error.",),
            )
        case TokenEndpointRefused(error="invalid_grant"):
            return ProblemPage(
                status=400,
                code="code-refused",
                title="This sign-in is no longer valid",
                what=error.public,
                why="Its code is too old or was used already; each works once.",
                next_steps=(_TRY_AGAIN, _HOME),
            )
        case IdTokenRejected() | TokenEndpointRefused() | ProviderUntrusted():
            return _untrusted_page(error)
        case _:
            return ProblemPage(
                status=400,
                code="sign-in-failed",
                title="The sign-in failed",
                what=error.public,
                why="Something unexpected came back.",
                next_steps=(_TRY_AGAIN, _HOME),
            )


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


def _callback_page(error: CallbackRefused) -> ProblemPage:
    whys = {
        "unknown": "It was never begun here, took too long, or was used already.",
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
        next_steps=(_TRY_AGAIN, _HOME),
        for_admin=("Allow cookies for this site if it happens again and again.",),
    )


def _tenant_page(error: TenantRefused) -> ProblemPage:
    said = error.description or error.error
    return ProblemPage(
        status=403,
        code="tenant-refused",
        title="The sign-in service said no",
        what="You were not signed in, or not signed in any further.",
        why=f"It said: {_shown(said)}",
        next_steps=(_TRY_AGAIN, ("Sign in as another user", "/logout"), _HOME),
        for_admin=(
            f"The error code is {_shown(error.error)}.",
            "A script of the tenant may have denied the login; see the tenant log.",
        ),
    )


def _untrusted_page(error: SignInError) -> ProblemPage:
    return ProblemPage(
        status=502,
        code="proof-rejected",
        title="The sign-in service's answer was not accepted",
        what=error.public + " Nothing was changed.",
        why="What came back did not pass our checks, so we do not believe it.",
        next_steps=(_TRY_AGAIN, _HOME),
        for_admin=(
            _failed_check(error),
            "Compare AUTH0_DOMAIN, AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET with the"
            " tenant, and the clocks of both machines.",
        ),
    )


def _failed_check(error: SignInError) -> str:
    match error:
        case IdTokenRejected(part=part, fault=fault):
            return f"The ID token failed a check: {part} {fault}."
        case TokenEndpointRefused():
            return f"The token endpoint answered {_shown(error.error)}."
        case _:
            return "The metadata or the keys of the tenant are not as configured."


def _came_back(shortfalls: tuple[Shortfall, ...], evidence: Evidence) -> list[str]:
    claims = evidence.id_token.claims
    seen = {*(lack.claim for lack in shortfalls), "acr", "amr", "auth_time"}
    return [f"{name}={_shown(claims[name])}" for name in sorted(seen & set(claims))]


def _advice(lack: Shortfall) -> str:
    match lack.claim:
        case "amr" | "acr":
            return (
                "The tenant issued a token without amr: deploy and bind an Action that"
                " looks for acr_values and enables MFA (see rules/after), or let the"
                " application use the legacy strategy while the Rule still runs."
            )
        case "iat" | "auth_time":
            return "The tenant answered from an older login: compare the clocks."
        case _:
            return (
                f"No script of the tenant wrote {lack.claim} = mfa: Rules stopped on"
                " 2026-11-18; set STEP_UP_STRATEGY=modern once the Action is bound."
            )


def _ago(seconds: int) -> str:
    minutes = max(0, seconds) // 60
    if minutes == 0:
        return "a moment ago"
    return f"{minutes} minute{'s' if minutes > 1 else ''} ago"


def _shown(value: object) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…"


_PRIVATE: Final = frozenset({"nonce", "at_hash", "c_hash", "sid"})

_MEANINGS: Final[Mapping[str, str]] = {
    "iss": "the tenant that vouches for this",
    "sub": "who you are at the tenant",
    "aud": "the application it was made for",
    "exp": "when the token ends, in seconds since 1970",
    "iat": "when the token was made, in seconds since 1970",
    "auth_time": "when you entered your password",
    "amr": "the methods of this login; mfa says a second factor was passed",
    "acr": "the class of this login",
    "authentication_level": "the level that a script of the tenant wrote",
    "name": "your name",
    "nickname": "your short name",
    "picture": "the address of your picture",
    "email": "your mail address",
    "email_verified": "whether the tenant has checked that address",
    "updated_at": "when your profile last changed",
}
