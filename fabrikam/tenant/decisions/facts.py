"""What the tenant knows when it decides about a login.

Frozen values without behaviour beyond reading themselves: the request, the client, the
person, the browser's session, the tenant's settings.  The decisions are in `journey`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from fabrikam.tenant.decisions.assumptions import Assumptions
from fabrikam.tenant.factors import INDEPENDENT
from fabrikam.tenant.scripts.event import Connection, PassedMethod

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "MFA_ACR",
    "WITH_PAGES",
    "AuthorizeRequest",
    "Caller",
    "ClientGrant",
    "Protocol",
    "RefreshToken",
    "RegisteredClient",
    "RememberedBrowser",
    "ResourceServer",
    "SsoSession",
    "TenantSettings",
    "User",
]

MFA_ACR: Final = "http://schemas.openid.net/pape/policies/2007/06/multi-factor"
_PASSWORDS: Final = Connection(
    "con_fabrikampasswords", "Username-Password-Authentication"
)
WITH_PAGES: Final = (
    "oidc-basic-profile"  # the login that shows pages; all others are direct
)

Protocol: TypeAlias = Literal[
    "oidc-basic-profile", "oauth2-refresh-token", "oauth2-password"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizeRequest:
    """What a client asks for, at `/authorize` or at the token endpoint.

    `query` and `body` are the raw parameters, as scripts see them; `request_uri` names
    the request where it was pushed beforehand.
    """

    client_id: str
    protocol: Protocol = "oidc-basic-profile"
    redirect_uri: str = ""
    response_mode: str = "query"
    scopes: tuple[str, ...] = ()
    state: str | None = None
    nonce: str | None = None
    prompt: tuple[str, ...] = ()
    max_age: int | None = None
    acr_values: tuple[str, ...] = ()
    audience: str | None = None
    connection: str | None = None
    login_hint: str | None = None
    hinted_subject: str | None = None
    code_challenge: str | None = None
    request_uri: str | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, str] = field(default_factory=dict)

    @property
    def hosted(self) -> bool:
        """A browser is there, so pages can be shown."""
        return self.protocol == WITH_PAGES

    @property
    def silent(self) -> bool:
        """A browser is there, but nothing may be shown."""
        return "none" in self.prompt

    @property
    def wants_mfa_class(self) -> bool:
        """The request names the multi-factor class, at any place of its list."""
        return MFA_ACR in self.acr_values


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who sent a request, as scripts see it."""

    address: str = "127.0.0.1"
    user_agent: str = ""
    hostname: str = "127.0.0.1"
    language: str = "en"
    method: str = "GET"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredClient:
    """An application as the tenant knows it.

    `must_push` says that its requests are believed only where it pushed them itself.
    """

    client_id: str
    name: str
    secret: str | None = None
    callbacks: tuple[str, ...] = ()
    logout_urls: tuple[str, ...] = ()
    grant_types: tuple[str, ...] = ("authorization_code", "refresh_token")
    conformant: bool = True
    single_sign_on: bool = True
    first_party: bool = True
    algorithm: str = "RS256"
    id_token_seconds: int = 36_000
    metadata: Mapping[str, str] = field(default_factory=dict)
    backchannel_logout_url: str | None = None
    initiate_login_uri: str | None = None
    web_origins: tuple[str, ...] = ()
    must_push: bool = False

    @property
    def public(self) -> bool:
        """The application keeps no secret, so PKCE is demanded of it."""
        return self.secret is None


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A user, with what decides about their login.

    `enrolled` are factors in Action words; `fingerprint` changes with the password and
    with every factor, so that what was remembered before ends.
    """

    user_id: str
    profile: Mapping[str, Any]
    enrolled: tuple[str, ...] = ()
    blocked: bool = False
    roles: tuple[str, ...] = ()
    logins_count: int = 0
    fingerprint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SsoSession:
    """Single sign-on: what one browser has proved since its last password.

    `expires_at`, `idle_expires_at`, `metadata` and `cookie_mode` are what scripts set;
    `began_from` is the address and the user agent of the first request.
    """

    sid: str
    user_id: str
    created_at: int
    authenticated_at: int
    seen_at: int
    methods: tuple[PassedMethod, ...]
    clients: tuple[str, ...] = ()
    expires_at: int | None = None
    idle_expires_at: int | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    cookie_mode: str = "non-persistent"
    began_from: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshToken:
    """The refresh token that is being exchanged, as scripts are told of it."""

    id: str
    created_at: int
    expires_at: int
    session_id: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RememberedBrowser:
    """A browser in which a user passed MFA and chose not to be asked again."""

    user_id: str
    passed_at: int
    seen_at: int
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceServer:
    """A resource server: an audience with scopes and lifetimes of its own."""

    identifier: str
    name: str = ""
    scopes: tuple[str, ...] = ()
    token_seconds: int = 86_400
    web_token_seconds: int = 7_200
    allow_offline_access: bool = False
    dialect: str = "access_token"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientGrant:
    """A client, by id or name, may have tokens of its own for an API.

    `scopes` is None where it has all of them.
    """

    client: str
    audience: str
    scopes: tuple[str, ...] | None = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantSettings:
    """The tenant's own settings, as far as a login depends on them.

    Scripts know the tenant by `name`, people by `label`.  `roles` are the permissions
    of each role, None where the folder says nothing of roles; so are the `grants`.
    """

    issuer: str
    name: str = "fabrikam"
    label: str = "fabrikam"
    policy: Literal["never", "always", "adaptive"] = "never"
    factors: frozenset[str] = frozenset(INDEPENDENT)
    default_audience: str | None = None
    connection: Connection = _PASSWORDS
    default_directory: str | None = "Username-Password-Authentication"
    session_seconds: int = 168 * 3600
    idle_seconds: int = 72 * 3600
    apis: tuple[ResourceServer, ...] = ()
    grants: tuple[ClientGrant, ...] | None = None
    roles: Mapping[str, tuple[str, ...]] | None = None
    logout_urls: tuple[str, ...] = ()
    acr_values_supported: tuple[str, ...] = ()
    assumptions: Assumptions = field(default_factory=Assumptions)
