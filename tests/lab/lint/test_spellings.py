"""One decision in many right spellings, and what only looks like a mistake."""

from __future__ import annotations

import pytest

from tests.lab.advise.test_advice import STYLES
from tests.lab.lint.builders import ACR, action, handler, linted, rule, rule_body

ASK = 'api.multifactor.enable("any", { allowRememberBrowser: false });'
ACRS = "event.transaction?.acr_values"
HEAD = "exports.onExecutePostLogin = async (event, api) => {"
WORD = rf"(?:^|\s){ACR.replace('/', '[/]')}(?:\s|$)"

SPELLINGS = {
    "compiled by TypeScript": f"""
    "use strict";
    Object.defineProperty(exports, "__esModule", {{ value: true }});
    exports.onExecutePostLogin = void 0;
    const onExecutePostLogin = async (event, api) => {{
      var _a, _b;
      const asked = (_b = (_a = event.transaction) === null || _a === void 0
        ? void 0 : _a.acr_values) !== null && _b !== void 0 ? _b : [];
      if (asked.includes("{ACR}")) {{ {ASK} }}
    }};
    exports.onExecutePostLogin = onExecutePostLogin;
    """,
    "a class with private fields": f"""
    class StepUp {{
      #event; #api;
      constructor(event, api) {{ this.#event = event; this.#api = api; }}
      get wanted() {{ return (this.#event.transaction?.acr_values ?? []).includes("{ACR}"); }}
      run() {{ const api = this.#api; if (this.wanted) {{ {ASK} }} }}
    }}
    exports.onExecutePostLogin = async (event, api) => new StepUp(event, api).run();
    """,
    "a switch in a loop": f"""
    {HEAD}
      for (const value of {ACRS} || []) {{
        switch (value) {{ case "{ACR}": {ASK} break; default: break; }}
      }}
    }};
    """,
    "a regular expression between blanks": f"""
    const WORD = /{WORD}/;
    {HEAD} if (WORD.test(({ACRS} ?? []).join(" "))) {ASK} }};
    """,
    "a tilde": f"""
    {HEAD} const asked = {ACRS} ?? []; if (~asked.indexOf("{ACR}")) {ASK} }};
    """,
    "the raw request": f"""
    {HEAD}
      const asked = (event.request.query?.acr_values ?? "").split(" ");
      if (asked.includes("{ACR}")) {ASK}
    }};
    """,
    "joined and split": f"""
    {HEAD}
      const asked = [].concat({ACRS} || []).join(" ").split(/\\s+/);
      if (asked.includes("{ACR}")) {ASK}
    }};
    """,
    "a promise that is awaited": f"""
    async function wants(event) {{ return ({ACRS} ?? []).includes("{ACR}"); }}
    {HEAD}
      const wanted = await wants(event);
      if (wanted && (await wants(event))) {ASK}
    }};
    """,
    "a chain of promises": f"""
    const decide = (event) => Promise.resolve(({ACRS} ?? []).includes("{ACR}"));
    exports.onExecutePostLogin = (event, api) => decide(event).then((wanted) => {{
      if (wanted) {ASK}
    }});
    """,
    "a pause that is awaited": f"""
    {HEAD}
      await new Promise((done) => setTimeout(done, 2));
      if (({ACRS} ?? []).includes("{ACR}")) {ASK}
    }};
    """,
    "unless the Rule has asked": f"""
    {HEAD}
      if (api.rules.wasExecuted("rul_Ab12Cd34")) return;
      if (({ACRS} ?? []).includes("{ACR}")) {ASK}
    }};
    """,
    "whatever factor the user has, else a new one": f"""
    {HEAD}
      if (!({ACRS} ?? []).includes("{ACR}")) return;
      const types = (event.user.enrolledFactors ?? []).map((one) => one.type)
        .filter((type) => type === "otp" || type === "push-notification");
      if (types.length > 0) {{
        api.authentication.challengeWithAny(types.map((type) => ({{ type }})));
      }} else {{
        api.authentication.enrollWith({{ type: "otp" }});
      }}
    }};
    """,
    "a redirect, and the factor when the user is back": f"""
    {HEAD}
      if (!({ACRS} ?? []).includes("{ACR}")) return;
      api.redirect.sendUserTo("https://terms.fabrikam.example/accept");
    }};
    exports.onContinuePostLogin = async (event, api) => {{
      if (({ACRS} ?? []).includes("{ACR}")) {ASK}
    }};
    """,
    "everything by question marks": f"""
    {HEAD}
      const wanted = event?.transaction?.acr_values?.some?.((v) => v === "{ACR}") ?? false;
      if (wanted === true) api.multifactor?.enable?.("any", {{ allowRememberBrowser: false }});
    }};
    """,
    "a table of commands": f"""
    const COMMANDS = {{ ["{ACR}"]: (api) => {ASK[:-1]} }};
    {HEAD}
      ({ACRS} ?? []).forEach((value) => {{
        const command = Object.hasOwn(COMMANDS, value) ? COMMANDS[value] : undefined;
        if (command) command(api);
      }});
    }};
    """,
    "a queue with a label": f"""
    {HEAD}
      const queue = [...({ACRS} ?? [])];
      let wanted = false;
      while (queue.length) {{ if (queue.shift() === "{ACR}") {{ wanted = true; break; }} }}
      if (wanted) {ASK}
    }};
    """,
    "a ternary that returns": f"""
    const CLASSES = Object.freeze({{ MFA: "{ACR}" }});
    exports.onExecutePostLogin = async function onExecutePostLogin(event, api) {{
      "use strict";
      const wanted = event.transaction && event.transaction.acr_values
        ? event.transaction.acr_values.indexOf(CLASSES.MFA) > -1 : false;
      return wanted ? api.multifactor.enable("any", {{ allowRememberBrowser: false }}) : undefined;
    }};
    """,
    "options by spreading": f"""
    {HEAD}
      const strict = {{ allowRememberBrowser: false }};
      const options = {{ ...strict }};
      if (({ACRS} ?? []).includes("{ACR}")) api.multifactor.enable("any", options);
    }};
    """,
    "closed where it fails": f"""
    {HEAD}
      try {{
        if (({ACRS} ?? []).includes("{ACR}")) {ASK}
      }} catch (error) {{
        console.log(error.message);
        return api.access.deny("step-up could not be decided");
      }}
    }};
    """,
}  # fmt: skip


