"""Verdicts and evidence in words.  Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from fabrikam.oidc import Claims, Evidence
from fabrikam.stepup import (
    Granted,
    Need,
    Shortfall,
    StepUpRequired,
    Strategy,
    judge,
)

__all__ = [
    "Level",
    "StrategyRow",
    "asked_words",
    "claim_rows",
    "denial_code",
    "denied_page",
    "level_of",
    "shortfall_words",
    "shown",
    "strategy_rows",
]

_LONGEST_SHOWN: Final = 200
_NOT_ENOUGH: Final = ("iat", "strategy")  # a factor was proved, and does not count


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


def level_of(
    evidence: Evidence, second_factor: Need, *, by: Strategy, now: int
) -> Level:
    """Say how well somebody is signed in, as the guard would see it."""
    match judge(second_factor, evidence, by=by, now=now):
        case Granted():
            return Level("mfa", f"second factor {_ago(now - evidence.issued_at)}")
        case StepUpRequired((Shortfall(claim) as lack, *_)) if claim in _NOT_ENOUGH:
            return Level("normal", shortfall_words(lack))
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
            return f"{claim} has the wrong shape: {shown(found)}"
        case Shortfall(claim, _, found):
            return f"{claim} does not say so: {shown(found)}"


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
        (name, _told(name, value), _MEANINGS.get(name, "a custom claim of the tenant"))
        for name, value in claims.items()
        if name not in _PRIVATE
    ]


def _told(name: str, value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case int() if name in _INSTANTS and 0 <= value < _NO_DATE:
            return f"{datetime.fromtimestamp(value, UTC):%Y-%m-%d %H:%M:%S} UTC"
        case _:
            return shown(value)


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


def _came_back(shortfalls: tuple[Shortfall, ...], evidence: Evidence) -> list[str]:
    claims = evidence.id_token.claims
    relevant = {*(lack.claim for lack in shortfalls), "acr", "amr", "auth_time"}
    return [f"{name}={shown(claims[name])}" for name in sorted(relevant & set(claims))]


def _advice(lack: Shortfall) -> str:
    match lack:
        case Shortfall("amr", "malformed"):
            return "The tenant's amr is not a list of words: no Auth0 sends that."
        case Shortfall("amr"):
            return (
                "The tenant issued a token without mfa in amr: deploy and bind an"
                " Action that looks for acr_values and enables MFA (see rules/after)."
                " Rules do it no more: they stopped on 2026-11-18."
            )
        case Shortfall("acr"):
            return (
                "STEP_UP_ACR=required demands the class in acr, and the tenant did not"
                " name it: write optional, and amr alone will count."
            )
        case Shortfall("strategy"):
            return "STEP_UP_STRATEGY was changed since: one more sign-in is enough."
        case Shortfall("iat" | "auth_time"):
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


def shown(value: object) -> str:
    """Show a value of somebody else's, cut where it grows too long."""
    text = value if isinstance(value, str) else _as_json(value)
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…"


def _as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=repr)


_INSTANTS: Final = frozenset({"exp", "iat", "auth_time", "nbf"})
_NO_DATE: Final = 2**36  # some years further datetime gives up
_PRIVATE: Final = frozenset({"nonce", "at_hash", "c_hash", "sid"})

_MEANINGS: Final[Mapping[str, str]] = {
    "iss": "the tenant that vouches for this",
    "sub": "who you are at the tenant",
    "aud": "the application it was made for",
    "exp": "when the token ends",
    "iat": "when the token was made",
    "auth_time": "when you entered your password",
    "amr": "the methods of this login; mfa says a second factor was passed",
    "acr": "the class of this login",
    "authentication_level": "the level that a script of the tenant wrote",
    "name": "your name",
    "given_name": "your first name",
    "family_name": "your last name",
    "nickname": "your short name",
    "picture": "the address of your picture",
    "email": "your mail address",
    "email_verified": "whether the tenant has checked that address",
    "updated_at": "when your profile last changed",
}
