"""The scripts of a tenant folder: Rules and Actions, as the Deploy CLI keeps them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from fabrikam.tenant.scripts.folder_files import FolderFile, FolderFiles

__all__ = ["Action", "Dependency", "Module", "Rule", "actions", "modules", "rules"]

ValueCheck: TypeAlias = tuple[str, bool, str]  # the key, whether it holds, what if not

_RULE_NAME: Final = re.compile(r"[^-\s][a-zA-Z0-9\-\s]+[^-\s]")
_STAGES: Final = ("login_success", "login_failure", "pre_authorize")
_SOURCE_BYTES: Final = 100_000
_SECRET_NAME: Final = 128
_SECRET_VALUE: Final = 4096
_NOT_EXPORTED: Final = "_VALUE_NOT_SHOWN_"  # the Deploy CLI writes it for every secret
_RULE_KEYS: Final = ("name", "order", "enabled", "stage", "script")
_ACTION_KEYS: Final = (
    "name", "code", "deployed", "dependencies", "secrets", "supported_triggers",
    "modules",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A Rule of the folder; `runs` where it is enabled for successful logins."""

    name: str
    file: str
    source: str
    order: int | None = None
    enabled: bool = True
    stage: str = "login_success"
    id: str | None = None

    @property
    def runs(self) -> bool:
        """Whether a login meets this Rule."""
        return self.enabled and self.stage == "login_success"


@dataclass(frozen=True, slots=True)
class Dependency:
    """A package that an Action declares outside its code."""

    name: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """An Action of the folder; `order` is its place in the binding, None if unbound.

    `hidden_secrets` are the names of those whose values the export does not show.
    """

    name: str
    file: str
    source: str
    order: int | None = None
    deployed: bool = True
    secrets: Mapping[str, str] = field(default_factory=dict)
    hidden_secrets: frozenset[str] = frozenset()
    dependencies: tuple[Dependency, ...] = ()
    triggers: tuple[str, ...] = ("post-login",)
    runtime: str = "node22"

    @property
    def runs(self) -> bool:
        """Whether a login meets this Action."""
        return self.deployed and self.order is not None


@dataclass(frozen=True, slots=True)
class Module:
    """A module that Actions share: `require("actions:name")`."""

    name: str
    file: str
    source: str


def rules(papers: FolderFiles) -> tuple[Rule, ...]:
    """Read all Rules in the order in which they run."""
    read = ((paper, _rule(papers, paper)) for paper in papers.each("rules"))
    found = [(paper, rule) for paper, rule in read if rule is not None]
    names = Counter(rule.name for _, rule in found)
    places = Counter((rule.stage, rule.order) for _, rule in found)
    for paper, rule in found:
        alone = rule.order is None or places[rule.stage, rule.order] == 1
        checks = [
            ("name", names[rule.name] == 1, f"another rule is called {rule.name!r}"),
            ("order", alone, f"another rule has order {rule.order}"),
        ]
        _all_sound(papers, paper, checks)
    return tuple(sorted((rule for _, rule in found), key=_place))


def actions(papers: FolderFiles, shared: Collection[str]) -> tuple[Action, ...]:
    """Read all Actions: the bound ones in the order of the binding, then the rest.

    `shared` are the names of the modules that they may share.
    """
    bindings = next(papers.each("triggers"), None)
    bound = () if bindings is None else _bound(papers, bindings)
    order = {name: place for place, name in enumerate(bound)}
    read = [
        (paper, _action(papers, paper, order, shared))
        for paper in papers.each("actions")
    ]
    found = [(paper, action) for paper, action in read if action is not None]
    unread = [paper.value.get("name") for paper, action in read if action is None]
    names = Counter(action.name for _, action in found)
    for paper, action in found:
        wrong = f"another action is called {action.name!r}"
        _all_sound(papers, paper, [("name", names[action.name] == 1, wrong)])
    if bindings is not None:
        bound = tuple(name for name in bound if name not in unread)
        _check_bindings(papers, bindings, bound, [action for _, action in found])
    return tuple(sorted((action for _, action in found), key=_place))


