"""Who takes part in a situation: the user, their browser, the application.  Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from fabrikam.lab.scenarios.axes import axis_named
from fabrikam.lab.scenarios.facts import CLOCK, facts_below, value_at, with_value
from fabrikam.lab.simulation.tracked_reads import tracked_value
from fabrikam.tenant import Caller, RememberedBrowser, SsoSession, User
from fabrikam.tenant.decisions.second_factor import is_trusted
from fabrikam.tenant.scripts import Connection, PassedMethod

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fabrikam.lab.simulation.sides import Side
    from fabrikam.lab.simulation.tracked_reads import TrackedSituation
    from fabrikam.tenant import Login, RegisteredClient

__all__ = [
    "DAY",
    "FACTORS",
    "HOUR",
    "MINUTE",
    "NOW",
    "caller_in",
    "client_in",
    "connection_in",
    "metadata_of",
    "person_in",
    "place_in",
    "present",
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
_PARTIES: Final = (("intranet", "not listed"), ("third party",))
_PIPELINES: Final = {
    True: (("the folder's", "conformant"), ("legacy",)),
    False: (("the folder's", "legacy"), ("conformant",)),
}
_COUNTRIES: Final[Mapping[str, Mapping[str, str]]] = {
    "at home": {"countryCode": "CH", "countryName": "Switzerland"},
    "abroad": {"countryCode": "BR", "countryName": "Brazil"},
}
_FINGERPRINT: Final = "as it was"
# the age of the last second factor, and how long ago the browser was last trusted
_COOKIES: Final[Mapping[str, tuple[int, int]]] = {
    "5 days": (5 * DAY, 5 * DAY),
    "8 days idle": (8 * DAY, 8 * DAY),
    "31 days": (31 * DAY, DAY),
    "another user's": (5 * DAY, 5 * DAY),
}


def present(tracked: TrackedSituation) -> int:
    """Say what time it is."""
    moment: int = value_at(tracked.facts, CLOCK, NOW)
    return moment


def client_in(tracked: TrackedSituation, side: Side) -> RegisteredClient:
    """Say which application asks; who looks closer is noted."""
    looks = {
        "first_party": ("client", _PARTIES),
        "conformant": ("pipeline", _PIPELINES[side.client.conformant]),
    }
    return tracked_value(_client(tracked, side), tracked, looks)


def _client(tracked: TrackedSituation, side: Side) -> RegisteredClient:
    client = side.client
    if tracked.peek("pipeline") != "the folder's":
        client = replace(client, conformant=tracked.peek("pipeline") == "conformant")
    match tracked.peek("client"):
        case "third party":
            client = replace(client, client_id="fabrikam-partner")
            client = replace(client, name="Fabrikam Partner", first_party=False)
        case "not listed":
            client = replace(client, client_id="fabrikam-other", name="Fabrikam Other")
        case _:
            pass
    return replace(
        _another(client, tracked),
        metadata=_changed(client.metadata, tracked, "client.metadata"),
    )


def _another(client: RegisteredClient, tracked: TrackedSituation) -> RegisteredClient:
    """Give the application that a fact names: no two have the same id, or one name."""
    client_id = value_at(tracked.facts, "client.client_id", None)
    name = value_at(tracked.facts, "client.name", None)
    if client_id is None and name is None:
        return client
    return replace(
        client,
        client_id=client_id or "another-client",
        name=name or f"Application {client_id}",
    )


def person_in(tracked: TrackedSituation) -> User:
    """Say who signs in."""
    word = tracked.look("user")
    nickname, facts = word.replace(" ", "-"), tracked.facts
    profile = _profile(nickname, f"auth0|{nickname}")
    profile = _changed({**profile, **metadata_of(tracked)}, tracked, "user")
    return User(
        user_id=str(profile.get("user_id")),
        profile=profile,
        enrolled=_words(value_at(facts, "enrolled", FACTORS[word])),
        roles=_words(value_at(facts, "roles", ())),
        logins_count=_logins_before(tracked),
        blocked=word == "blocked",
        fingerprint=_FINGERPRINT,
    )


def connection_in(tracked: TrackedSituation, side: Side) -> Connection:
    """Say which connection the user belongs to."""
    connection, facts = side.settings.connection, tracked.facts
    if not facts_below(facts, "connection"):
        return connection
    return replace(
        connection,
        id=value_at(facts, "connection.id", connection.id),
        name=value_at(facts, "connection.name", connection.name),
        strategy=value_at(facts, "connection.strategy", connection.strategy),
        metadata=_changed(connection.metadata, tracked, "connection.metadata"),
    )


def caller_in(tracked: TrackedSituation) -> Caller:
    """Say where a request comes from, as scripts are told."""
    ordinary, facts = Caller(), tracked.facts
    return Caller(
        address=value_at(facts, "ip", ordinary.address),
        user_agent=value_at(facts, "user_agent", ordinary.user_agent),
        hostname=value_at(facts, "hostname", ordinary.hostname),
        language=value_at(facts, "language", ordinary.language),
    )


def place_in(tracked: TrackedSituation) -> Mapping[str, Any]:
    """Say where a request comes from on the map, in the words of an Action."""
    return _changed(_COUNTRIES.get(tracked.peek("place"), {}), tracked, "geoip")


def _changed(
    values: Mapping[str, Any], tracked: TrackedSituation, head: str
) -> dict[str, Any]:
    changed: Any = dict(values)
    for rest, fact in facts_below(tracked.facts, head):
        changed = with_value(changed, rest, fact)
    return changed if isinstance(changed, dict) else dict(values)


def _words(words: Any) -> tuple[str, ...]:
    return tuple(map(str, words)) if isinstance(words, list | tuple) else ()


def _logins_before(tracked: TrackedSituation) -> int:
    """Count the logins before this one, which counts itself where a page is shown."""
    count = value_at(tracked.facts, "logins_count", None)
    if type(count) is not int:
        return 0
    return max(0, count - (tracked.peek("flow") not in ("silent", "refresh")))


def remembered_in(tracked: TrackedSituation, login: Login) -> RememberedBrowser | None:
    """Say what the browser remembers of an earlier second factor.

    Cookies that the tenant trusts no more than each other come to the same.
    """
    user = login.user
    if user is None:
        return None
    trusted: dict[bool | None, tuple[str, ...]] = {}
    for word in axis_named("cookie").words:
        cookie = _remembered(word, user)
        trust = None if cookie is None else is_trusted(cookie, user, present(tracked))
        trusted[trust] = (*trusted.get(trust, ()), word)
    return _remembered(tracked.look("cookie", tuple(trusted.values())), user)


def _remembered(word: str, user: User) -> RememberedBrowser | None:
    if word == "none":
        return None
    mine = word != "another user's"
    passed, trusted = _COOKIES[word]
    return RememberedBrowser(
        user.user_id if mine else "auth0|somebody-else",
        passed_at=NOW - passed,
        seen_at=NOW - trusted,
        fingerprint=_FINGERPRINT,
    )


def session_in(word: str, user: User, client: RegisteredClient) -> SsoSession:
    """Say what a browser has proved before."""
    ago = 8 * HOUR if word.endswith("8 hours ago") else 10 * MINUTE
    password = PassedMethod("pwd", NOW - ago - MINUTE)
    factor = PassedMethod("mfa", NOW - ago, next(iter(user.enrolled), None))
    return SsoSession(
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


def metadata_of(tracked: TrackedSituation) -> dict[str, Any]:
    """Say what is stored about the user."""
    word = tracked.peek("metadata")  # scripts see it, and the tokens of a Rule's user
    claimed: dict[str, Any] = {} if word == "none" else {word: _CLAIMED}
    for place in ("app_metadata", "user_metadata"):
        if facts_below(tracked.facts, place):
            claimed[place] = _changed(claimed.get(place, {}), tracked, place)
    return claimed
