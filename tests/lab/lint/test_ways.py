"""What keeps a step-up away, and what only looks as if it did."""

from __future__ import annotations

import pytest

from tests.lab.lint.builders import ACR, body, found

ASK = 'api.multifactor.enable("any", { allowRememberBrowser: false });'
WANT = "context.multifactor = { provider: 'any', allowRememberBrowser: false };"
ACRS = "event.transaction?.acr_values ?? []"
HEADS = """
const asked = context.request.query.acr_values;
const methods = (context.authentication || {}).methods || [];
const done = methods.some((m) => m.name === 'mfa');
const enrolled = (user.multifactor || []).length > 0;
const words = (context.request.query.scope || '').split(' ');
"""
REDIRECT = "api.redirect.sendUserTo('https://terms.fabrikam.example');"

# fmt: off
RIGHT = [
    ("rule",   f"if (done && asked !== '{ACR}') return callback(null, user, context);\n{WANT}"),
    ("rule",   f"if (done && !words.includes('step_up')) return callback(null, user, context);\n{WANT}"),
    ("rule",   f"if (!done || asked === '{ACR}') {{ {WANT} }}"),
    ("rule",   f"if (enrolled || words.includes('step_up')) {{ {WANT} }}"),
    ("rule",   f"const level = words.includes('step_up') ? 'mfa' : 'normal'; if (level === 'mfa') {{ {WANT} }}\ncontext.idToken.authentication_level = level;"),
    ("rule",   f"const level = words.includes('step_up') ? 'mfa' : 'normal'; if (level !== 'normal') {{ {WANT} }}\ncontext.idToken.authentication_level = level;"),
    ("rule",   f"let level = 'normal'; if (words.includes('step_up')) {{ level = 'mfa'; }} if (level === 'mfa') {{ {WANT} }}\ncontext.idToken.authentication_level = level;"),
    ("rule",   f"let wanted = false; if (words.includes('step_up')) {{ wanted = true; }} if (wanted) {{ {WANT} }}\ncontext.idToken.authentication_level = wanted ? 'mfa' : 'normal';"),
    ("action", f"if (({ACRS}).filter((x) => x === '{ACR}').length > 0) {{ {ASK} }}"),
    ("action", f"const some = ({ACRS}).filter((x) => x === '{ACR}'); if (some.length) {{ {ASK} }}"),
    ("action", f"if (event.transaction?.acr_values?.filter((x) => x === '{ACR}').length) {{ {ASK} }}"),
    ("action", f"if ((event.authorization?.roles ?? []).includes('HIGH_ASSURANCE_IDP') || event.client.client_id === 'abc') {{ {ASK} }}"),
    ("action", f"const roles = event.authorization?.roles || []; if (event.client.client_id !== 'abc' || roles.includes('ALL_STAFF')) {{ {ASK} }}"),
    ("action", f"if (event.user.app_metadata.terms) {{ {ASK} }} else {{ {REDIRECT} }}"),
    ("action", f"if (!event.user.app_metadata.terms) {{ {REDIRECT} return; }}\n{ASK}"),
    ("action", f"if (event.client.name === 'HR' && !event.user.app_metadata.terms) {{ {REDIRECT} return; }}\n{ASK}"),
    ("action", f"if (event.user.user_metadata.careful === true) {{ {ASK} }}"),
    ("action", f"if (event.user.user_metadata.careful === 'yes') {{ {ASK} }}"),
    ("action", f"console.log(event.user.department); {ASK}"),
    ("action", f"console.log(Math.random()); {ASK}"),
]
WRONG = [
    ("SU304", "rule",   f"if (done && asked === '{ACR}') return callback(null, user, context);\nif (asked) {{ {WANT} }}"),
    ("SU304", "rule",   f"if (asked === '{ACR}' && !done) {{ {WANT} }}"),
    ("SU305", "rule",   f"if (enrolled && words.includes('step_up')) {{ {WANT} }}"),
    ("SU403", "rule",   f"const level = words.includes('step_up') ? 'mfa' : 'normal'; if (level === 'normal') {{ {WANT} }} context.idToken.authentication_level = level;"),
    ("SU102", "action", f"const some = event.transaction?.acr_values?.filter(Boolean); if (some.length) {{ {ASK} }}"),
    ("SU301", "action", f"if (['YOUR_CLIENT_ID'].includes(event.client.client_id)) {{ {ASK} }}"),
    ("SU301", "action", f"if (['YOUR_CLIENT_ID'].some((one) => one === event.client.client_id)) {{ {ASK} }}"),
    ("SU301", "action", f"if ([].includes(event.client.client_id)) {{ {ASK} }}"),
    ("SU508", "action", f"if (!event.user.app_metadata.terms) {{ {REDIRECT} }} {ASK}"),
]
# fmt: on


def heads(kind: str) -> str:
    """The names that the statements of a Rule use; each stands in one line."""
    return " ".join(HEADS.split("\n")) if kind == "rule" else ""


@pytest.mark.parametrize(("kind", "statements"), RIGHT)
def test_what_keeps_no_step_up_away_is_no_finding(kind, statements):
    assert found(body(kind, f"{heads(kind)}{statements}")) == []


@pytest.mark.parametrize(("code", "kind", "statements"), WRONG)
def test_what_keeps_a_step_up_away_is_found(code, kind, statements):
    codes = {
        entry.partition(":")[0] for entry in found(body(kind, heads(kind) + statements))
    }
    assert code in codes
