"""Putting a tenant together: its files, its parts, its first key and users."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Final

from fabrikam.tenant.context import Configuration, TenantContext, TenantLifetimes
from fabrikam.tenant.decisions.facts import RegisteredClient
from fabrikam.tenant.scripts import NO_KEYWORDS, Engine
from fabrikam.tenant.services.demo_users import seed_demo_users
from fabrikam.tenant.services.logout_delivery import HttpLogoutDelivery
from fabrikam.tenant.storage.adjustable_clock import AdjustableClock
from fabrikam.tenant.storage.authenticators import Authenticators
from fabrikam.tenant.storage.clients import Clients
from fabrikam.tenant.storage.database import TenantDatabase
from fabrikam.tenant.storage.faults import Faults
from fabrikam.tenant.storage.keys import Keyring, write_privately
from fabrikam.tenant.storage.management_users import ManagementUsers
from fabrikam.tenant.storage.rate_limits import RateLimits
from fabrikam.tenant.storage.tables import Tables
from fabrikam.tenant.storage.tenant_log import TenantLog
from fabrikam.tenant.storage.users import Users

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from fabrikam.tenant.context import LogoutDelivery, ScriptEngine
    from fabrikam.tenant.decisions.assumptions import Assumptions
    from fabrikam.tenant.scripts import Folder

__all__ = ["assemble"]

_WORKERS: Final = 4  # started when they are needed
_TURNS: Final = 4  # whoever waits outlasts scripts that hang, of three before it


def assemble(
    *,
    issuer: str,
    folder: Path,
    data_dir: Path,
    demo: RegisteredClient,
    clock: Callable[[], float],
    lifetimes: TenantLifetimes,
    assumptions: Assumptions,
    local: bool,
    engine: ScriptEngine | None = None,
    logout_delivery: LogoutDelivery | None = None,
    keywords: Mapping[str, Any] = NO_KEYWORDS,
) -> TenantContext:
    """Put the parts together; a folder that cannot be used is refused at once."""
    data_dir.mkdir(parents=True, exist_ok=True)
    ticking = AdjustableClock(clock)
    log = TenantLog(data_dir, ticking.now)
    store, rate_limits = TenantDatabase(data_dir), RateLimits(data_dir)
    authenticators = Authenticators(data_dir, rate_limits)
    users = Users(data_dir, rate_limits, authenticators)
    master = _master(data_dir)
    clients = Clients(store.shelf("clients", RegisteredClient), master, demo)
    management_users = ManagementUsers(users)
    configuration = Configuration(
        folder,
        issuer=issuer,
        clients=clients,
        run_by=lambda read: (
            engine or _engine(read, management_users, lifetimes.scripts)
        ),
        keywords=keywords,
        log=log,
    )
    configuration.set_assumptions(assumptions)
    tenant = TenantContext(
        issuer=issuer,
        store=store,
        tables=Tables.of(store),
        users=users,
        authenticators=authenticators,
        rate_limits=rate_limits,
        keys=Keyring(data_dir, "Fabrikam local tenant", ticking.now()),
        clients=clients,
        configuration=configuration,
        log=log,
        clock=ticking,
        faults=Faults(),
        logout_delivery=logout_delivery or HttpLogoutDelivery(),
        master=master,
        assumptions=assumptions,
        lifetimes=lifetimes,
        local=local,
    )
    if local:
        seed_demo_users(tenant)
    return tenant


def _engine(folder: Folder, users: ManagementUsers, time_limit: int) -> Engine:
    return Engine(
        folder,
        users=users,
        time_limit=time_limit,
        patience=_TURNS * time_limit,
        workers=_WORKERS,
    )


def _master(data_dir: Path) -> bytes:
    """Read the secret that other secrets are made of, or make it at first start."""
    path = data_dir / "master.key"
    if not path.exists():
        write_privately(path, secrets.token_hex(32))
    return bytes.fromhex(path.read_text())