@pytest.mark.parametrize("source", SPELLINGS.values(), ids=SPELLINGS)
def test_a_right_spelling_is_left_alone(source):
    assert linted(action(source), factors=frozenset({"otp", "push-notification"})) == ()


SCOPES = "event.transaction?.requested_scopes"
LOOKALIKES = {
    "the keys of an object":
        'for (const name in event.user.app_metadata) console.log(name);\n'
        'if ("kiosk" in event.user.app_metadata) console.log("kiosk");\n'
        "Object.keys(event.user.app_metadata).includes(event.client.name);",
    "the places of a list":
        f"const all = {SCOPES} ?? [];\n"
        f'for (const place in all) {{ if (all[place] === "step_up") {{ {ASK} }} }}',
    "all of my words stand in the request":
        f'if (["openid", "step_up"].every((one) => {SCOPES}?.includes(one))) {ASK}',
    "none of the request's words is it":
        f'if (({ACRS} ?? []).every((one) => one !== "{ACR}")) return;\n{ASK}',
    "a search from the beginning":
        f'if (({ACRS} ?? []).indexOf("{ACR}", 0) >= 0) {ASK}',
    "one class and nothing else, in the raw request":
        f'if (event.request.query.acr_values === "{ACR}") {ASK}',
    "a list written out for the log":
        f"console.log(JSON.stringify({ACRS}), String({SCOPES}));",
    "my list is searched for what is sent":
        f'if (["{ACR}"].includes(event.request.query.acr_values)) {ASK}',
    "an expression of this login":
        f'const word = /step_up/g; if (word.test(event.client.name)) {ASK}',
    "one of two providers":
        'api.multifactor.enable(event.client.name === "HR" ? "guardian" : "any");',
    "the first factor, if there is one":
        "const factors = event.user.enrolledFactors ?? [];\n"
        "if (factors.length) console.log(factors[0].type);\n"
        "console.log(factors[0]?.type, factors.find((one) => one.type === 'otp')?.options);\n"
        "const [first] = factors; if (first) console.log(first.type);\n"
        "const one = factors[0]; if (!one) return; console.log(one.type);",
    "who wants to be asked more often":
        f"if (event.user.user_metadata.careful) {ASK}",
    "an exception that only we can write":
        f"if (event.user.app_metadata.mfa_exempt) return;\n{ASK}",
    "the audience of the request":
        f'if (event.request.query.audience !== "https://api.fabrikam.example") return;\n{ASK}',
    "a command that is handed on":
        "const deny = api.access.deny; if (!event.user.email) deny.call(api.access, 'no');",
    "a cached answer, looked into":
        "const kept = api.cache.get('prices')?.value ?? '{}';\n"
        f"const prices = JSON.parse(kept); console.log(prices); {ASK}",
    "a class that something is put behind":
        f'const BASE = "{ACR}/"; if ({ACRS}?.includes(`${{BASE}}hardware`)) {ASK}',
}  # fmt: skip


