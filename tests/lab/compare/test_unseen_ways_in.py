"""A port that makes an exception for somebody never passes in silence."""

from __future__ import annotations

import random

import pytest

from tests.lab.builders import RULES
from tests.lab.compare.pairs import ACTION, folder_with, guarded, judged

CODE = "actions/Step-up/code.js"
BEFORE = RULES / "before"

FOUND = [
    "if (event.stats.logins_count > 1) return;",
    "if (event.stats.logins_count > 100) return;",
    "if (event.stats.logins_count % 50 === 0) return;",
    'if (event.user.email?.endsWith("@contractor.example")) return;',
    'if ((event.user.email ?? "").split("@")[1] === "contractor.example") return;',
    r"if (/@contractor\.example$/.test(event.user.email)) return;",
    'if (event.user.email === "ceo@fabrikam.example") return;',
    'if (event.user.user_id === "auth0|kiosk") return;',
    'if (event.user.name?.startsWith("Svc ")) return;',
    "if (event.user.app_metadata?.mfa_exempt === true) return;",
    "if (event.user.app_metadata.tier >= 3) return;",
    "if (event.user.app_metadata.security?.mfa?.exempt === true) return;",
    'if (["a","b"].includes(event.user.app_metadata.group)) return;',
    "if (Object.keys(event.user.app_metadata).length > 2) return;",
    'if (event.user.user_metadata.vip === true && event.user.app_metadata.tier === "gold") return;',
    'if (event.user.user_metadata.a === 1 && event.user.app_metadata.b === "x" && event.request.query.c === "y") return;',
    'if (Date.now() > Date.parse("2027-06-01T00:00:00Z")) return;',
    "if (new Date().getMinutes() === 17) return;",
    'if (new Date(event.user.created_at) < new Date("2020-01-01")) return;',
    "if (event.user.last_password_reset && Date.now() - Date.parse(event.user.last_password_reset) < 86400000) return;",
    'if (event.request.geoip.countryCode === "US") return;',
    'if (event.client.client_id === "kiosk") return;',
    'if (event.request.query.max_age === "300") return;',
    'if (event.transaction.requested_scopes?.includes("offline_access")) return;',
    'if (event.transaction.acr_values.includes("urn:other")) return;',
    "if (event.transaction.acr_values.length > 2) return;",
    'if (event.transaction.prompt?.includes("select_account")) return;',
    'if (event.user.enrolledFactors?.some(f => f.type === "webauthn-roaming")) return;',
    "if (event.authorization?.roles?.length > 1) return;",
    'if (event.request.ip.startsWith("10.")) return;',
    'if (event.connection.strategy === "google-oauth2") return;',
    'if (event.request.language === "de") return;',
    "if (!event.user.email_verified) return;",
    "if (event.user.identities.some(i => i.isSocial)) return;",
    'if (event.request.user_agent.includes("Mobile")) return;',
    "const table = {gold: true}; if (table[event.user.app_metadata.tier]) return;",
    'if (new Map([["gold", 1]]).get(event.user.app_metadata.tier)) return;',
    "const {user: {app_metadata: {x = 0} = {}} = {}} = event; if (x === 7) return;",
    'const copy = JSON.parse(JSON.stringify(event)); if (copy.user.app_metadata.z === "k") return;',
    'const exempt = (user) => user.user_metadata.flag === "on"; if (exempt(event.user)) return;',
]

NAMED = [
    'if (event.authentication?.methods.some(m => m.name === "passkey")) return;',
    "if (event.authentication?.methods.length > 3) return;",
    'if (event.transaction.protocol === "oauth2-device-code") return;',
    'if (event.transaction.protocol === "samlp") return;',
    'if (event.organization?.name === "acme") return;',
    'if (event.authentication?.riskAssessment?.confidence === "high") return;',
]

CHANCE = [
    "if (Math.random() < 0.001) return;",
    'if (require("crypto").randomInt(1000) === 0) return;',
]


def verdict(tmp_path, source):
    return judged(BEFORE, folder_with(tmp_path, "after", CODE, source))


@pytest.mark.parametrize("line", FOUND)
def test_an_exception_that_a_fact_brings_about_is_found(tmp_path, line):
    assert verdict(tmp_path, guarded(line)).word == "found"