def modules(papers: FolderFiles) -> tuple[Module, ...]:
    """Read the modules that Actions share."""
    found = []
    for paper in papers.each("action-modules"):
        name = _name(papers, paper)
        source = _source(papers, paper, "code", "", "action-modules")
        if name is not None and source is not None:
            found.append((paper, Module(name, *source)))
    names = Counter(module.name for _, module in found)
    for paper, module in found:
        wrong = f"another action module is called {module.name!r}"
        _all_sound(papers, paper, [("name", names[module.name] == 1, wrong)])
    return tuple(module for _, module in found)


def _place(script: Rule | Action) -> tuple[bool, int]:
    return script.order is None, script.order or 0


def _name(papers: FolderFiles, paper: FolderFile) -> str | None:
    name = paper.value.get("name")
    if isinstance(name, str) and name:
        return name
    papers.complain_of(paper, "name", "a name is missing")
    return None


def _source(
    papers: FolderFiles, paper: FolderFile, key: str, base: str, home: str
) -> tuple[str, str] | None:
    named = paper.value.get(key)
    line = paper.line_of(key)
    if not isinstance(named, str) or not named:
        papers.complain(paper.file, line, f"{key} names no file")
        return None
    file = papers.path_of(named, base, home)
    text = papers.text(file, named_in=paper, line=line)
    if text is not None and len(text.encode()) > _SOURCE_BYTES:
        papers.complain(file, 1, f"more than {_SOURCE_BYTES} bytes")
    papers.warn_of_keywords(file, text or "")
    return None if text is None else (file, text)


def _rule(papers: FolderFiles, paper: FolderFile) -> Rule | None:
    name = _name(papers, paper)
    source = _source(papers, paper, "script", "rules", "rules")
    papers.warn_of_unset(paper, _RULE_KEYS)
    sound = _all_sound(papers, paper, _rule_checks(paper.value))
    if name is None or source is None or not sound:
        return None
    return Rule(
        name=name,
        file=source[0],
        source=source[1],
        order=paper.value.get("order"),
        enabled=paper.value.get("enabled", True),
        stage=paper.value.get("stage", "login_success"),
        id=paper.value.get("id"),
    )


def _rule_checks(value: Mapping[str, Any]) -> Iterator[ValueCheck]:
    name, order = value.get("name"), value.get("order")
    named = not isinstance(name, str) or bool(_RULE_NAME.fullmatch(name))
    yield "name", named, f"{name!r} cannot name a rule"
    yield "order", order is None or type(order) is int, "order is not a number"
    yield "enabled", type(value.get("enabled", True)) is bool, "enabled is not a bool"
    yield "id", isinstance(value.get("id", ""), str), "id is not a string"
    stage = value.get("stage", "login_success")
    yield "stage", stage in _STAGES, f"{stage!r} is not a stage"


def _action(
    papers: FolderFiles,
    paper: FolderFile,
    order: Mapping[str, int],
    shared: Collection[str],
) -> Action | None:
    name = _name(papers, paper)
    source = _action_source(papers, paper)
    papers.warn_of_unset(paper, _ACTION_KEYS)
    sound = _all_sound(papers, paper, _action_checks(paper.value, shared))
    if name is None or source is None or not sound:
        return None
    value = paper.value
    _warn_of_secrets(papers, paper)
    return Action(
        name=name,
        file=source[0],
        source=source[1],
        order=order.get(name),
        deployed=value.get("deployed", True),
        secrets=_secrets(value),
        hidden_secrets=frozenset(_hidden_secrets(value)),
        dependencies=tuple(
            Dependency(entry["name"], str(entry.get("version", "latest")))
            for entry in value.get("dependencies") or ()
        ),
        triggers=tuple(entry["id"] for entry in value.get("supported_triggers") or ()),
        runtime=value.get("runtime") or "node22",
    )


def _action_source(papers: FolderFiles, paper: FolderFile) -> tuple[str, str] | None:
    """Read the code of an Action; one that was saved before it was written has none."""
    if paper.value.get("code") in (None, ""):
        papers.warn_of(paper, "code", "code is empty")
        return paper.file, ""
    return _source(papers, paper, "code", "", "actions")


