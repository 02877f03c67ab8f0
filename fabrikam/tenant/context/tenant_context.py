"""The parts of one tenant, put together once and handed to every endpoint."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from fabrikam.tenant.decisions.assumptions import Assumptions
from fabrikam.tenant.storage.keys import derived

if TYPE_CHECKING:
    from fabrikam.tenant.context.configuration import Configuration
    from fabrikam.tenant.decisions.facts import RegisteredClient
    from fabrikam.tenant.storage.adjustable_clock import AdjustableClock
    from fabrikam.tenant.storage.authenticators import Authenticators
    from fabrikam.tenant.storage.clients import Clients
    from fabrikam.tenant.storage.database import TenantDatabase
    from fabrikam.tenant.storage.faults import Faults
    from fabrikam.tenant.storage.keys import Keyring
    from fabrikam.tenant.storage.rate_limits import RateLimits
    from fabrikam.tenant.storage.tables import Tables
    from fabrikam.tenant.storage.tenant_log import TenantLog
    from fabrikam.tenant.storage.users import Users

__all__ = ["LogoutDelivery", "TenantContext", "TenantLifetimes"]


class LogoutDelivery(Protocol):
    """Who brings logout tokens to clients."""

    def bring(self, log: TenantLog, url: str, token: str) -> None:
        """Bring one token; failing is noted in the log, never raised."""

    def close(self) -> None:
        """Stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantLifetimes:
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
class TenantContext:
    """One tenant: its settings, what it keeps, and who works for it."""

    issuer: str
    store: TenantDatabase
    tables: Tables
    users: Users
    authenticators: Authenticators
    rate_limits: RateLimits
    keys: Keyring
    clients: Clients
    configuration: Configuration
    log: TenantLog
    clock: AdjustableClock
    faults: Faults
    logout_delivery: LogoutDelivery
    master: bytes
    assumptions: Assumptions = field(default_factory=Assumptions)
    lifetimes: TenantLifetimes = field(default_factory=TenantLifetimes)
    local: bool = True

    def now(self) -> int:
        """Read the tenant's clock."""
        return self.clock.now()

    def masked(self, name: str) -> str:
        """Write a name for the log: what is no user's may be a password."""
        if self.users.by_name(name.strip()) is not None:
            return name
        return f"unknown {derived(self.master, f'name:{name}')[:16]}"

    def prepare(self) -> None:
        """Get ready for a request: take up changed files, forget what is over."""
        self.configuration.refresh()
        self.store.sweep(self.now())

    def reset(self) -> None:
        """Forget everything but keys and clients of the folder, and behave again."""
        for kept in (self.store, self.users, self.authenticators, self.rate_limits):
            kept.clear()
        self.faults.clear()
        self.clock.reset()
        self.configuration.set_assumptions(self.assumptions)

    def client(self, client_id: str | None) -> RegisteredClient | None:
        """Look a client up."""
        return self.clients.find(client_id, self.now())
