"""What is sent to the worker for one login.

Pure: folder, occasion and checkpoint in, frames out.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from fabrikam.tenant.scripts.event import action_event
from fabrikam.tenant.scripts.management_api import TOKEN
from fabrikam.tenant.scripts.rule_context import rule_context, rule_user

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fabrikam.tenant.scripts.event import ScriptInput
    from fabrikam.tenant.scripts.folder import Folder
    from fabrikam.tenant.scripts.script_files import Action, Module, Rule

__all__ = ["CHECK", "NOTHING", "edition", "has_scripts", "loads", "login"]

Json: TypeAlias = dict[str, Any]

_MOST_CHARACTERS: Final = 1_000_000  # that the scripts of one login may leave

# A login without scripts: a worker that has run one answers the next one faster.
NOTHING: Final[Mapping[str, Any]] = {
    "type": "login",
    "id": "warm-up",
    "now": 0,
    "limit": _MOST_CHARACTERS,
    "rules": [],
    "user": {},
    "context": {},
    "configuration": {},
    "auth0": {},
    "actions": [],
    "event": {},
    "operations": [],
    "next": 0,
    "left": None,
    "rulesRan": [],
    "multifactorBy": None,
    "redirected": False,
    "customizeMfa": False,
    "cache": {},
    "trace": False,
    "watch": None,
}
CHECK: Final[Mapping[str, Any]] = {"type": "check", "id": "check"}

# What a checkpoint may say, and what it is at the start.
_RESUMED: Final = (
    "operations", "next", "left", "rulesRan", "multifactorBy", "redirected"
)  # fmt: skip
_START: Final[Mapping[str, Any]] = {
    "rules": True,
    "phase": "execute",
    **{key: NOTHING[key] for key in _RESUMED},
}


def edition(folder: Folder) -> str:
    """Name the scripts that run, in their order, by what is written in them."""
    keys = [f"{load['key']}:{_content(load['source'])}" for load in loads(folder)]
    return _content("\n".join(keys))


def has_scripts(folder: Folder) -> bool:
    """Whether a login meets any script at all."""
    ruled = any(rule.runs for rule in folder.rules)
    return ruled or any(action.runs for action in folder.actions)


def loads(folder: Folder) -> Iterator[Json]:
    """Give a frame for each script that can run."""
    for module in folder.modules:
        yield {**_load("module", module), "key": f"actions:{module.name}"}
    for rule in folder.rules:
        if rule.runs:
            yield _load("rule", rule)
    for action in folder.actions:
        if action.runs:
            packages = {each.name: each.version for each in action.dependencies}
            yield {**_load("action", action), "packages": packages}


def login(
    number: str,
    folder: Folder,
    script_input: ScriptInput,
    checkpoint: Mapping[str, Any],
    *,
    cache: Mapping[str, Any],
    trace: bool,
    watch: Mapping[str, Any] | None = None,
) -> Json:
    """Describe one run: which scripts, from where on, and what they see."""
    start = {**_START, **checkpoint}
    rules = [rule for rule in folder.rules if rule.runs] if start["rules"] else []
    actions = [action for action in folder.actions if action.runs]
    remaining = actions[start["next"] :]
    return {
        **NOTHING,
        **{key: start[key] for key in _RESUMED},
        "id": number,
        "now": script_input.now * 1000,
        "rules": [{"key": _key("rule", rule), "known": _names(rule)} for rule in rules],
        "user": rule_user(script_input) if rules else {},
        "context": rule_context(script_input) if rules else {},
        "configuration": dict(folder.rules_configs),
        "auth0": _management(script_input),
        "actions": [
            _action(action, start["phase"] if place == 0 else "execute")
            for place, action in enumerate(remaining)
        ],
        "event": action_event(script_input) if remaining else {},
        "customizeMfa": _customizes_mfa(folder),
        "cache": dict(cache),
        "trace": trace,
        "watch": watch,
    }


def _load(kind: str, script: Rule | Action | Module) -> Json:
    return {
        "type": "load",
        "key": _key(kind, script),
        "kind": kind,
        "name": script.name,
        "file": script.file,
        "source": script.source,
        "packages": {},
    }


def _key(kind: str, script: Rule | Action | Module) -> str:
    return f"{kind}:{script.file}:{_content(script.source)}"


@lru_cache(maxsize=1024)
def _content(source: str) -> str:
    return hashlib.sha256(source.encode()).hexdigest()


def _names(rule: Rule) -> list[str]:
    return [rule.name] if rule.id is None else [rule.name, rule.id]


def _customizes_mfa(folder: Folder) -> bool:
    """Whether Actions may challenge; a folder without settings leaves it open."""
    return bool(
        folder.tenant.get("customize_mfa_in_postlogin_action", not folder.tenant)
    )


def _management(script_input: ScriptInput) -> Json:
    return {
        "accessToken": TOKEN,
        "domain": script_input.hostname,
        "baseUrl": f"{script_input.issuer}api/v2",
    }


def _action(action: Action, phase: str) -> Json:
    secrets = dict(action.secrets)
    return {"key": _key("action", action), "phase": phase, "secrets": secrets}
