"""The tenant folder in use, read again whenever one of its files changed.

A folder that cannot be read stops logins: what lies on the disk counts, and half of it
protects nobody.
"""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from fabrikam.tenant.login.facts import Api, Tenancy
from fabrikam.tenant.login.occasions import CONNECTION
from fabrikam.tenant.login.quirks import Quirks, quirks_from
from fabrikam.tenant.pipeline import FolderRejected, fingerprint, read_folder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from fabrikam.tenant.pipeline import Folder, Occasion, Outcome
    from fabrikam.tenant.records.clients import Clients

__all__ = ["Configuration", "ScriptEngine", "tenancy_from"]


class ScriptEngine(Protocol):
    """What runs the scripts of a folder."""

    def run(
        self, occasion: Occasion, checkpoint: Mapping[str, Any] | None = None
    ) -> Outcome:
        """Run them for one login, from the start or from a checkpoint."""

    def use(self, folder: Folder) -> None:
        """Run another folder's scripts from now on."""

    def close(self) -> None:
        """Stop whatever runs."""


class Configuration:
    """The folder, what it says about the tenant, and the quirks that tests choose."""

    def __init__(
        self, folder: Folder, issuer: str, clients: Clients, engine: ScriptEngine
    ) -> None:
        self.engine = engine
        self._issuer = issuer
        self._clients = clients
        self._lock = threading.Lock()
        self._quirks = Quirks()
        self._problems: tuple[str, ...] = ()
        self._seen = fingerprint(folder.root)
        self._take(folder)

    @property
    def root(self) -> Path:
        """Where the folder lies."""
        return self._folder.root

    @property
    def problems(self) -> tuple[str, ...]:
        """Why the folder cannot be used, if it cannot."""
        return self._problems

    @property
    def tenancy(self) -> Tenancy:
        """The tenant's settings as they stand."""
        return replace(self._tenancy, quirks=self._quirks)

    def change_quirks(self, changes: Mapping[str, Any]) -> None:
        """Answer some of the doubts otherwise."""
        self._quirks = quirks_from(changes, self._quirks)

    def set_quirks(self, quirks: Quirks) -> None:
        """Answer all of the doubts."""
        self._quirks = quirks

    def use(self, root: Path) -> None:
        """Change to another folder; `FolderRejected` where it cannot be used."""
        folder = read_folder(root)
        with self._lock:
            self._seen = fingerprint(root)
            self._problems = ()
            self._take(folder)
            self.engine.use(folder)

    def refresh(self) -> None:
        """Read the folder again if a file of it changed."""
        with self._lock:
            try:
                present = fingerprint(self.root)
            except FileNotFoundError:  # just being written; the next request sees it
                return
            if present != self._seen:
                self._seen = present
                self._read_again()

    def _read_again(self) -> None:
        try:
            folder = read_folder(self.root)
        except FolderRejected as rejected:
            self._problems = tuple(str(problem) for problem in rejected.problems)
            return
        self._problems = ()
        self._take(folder)
        self.engine.use(folder)

    def _take(self, folder: Folder) -> None:
        self._folder = folder
        self._tenancy = tenancy_from(folder, self._issuer)
        self._clients.read_folder(folder.clients)


def tenancy_from(folder: Folder, issuer: str) -> Tenancy:
    """Read the tenant's settings out of its folder."""
    tenant, usual = folder.tenant, Tenancy(issuer=issuer)
    return Tenancy(
        issuer=issuer,
        name=str(tenant.get("friendly_name") or usual.name),
        policy=folder.policy,
        factors=usual.factors if folder.factors is None else folder.factors,
        default_directory=tenant.get("default_directory")
        if tenant
        else CONNECTION.name,
        default_audience=tenant.get("default_audience") or None,
        apis=(_mfa_api(issuer), *(_api(said) for said in folder.resource_servers)),
        logout_urls=tuple(tenant.get("allowed_logout_urls") or ()),
        acr_values_supported=tuple(tenant.get("acr_values_supported") or ()),
        session_seconds=_hours(tenant.get("session_lifetime"), usual.session_seconds),
        idle_seconds=_hours(tenant.get("idle_session_lifetime"), usual.idle_seconds),
    )


def _hours(value: Any, default: int) -> int:
    return int(value * 3600) if isinstance(value, int | float) else default


def _mfa_api(issuer: str) -> Api:
    scopes = ("enroll", "read:authenticators", "remove:authenticators")
    return Api(identifier=f"{issuer}mfa/", name="MFA API", scopes=scopes)


def _api(said: Mapping[str, Any]) -> Api:
    usual = Api(identifier=said["identifier"])
    return Api(
        identifier=said["identifier"],
        name=said.get("name", ""),
        scopes=tuple(scope["value"] for scope in said.get("scopes") or ()),
        token_seconds=said.get("token_lifetime") or usual.token_seconds,
        web_token_seconds=said.get("token_lifetime_for_web") or usual.web_token_seconds,
        allow_offline_access=said.get("allow_offline_access") is True,
        dialect=said.get("token_dialect") or usual.dialect,
    )
