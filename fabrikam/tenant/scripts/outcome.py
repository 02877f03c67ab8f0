"""What the scripts of one login asked for.

A script changes nothing: it sees an event and leaves an outcome.  Everything the
tenant does afterwards (prompt, deny, copy a claim) it reads from here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from fabrikam.tenant.scripts.reports import Report  # read when thawed

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "Access",
    "Challenge",
    "Denial",
    "Enrollment",
    "Failure",
    "MultifactorRequest",
    "Outcome",
    "Pause",
    "Redirect",
    "ScriptLine",
    "SessionLimits",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class MultifactorRequest:
    """`context.multifactor` after the last rule, or `api.multifactor.enable`.

    `provider` is `any`, `guardian`, `google-authenticator`, `duo` or `none`; another
    word is kept as it stands, for the tenant to refuse.  `allow_remember_browser` has
    the default of its mechanism filled in (true for a Rule, false for an Action).
    """

    provider: str
    allow_remember_browser: bool
    asked_by: str
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Denial:
    """A script said no, or broke: the login ends with this error at the client."""

    error: Literal["access_denied", "unauthorized", "interaction_required"]
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Where and how a script broke; the tenant log shows it.

    `kind` is one of `compile`, `not_a_function`, `error`, `thrown`, `rejected`,
    `unhandled`, `timeout`, `died`, `too_large`, `protocol`.
    """

    script: str
    kind: str
    message: str
    file: str | None = None
    line: int | None = None
    column: int | None = None


@dataclass(frozen=True, slots=True)
class Challenge:
    """`api.authentication.challengeWith` or `challengeWithAny`: acceptable factors."""

    factors: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Enrollment:
    """`api.authentication.enrollWith` or `enrollWithAny`: acceptable factors."""

    factors: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Redirect:
    """`context.redirect` or `api.redirect.sendUserTo`: where the browser is sent.

    The tenant adds `state`; the way back is `/continue?state=…`.
    """

    url: str


@dataclass(frozen=True, slots=True)
class Pause:
    """The pipeline waits for the user; `checkpoint` is what a resumed run starts from.

    The checkpoint is JSON-able and opaque to everybody but the engine.
    """

    until: Challenge | Enrollment | Redirect
    checkpoint: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ScriptLine:
    """A line that a script printed, or that the engine has to say about it."""

    script: str
    level: str
    text: str


@dataclass(frozen=True, slots=True)
class Access:
    """Something that a script read or wrote of what it was given, by its path.

    `kind` is `read`, `write`, `delete`, or `keys` where the names below were listed.
    """

    script: str
    kind: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionLimits:
    """What an Action changed of the session, or of the refresh token.

    Times are in seconds; the earliest that was named counts.  `metadata` is all of it,
    None where nothing was changed.
    """

    expires_at: int | None = None
    idle_expires_at: int | None = None
    metadata: Mapping[str, str] | None = None
    cookie_mode: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Everything that the scripts of one pipeline run left behind.

    `user` holds the root attributes as the last rule left them (the legacy pipeline
    shows them); None when no rule ran.  `access_token_scope` replaces the granted
    scopes when a rule set it; `added_scopes` and `removed_scopes` come from Actions.
    `jwt_scopes` and `jwt_seconds` are those of `context.jwtConfiguration`.  `reports`
    are those of watched scripts.
    """

    multifactor: MultifactorRequest | None = None
    denial: Denial | None = None
    failure: Failure | None = None
    pause: Pause | None = None
    user: Mapping[str, Any] | None = None
    id_token_claims: Mapping[str, Any] = field(default_factory=dict)
    access_token_claims: Mapping[str, Any] = field(default_factory=dict)
    access_token_scope: tuple[str, ...] | None = None
    added_scopes: tuple[str, ...] = ()
    removed_scopes: tuple[str, ...] = ()
    jwt_scopes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    jwt_seconds: int | None = None
    primary_user: str | None = None
    user_metadata: Mapping[str, Any] = field(default_factory=dict)
    app_metadata: Mapping[str, Any] = field(default_factory=dict)
    recorded_methods: tuple[str, ...] = ()
    transaction_metadata: Mapping[str, str | int | float | bool] = field(
        default_factory=dict
    )
    session_revoked: str | None = None
    session: SessionLimits = field(default_factory=SessionLimits)
    refresh_token_revoked: str | None = None
    refresh_token: SessionLimits = field(default_factory=SessionLimits)
    executed: tuple[str, ...] = ()
    lines: tuple[ScriptLine, ...] = ()
    trace: tuple[Access, ...] = ()
    reports: tuple[Report, ...] = ()
