"""What each thing that a Rule reads or writes becomes in an Action, or why nothing.

The tables are the documentation; the draft, the report, the how-to and the linter read
them.
"""

from __future__ import annotations

from dataclasses import dataclass
from string import ascii_letters, digits
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "GLOBALS",
    "PROFILE",
    "READS",
    "SCOPES",
    "WRITES",
    "Counterpart",
    "read_of",
    "write_of",
]

Path: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Counterpart:
    """One thing of a Rule, and the expression that stands for it in an Action.

    `action` is None where there is none; `note` then says why, else what to mind.
    `filled` is a shorter one where an empty text does as well as nothing, `word` the
    plain name, where the expression holds more.
    """

    rule: str
    action: str | None
    note: str = ""
    filled: str = ""
    word: str = ""

    @property
    def said(self) -> str:
        """The Action's word for it, as a person says it; empty where there is none."""
        plain = (self.action or "").replace("?.", ".").partition("(")[0]
        return self.word or (plain if set(plain) <= _OF_NAMES else "")


_OF_NAMES: Final = frozenset(f"{ascii_letters}{digits}_.")
_LEGACY_ONLY: Final = "no counterpart in an Action"

SCOPES: Final = '(event.transaction?.requested_scopes ?? []).join(" ")'
"""The scopes that were asked for, wherever the request named them."""

_CLASSES: Final = '(event.transaction?.acr_values ?? []).join(" ")'
_PROMPTS: Final = '(event.transaction?.prompt ?? []).join(" ")'
_WITHOUT_A_PAGE: Final = "/^oauth2-/.test(event.transaction?.protocol)"

_CONTEXT: Final = (
    Counterpart("context.clientID", "event.client.client_id"),
    Counterpart("context.clientName", "event.client.name"),
    Counterpart(
        "context.clientMetadata", "event.client.metadata", "always there, maybe empty"
    ),
    Counterpart("context.connection", "event.connection.name"),
    Counterpart("context.connectionID", "event.connection.id"),
    Counterpart("context.connectionStrategy", "event.connection.strategy"),
    Counterpart("context.connectionMetadata", "event.connection.metadata"),
    Counterpart("context.connectionOptions", None, _LEGACY_ONLY),
    Counterpart("context.tenant", "event.tenant.id"),
    Counterpart(
        "context.protocol",
        "event.transaction?.protocol",
        "never redirect-callback: an Action goes on in onContinuePostLogin",
    ),
    Counterpart("context.original_protocol", None, "an Action is not run again"),
    Counterpart("context.request", "event.request"),
    Counterpart("context.request.query", "event.request.query"),
    Counterpart("context.request.body", "event.request.body"),
    Counterpart(
        "context.request.query.acr_values",
        f"({_CLASSES} || undefined)",
        "a list in an Action; event.request would be another one after a pause",
        filled=_CLASSES,
        word="event.transaction.acr_values",
    ),
    Counterpart(
        "context.request.query.scope",
        f"({_WITHOUT_A_PAGE} ? undefined : {SCOPES} || undefined)",
        "a list in an Action, where the token endpoint fills it as well",
        filled=f'({_WITHOUT_A_PAGE} ? "" : {SCOPES})',
        word="event.transaction.requested_scopes",
    ),
    Counterpart(
        "context.request.query.prompt",
        f"({_PROMPTS} || undefined)",
        "a list in an Action; prompt=none is the caller's word, no reason to skip",
        filled=_PROMPTS,
        word="event.transaction.prompt",
    ),
    Counterpart("context.request.body.scope", "event.request.body?.scope"),
    Counterpart("context.request.userAgent", "event.request.user_agent"),
    Counterpart("context.request.ip", "event.request.ip"),
    Counterpart("context.request.hostname", "event.request.hostname"),
    Counterpart("context.request.geoip", "event.request.geoip", "keys in camel case"),
    *(
        Counterpart(f"context.request.geoip.{snake}", f"event.request.geoip?.{camel}")
        for snake, camel in (
            ("country_code", "countryCode"),
            ("country_code3", "countryCode3"),
            ("country_name", "countryName"),
            ("city_name", "cityName"),
            ("time_zone", "timeZone"),
            ("continent_code", "continentCode"),
            ("subdivision_code", "subdivisionCode"),
            ("subdivision_name", "subdivisionName"),
        )
    ),
    Counterpart("context.stats", "event.stats"),
    Counterpart("context.stats.loginsCount", "event.stats.logins_count"),
    Counterpart("context.sessionID", "event.session?.id", "absent in refresh"),
    Counterpart("context.sso", None, "only the list of clients has a counterpart"),
    Counterpart(
        "context.sso.current_clients",
        "(event.session?.clients ?? []).map((client) => client.client_id)",
        "Enterprise plan",
        word="event.session.clients",
    ),
    Counterpart("context.authentication", "event.authentication"),
    Counterpart(
        "context.authentication.methods",
        "event.authentication.methods",
        "timestamps are ISO texts, not numbers",
    ),
    Counterpart("context.riskAssessment", "event.authentication?.riskAssessment"),
    Counterpart("context.authorization", "event.authorization"),
    Counterpart("context.organization", "event.organization"),
    Counterpart("context.idToken", None, "claims can be written, not read back"),
    Counterpart("context.accessToken", None, "claims can be written, not read back"),
    Counterpart("context.multifactor", None, "an Action cannot see who asked before"),
    Counterpart("context.redirect", None, "resuming works differently"),
    Counterpart("context.primaryUser", None, "it can be written, not read back"),
    Counterpart("context.samlConfiguration", None, "api.samlResponse has setters"),
    Counterpart("context.jwtConfiguration", None, _LEGACY_ONLY),
)

