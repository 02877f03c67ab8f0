"""One good example of everything that the pipeline's tests need."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fabrikam.tenant.scripts import Connection, ScriptInput

MFA_ACR = "http://schemas.openid.net/pape/policies/2007/06/multi-factor"
SHIPPED = Path(__file__).resolve().parents[3] / "rules"
NOW = 1_700_000_000

ANN = {
    "user_id": "auth0|ann",
    "email": "ann@fabrikam.example",
    "email_verified": True,
    "name": "Ann",
    "identities": [{"connection": "people", "provider": "auth0", "user_id": "ann"}],
}


def script_input(**changes: Any) -> ScriptInput:
    """A password login of an enrolled user who asks for nothing special."""
    plain: dict[str, Any] = {
        "now": NOW,
        "tenant": "fabrikam",
        "issuer": "http://127.0.0.1:3001/",
        "protocol": "oidc-basic-profile",
        "query": {"scope": "openid", "response_type": "code"},
        "body": {},
        "client_id": "fabrikam-intranet",
        "client_name": "Fabrikam Intranet",
        "client_metadata": {},
        "connection": Connection("con_1", "people"),
        "user": ANN,
        "multifactor": ("guardian",),
        "enrolled_factors": ("otp",),
        "methods": (),
        "session_id": "session-1",
    }
    return ScriptInput(**{**plain, **changes})


def asking(**query: str) -> ScriptInput:
    """A login whose `/authorize` request carries these parameters."""
    return script_input(query={"scope": "openid", "response_type": "code", **query})


def write(root: Path, files: dict[str, Any]) -> Path:
    """Write a tenant folder: text as it is, anything else as JSON."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = content if isinstance(content, str) else json.dumps(content, indent=2)
        path.write_text(text, "utf-8")
    return root


def rules(root: Path, *sources: str) -> Path:
    """Write a folder of Rules that run in this order, named `Rule 1` and so on."""
    for number, source in enumerate(sources, start=1):
        about = {
            "name": f"Rule {number}",
            "order": number,
            "script": f"./{number}.js",
        }
        write(root, {f"rules/{number}.json": about, f"rules/{number}.js": source})
    return root


def actions(root: Path, *sources: str, **changes: Any) -> Path:
    """Write a folder of Actions bound in this order, named `Action 1` and so on."""
    bindings = []
    for number, source in enumerate(sources, start=1):
        name = f"Action {number}"
        about = {
            "name": name,
            "code": f"./actions/{number}/code.js",
            "supported_triggers": [{"id": "post-login", "version": "v3"}],
            "deployed": True,
            **changes,
        }
        write(root, {f"actions/{number}.json": about})
        write(root, {f"actions/{number}/code.js": source})
        bindings.append({"action_name": name, "display_name": name})
    return write(root, {"triggers/triggers.json": {"post-login": bindings}})


def rule(body: str) -> str:
    """A Rule with this body."""
    return f"function (user, context, callback) {{\n{body}\n}}"


def action(body: str) -> str:
    """An Action with this body."""
    return f"exports.onExecutePostLogin = async (event, api) => {{\n{body}\n}};"