@pytest.mark.parametrize("line", NAMED)
def test_an_exception_that_no_fact_brings_about_is_named(tmp_path, line):
    answer = verdict(tmp_path, guarded(line))
    assert answer.word == "named"
    assert any(text in line for text in answer.named)


@pytest.mark.parametrize("line", CHANCE)
def test_a_port_that_rolls_dice_is_not_judged(tmp_path, line):
    answer = verdict(tmp_path, guarded(line))
    assert answer.word == "unjudged"
    assert "chance decides" in answer.named[0]


REWRITES = {
    "as shipped": ACTION,
    "logs all it is given": guarded("console.log(JSON.stringify(event));"),
    "a helper": ACTION.replace(
        "asked.includes(MFA_ACR)",
        "((words) => words.some(word => word === MFA_ACR))(asked)",
    ),
    "a set": ACTION.replace("asked.includes(MFA_ACR)", "new Set(asked).has(MFA_ACR)"),
    "a filter": ACTION.replace(
        "asked.includes(MFA_ACR)", "asked.filter(word => word === MFA_ACR).length > 0"
    ),
    "a switch in a loop": ACTION.replace(
        "if (asked.includes(MFA_ACR)) {",
        "let wanted = false; for (const word of asked) { switch (word) { case MFA_ACR: wanted = true; } }\n  if (wanted) {",
    ),
    "an early return": ACTION.replace(
        "if (asked.includes(MFA_ACR)) {", "if (!asked.includes(MFA_ACR)) return;\n  {"
    ),
    "a copy": ACTION.replace(
        "event.transaction?.acr_values",
        "JSON.parse(JSON.stringify(event)).transaction?.acr_values",
    ),
    "an awaited helper": ACTION.replace(
        "asked.includes(MFA_ACR)", "await (async () => asked.includes(MFA_ACR))()"
    ),
}


@pytest.mark.parametrize("source", REWRITES.values(), ids=REWRITES)
def test_a_rewrite_that_means_the_same_is_not_accused(tmp_path, source):
    assert verdict(tmp_path, source).word == "protects"


# --- exceptions made up by a seed

PLACES = {
    "event.user.app_metadata.p": ("text", "number", "flag"),
    "event.user.user_metadata.q": ("text", "number", "flag"),
    "event.user.app_metadata.deep?.r": ("text", "number", "flag"),
    "event.user.email": ("text",),
    "event.user.nickname": ("text",),
    "event.stats.logins_count": ("number",),
    "event.request.query.t": ("text",),
    "event.request.ip": ("text",),
    "event.request.geoip.countryCode": ("text",),
    "event.client.metadata.u": ("text",),
    "event.connection.name": ("text",),
}
TESTS = {
    "text": (
        '{0} === "word"', '{0} == "word"', '{0}?.startsWith("word")', '{0}?.endsWith("word")',
        '{0}?.includes("word")', '["word", "other"].includes({0})', "/^word/.test({0})",
        '{0}?.toLowerCase() === "word"', '({{word: 1}})[{0}] === 1', 'new Set(["word"]).has({0})',
    ),
    "number": ("{0} === 7", "{0} > 41", "{0} >= 5 && {0} <= 6", "Number({0}) === 12"),
    "flag": ("{0} === true", "{0}"),
}  # fmt: skip
HOLDERS = (
    "if ({0}) return;",
    "const exempt = {0}; if (exempt) return;",
    "const isExempt = () => {0}; if (isExempt()) return;",
    "if ([1].some(() => {0})) return;",
    "switch (Boolean({0})) {{ case true: return; }}",
)


def exception_of(number: int) -> str:
    """One exception, over one, two or three places."""
    dice = random.Random(number)  # noqa: S311  # the same ones every time
    conditions = []
    for place in dice.sample(sorted(PLACES), dice.choice((1, 1, 2, 2, 3))):
        kind = dice.choice(PLACES[place])
        conditions.append(f"({dice.choice(TESTS[kind]).format(place)})")
    return dice.choice(HOLDERS).format(" && ".join(conditions))


@pytest.mark.parametrize("number", range(40))
def test_no_exception_that_was_made_up_passes_in_silence(tmp_path, number):
    answer = verdict(tmp_path, guarded(exception_of(number)))
    assert answer.word in ("found", "named"), exception_of(number)
