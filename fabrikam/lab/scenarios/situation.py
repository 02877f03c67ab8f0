"""The situations that two tenant folders are compared in: axes, and their product.

The axes are in `axes`, `CONSTRAINTS` says which combinations are left out and why, and
`situations` gives what remains.  The first word of every axis is the ordinary one, so a
situation is told best by its departures.  Pure.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations, product
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from fabrikam.lab.scenarios.axes import AXES, DIRECT, DOUBT_AXES
from fabrikam.lab.scenarios.facts import Fact

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

__all__ = [
    "CONSTRAINTS",
    "ORDINARY",
    "Constraint",
    "Situation",
    "departures",
    "doubts_of",
    "excluded_by",
    "situations",
    "size",
    "with_words",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """One login: who wants what, in which browser, at a tenant with which settings.

    The fields are the axes, in their order; the defaults are the ordinary login.
    `facts` are what no axis has, as a search found them, in the order of their places.
    """

    flow: str = "page"
    request: str = "login"
    session: str = "none"
    cookie: str = "none"
    user: str = "authenticator app"
    answer: str = "passes"
    client: str = "intranet"
    max_age: str = "none"
    audience: str = "none"
    metadata: str = "none"
    place: str = "unknown"
    policy: str = "the folder's"
    pipeline: str = "the folder's"
    acr_values_absent: str = "empty"
    amr_when_remembered: str = "absent"
    amr_when_session_has_mfa: str = "absent"
    silent_mfa_error: str = "login_required"
    acr_values_force_mfa: str = "no"
    enroll_when_all_enrolled: str = "fail"
    facts: tuple[Fact, ...] = ()


ORDINARY: Final = Situation()

_MAIN: Final = tuple(axis for axis in AXES if axis.main)
_RARE: Final = tuple(axis for axis in AXES if not axis.main)


@dataclass(frozen=True, slots=True)
class Constraint:
    """Combinations that are left out: because they cannot be, or show nothing new."""

    name: str
    because: str
    excludes: Callable[[Situation], bool]


CONSTRAINTS: Final[tuple[Constraint, ...]] = (
    Constraint(
        "no browser",
        "the token endpoint sees no session and no remembered browser",
        lambda situation: (
            situation.flow in DIRECT
            and (situation.session, situation.cookie) != ("none", "none")
        ),
    ),
    Constraint(
        "password again",
        "prompt=login sets the session aside, so its kind shows nothing new",
        lambda situation: (
            situation.flow == "login again" and situation.session != "none"
        ),
    ),
    Constraint(
        "nobody there",
        "without a session a silent login ends before anything else counts",
        lambda situation: (
            situation.flow == "silent"
            and situation.session == "none"
            and situation.cookie != "none"
        ),
    ),
    Constraint(
        "nothing shown",
        "where no page is shown there is nothing to answer",
        lambda situation: (
            situation.flow in ("silent", "refresh", "password")
            and situation.answer != "passes"
        ),
    ),
    Constraint(
        "no way out",
        "at the MFA API, to cancel is to stop after the password",
        lambda situation: situation.flow == "MFA API" and situation.answer == "cancels",
    ),
    Constraint(
        "no recovery code",
        "only the user with several factors has one",
        lambda situation: (
            situation.answer == "recovery code" and situation.user != "several"
        ),
    ),
    Constraint(
        "never asked",
        "a blocked user is refused before a second factor is asked for",
        lambda situation: situation.user == "blocked" and situation.answer != "passes",
    ),
    Constraint(
        "blocked for good",
        "the sessions of a user end when they are blocked",
        lambda situation: situation.user == "blocked" and situation.session != "none",
    ),
    Constraint(
        "never passed",
        "who has no factor has passed none, in this session or an earlier one",
        lambda situation: (
            situation.user == "no factor"
            and (
                situation.session.startswith("second factor")
                or situation.cookie not in ("none", "another user's")
            )
        ),
    ),
    Constraint(
        "no page for max_age",
        "max_age is a parameter of /authorize, and prompt=login already asks",
        lambda situation: (
            situation.max_age != "none" and situation.flow not in ("page", "silent")
        ),
    ),
    Constraint(
        "audience stays",
        "a refresh is for the audience of the first login",
        lambda situation: situation.audience != "none" and situation.flow == "refresh",
    ),
)

_Words: TypeAlias = "dict[str, str]"


def situations(rare: int = 1) -> Iterator[Situation]:
    """Give every situation with at most so many rare axes off the ordinary."""
    oddities = tuple(_oddities(rare))
    for words in _main_words():
        base = with_words(words)
        if excluded_by(base) is None:
            grown = (with_words(oddity, base) for oddity in oddities)
            yield from (
                situation for situation in grown if excluded_by(situation) is None
            )


def excluded_by(situation: Situation) -> Constraint | None:
    """Name the first constraint that leaves a situation out."""
    for constraint in CONSTRAINTS:
        if constraint.excludes(situation):
            return constraint
    return None


def departures(situation: Situation) -> dict[str, str]:
    """Tell a situation by what is not ordinary about it."""
    words = {
        axis.name: word
        for axis in AXES
        if (word := getattr(situation, axis.name)) != axis.words[0]
    }
    return words | {fact.place: fact.value or "absent" for fact in situation.facts}


def size(situation: Situation) -> tuple[int, int]:
    """Measure a situation: its departures, then how far down their axes they are."""
    places = [axis.words.index(getattr(situation, axis.name)) for axis in AXES]
    return sum(place > 0 for place in places) + len(situation.facts), sum(places)


def doubts_of(situation: Situation) -> tuple[str, ...]:
    """Name the doubts that a situation answers otherwise than the model does."""
    return tuple(name for name in departures(situation) if name in DOUBT_AXES)


def with_words(words: Mapping[str, str], base: Situation = ORDINARY) -> Situation:
    """Change some of a situation's words."""
    changes: dict[str, Any] = dict(words)  # each is a field, as a test insists
    return replace(base, **changes)


def _main_words() -> Iterator[_Words]:
    names = [axis.name for axis in _MAIN]
    for words in product(*(axis.words for axis in _MAIN)):
        yield dict(zip(names, words, strict=True))


def _oddities(most: int) -> Iterator[_Words]:
    for count in range(most + 1):
        for axes in combinations(_RARE, count):
            names = [axis.name for axis in axes]
            for words in product(*(axis.words[1:] for axis in axes)):
                yield dict(zip(names, words, strict=True))
