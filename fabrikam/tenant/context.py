"""The parts of one tenant, put together once and handed to every endpoint."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fabrikam.tenant.decisions.assumptions import Quirks
from fabrikam.tenant.storage.keys import derived

if TYPE_CHECKING:
    from fabrikam.tenant.configuration import Configuration
    from fabrikam.tenant.decisions.facts import Client
    from fabrikam.tenant.endpoints.backchannel_logout import Courier
    from fabrikam.tenant.storage.adjustable_clock import Clock
    from fabrikam.tenant.storage.authenticators import Authenticators
    from fabrikam.tenant.storage.clients import Clients
    from fabrikam.tenant.storage.database import Store
    from fabrikam.tenant.storage.faults import Faults
    from fabrikam.tenant.storage.keys import Keyring
    from fabrikam.tenant.storage.rate_limits import Attempts
    from fabrikam.tenant.storage.tables import Shelves
    from fabrikam.tenant.storage.tenant_log import TenantLog
    from fabrikam.tenant.storage.users import Directory

__all__ = [
    "House",
    "Lifetimes",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifetimes:
    """How long things live, in seconds."""

    code: int = 60
    pushed_request: int = 60
    scripts: int = 20
    password_page: int = 3_600
    factor_page: int = 300
    script_redirect: int = 3 * 86_400
    push: int = 300
    mfa_token: int = 600
    refresh_token: int = 30 * 86_400
    refresh_idle: int = 15 * 86_400


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
    master: bytes
    quirks: Quirks = field(default_factory=Quirks)
    lifetimes: Lifetimes = field(default_factory=Lifetimes)
    local: bool = True

    def now(self) -> int:
        """Read the tenant's clock."""
        return self.clock.now()

    def masked(self, name: str) -> str:
        """Write a name for the log: what is no user's may be a password."""
        if self.directory.by_name(name.strip()) is not None:
            return name
        return f"unknown {derived(self.master, f'name:{name}')[:16]}"

    def prepare(self) -> None:
        """Get ready for a request: take up changed files, forget what is over."""
        self.configuration.refresh()
        self.store.sweep(self.now())

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