@pytest.mark.parametrize("statements", LOOKALIKES.values(), ids=LOOKALIKES)
def test_what_only_looks_like_a_mistake_is_left_alone(statements):
    assert linted(action(handler(statements))) == ()


KEPT = {
    "settings that are read once": f"""
    let names;
    {HEAD}
      names ??= JSON.parse(event.secrets.NAMES ?? "[]");
      if (names.includes(event.client.name)) {ASK}
    }};
    """,
    "a connection that is opened once": f"""
    let client;
    {HEAD}
      client = client ?? (await open(event.secrets.URL ?? ""));
      const risk = await client.risk(event.user.user_id);
      if (risk > 3) {ASK}
    }};
    """,
    "a count for the log": f"""
    let logins = 0;
    {HEAD} logins += 1; console.log(logins); {ASK} }};
    """,
}  # fmt: skip


@pytest.mark.parametrize("source", KEPT.values(), ids=KEPT)
def test_what_is_kept_between_logins_may_be_anything_but_a_login(source):
    secrets = {"NAMES": "[]", "URL": "made up"}
    assert linted(action(source, secrets=secrets)) == ()


def test_global_settings_of_rules_are_no_login():
    statements = (
        "global.names = global.names || configuration.NAMES;\n"
        "if (global.names === context.clientName) {\n"
        "context.multifactor = { provider: 'any', allowRememberBrowser: false };\n}"
    )
    settings = {"NAMES": "HR"}
    assert linted(rule(rule_body(statements)), rules_configs=settings) == ()


def test_a_level_that_global_keeps_is_the_level_of_somebody_else():
    statements = (
        "var words = (context.request.query.scope || '').split(' ');\n"
        "global.level = global.level || (words.includes('step_up') ? 'mfa' : 'normal');\n"
        "context.idToken.authentication_level = global.level;"
    )
    codes = {finding.code for finding in linted(rule(rule_body(statements)))}
    assert "SU309" in codes


OLD_HABITS = {  # what galleries show, and the linter has always said of it
    "listed applications": {"SU202"},
    "class of authentication, once": {"SU102", "SU304"},
    "taken apart": {"SU506"},
}


@pytest.mark.parametrize("name", STYLES)
def test_rules_of_galleries_have_no_other_findings(name):
    codes = {finding.code for finding in linted(rule(STYLES[name]))}
    assert codes == OLD_HABITS.get(name, set())
