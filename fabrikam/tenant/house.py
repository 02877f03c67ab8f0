"""The parts of one tenant, put together once and handed to every endpoint."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fabrikam.tenant.backchannel import tell_clients
from fabrikam.tenant.facts import Client, Remembered, Session
from fabrikam.tenant.grants import Grant
from fabrikam.tenant.journey import Login
from fabrikam.tenant.quirks import Quirks

if TYPE_CHECKING:
    from fabrikam.tenant.attempts import Attempts
    from fabrikam.tenant.authenticators import Authenticators
    from fabrikam.tenant.backchannel import Courier
    from fabrikam.tenant.clients import Clients
    from fabrikam.tenant.clock import Clock
    from fabrikam.tenant.configuration import Configuration
    from fabrikam.tenant.directory import Directory
    from fabrikam.tenant.faults import Faults
    from fabrikam.tenant.keys import Keyring
    from fabrikam.tenant.store import Shelf, Store
    from fabrikam.tenant.tenantlog import TenantLog

__all__ = [
    "Consent",
    "Entitlement",
    "House",
    "Lifetimes",
    "MfaLogin",
    "Origin",
    "Push",
    "Shelves",
    "Ticket",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifetimes:
    """How long things live, in seconds."""

    code: int = 60
    scripts: int = 20
    password_page: int = 3_600
    factor_page: int = 300
    script_redirect: int = 3 * 86_400
    push: int = 300
    mfa_token: int = 600
    refresh_token: int = 30 * 86_400
    refresh_idle: int = 15 * 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A login under way, bound to the browser that began it."""

    login: Login
    device: str
    push: str | None = None
    proposed: str | None = None
    recovery_due: bool = False
    remember: bool = False


@dataclass(frozen=True, slots=True)
class Entitlement:
    """A grant on its way to a client, with the family that ends it."""

    grant: Grant
    family: str
    renewable_until: int = 0
    lasting: Grant | None = None

    @property
    def renewed_from(self) -> Grant:
        """What a refresh starts from: the first grant, never a narrowed one."""
        return self.lasting or self.grant


@dataclass(frozen=True, slots=True)
class Origin:
    """The family that a code or refresh token belongs to, kept after its use."""

    family: str


@dataclass(frozen=True, slots=True)
class Consent:
    """The scopes that a user allowed a third-party client."""

    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """A request on a user's phone, for one login and one answer."""

    id: str
    user_id: str
    email: str
    client_name: str
    address: str
    asked_at: int
    answer: str = "pending"


@dataclass(frozen=True, slots=True, kw_only=True)
class MfaLogin:
    """A direct grant that waits for its second factor."""

    login: Login
    client_id: str
    ends_at: int
    oob_code: str | None = None
    proposed: str | None = None


@dataclass(frozen=True, slots=True)
class Shelves:
    """Everything that is kept between two requests, each kind on its shelf."""

    sessions: Shelf[Session]
    remembered: Shelf[Remembered]
    tickets: Shelf[Ticket]
    codes: Shelf[Entitlement]
    origins: Shelf[Origin]
    access_tokens: Shelf[Entitlement]
    refresh_tokens: Shelf[Entitlement]
    consents: Shelf[Consent]
    pushes: Shelf[Push]
    mfa_logins: Shelf[MfaLogin]

    @staticmethod
    def of(store: Store) -> Shelves:
        """Open all shelves of a store."""
        return Shelves(
            sessions=store.shelf("sessions", Session),
            remembered=store.shelf("remembered", Remembered),
            tickets=store.shelf("tickets", Ticket),
            codes=store.shelf("codes", Entitlement),
            origins=store.shelf("origins", Origin),
            access_tokens=store.shelf("access tokens", Entitlement),
            refresh_tokens=store.shelf("refresh tokens", Entitlement),
            consents=store.shelf("consents", Consent),
            pushes=store.shelf("pushes", Push),
            mfa_logins=store.shelf("mfa logins", MfaLogin),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """One tenant: its settings, what it keeps, and who works for it."""

    issuer: str
    store: Store
    shelves: Shelves
    directory: Directory
    authenticators: Authenticators
    attempts: Attempts
    keys: Keyring
    clients: Clients
    configuration: Configuration
    log: TenantLog
    clock: Clock
    faults: Faults
    courier: Courier
    quirks: Quirks = field(default_factory=Quirks)
    lifetimes: Lifetimes = field(default_factory=Lifetimes)
    local: bool = True

    def now(self) -> int:
        """Read the tenant's clock."""
        return self.clock.now()

    def prepare(self) -> None:
        """Get ready for a request: take up changed files, forget what is over."""
        self.configuration.refresh()
        self.store.sweep(self.now())

    def notify(self, session: Session) -> None:
        """Tell the clients of a session that it is over."""
        tell_clients(self, session, self.courier)

    def end_sessions_of(self, user_id: str) -> None:
        """End every session of a user, in all browsers, and tell the clients."""
        sessions = self.shelves.sessions
        for session in sessions.take_all(
            lambda one: one.user_id == user_id, self.now()
        ):
            self.notify(session)

    def reset(self) -> None:
        """Forget everything but keys and clients of the folder, and behave again."""
        for kept in (self.store, self.directory, self.authenticators, self.attempts):
            kept.clear()
        self.faults.clear()
        self.clock.reset()
        self.configuration.set_quirks(self.quirks)

    def client(self, client_id: str | None) -> Client | None:
        """Look a client up."""
        return self.clients.find(client_id, self.now())
