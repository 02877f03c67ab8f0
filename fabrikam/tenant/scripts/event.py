"""One login as the tenant tells it to the scripts, and the `event` of an Action.

Pure: the same occasion gives the same JSON.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "Connection",
    "PassedMethod",
    "Resume",
    "ScriptInput",
    "SessionFacts",
    "action_event",
]

Json: TypeAlias = dict[str, Any]


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
    """The connection a user belongs to; `options` are those that a Rule is shown."""

    id: str
    name: str
    strategy: str = "auth0"
    metadata: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Resume:
    """The request that woke a paused pipeline: `/continue`, or the factor's form.

    A script sees it as `request`; `transaction` still tells of `/authorize`.
    """

    method: str = "GET"
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFacts:
    """What an Action sees of a session beyond what a Rule sees; times in seconds."""

    expires_at: int
    idle_expires_at: int
    last_interacted_at: int
    metadata: Mapping[str, str] = field(default_factory=dict)
    cookie_mode: str = "non-persistent"
    began_from: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptInput:
    """One run of the pipeline, in the tenant's own words.

    `protocol` is the word of an Action's `event.transaction.protocol`; `query` holds
    the raw parameters of `/authorize` (empty for the token endpoint), `body` the form
    of the token endpoint without its secrets.  `user` is the stored profile as Auth0's
    Management API prints it, with `app_metadata` and `user_metadata` only where
    something was stored; `multifactor` is `("guardian",)` for the enrolled.
    `enrolled_factors` are Action factor types.  `query` and `body` stay those of the
    first request when a paused pipeline goes on; `resume` then says what woke it.
    `geoip` has the camel-case keys of an Action; in `refresh_token` the times are in
    seconds.
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
    session_facts: SessionFacts | None = None
    refresh_token: Mapping[str, Any] | None = None
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
    query_absent_is_undefined: bool = False  # of a Rule; section 1.5 of the sheet
    resume: Resume | None = None


# What Auth0 lists for `user` in a script.  An Action sees nothing else; a Rule also
# sees whatever lies in `app_metadata`, merged into the root.
_PROFILE: Final = (
    "user_id",
    "email",
    "email_verified",
    "name",
    "nickname",
    "given_name",
    "family_name",
    "picture",
    "username",
    "phone_number",
    "phone_verified",
    "created_at",
    "updated_at",
    "last_password_reset",
)
_IDENTITY: Final = ("connection", "provider", "user_id", "isSocial", "profileData")


def action_event(script_input: ScriptInput) -> Json:
    """Build the `event` of an Action, without what belongs to one Action only."""
    event: Json = {
        "transaction": _transaction(script_input),
        "authentication": _authentication(script_input),
        "authorization": {"roles": [*script_input.roles]},
        "client": {
            "client_id": script_input.client_id,
            "name": script_input.client_name,
            "metadata": dict(script_input.client_metadata),
        },
        "connection": {
            "id": script_input.connection.id,
            "name": script_input.connection.name,
            "strategy": script_input.connection.strategy,
            "metadata": dict(script_input.connection.metadata),
        },
        "request": _action_request(script_input),
        "stats": {"logins_count": script_input.logins_count},
        "tenant": {"id": script_input.tenant},
        "user": _action_user(script_input),
    }
    if script_input.session_id is not None:
        event["session"] = _session(script_input)
    if script_input.refresh_token is not None:
        event["refresh_token"] = _refresh_token(script_input.refresh_token)
    if script_input.resource_server is not None:
        event["resource_server"] = {"identifier": script_input.resource_server}
    if script_input.organization is not None:
        event["organization"] = dict(script_input.organization)
    return event


def _action_request(script_input: ScriptInput) -> Json:
    came = script_input.resume or Resume(
        script_input.method, script_input.query, script_input.body
    )
    return {
        "ip": script_input.ip,
        "method": came.method,
        "query": dict(came.query),
        "body": dict(came.body),
        "geoip": dict(script_input.geoip),
        "hostname": script_input.hostname,
        "language": script_input.language,
        "user_agent": script_input.user_agent,
    }


def _transaction(script_input: ScriptInput) -> Json:
    asked = script_input.query
    transaction: Json = {
        "id": script_input.transaction_id,
        "locale": script_input.language,
        "protocol": script_input.protocol,
        "acr_values": asked.get("acr_values", "").split(),
        "requested_scopes": (asked or script_input.body).get("scope", "").split(),
        "prompt": asked.get("prompt", "").split(),
        "response_type": asked.get("response_type", "").split(),
        "ui_locales": asked.get("ui_locales", "").split(),
        "requested_authorization_details": [],
        "metadata": dict(script_input.transaction_metadata),
    }
    if script_input.acr_values_absent_is_undefined and not transaction["acr_values"]:
        del transaction["acr_values"]
    plain = (
        "correlation_id",
        "login_hint",
        "redirect_uri",
        "response_mode",
        "state",
    )
    return {**transaction, **{key: asked[key] for key in plain if key in asked}}


def _authentication(script_input: ScriptInput) -> Json:
    authentication: Json = {"methods": [*map(_action_method, script_input.methods)]}
    if script_input.risk_assessment is not None:
        authentication["riskAssessment"] = dict(script_input.risk_assessment)
    return authentication


def _action_method(method: PassedMethod) -> Json:
    passed = {"name": method.name, "timestamp": _iso(method.at)}
    return passed if method.factor is None else {**passed, "type": method.factor}


def _action_user(script_input: ScriptInput) -> Json:
    stored = script_input.user
    return {
        **{key: stored[key] for key in _PROFILE if key in stored},
        "app_metadata": dict(stored.get("app_metadata", {})),
        "user_metadata": dict(stored.get("user_metadata", {})),
        "identities": [
            {key: identity[key] for key in _IDENTITY if key in identity}
            for identity in stored.get("identities", ())
        ],
        "multifactor": [*script_input.multifactor],
        "enrolledFactors": [
            {"type": factor} for factor in script_input.enrolled_factors
        ],
    }


def _session(script_input: ScriptInput) -> Json:
    session: Json = {
        "id": script_input.session_id,
        "clients": [{"client_id": client} for client in script_input.session_clients],
        "metadata": {},
    }
    if "user_id" in script_input.user:
        session["user_id"] = script_input.user["user_id"]
    if script_input.session_created_at is not None:
        session["created_at"] = _iso(script_input.session_created_at)
    if script_input.methods:
        session["authenticated_at"] = _iso(script_input.methods[0].at)
    if script_input.session_facts is not None:
        session.update(_session_facts(script_input, script_input.session_facts))
    return session


def _session_facts(script_input: ScriptInput, facts: SessionFacts) -> Json:
    return {
        "cookie": {"mode": facts.cookie_mode},
        "device": _device(script_input, facts.began_from),
        "expires_at": _iso(facts.expires_at),
        "idle_expires_at": _iso(facts.idle_expires_at),
        "last_interacted_at": _iso(facts.last_interacted_at),
        "metadata": dict(facts.metadata),
        "updated_at": _iso(facts.last_interacted_at),
    }


def _device(script_input: ScriptInput, began_from: tuple[str, ...]) -> Json:
    first = dict(zip(("initial_ip", "initial_user_agent"), began_from, strict=False))
    return {
        **first,
        "last_ip": script_input.ip,
        "last_user_agent": script_input.user_agent,
    }


def _refresh_token(token: Mapping[str, Any]) -> Json:
    return {
        name: _iso(value) if name.endswith("_at") else value
        for name, value in token.items()
    }


def _iso(at: int) -> str:
    moment = datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")
    return moment.replace("+00:00", "Z")
