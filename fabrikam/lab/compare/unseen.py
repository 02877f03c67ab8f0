"""Outcomes that nobody saw: forced, so that it is known whether they would matter.

A condition that no fact brought out otherwise is made to come out so, in the smallest
login of each flow in which the old side asks.  Only where the pair then differs for
the worse does it count.  What is forced is never reported as a difference.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from fabrikam.lab.compare.comparison import FAILING, compare
from fabrikam.lab.compare.input_search import outcomes_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fabrikam.lab.compare.comparison import Comparison, Door
    from fabrikam.lab.compare.input_search import Coverage, InputSearch, Outcome
    from fabrikam.lab.javascript.watched import Condition
    from fabrikam.lab.scenarios.situation import Situation
    from fabrikam.lab.simulation.observation import Observation
    from fabrikam.lab.simulation.watched_side import ConditionKey, WatchedSide

__all__ = ["NEVER_ABSENT", "Unseen", "unseen_outcomes"]

_PAGES: Final = ("page", "silent", "login again")
_ALL: Final = (*_PAGES, "refresh", "password", "MFA API")
_TYPES: Final = "required by Auth0's types (@auth0/actions, post-login v3)"
_SHEET: Final = "the behaviour sheet: always there in this flow"
_OPENID: Final = "OpenID Connect Core 3.1.2.1: a request has the scope openid"

NEVER_ABSENT: Final[Mapping[str, tuple[tuple[str, ...], str]]] = {
    "event": (_ALL, _TYPES),
    "api": (_ALL, _TYPES),
    "event.client": (_ALL, _TYPES),
    "event.client.client_id": (_ALL, _TYPES),
    "event.client.name": (_ALL, _TYPES),
    "event.client.metadata": (_ALL, _TYPES),
    "event.tenant": (_ALL, _TYPES),
    "event.tenant.id": (_ALL, _TYPES),
    "event.secrets": (_ALL, _TYPES),
    "event.configuration": (_ALL, _TYPES),
    "event.connection": (_ALL, _TYPES),
    "event.connection.id": (_ALL, _TYPES),
    "event.connection.name": (_ALL, _TYPES),
    "event.connection.strategy": (_ALL, _TYPES),
    "event.stats": (_ALL, _TYPES),
    "event.stats.logins_count": (_ALL, _TYPES),
    "event.user": (_ALL, _TYPES),
    "event.user.user_id": (_ALL, _TYPES),
    "event.user.app_metadata": (_ALL, _TYPES),
    "event.user.user_metadata": (_ALL, _TYPES),
    "event.user.identities": (_ALL, _TYPES),
    "event.user.email_verified": (_ALL, _TYPES),
    "event.user.created_at": (_ALL, _TYPES),
    "event.user.updated_at": (_ALL, _TYPES),
    "event.request": (_ALL, _TYPES),
    "event.request.ip": (_ALL, _TYPES),
    "event.request.method": (_ALL, _TYPES),
    "event.request.query": (_ALL, _TYPES),
    "event.request.body": (_ALL, _TYPES),
    "event.request.geoip": (_ALL, _TYPES),
    "event.transaction": (_ALL, _SHEET),
    "event.transaction.metadata": (_ALL, _TYPES),
    "event.transaction.acr_values": (_PAGES, _SHEET),
    "event.transaction.requested_scopes": (_PAGES, _SHEET),
    "event.transaction.protocol": (_ALL, _SHEET),
    "event.request.query.scope": (_PAGES, _OPENID),
    "context.request.query.scope": (_PAGES, _OPENID),
    "event.authentication": ((*_PAGES, "password", "MFA API"), _SHEET),
    "event.authentication.methods": ((*_PAGES, "password", "MFA API"), _TYPES),
    "event.session": (_PAGES, _SHEET),
    "context": (_ALL, _SHEET),
    "user": (_ALL, _SHEET),
    "context.clientID": (_ALL, _SHEET),
    "context.connection": (_ALL, _SHEET),
    "context.stats": (_ALL, _SHEET),
    "context.idToken": (_ALL, _SHEET),
    "context.accessToken": (_ALL, _SHEET),
    "user.user_id": (_ALL, _SHEET),
}
"""Where a member is never absent, and who says so."""

_OBJECTS: Final = frozenset(
    path
    for path in NEVER_ABSENT
    if path.rpartition(".")[2]
    in (
        *("event", "api", "context", "user", "client", "metadata", "tenant"),
        *("secrets", "configuration", "connection", "stats", "app_metadata"),
        *("user_metadata", "identities", "request", "query", "body", "geoip"),
        *("transaction", "acr_values", "requested_scopes", "authentication"),
        *("methods", "session", "idToken", "accessToken", "scope"),
    )
)
"""Those that are objects, lists or never empty, and so never false."""

_OUTCOMES_OF_ABSENCE: Final[Mapping[str, tuple[str, ...]]] = {
    "??": ("nullish",),
    "?.": ("nullish",),
    "default": ("taken",),
}
_MOST_WAYS: Final = 24
_WITH_ABSENCE: Final = re.compile(r"([!=]==?)\s*(?:undefined|null)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unseen:
    """An outcome that no login brought about where the old side asks.

    `consequence` is what the pair would come to if it ever did, in `situation`; None
    where nothing would get worse.
    """

    side: str
    condition: Condition
    outcome: str
    flows: tuple[str, ...]
    situation: Situation
    consequence: Comparison | None

    @property
    def matters(self) -> bool:
        """Tell whether somebody would get in with less, or be locked out."""
        return self.consequence is not None


def unseen_outcomes(search: InputSearch, door: Door) -> Iterator[Unseen]:
    """Force every outcome that was not seen, and give it with what would follow."""
    control, candidate = search.sides
    for side in (control, candidate):
        coverage = search.coverage[side]
        for key, condition in side.by_key.items():
            for outcome in condition.outcomes:
                flows = _flows_without(coverage, condition, (key, outcome))
                if flows:
                    yield _forced(search, side, (key, outcome), flows, door)


def _flows_without(
    coverage: Coverage, condition: Condition, outcome: Outcome
) -> tuple[str, ...]:
    met = coverage.flows_of(outcome[0])
    seen = coverage.relevant.get(outcome, {})
    return tuple(
        flow
        for flow in _ALL
        if flow in met
        and flow not in seen
        and (outcome, flow) not in coverage.elsewhere  # the old side asks nobody there
        and not _cannot(condition, outcome[1], flow)
    )


def _cannot(condition: Condition, outcome: str, flow: str) -> bool:
    """Tell whether types or sheet say that what is asked about is never absent."""
    absent = _OUTCOMES_OF_ABSENCE.get(condition.kind, ("false",))
    if outcome in absent and _always_there(condition.operand, flow):
        return outcome != "false" or condition.operand in _OBJECTS
    compared = _WITH_ABSENCE.search(condition.text)
    if compared is None:
        return False
    is_absent = "true" if compared[1].startswith("=") else "false"
    return outcome == is_absent and any(
        _always_there(path, flow) for path in condition.compared
    )


def _always_there(path: str, flow: str) -> bool:
    flows, _ = NEVER_ABSENT.get(path, ((), ""))
    return flow in flows


def _forced(
    search: InputSearch,
    side: WatchedSide,
    outcome: Outcome,
    flows: tuple[str, ...],
    door: Door,
) -> Unseen:
    key, word = outcome
    control, candidate = search.sides
    smallest = None
    for flow in flows:
        situation = _smallest(search.coverage[side], key, flow)
        smallest = smallest or situation
        usual = compare(
            control.login(situation).observation,
            candidate.login(situation).observation,
        )
        if usual.at(door) in FAILING:
            continue
        for forced in _ways_behind(search, side, situation, {key: word}):
            pair = (
                (forced, candidate.login(situation).observation)
                if side is control
                else (control.login(situation).observation, forced)
            )
            comparison = compare(*pair)
            sound = side is candidate or forced.broken is None
            if comparison.at(door) in FAILING and sound:
                return _unseen(side, outcome, flows, situation, comparison)
    return _unseen(side, outcome, flows, smallest or situation, None)


def _ways_behind(
    search: InputSearch,
    side: WatchedSide,
    situation: Situation,
    forced: Mapping[ConditionKey, str],
) -> Iterator[Observation]:
    """Force an outcome, and whatever nobody has met that lies behind it, both ways."""
    waiting = [dict(forced)]
    for _ in range(_MOST_WAYS):
        if not waiting:
            return
        choices = waiting.pop(0)
        login = side.forced(situation, choices)
        yield login.observation
        met = search.coverage[side].met_in
        for key in dict.fromkeys(outcome[0] for outcome in outcomes_of(login)):
            condition = side.by_key.get(key)
            if condition is None or key in choices or key in met:
                continue
            waiting += [{**choices, key: word} for word in condition.outcomes]
            break


def _unseen(
    side: WatchedSide,
    outcome: Outcome,
    flows: tuple[str, ...],
    situation: Situation,
    comparison: Comparison | None,
) -> Unseen:
    return Unseen(
        side=side.side.name,
        condition=side.by_key[outcome[0]],
        outcome=outcome[1],
        flows=flows,
        situation=situation,
        consequence=comparison,
    )


def _smallest(coverage: Coverage, key: tuple[str, str], flow: str) -> Situation:
    situations = [
        flows[flow]
        for (known, _), flows in coverage.relevant.items()
        if known == key and flow in flows
    ]
    return min(situations, key=lambda situation: len(situation.facts))
