"""The Rule that advice is asked for, in the folder that it lives in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from fabrikam.lab.javascript import syntax as js
from fabrikam.lab.javascript.declarations import declarations
from fabrikam.lab.javascript.script import HANDLERS, read_script
from fabrikam.lab.simulation.application import CLIENT_ID
from fabrikam.tenant.scripts import (
    NO_KEYWORDS,
    Action,
    Dependency,
    Folder,
    Rule,
    quoted_literals,
    read_folder,
    replaced,
    uncompiled,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from fabrikam.lab.javascript.script import Script

__all__ = ["RuleInFolder", "RuleRejected", "read_rule_in_folder"]

_DEPTH: Final = 150  # a draft is written by recursion
_ONE_FUNCTION: Final = "a Rule is one function (user, context, callback) { … }"
_AN_ACTION: Final = "this is an Action, not a Rule: there is nothing to carry over"
_BARE: Final = "a ##KEYWORD## stands in the code by itself: put it into quotes"
_NAMED: Final = frozenset({"identifier", "object_pattern"})
_TAKEN: Final = frozenset({"api", "event", "exports", "stored", "storedName"})
_CLIENT: Final[Mapping[str, object]] = {
    "name": "Fabrikam Intranet",
    "client_id": CLIENT_ID,
    "app_type": "regular_web",
    "is_first_party": True,
    "oidc_conformant": True,
    "grant_types": ["authorization_code", "refresh_token", "password"],
}


class RuleRejected(Exception):
    """The file is not a Rule that a draft can be made of."""


@dataclass(frozen=True, slots=True)
class RuleInFolder:
    """One Rule with its syntax tree, and the folder around it.

    The tree is of the file as it stands: what is drafted from it has keywords, and no
    value of one, for a draft is kept in a repository.
    """

    rule: Rule
    script: Script
    folder: Folder

    @property
    def followers(self) -> tuple[str, ...]:
        """The Rules that run after it: as an Action it would run after them."""
        rules = [rule for rule in self.folder.rules if rule.runs]
        names = [rule.name for rule in rules]
        return tuple(names[names.index(self.rule.name) + 1 :])

    def with_action(self, source: str, dependencies: tuple[str, ...]) -> Folder:
        """Return the folder with an Action in the place of the Rule, as it runs."""
        named = [one.rpartition("@") for one in dependencies]
        taken = {one.name for one in self.folder.actions}
        name = f"{self.rule.name} draft" if self.rule.name in taken else self.rule.name
        action = Action(
            name=name,
            file=f"actions/{name}/code.js",
            source=replaced(source, self.folder.keywords),
            order=0,
            secrets=self.folder.rules_configs,
            dependencies=tuple(Dependency(name, version) for name, _, version in named),
        )
        others = (
            replace(one, order=None if one.order is None else one.order + 1)
            for one in self.folder.actions
        )
        rules = tuple(one for one in self.folder.rules if one.name != self.rule.name)
        return replace(self.folder, rules=rules, actions=(action, *others))


def read_rule_in_folder(
    file: Path, keywords: Mapping[str, Any] = NO_KEYWORDS
) -> RuleInFolder:
    """Read a Rule, with its folder where it lives in one.

    Raises RuleRejected, FolderRejected and OSError.
    """
    try:
        written = file.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise RuleRejected(f"{file}: not in UTF-8") from error
    source = replaced(written, keywords)
    _check(file, read_script("rule", file.stem, file.name, source))
    script = _as_written(file, written, keywords)
    rule, folder = _at_home(file, keywords) or _alone(file, source, keywords)
    return RuleInFolder(rule, script, folder)


def _as_written(file: Path, written: str, keywords: Mapping[str, Any]) -> Script:
    """Read the Rule with its keywords in it, which must leave it JavaScript."""
    for text in (quoted_literals(written, keywords), written):
        script = read_script("rule", file.stem, file.name, text)
        if not uncompiled((_rule(file, text),)):
            _check(file, script)
            return script
    raise RuleRejected(f"{file}: {_BARE}")


def _check(file: Path, script: Script) -> None:
    if _is_action(script):
        raise RuleRejected(f"{file}: {_AN_ACTION}")
    for problem in uncompiled((_rule(file, script.source),)):
        place = f"{file}:{problem.line}:{problem.column}"
        raise RuleRejected(f"{place}: the Rule does not compile: {problem.message}")
    if js.depth(script.root) > _DEPTH:
        raise RuleRejected(f"{file}: the Rule is nested too deeply to be read")
    if any(True for _ in js.faults(script.root)):
        raise RuleRejected(f"{file}: the Rule uses JavaScript that is not read here")
    if "rule" not in script.handlers:
        raise RuleRejected(f"{file}: {_ONE_FUNCTION}")
    handler = script.handlers["rule"]
    taken = sorted(_TAKEN & {node.name for _, node in declarations(script.root)})
    if taken:
        named = " and ".join(taken)
        raise RuleRejected(f"{file}: an Action is given {named}: rename its own")
    *given, last = js.parameters(handler) or [handler]
    plain = last.type == "identifier" and all(node.type in _NAMED for node in given)
    body = js.field(handler, "body")
    if not plain or body is None or body.type != "statement_block":
        raise RuleRejected(f"{file}: {_ONE_FUNCTION}")


def _rule(file: Path, source: str) -> Rule:
    return Rule(name=file.stem, file=file.name, source=source, order=1)


def _is_action(script: Script) -> bool:
    names = script.nodes("property_identifier", "shorthand_property_identifier")
    return any(js.text(node) in HANDLERS for node in names)


def _at_home(file: Path, keywords: Mapping[str, Any]) -> tuple[Rule, Folder] | None:
    root = file.resolve().parent.parent
    if file.resolve().parent.name != "rules" or not (root / "tenant.json").exists():
        return None
    folder = read_folder(root, replacements=keywords)
    for rule in folder.rules:
        if (root / rule.file).resolve() == file.resolve():
            enabled = replace(rule, enabled=True)
            rules = tuple(enabled if other == rule else other for other in folder.rules)
            return enabled, replace(folder, rules=rules)
    return None


def _alone(file: Path, source: str, keywords: Mapping[str, Any]) -> tuple[Rule, Folder]:
    rule = _rule(file, source)
    folder = Folder(
        root=file.resolve().parent,
        rules=(rule,),
        clients=(_CLIENT,),
        tenant={"friendly_name": "Fabrikam"},
        factors=frozenset({"otp", "push-notification", "recovery-code"}),
        keywords=keywords,
    )
    return rule, folder
