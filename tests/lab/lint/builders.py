"""Folders made of one or two scripts, and what the linter says about them."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent
from typing import Any

from fabrikam.lab.lint import Finding, lint_folder, linted_scripts
from fabrikam.tenant.scripts import Action, Dependency, Folder, Rule, uncompiled

__all__ = [
    "ACR",
    "action",
    "body",
    "folder",
    "found",
    "handler",
    "linted",
    "loaded",
    "rule",
    "rule_body",
]

ACR = "http://schemas.openid.net/pape/policies/2007/06/multi-factor"
NOWHERE = Path("no-such-folder")


def rule(source: str, **changes: Any) -> Rule:
    """Make a Rule that runs."""
    name = changes.pop("name", "Rule")
    order = changes.pop("order", 1)
    return Rule(
        name=name,
        file=f"rules/{name}.js",
        source=dedent(source).strip("\n"),
        order=order,
        **changes,
    )


def action(source: str, **changes: Any) -> Action:
    """Make an Action that is deployed and bound."""
    name = changes.pop("name", "Action")
    packages = changes.pop("dependencies", ())
    return Action(
        name=name,
        file=f"actions/{name}/code.js",
        source=dedent(source).strip("\n"),
        order=changes.pop("order", 0),
        dependencies=tuple(Dependency(package, "1.0.0") for package in packages),
        **changes,
    )


def handler(statements: str) -> str:
    """Wrap the statements of a post-login Action."""
    return f"exports.onExecutePostLogin = async (event, api) => {{\n{statements}\n}};"


def rule_body(statements: str) -> str:
    """Wrap the statements of a Rule that calls back at its end."""
    return (
        f"function (user, context, callback) {{\n{statements}\n"
        "callback(null, user, context);\n}"
    )


def body(kind: str, statements: str) -> Rule | Action:
    """Make a script of either kind around some statements."""
    if kind == "rule":
        return rule(rule_body(statements))
    return action(handler(statements))


def folder(*scripts: Rule | Action, **changes: Any) -> Folder:
    """Make a folder in which the policy Always asks everybody, unless changed."""
    settings = {"customize_mfa_in_postlogin_action": True}
    return Folder(
        root=NOWHERE,
        rules=tuple(one for one in scripts if isinstance(one, Rule)),
        actions=tuple(one for one in scripts if isinstance(one, Action)),
        **{"policy": "always", "tenant": settings, **changes},
    )


def linted(*scripts: Rule | Action, **changes: Any) -> tuple[Finding, ...]:
    """Lint a folder made of some scripts, which compile."""
    return lint_folder(folder(*scripts, **changes))


def loaded(*scripts: Rule | Action, **changes: Any) -> list[str]:
    """Give the findings as `SU001:7`, after V8 was asked whether the scripts load."""
    made = folder(*scripts, **changes)
    findings = lint_folder(made, uncompiled(linted_scripts(made)))
    return [f"{finding.code}:{finding.line}" for finding in findings]


def found(*scripts: Rule | Action, **changes: Any) -> list[str]:
    """Give the open findings as `SU101:7`."""
    return [
        f"{finding.code}:{finding.line}"
        for finding in linted(*scripts, **changes)
        if finding.accepted is None
    ]