PROFILE: Final = (
    "user_id", "email", "email_verified", "name", "nickname", "given_name",
    "family_name", "picture", "username", "phone_number", "phone_verified",
    "created_at", "updated_at", "last_password_reset", "identities",
)  # fmt: skip

_USER: Final = (
    *(Counterpart(f"user.{name}", f"event.user.{name}") for name in PROFILE),
    Counterpart("user.app_metadata", "event.user.app_metadata", "never undefined"),
    Counterpart("user.user_metadata", "event.user.user_metadata", "never undefined"),
    Counterpart("user.multifactor", "event.user.multifactor", "never undefined"),
    Counterpart(
        "user.roles",
        None,
        "it came from app_metadata or an extension; an Action has"
        " event.user.app_metadata.roles and event.authorization?.roles",
    ),
)

READS: Final[Mapping[Path, Counterpart]] = {
    tuple(counterpart.rule.split(".")): counterpart
    for counterpart in (*_CONTEXT, *_USER)
}

WRITES: Final[Mapping[Path, Counterpart]] = {
    tuple(counterpart.rule.split(".")): counterpart
    for counterpart in (
        Counterpart(
            "context.multifactor",
            "api.multifactor.enable(provider, { allowRememberBrowser })",
            "a Rule lets the browser be remembered by default, an Action does not;"
            " issuer and key have no counterpart",
        ),
        Counterpart("context.idToken", "api.idToken.setCustomClaim(name, value)"),
        Counterpart(
            "context.accessToken", "api.accessToken.setCustomClaim(name, value)"
        ),
        Counterpart(
            "context.accessToken.scope", None, "addScope and removeScope change, one"
            " by one; they do not replace"
        ),
        Counterpart("context.primaryUser", "api.authentication.setPrimaryUser(id)"),
        Counterpart(
            "context.redirect", "api.redirect.sendUserTo(url)", "it goes on in"
            " onContinuePostLogin; a Rule is run again from the start"
        ),
        Counterpart(
            "context.samlConfiguration", None, "api.samlResponse has setters",
            word="api.samlResponse",
        ),
        Counterpart("context.jwtConfiguration", None, _LEGACY_ONLY),
        Counterpart(
            "user.app_metadata", None, "api.user.setAppMetadata(name, value) stores"
            " it, which writing alone did not"
        ),
        Counterpart(
            "user.user_metadata", None, "api.user.setUserMetadata(name, value) stores"
            " it, which writing alone did not"
        ),
        Counterpart(
            "user",
            "api.idToken.setCustomClaim(name, value)",
            "an attribute reached /userinfo in the legacy pipeline only; a claim of the"
            " ID token is in /userinfo too",
        ),
    )
}  # fmt: skip

GLOBALS: Final[Mapping[str, Counterpart]] = {
    counterpart.rule: counterpart
    for counterpart in (
        Counterpart(
            "configuration", "event.secrets", "each Action has its own: copy them"
        ),
        Counterpart(
            "auth0",
            None,
            "an Action has no client of the Management API",
            word="api.user",
        ),
        Counterpart(
            "global", None, "api.cache keeps texts, for a time", word="api.cache"
        ),
    )
}


def read_of(path: Path) -> Counterpart | None:
    """Find what a path that is read becomes: itself, or the whole that it is in."""
    return _longest(path, READS)


def write_of(path: Path) -> Counterpart | None:
    """Find what a path that is written becomes."""
    return _longest(path, WRITES)


def _longest(path: Path, table: Mapping[Path, Counterpart]) -> Counterpart | None:
    for length in range(len(path), 0, -1):
        counterpart = table.get(path[:length])
        if counterpart is not None:
            return counterpart
    return None
