"""A tenant folder in the Deploy CLI's format, read as one frozen value.

A missing directory means that the folder does not manage those things.  Whatever is
wrong is said all at once, by `FolderRejected`.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from fabrikam.tenant.pipeline.papers import Papers, walk
from fabrikam.tenant.pipeline.problems import FolderRejected
from fabrikam.tenant.pipeline.scripts import actions, modules, rules

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from fabrikam.tenant.pipeline.scripts import Action, Module, Rule

__all__ = ["Folder", "Policy", "fingerprint", "read_folder"]

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """What a tenant is configured to do.

    `rules` and `actions` hold every script; those whose `runs` is true are met by a
    login, in this order.  `factors` and `policy` are Guardian's; `network` is ours,
    from `local-tenant.json`: the hosts that scripts may reach, all (true) or none.
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
    roles: tuple[Mapping[str, Any], ...] = ()
    network: bool | tuple[str, ...] = False


def read_folder(root: Path, *, replacements: Mapping[str, Any] | None = None) -> Folder:
    """Read a folder; refuse it with all its mistakes where it has any."""
    papers = Papers(root, replacements or {})
    if not root.is_dir():
        papers.complain(".", 1, f"{root} is not a folder")
    papers.check_links()
    folder = Folder(
        root=root,
        rules=rules(papers),
        actions=actions(papers),
        modules=modules(papers),
        rules_configs=_rules_configs(papers),
        clients=_named(papers, "clients", "name"),
        tenant=_settings(papers, "tenant.json"),
        factors=_factors(papers),
        policy=_policy(papers),
        resource_servers=_named(papers, "resource-servers", "identifier"),
        roles=_named(papers, "roles", "name"),
        network=_network(papers),
    )
    if papers.problems:
        raise FolderRejected(tuple(sorted(set(papers.problems))))
    return folder


def fingerprint(root: Path) -> frozenset[tuple[str, int, int]]:
    """Take the name, size and time of every file; it differs when one was changed."""
    found = set()
    for path in walk(root):
        with contextlib.suppress(FileNotFoundError):  # removed at this moment
            at = path.stat()
            found.add((str(path), at.st_size, at.st_mtime_ns))
    return frozenset(found)


def _settings(papers: Papers, file: str) -> Mapping[str, Any]:
    paper = papers.paper(file)
    return {} if paper is None else paper.value


def _named(papers: Papers, directory: str, key: str) -> tuple[Mapping[str, Any], ...]:
    found = []
    for paper in papers.each(directory):
        if isinstance(paper.value.get(key), str):
            found.append(paper.value)
        else:
            papers.complain_of(paper, key, f"{key} is missing")
    return tuple(found)


def _rules_configs(papers: Papers) -> Mapping[str, str]:
    found = {}
    for paper in papers.each("rules-configs"):
        key, value = paper.value.get("key"), paper.value.get("value")
        if isinstance(key, str) and isinstance(value, str):
            found[key] = value
        else:
            papers.complain(paper.file, 1, "key and value are not both strings")
    return found


def _factors(papers: Papers) -> frozenset[str] | None:
    if not (papers.root / "guardian/factors").is_dir():
        return None
    enabled = set()
    for paper in papers.each("guardian/factors"):
        name, on = paper.value.get("name"), paper.value.get("enabled")
        if name not in _FACTORS:
            papers.complain_of(paper, "name", f"{name!r} is not a factor")
        elif type(on) is not bool:
            papers.complain_of(paper, "enabled", "enabled is not a bool")
        elif on:
            enabled.add(name)
    return frozenset(enabled)


def _policy(papers: Papers) -> Policy:
    paper = papers.paper("guardian/policies.json")
    if paper is None:
        return "never"
    match paper.value.get("policies"):
        case []:
            return "never"
        case ["all-applications" | "confidence-score" as word]:
            return _POLICIES[word]
        case other:
            papers.complain_of(paper, "policies", f"{other!r} is not a policy")
            return "always"


def _network(papers: Papers) -> bool | tuple[str, ...]:
    paper = papers.paper("local-tenant.json")
    if paper is None:
        return False
    match paper.value.get("network", False):
        case bool(word):
            return word
        case [*hosts] if all(isinstance(host, str) for host in hosts):
            return tuple(hosts)
        case _:
            wrong = "network is not true, false or a list of hosts"
            papers.complain_of(paper, "network", wrong)
            return False
