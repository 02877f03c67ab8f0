"""What a script sees of a login: the `user` and `context` of a Rule, the `event` of an
Action, made from one `Occasion`.

Pure: the same occasion gives the same JSON.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Connection", "Occasion", "PassedMethod"]


@dataclass(frozen=True, slots=True)
class PassedMethod:
    """One entry of `authentication.methods`: what was passed in this session, and when.

    `at` is in seconds since the epoch; `factor` is the `type` that Actions see on
    `mfa` (`otp`, `push-notification`, `recovery-code`), else None.
    """

    name: str
    at: int
    factor: str | None = None


@dataclass(frozen=True, slots=True)
class Connection:
    """The connection a user belongs to."""

    id: str
    name: str
    strategy: str = "auth0"
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """One run of the pipeline, in the tenant's own words.

    `protocol` is the word of an Action's `event.transaction.protocol`; `query` holds
    the raw parameters of `/authorize` (empty for the token endpoint), `body` the form
    of the token endpoint without its secrets.  `user` is the stored profile as Auth0's
    Management API prints it, with `app_metadata` and `user_metadata` only where
    something was stored; `multifactor` is `("guardian",)` for the enrolled.
    `enrolled_factors` are Action factor types.
    """

    now: int
    tenant: str
    issuer: str
    protocol: str
    query: Mapping[str, str]
    body: Mapping[str, str]
    client_id: str
    client_name: str
    client_metadata: Mapping[str, str]
    connection: Connection
    user: Mapping[str, Any]
    multifactor: tuple[str, ...]
    enrolled_factors: tuple[str, ...]
    methods: tuple[PassedMethod, ...]
    session_id: str | None
    session_created_at: int | None = None
    session_clients: tuple[str, ...] = ()
    logins_count: int = 1
    roles: tuple[str, ...] = ()
    organization: Mapping[str, Any] | None = None
    resource_server: str | None = None
    risk_assessment: Mapping[str, Any] | None = None
    transaction_id: str = ""
    transaction_metadata: Mapping[str, str | int | float | bool] = field(
        default_factory=dict
    )
    ip: str = "127.0.0.1"
    user_agent: str = ""
    hostname: str = "127.0.0.1"
    language: str = "en"
    method: str = "GET"
    geoip: Mapping[str, str | float] = field(default_factory=dict)
    acr_values_absent_is_undefined: bool = False  # quirk U1 of the behaviour sheet
