"""Facts of a login that no axis has: a mail address, a role, an hour, a parameter.

A fact belongs to the person, the request, the application, the connection or the
clock, and both sides are told of it by the tenant's own builders of `event`, `user`
and `context`.  What the tenant derives (passed methods, the protocol, the risk) is no
fact, so no place here leads to it.  Pure.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = [
    "ABSENT",
    "CLOCK",
    "WORD_LISTS",
    "Fact",
    "facts_below",
    "place_of",
    "value_at",
    "with_facts",
    "with_value",
]

ABSENT: Final = ""  # no JSON text is empty
CLOCK: Final = "clock"


@dataclass(frozen=True, slots=True, order=True)
class Fact:
    """One fact: its place, and its value as JSON, ABSENT where there is none.

    A place is dotted, such as `app_metadata.tier`; `clock` is in seconds since the
    epoch.
    """

    place: str
    value: str

    @property
    def content(self) -> Any:
        """The value as Python has it; None for null."""
        return json.loads(self.value)

    def __str__(self) -> str:
        return f"{self.place}: {self.value or 'absent'}"


# the parameters that hold words with spaces between, as an Action is shown them
WORD_LISTS: Final[Mapping[str, str]] = {
    "query.acr_values": "event.transaction.acr_values",
    "query.scope": "event.transaction.requested_scopes",
    "query.prompt": "event.transaction.prompt",
    "query.ui_locales": "event.transaction.ui_locales",
}

# where scripts see a fact: in an Action, then in a Rule
_SHOWN: Final[tuple[tuple[str, str], ...]] = (
    ("event.user.app_metadata", "app_metadata"),
    ("event.user.user_metadata", "user_metadata"),
    ("event.user.enrolledFactors", "enrolled"),
    ("event.user.multifactor", "enrolled"),
    ("event.user", "user"),
    ("event.stats.logins_count", "logins_count"),
    ("event.authorization.roles", "roles"),
    ("event.request.query.client_id", "client.client_id"),
    ("event.request.body.client_id", "client.client_id"),
    ("event.request.query", "query"),
    ("event.request.body", "query"),
    ("event.request.geoip", "geoip"),
    ("event.request.ip", "ip"),
    ("event.request.user_agent", "user_agent"),
    ("event.request.hostname", "hostname"),
    ("event.request.language", "language"),
    ("event.transaction.locale", "language"),
    ("event.transaction.login_hint", "query.login_hint"),
    *((shown, place) for place, shown in WORD_LISTS.items()),
    ("event.client.client_id", "client.client_id"),
    ("event.client.name", "client.name"),
    ("event.client.metadata", "client.metadata"),
    ("event.connection", "connection"),
    ("event.session.device.last_ip", "ip"),
    ("event.session.device.last_user_agent", "user_agent"),
    ("event.session.metadata", "session.metadata"),
    ("event.resource_server.identifier", "query.audience"),
    ("user.app_metadata", "app_metadata"),
    ("user.user_metadata", "user_metadata"),
    ("user.multifactor", "enrolled"),
    ("context.stats.loginsCount", "logins_count"),
    ("context.authorization.roles", "roles"),
    ("context.request.query.client_id", "client.client_id"),
    ("context.request.body.client_id", "client.client_id"),
    ("context.request.query", "query"),
    ("context.request.body", "query"),
    ("context.request.geoip.country_code", "geoip.countryCode"),
    ("context.request.geoip.country_name", "geoip.countryName"),
    ("context.request.geoip.city_name", "geoip.cityName"),
    ("context.request.geoip.time_zone", "geoip.timeZone"),
    ("context.request.geoip.continent_code", "geoip.continentCode"),
    ("context.request.geoip", "geoip"),
    ("context.request.ip", "ip"),
    ("context.request.userAgent", "user_agent"),
    ("context.request.hostname", "hostname"),
    ("context.clientID", "client.client_id"),
    ("context.clientName", "client.name"),
    ("context.clientMetadata", "client.metadata"),
    ("context.connectionMetadata", "connection.metadata"),
    ("context.connectionStrategy", "connection.strategy"),
    ("context.connectionID", "connection.id"),
    ("context.connection", "connection.name"),
)
_LISTS: Final = frozenset(("roles", "enrolled", *WORD_LISTS))  # a member is the list
_PROFILE: Final = frozenset(
    (
        *("user_id", "email", "email_verified", "name", "nickname", "given_name"),
        *("family_name", "picture", "username", "phone_number", "phone_verified"),
        *("created_at", "updated_at", "last_password_reset", "identities", "last_ip"),
        *("last_login", "logins_count", "clientID", "global_client_id", "blocked"),
    )
)
_FIXED: Final = frozenset(
    (
        *("query.redirect_uri", "query.state", "query.nonce", "query.response_type"),
        *("query.code_challenge", "query.code_challenge_method", "query.grant_type"),
        *("query.refresh_token", "query.client_id", "query.username"),
        *("query.password", "query.realm", "user.blocked"),
    )
)


@cache
def place_of(path: str) -> str | None:
    """Say which fact a script reads at a path; None where it reads no fact."""
    for shown, place in _SHOWN:
        if path == shown or path.startswith(f"{shown}."):
            fact = f"{place}{path[len(shown) :]}" if place not in _LISTS else place
            return None if fact in _FIXED else fact
    head, _, rest = path.partition(".")
    if head != "user" or not rest:
        return None
    # a Rule's user has `app_metadata` merged into its root
    known = rest.partition(".")[0] in _PROFILE
    return f"user.{rest}" if known else f"app_metadata.{rest}"


def facts_below(facts: Iterable[Fact], head: str) -> tuple[tuple[str, Fact], ...]:
    """Give the facts of one head, each with the rest of its place, `""` for itself."""
    return tuple(
        (fact.place[len(head) + 1 :], fact)
        for fact in facts
        if fact.place == head or fact.place.startswith(f"{head}.")
    )


def value_at(facts: Iterable[Fact], place: str, ordinary: Any) -> Any:
    """Give the value of one place, or the ordinary one where no fact is about it."""
    for fact in facts:
        if fact.place == place:
            return ordinary if fact.value == ABSENT else fact.content
    return ordinary


def with_facts(facts: Iterable[Fact], *others: Fact) -> tuple[Fact, ...]:
    """Add facts to others; of one place the later one stands."""
    by_place = {fact.place: fact for fact in (*facts, *others)}
    return tuple(sorted(by_place.values()))


def with_value(holder: Any, rest: str, fact: Fact) -> Any:
    """Give a JSON value in which the place `rest` has a fact's value, or is absent.

    Objects and list members on the way are made where there are none.
    """
    if not rest:
        return None if fact.value == ABSENT else fact.content
    name, others = _parted(rest)
    if isinstance(holder, list) and name.isdigit():
        members = list(holder)
        place = int(name)
        while len(members) <= place:
            members.append({})
        members[place] = with_value(members[place], others, fact)
        return members
    members_by_name = dict(holder) if isinstance(holder, dict) else {}
    if not others and fact.value == ABSENT:
        members_by_name.pop(name, None)
        return members_by_name
    members_by_name[name] = with_value(members_by_name.get(name), others, fact)
    return members_by_name


def _parted(rest: str) -> tuple[str, str]:
    if "://" in rest:  # a name with a namespace has dots of its own
        return rest, ""
    name, _, others = rest.partition(".")
    return name, others
