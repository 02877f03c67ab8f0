"""The situations that two tenant folders are compared in: axes, and their product.

`AXES` is the list, `CONSTRAINTS` says which combinations are left out and why, and
`situations` gives what remains.  The first word of every axis is the ordinary one, so a
situation is told best by its departures.  Pure.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, fields, replace
from itertools import combinations, product
from math import prod
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from fabrikam.tenant.quirks import DOUBTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

__all__ = [
    "AXES",
    "CONSTRAINTS",
    "DOUBT_AXES",
    "ORDINARY",
    "Axis",
    "Beyond",
    "Census",
    "Constraint",
    "Situation",
    "axis_named",
    "census",
    "departures",
    "doubts_of",
    "excluded_by",
    "situations",
    "with_words",
]

DIRECT: Final = ("refresh", "password", "MFA API")  # the token endpoint, no browser
_BEYOND: Final = "beyond"


@dataclass(frozen=True, slots=True, kw_only=True)
class Beyond:
    """What the axes do not have: parameters, metadata and times as a search finds them.

    `parameters` go into the request as they stand, `metadata` into the user's
    `app_metadata`, `later` is added to the present, in seconds.
    """

    parameters: tuple[tuple[str, str], ...] = ()
    metadata: tuple[tuple[str, str], ...] = ()
    later: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """One login: who wants what, in which browser, at a tenant in which mood.

    The fields are the axes, in their order; the defaults are the ordinary login.
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
    beyond: Beyond = field(default_factory=Beyond)


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
        lambda it: it.flow in DIRECT and (it.session, it.cookie) != ("none", "none"),
    ),
    Constraint(
        "password again",
        "prompt=login sets the session aside, so its kind shows nothing new",
        lambda it: it.flow == "login again" and it.session != "none",
    ),
    Constraint(
        "nobody there",
        "without a session a silent login ends before anything else counts",
        lambda it: it.flow == "silent" and it.session == "none" and it.cookie != "none",
    ),
    Constraint(
        "nothing shown",
        "where no page is shown there is nothing to answer",
        lambda it: (
            it.flow in ("silent", "refresh", "password") and it.answer != "passes"
        ),
    ),
    Constraint(
        "no way out",
        "at the MFA API, to cancel is to stop after the password",
        lambda it: it.flow == "MFA API" and it.answer == "cancels",
    ),
    Constraint(
        "no recovery code",
        "only the user with several factors has one",
        lambda it: it.answer == "recovery code" and it.user != "several",
    ),
    Constraint(
        "never asked",
        "a blocked user is refused before a second factor is asked for",
        lambda it: it.user == "blocked" and it.answer != "passes",
    ),
    Constraint(
        "blocked for good",
        "the sessions of a user end when they are blocked",
        lambda it: it.user == "blocked" and it.session != "none",
    ),
    Constraint(
        "never passed",
        "who has no factor has passed none, in this session or an earlier one",
        lambda it: (
            it.user == "no factor"
            and (
                it.session.startswith("second factor")
                or it.cookie not in ("none", "another user's")
            )
        ),
    ),
    Constraint(
        "no page for max_age",
        "max_age is a parameter of /authorize, and prompt=login already asks",
        lambda it: it.max_age != "none" and it.flow not in ("page", "silent"),
    ),
    Constraint(
        "audience stays",
        "a refresh is for the audience of the first login",
        lambda it: it.audience != "none" and it.flow == "refresh",
    ),
)

_TOO_RARE: Final = "one rare thing at a time"


@dataclass(frozen=True, slots=True)
class Census:
    """How many situations there are, and how many each constraint leaves out."""

    product: int
    remaining: int
    excluded: Mapping[str, int]


_Words: TypeAlias = "dict[str, str]"


def situations(rare: int = 1) -> Iterator[Situation]:
    """Give every situation with at most so many rare axes off the ordinary."""
    oddities = tuple(_oddities(rare))
    for words in _main_words():
        base = with_words(words)
        if excluded_by(base) is None:
            grown = (with_words(oddity, base) for oddity in oddities)
            yield from (one for one in grown if excluded_by(one) is None)


def census(rare: int = 1) -> Census:
    """Count what `situations` gives and what it leaves out, by constraint."""
    everything = prod(len(axis.words) for axis in AXES)
    oddities = tuple(_oddities(rare))
    excluded = Counter({constraint.name: 0 for constraint in CONSTRAINTS})
    considered = 0
    for words in _main_words():
        considered += len(oddities)
        by = excluded_by(with_words(words))
        if by is not None:
            excluded[by.name] += len(oddities)
            continue
        met = (excluded_by(with_words(words | oddity)) for oddity in oddities)
        excluded.update(by.name for by in met if by is not None)
    remaining = considered - excluded.total()
    excluded[_TOO_RARE] = everything - considered
    return Census(everything, remaining, excluded)


def excluded_by(situation: Situation) -> Constraint | None:
    """Name the first constraint that leaves a situation out."""
    for constraint in CONSTRAINTS:
        if constraint.excludes(situation):
            return constraint
    return None


def departures(situation: Situation) -> dict[str, str]:
    """Tell a situation by what is not ordinary about it."""
    found = {
        axis.name: word
        for axis in AXES
        if (word := getattr(situation, axis.name)) != axis.words[0]
    }
    for part in fields(situation.beyond):
        value = getattr(situation.beyond, part.name)
        if value != part.default:
            found[f"{_BEYOND} {part.name}"] = str(value)
    return found


def doubts_of(situation: Situation) -> tuple[str, ...]:
    """Name the doubts that a situation answers otherwise than the model does."""
    return tuple(name for name in departures(situation) if name in DOUBT_AXES)


def with_words(words: Mapping[str, str], base: Situation = ORDINARY) -> Situation:
    """Change some of a situation's words."""
    changes: dict[str, Any] = dict(words)  # each is a field, as a test insists
    return replace(base, **changes)


def axis_named(name: str) -> Axis:
    """Find an axis."""
    return next(axis for axis in AXES if axis.name == name)


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
