"""The tenant folder in use, read again whenever one of its files changed.

A folder is taken whole or not at all.  One that cannot be used stops logins: what lies
on the disk counts, and half of it protects nobody.
"""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, Protocol
from urllib.parse import urlsplit

from fabrikam.tenant.decisions.assumptions import Assumptions, assumptions_from
from fabrikam.tenant.decisions.facts import ClientGrant, ResourceServer, TenantSettings
from fabrikam.tenant.scripts import (
    NO_KEYWORDS,
    Connection,
    FolderRejected,
    connection_id,
    fingerprint,
    read_folder,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from fabrikam.tenant.scripts import Folder, Outcome, Problem, ScriptInput
    from fabrikam.tenant.storage.clients import Clients
    from fabrikam.tenant.storage.tenant_log import TenantLog

__all__ = ["Configuration", "ScriptEngine", "tenant_settings_from"]

_LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class ScriptEngine(Protocol):
    """What runs the scripts of a folder."""

    def run(
        self, script_input: ScriptInput, checkpoint: Mapping[str, Any] | None = None
    ) -> Outcome:
        """Run them for one login, from the start or from a checkpoint."""

    def check(self) -> tuple[Problem, ...]:
        """Say which of them does not compile."""

    def use(self, folder: Folder) -> tuple[Problem, ...]:
        """Run another folder's scripts from now on, if all of them compile."""

    def close(self) -> None:
        """Stop whatever runs."""


class Configuration:
    """The folder, what it says about the tenant, and the quirks that tests choose.

    `FolderRejected` where it cannot be used at the start; `run_by` makes the engine.
    """

    def __init__(
        self,
        root: Path,
        *,
        issuer: str,
        clients: Clients,
        run_by: Callable[[Folder], ScriptEngine],
        log: TenantLog,
        keywords: Mapping[str, Any] = NO_KEYWORDS,
    ) -> None:
        self._issuer = issuer
        self._clients = clients
        self._keywords = keywords
        self._log = log
        self._lock = threading.Lock()
        self._quirks = Assumptions()
        self._problems: tuple[str, ...] = ()
        self._seen = fingerprint(root)
        self._folder = self._read(root)
        self._tenancy = tenant_settings_from(self._folder, issuer)
        clients.read_folder(self._folder.clients)
        self.engine = run_by(self._folder)
        broken = self.engine.check()
        if broken:
            self.engine.close()
            raise self._told(broken)

    @property
    def root(self) -> Path:
        """Where the folder lies."""
        return self._folder.root

    @property
    def problems(self) -> tuple[str, ...]:
        """Why the folder cannot be used, if it cannot."""
        return self._problems

    @property
    def warnings(self) -> tuple[str, ...]:
        """What may surprise in the folder in use."""
        return tuple(map(str, self._folder.warnings))

    @property
    def settings(self) -> TenantSettings:
        """The tenant's settings as they stand."""
        return replace(self._tenancy, assumptions=self._quirks)

    def unknown_roles(self, names: Iterable[str]) -> tuple[str, ...]:
        """Name the roles that the folder does not have, if it says which there are."""
        known = self._tenancy.roles
        return () if known is None else tuple(sorted({*names} - known.keys()))

    def change_assumptions(self, changes: Mapping[str, Any]) -> None:
        """Answer some of the doubts otherwise."""
        self._quirks = assumptions_from(changes, self._quirks)

    def set_assumptions(self, assumptions: Assumptions) -> None:
        """Answer all of the doubts."""
        self._quirks = assumptions

    def use(self, root: Path) -> None:
        """Change to another folder; `FolderRejected` where it cannot be used."""
        with self._lock:
            seen = fingerprint(root)
            self._take(root)
            self._seen, self._problems = seen, ()

    def refresh(self) -> None:
        """Read the folder again if a file of it changed."""
        with self._lock:
            present = fingerprint(self.root)
            if present == self._seen:
                return
            try:
                self._take(self.root)
            except FolderRejected as rejected:
                self._problems = tuple(map(str, rejected.problems))
            else:
                self._problems = ()
            self._seen = present

    def _take(self, root: Path) -> None:
        """Take a folder, once everything that it leads to is known to be sound."""
        folder = self._read(root)
        settings = tenant_settings_from(folder, self._issuer)
        broken = self.engine.use(folder)
        if broken:
            raise self._told(broken)
        self._folder, self._tenancy = folder, settings
        self._clients.read_folder(folder.clients)

    def _read(self, root: Path) -> Folder:
        try:
            folder = read_folder(root, replacements=self._keywords)
        except FolderRejected as rejected:
            raise self._told(rejected.problems) from None
        for warning in folder.warnings:
            self._log.write("w", str(warning), file=warning.file, line=warning.line)
        return folder

    def _told(self, problems: Iterable[Problem]) -> FolderRejected:
        rejected = FolderRejected(tuple(problems))
        for problem in rejected.problems:
            what = f"the tenant folder cannot be used: {problem}"
            self._log.write("folder", what, file=problem.file, line=problem.line)
        return rejected


def tenant_settings_from(folder: Folder, issuer: str) -> TenantSettings:
    """Read the tenant's settings out of its folder."""
    tenant, usual = folder.tenant, TenantSettings(issuer=issuer)
    name = folder.name or _name_from(issuer) or usual.name
    return TenantSettings(
        issuer=issuer,
        name=name,
        label=tenant.get("friendly_name") or name,
        policy=folder.policy,
        factors=usual.factors if folder.factors is None else folder.factors,
        connection=_connection(folder, usual.connection),
        default_directory=tenant.get("default_directory") or None
        if tenant
        else usual.default_directory,
        default_audience=tenant.get("default_audience") or None,
        apis=(_mfa_api(issuer), *(_api(said) for said in folder.resource_servers)),
        grants=_grants(folder),
        roles=_roles(folder),
        logout_urls=tuple(tenant.get("allowed_logout_urls") or ()),
        acr_values_supported=tuple(tenant.get("acr_values_supported") or ()),
        session_seconds=_hours(tenant.get("session_lifetime"), usual.session_seconds),
        idle_seconds=_hours(tenant.get("idle_session_lifetime"), usual.idle_seconds),
    )


def _name_from(issuer: str) -> str | None:
    """Take the tenant's name from its address, as `acme.eu.auth0.com` has it."""
    host = urlsplit(issuer).hostname or ""
    return None if host in _LOCAL else host.partition(".")[0]


def _connection(folder: Folder, usual: Connection) -> Connection:
    """Choose where the passwords are: the default directory, or what the folder has."""
    default = folder.tenant.get("default_directory")
    for connection in folder.connections:
        if default in (None, "", connection.name):
            return connection
    if default in (None, "", usual.name):
        return usual
    return Connection(connection_id(default), default)


def _grants(folder: Folder) -> tuple[ClientGrant, ...] | None:
    if folder.grants is None:
        return None
    return tuple(
        ClientGrant(
            client=said["client_id"],
            audience=said["audience"],
            scopes=None
            if said.get("allow_all_scopes") is True
            else tuple(said.get("scope") or ()),
        )
        for said in folder.grants
        if said.get("subject_type") != "user"
    )


def _roles(folder: Folder) -> Mapping[str, tuple[str, ...]] | None:
    if not folder.roles:
        return None
    return {
        role["name"]: tuple(
            one["permission_name"] for one in role.get("permissions") or ()
        )
        for role in folder.roles
    }


def _hours(value: float | None, default: int) -> int:
    return default if value is None else max(1, int(value * 3600))


def _mfa_api(issuer: str) -> ResourceServer:
    scopes = ("enroll", "read:authenticators", "remove:authenticators")
    return ResourceServer(identifier=f"{issuer}mfa/", name="MFA API", scopes=scopes)


def _api(said: Mapping[str, Any]) -> ResourceServer:
    usual = ResourceServer(identifier=said["identifier"])
    return ResourceServer(
        identifier=said["identifier"],
        name=said.get("name") or "",
        scopes=tuple(scope["value"] for scope in said.get("scopes") or ()),
        token_seconds=said.get("token_lifetime") or usual.token_seconds,
        web_token_seconds=said.get("token_lifetime_for_web") or usual.web_token_seconds,
        allow_offline_access=said.get("allow_offline_access") is True,
        dialect=said.get("token_dialect") or usual.dialect,
    )
