"""Putting a tenant together: its files, its parts, its first key and users."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Final

from fabrikam.tenant.configuration import Configuration
from fabrikam.tenant.context import House, Lifetimes
from fabrikam.tenant.decisions.facts import Client
from fabrikam.tenant.endpoints.backchannel_logout import HttpCourier
from fabrikam.tenant.scripts import NO_KEYWORDS, Engine
from fabrikam.tenant.services.demo_users import seed_demo_users
from fabrikam.tenant.storage.adjustable_clock import Clock
from fabrikam.tenant.storage.authenticators import Authenticators
from fabrikam.tenant.storage.clients import Clients
from fabrikam.tenant.storage.database import Store
from fabrikam.tenant.storage.faults import Faults
from fabrikam.tenant.storage.keys import Keyring, write_privately
from fabrikam.tenant.storage.management_users import People
from fabrikam.tenant.storage.rate_limits import Attempts
from fabrikam.tenant.storage.tables import Shelves
from fabrikam.tenant.storage.tenant_log import TenantLog
from fabrikam.tenant.storage.users import Directory

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from fabrikam.tenant.configuration import ScriptEngine
    from fabrikam.tenant.decisions.assumptions import Quirks
    from fabrikam.tenant.endpoints.backchannel_logout import Courier
    from fabrikam.tenant.scripts import Folder

__all__ = ["assemble"]

_WORKERS: Final = 4  # started when they are needed
_TURNS: Final = 4  # whoever waits outlasts scripts that hang, of three before it


def assemble(
    *,
    issuer: str,
    folder: Path,
    data_dir: Path,
    demo: Client,
    clock: Callable[[], float],
    lifetimes: Lifetimes,
    quirks: Quirks,
    local: bool,
    engine: ScriptEngine | None = None,
    courier: Courier | None = None,
    keywords: Mapping[str, Any] = NO_KEYWORDS,
) -> House:
    """Put the parts together; a folder that cannot be used is refused at once."""
    data_dir.mkdir(parents=True, exist_ok=True)
    ticking = Clock(clock)
    log = TenantLog(data_dir, ticking.now)
    store, attempts = Store(data_dir), Attempts(data_dir)
    authenticators = Authenticators(data_dir, attempts)
    directory = Directory(data_dir, attempts, authenticators)
    master = _master(data_dir)
    clients = Clients(store.shelf("clients", Client), master, demo)
    users = People(directory)
    configuration = Configuration(
        folder,
        issuer=issuer,
        clients=clients,
        run_by=lambda read: engine or _engine(read, users, lifetimes.scripts),
        keywords=keywords,
        log=log,
    )
    configuration.set_quirks(quirks)
    house = House(
        issuer=issuer,
        store=store,
        shelves=Shelves.of(store),
        directory=directory,
        authenticators=authenticators,
        attempts=attempts,
        keys=Keyring(data_dir, "Fabrikam local tenant", ticking.now()),
        clients=clients,
        configuration=configuration,
        log=log,
        clock=ticking,
        faults=Faults(),
        courier=courier or HttpCourier(),
        master=master,
        quirks=quirks,
        lifetimes=lifetimes,
        local=local,
    )
    if local:
        seed_demo_users(house)
    return house


def _engine(folder: Folder, users: People, time_limit: int) -> Engine:
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
