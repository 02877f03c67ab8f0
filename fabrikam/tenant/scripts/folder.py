"""A tenant folder in the Deploy CLI's format, read as one frozen value.

A missing directory means that the folder does not manage those things.  Whatever is
wrong is said all at once, by `FolderRejected`.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from fabrikam.tenant.scripts.event import Connection
from fabrikam.tenant.scripts.folder_files import FolderFiles, walk
from fabrikam.tenant.scripts.folder_problems import FolderRejected, Problem
from fabrikam.tenant.scripts.folder_schema import (
    CLIENT,
    CONNECTION,
    GRANT,
    LOCAL_TENANT,
    RESOURCE_SERVER,
    ROLE,
    RULES_CONFIG,
    TENANT,
    violations,
)
from fabrikam.tenant.scripts.keywords import NO_KEYWORDS
from fabrikam.tenant.scripts.script_files import actions, modules, rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from fabrikam.tenant.scripts.folder_files import FolderFile
    from fabrikam.tenant.scripts.folder_schema import Schema
    from fabrikam.tenant.scripts.script_files import Action, Module, Rule

__all__ = [
    "Folder",
    "Policy",
    "connection_id",
    "fingerprint",
    "read_folder",
    "survey_folder",
]

Policy: TypeAlias = Literal["never", "always", "adaptive"]

_POLICIES: Final[Mapping[str, Policy]] = {
    "all-applications": "always",
    "confidence-score": "adaptive",
}
_FACTORS: Final = (
    "sms",
    "push-notification",
    "otp",
    "email",
    "duo",
    "webauthn-roaming",
    "webauthn-platform",
    "recovery-code",
)
_MAY_BE_EMPTY: Final = ("clients", "grants", "resource-servers", "rules-configs")
# all that a Rule is shown of a connection's options
_SHOWN_OPTIONS: Final = ("tenant_domain", "domain_aliases")


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """What a tenant is configured to do.

    `rules` and `actions` hold every script; those whose `runs` is true are met by a
    login, in this order.  `factors` and `policy` are Guardian's.  `network` and `name`
    are ours, from `local-tenant.json`: the hosts that scripts may reach, all (true) or
    none, and what scripts are told that the tenant is called.  `warnings` say what may
    surprise, `problems` why the folder cannot be used; those of `script_problems` keep
    a script from being read.  `keywords` are what the folder was read with.
    """

    root: Path
    rules: tuple[Rule, ...] = ()
    actions: tuple[Action, ...] = ()
    modules: tuple[Module, ...] = ()
    rules_configs: Mapping[str, str] = field(default_factory=dict)
    clients: tuple[Mapping[str, Any], ...] = ()
    tenant: Mapping[str, Any] = field(default_factory=dict)
    factors: frozenset[str] | None = None
    policy: Policy = "never"
    resource_servers: tuple[Mapping[str, Any], ...] = ()
    grants: tuple[Mapping[str, Any], ...] | None = None
    roles: tuple[Mapping[str, Any], ...] = ()
    connections: tuple[Connection, ...] = ()
    network: bool | tuple[str, ...] = False
    name: str | None = None
    warnings: tuple[Problem, ...] = ()
    problems: tuple[Problem, ...] = ()
    script_problems: tuple[Problem, ...] = ()
    keywords: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)


def read_folder(root: Path, *, replacements: Mapping[str, Any] = NO_KEYWORDS) -> Folder:
    """Read a folder; refuse it with all its mistakes where it has any."""
    folder = survey_folder(root, replacements=replacements)
    if folder.problems:
        raise FolderRejected(folder.problems)
    return folder


def survey_folder(
    root: Path, *, replacements: Mapping[str, Any] = NO_KEYWORDS
) -> Folder:
    """Read what can be read of a folder, with its mistakes beside it.

    For whoever looks at scripts alone: a mistake elsewhere is no reason to stop.
    """
    papers = FolderFiles(root, replacements)
    _check_root(papers)
    shared = modules(papers)
    scripts = rules(papers), actions(papers, {module.name for module in shared})
    script_problems = _in_order(papers.problems)
    papers.check_links()
    local = _settings(papers, "local-tenant.json", LOCAL_TENANT)
    folder = Folder(
        root=root,
        rules=scripts[0],
        actions=scripts[1],
        modules=shared,
        rules_configs=_rules_configs(papers),
        clients=_named(papers, "clients", CLIENT, "name", "client_id"),
        tenant=_settings(papers, "tenant.json", TENANT),
        factors=_factors(papers),
        policy=_policy(papers),
        resource_servers=_named(
            papers, "resource-servers", RESOURCE_SERVER, "identifier"
        ),
        grants=_grants(papers),
        roles=_named(papers, "roles", ROLE, "name"),
        connections=_connections(papers),
        network=_network(local),
        name=local.get("tenant"),
        keywords=replacements,
    )
    return replace(
        folder,
        warnings=_in_order(papers.warnings),
        problems=_in_order(papers.problems),
        script_problems=script_problems,
    )


def _in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(set(problems)))


def fingerprint(root: Path) -> frozenset[tuple[str, int, int]]:
    """Take the name, size and time of every file; it differs when one was changed."""
    found = {(str(root), int(root.is_dir()), 0)}
    for path in walk(root):
        with contextlib.suppress(OSError):  # removed at this moment, or a dead link
            at = path.stat()
            found.add((str(path), at.st_size, at.st_mtime_ns))
    return frozenset(found)


def _check_root(papers: FolderFiles) -> None:
    if not papers.root.is_dir():
        papers.complain(".", 1, f"{papers.root}: there is no such folder")
    for name in ("tenant.yaml", "tenant.yml"):
        if (papers.root / name).exists():
            papers.complain(name, 1, "YAML is not read; export with --format=directory")
    if papers.names("organizations"):
        papers.warn("organizations", 1, "organizations are not read")


def _settings(papers: FolderFiles, file: str, shapes: Schema) -> Mapping[str, Any]:
    paper = papers.paper(file)
    if paper is None:
        return {}
    _check(papers, paper, shapes)
    if shapes is LOCAL_TENANT:  # it is ours, so that an unknown name is a typo
        for key in paper.value.keys() - shapes.keys():
            papers.complain_of(paper, key, f"{key} is no setting of a local tenant")
    return paper.value


def _check(papers: FolderFiles, paper: FolderFile, shapes: Schema) -> None:
    papers.warn_of_unset(paper, shapes)
    for key, wrong in violations(paper.value, shapes):
        papers.complain_of(paper, key, wrong)


def _named(
    papers: FolderFiles, users: str, shapes: Schema, key: str, *unique: str
) -> tuple[Mapping[str, Any], ...]:
    """Read the files of a directory, each with a name that no other has."""
    found = [*_checked(papers, users, shapes, key)]
    for name in (key, *unique):
        times = Counter(str(paper.value.get(name)) for paper in found)
        for paper in found:
            value = paper.value.get(name)
            if value is not None and times[str(value)] > 1:
                wrong = f"another file has the {name} {value!r}"
                papers.complain_of(paper, name, wrong)
    return tuple(paper.value for paper in found)


def _checked(
    papers: FolderFiles, users: str, shapes: Schema, key: str
) -> Iterator[FolderFile]:
    for paper in papers.each(users):
        if not paper.value and users in _MAY_BE_EMPTY:
            continue
        _check(papers, paper, shapes)
        if paper.value.get(key) in (None, ""):
            papers.complain_of(paper, key, f"{key} is missing")
        yield paper


def _rules_configs(papers: FolderFiles) -> Mapping[str, str]:
    for paper in papers.each("rules-configs"):
        if paper.value and paper.value.get("value") is None:
            papers.complain(paper.file, 1, "value is missing")
    pairs = _named(papers, "rules-configs", RULES_CONFIG, "key")
    return {str(one.get("key")): str(one.get("value")) for one in pairs}


def _grants(papers: FolderFiles) -> tuple[Mapping[str, Any], ...] | None:
    """Read which client may have tokens of its own for which API."""
    if not papers.manages("grants"):
        return None
    found = [*_checked(papers, "grants", GRANT, "client_id")]
    for paper in found:
        if not paper.value.get("audience"):
            papers.complain_of(paper, "audience", "audience is missing")
    return tuple(paper.value for paper in found)


def _connections(papers: FolderFiles) -> tuple[Connection, ...]:
    """Read the databases that passwords are kept in, in both places of an export."""
    others = [
        paper
        for paper in papers.each("connections")
        if paper.value.get("strategy") == "auth0"
    ]
    databases = (paper for paper in papers.databases() if paper.value)
    return tuple(_connection(papers, paper) for paper in (*databases, *others))


def _connection(papers: FolderFiles, paper: FolderFile) -> Connection:
    _check(papers, paper, CONNECTION)
    said = paper.value
    name = str(said.get("name") or "")
    if not name:
        papers.complain_of(paper, "name", "name is missing")
    options = said.get("options")
    shown = options if isinstance(options, dict) else {}
    return Connection(
        id=str(said.get("id") or connection_id(name)),
        name=name,
        metadata=said.get("metadata") or {},
        options={key: shown[key] for key in _SHOWN_OPTIONS if shown.get(key)},
    )


def connection_id(name: str) -> str:
    """Make an id of a connection; an export has none."""
    return f"con_{hashlib.sha256(name.encode()).hexdigest()[:16]}"


def _factors(papers: FolderFiles) -> frozenset[str] | None:
    if not papers.manages("guardian/factors"):
        return None
    enabled, seen = set(), set[str]()
    for paper in filter(lambda paper: paper.value, papers.each("guardian/factors")):
        papers.warn_of_unset(paper, ("name", "enabled"))
        name, on = paper.value.get("name"), paper.value.get("enabled")
        if name not in _FACTORS:
            papers.complain_of(paper, "name", f"{name!r} is not a factor")
        elif type(on) is not bool:
            papers.complain_of(paper, "enabled", "enabled is not a bool")
        elif name in seen:
            papers.complain_of(paper, "name", f"another file has the name {name!r}")
        elif on:
            enabled.add(name)
        seen.add(str(name))
    return frozenset(enabled)


def _policy(papers: FolderFiles) -> Policy:
    paper = papers.paper("guardian/policies.json")
    if paper is None:
        return "never"
    papers.warn_of_unset(paper, ("policies",))
    match paper.value.get("policies"):
        case None | []:
            return "never"
        case ["all-applications" | "confidence-score" as word]:
            return _POLICIES[word]
        case other:
            papers.complain_of(paper, "policies", f"{other!r} is not a policy")
            return "always"


def _network(local: Mapping[str, Any]) -> bool | tuple[str, ...]:
    hosts = local.get("network", False)
    return tuple(hosts) if isinstance(hosts, list) else hosts is True