def _action_checks(
    value: Mapping[str, Any], shared: Collection[str]
) -> Iterator[ValueCheck]:
    deployed = value.get("deployed", True)
    yield "deployed", type(deployed) is bool, "deployed is not a bool"
    worded = isinstance(value.get("runtime") or "", str)
    yield "runtime", worded, "runtime is not a string"
    for key in ("secrets", "dependencies"):
        named = _are_named(value.get(key) or [], "name")
        yield key, named, f"{key} is not a list of objects with a name"
    triggers = value.get("supported_triggers") or []
    listed = _are_named(triggers, "id")
    wrong = "supported_triggers is not a list of objects with an id"
    yield "supported_triggers", listed, wrong
    if listed:
        yield from map(_trigger_check, triggers)
    if _are_named(value.get("secrets"), "name"):
        yield from map(_secret_check, value["secrets"])
    yield from _module_checks(value.get("modules") or [], shared)


def _trigger_check(trigger: Mapping[str, Any]) -> ValueCheck:
    old = trigger["id"] == "post-login" and trigger.get("version") == "v1"
    return "version", not old, "post-login v1 is another language; write it for v3"


def _module_checks(named: Any, shared: Collection[str]) -> Iterator[ValueCheck]:
    listed = _are_named(named, "module_name")
    wrong = "modules is not a list of objects with a module_name"
    yield "modules", listed, wrong
    for entry in named if listed else ():
        name = entry["module_name"]
        yield name, name in shared, f"there is no action module {name!r}"


def _secret_check(secret: Mapping[str, Any]) -> ValueCheck:
    name, value = secret["name"], secret.get("value") or ""
    if not isinstance(value, str):
        return name, False, f"secret {name} is not a string"
    short = len(name) <= _SECRET_NAME and len(value) <= _SECRET_VALUE
    return name, short, f"secret {name[:_SECRET_NAME]} is too long"


def _warn_of_secrets(papers: FolderFiles, paper: FolderFile) -> None:
    for name in _hidden_secrets(paper.value):
        wrong = f"secret {name} has no value in an export: write one, or @@{name}@@"
        papers.warn_of(paper, name, wrong)


def _secrets(value: Mapping[str, Any]) -> Mapping[str, str]:
    entries = value.get("secrets") or ()
    pairs = ((entry["name"], entry.get("value")) for entry in entries)
    return {name: text for name, text in pairs if text not in (None, _NOT_EXPORTED)}


def _hidden_secrets(value: Mapping[str, Any]) -> Iterator[str]:
    given = _secrets(value)
    entries = value.get("secrets") or ()
    yield from (entry["name"] for entry in entries if entry["name"] not in given)


def _are_named(entries: Any, key: str) -> bool:
    return isinstance(entries, list) and all(
        isinstance(entry, dict) and isinstance(entry.get(key), str) for entry in entries
    )


def _bound(papers: FolderFiles, bindings: FolderFile) -> tuple[str, ...]:
    entries = bindings.value.get("post-login") or []
    if _are_named(entries, "action_name"):
        return tuple(entry["action_name"] for entry in entries)
    papers.complain_of(bindings, "post-login", "post-login is not a list of actions")
    return ()


def _check_bindings(
    papers: FolderFiles,
    bindings: FolderFile,
    bound: Sequence[str],
    found: Sequence[Action],
) -> None:
    exported = {action.name: action for action in found}
    for name, times in Counter(bound).items():
        fits = name not in exported or "post-login" in exported[name].triggers
        once = f"action {name!r} is bound {times} times"
        checks = [
            (name, fits, f"action {name!r} is none of post-login"),
            (name, times == 1, once),
        ]
        _all_sound(papers, bindings, checks)
        if name not in exported:
            missing = f"action {name!r} is bound and not in the export, as those of the"
            papers.warn_of(bindings, name, f"{missing} marketplace: it does not run")


def _all_sound(
    papers: FolderFiles, paper: FolderFile, checks: Iterable[ValueCheck]
) -> bool:
    """Write down each check that does not hold, and say whether all of them do."""
    failed = [(key, message) for key, holds, message in checks if not holds]
    for key, message in failed:
        papers.complain_of(paper, key, message)
    return not failed
