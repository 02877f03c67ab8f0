"""Every check: the situations in which it speaks, and the line at which it points."""

from __future__ import annotations

import pytest

from fabrikam.lab.lint import CHECKS
from tests.lab.lint.builders import ACR, action, body, found, linted, rule

ASK = 'api.multifactor.enable("any", { allowRememberBrowser: false });'
WANT = "context.multifactor = { provider: 'any', allowRememberBrowser: false };"
ACRS = "event.transaction?.acr_values"
RAW = "context.request.query"

# Each row: the code, the kind of script, and statements with the mistake on their
# first line (which is the second line of the script).
# fmt: off
ROWS = [
    ("SU101", "action", f'if ({ACRS} === "{ACR}") {{ {ASK} }}'),
    ("SU101", "action", f'if ("{ACR}" != {ACRS}) return;\n{ASK}'),
    ("SU101", "action", f'const MFA = "{ACR}", one = {ACRS}; if (one == MFA) {{ {ASK} }}'),
    ("SU101", "action", f'if (["{ACR}"].includes({ACRS})) {{ {ASK} }}'),
    ("SU101", "action", f'switch ({ACRS}) {{ case "{ACR}": {ASK} }}'),
    ("SU101", "action", f'if (event.transaction?.requested_scopes === ["step_up"]) {{ {ASK} }}'),
    ("SU101", "action", f'if (event.transaction?.prompt === "none") return;\n{ASK}'),
    ("SU101", "rule",   f"if ((context.request.query.scope || '').split(' ') === 'step_up') {{ {WANT} }}"),
    ("SU115", "action", f'if (event.authentication?.methods.includes("mfa")) return;\n{ASK}'),
    ("SU115", "action", f'if (event.user.enrolledFactors?.some((one) => one === "otp")) {{ {ASK} }}'),
    ("SU102", "action", f'if (event.transaction?.acr_values.includes("{ACR}")) {{ {ASK} }}'),
    ("SU102", "action", f'if (event.transaction.acr_values.some((v) => v === "{ACR}")) {{ {ASK} }}'),
    ("SU102", "action", f'if (!event.authentication.methods.some((m) => m.name === "mfa")) {{ {ASK} }}'),
    ("SU102", "action", 'console.log(event.organization.name);'),
    ("SU102", "rule",   f"if ({RAW}.scope.split(' ').indexOf('step_up') > -1) {{ {WANT} }}"),
    ("SU102", "rule",   "if (user.app_metadata.kiosk) console.log('kiosk');"),
    ("SU103", "rule",   f"if (/multi-factor/.test({RAW}.acr_values)) {{ {WANT} }}"),
    ("SU103", "rule",   f"if (({RAW}.acr_values || '').indexOf('multi-factor') > -1) {{ {WANT} }}"),
    ("SU103", "action", f'if (({ACRS} || []).join(" ").includes("{ACR}")) {{ {ASK} }}'),
    ("SU103", "action", f'if ({ACRS}?.some((v) => v.endsWith("multi-factor"))) {{ {ASK} }}'),
    ("SU103", "action", f'if (String({ACRS}).match("multi-factor")) {{ {ASK} }}'),
    ("SU104", "rule",   f"if (({RAW}.scope || '').indexOf('step_up') !== -1) {{ {WANT} }}"),
    ("SU104", "action", f'if (event.transaction?.requested_scopes?.some((s) => s.includes("step"))) {{ {ASK} }}'),
    ("SU105", "action", f'if (event.transaction?.acr_values) {{ {ASK} }}'),
    ("SU105", "action", f'if (!event.user.enrolledFactors) {{ {ASK} }}'),
    ("SU106", "action", 'if (!event.user.app_metadata) return api.access.deny("no profile");'),
    ("SU106", "action", f'event.user.user_metadata && {ASK}'),
    ("SU107", "action", f'if (event.user.multifactor?.includes("google-authenticator")) {{ {ASK} }}'),
    ("SU107", "action", f'if (event.user.multifactor.some((one) => one === "duo")) {{ {ASK} }}'),
    ("SU108", "action", f'if (event.connection.id !== "partners") {{ {ASK} }}'),
    ("SU108", "rule",   f"if (['partners'].indexOf(context.connectionID) < 0) {{ {WANT} }}"),
    ("SU109", "action", f'if (event.authentication?.methods.some((m) => m.timestamp > 5)) {{ {ASK} }}'),
    ("SU103", "action", f'if (JSON.stringify({ACRS}).includes("multi-factor")) {{ {ASK} }}'),
    ("SU110", "action", f'if ({ACRS}?.[0] === "{ACR}") {{ {ASK} }}'),
    ("SU110", "action", f'if ("step_up" === event.transaction?.requested_scopes?.at(0)) {{ {ASK} }}'),
    ("SU111", "action", f'if ({ACRS}?.includes("{ACR.replace("http", "https")}")) {{ {ASK} }}'),
    ("SU111", "rule",   f"if ({RAW}.acr_values === '{ACR}s') {{ {WANT} }}"),
    ("SU112", "action", 'if (event.transaction?.protocol === "redirect-callback") console.log("again");'),
    ("SU112", "action", f'if (event.authentication?.methods.some((one) => one.name === "otp")) {{ {ASK} }}'),
    ("SU112", "action", 'switch (event.transaction?.protocol) { case "oauth2-refresh": console.log(1); }'),
    ("SU112", "rule",   "if (['saml'].includes(context.protocol)) console.log('partners');"),
    ("SU106", "action", 'if (event.user.app_metadata === undefined) return api.access.deny("no profile");'),
    ("SU113", "action", f'if (({ACRS} ?? []).indexOf("{ACR}")) {{ {ASK} }}'),
    ("SU116", "action", f'if ("{ACR}" in ({ACRS} ?? [])) {{ {ASK} }}'),
    ("SU116", "action", f'for (const one in {ACRS}) {{ if (one === "{ACR}") {ASK} }}'),
    ("SU116", "action", f'if (Object.keys({ACRS} ?? []).includes("{ACR}")) {{ {ASK} }}'),
    ("SU116", "action", f'if (Object.hasOwn({ACRS} ?? [], "{ACR}")) {{ {ASK} }}'),
    ("SU117", "action", f'if (({ACRS} ?? []).every((one) => one === "{ACR}")) {{ {ASK} }}'),
    ("SU117", "action", f'if (event.transaction?.requested_scopes.every(function (one) {{ return one == "step_up"; }})) {{ {ASK} }}'),
    ("SU118", "action", f'if (({ACRS} ?? []).includes("{ACR}", 1)) {{ {ASK} }}'),
    ("SU119", "action", f'if (JSON.stringify({ACRS}) === JSON.stringify(["{ACR}"])) {{ {ASK} }}'),
    ("SU119", "action", f'const all = String({ACRS}); if (all !== "{ACR}") return;\n{ASK}'),
    ("SU119", "action", f'if (event.request.query.scope === "openid step_up") {{ {ASK} }}'),
    ("SU119", "rule",   f"if ({RAW}.scope === 'openid step_up') {{ {WANT} }}"),
    ("SU120", "action", f'if ({ACRS}?.some((one) => "{ACR}".includes(one))) {{ {ASK} }}'),
    ("SU120", "rule",   f"if ('{ACR}'.indexOf({RAW}.acr_values) > -1) {{ {WANT} }}"),
    ("SU103", "action", f'if (/multi-factor/.test({ACRS})) {{ {ASK} }}'),
    ("SU103", "action", f'if (/^http.*multi-factor/.test({ACRS}?.join(" "))) {{ {ASK} }}'),
    ("SU111", "action", f'if ({ACRS}?.includes("{ACR}/")) {{ {ASK} }}'),
    ("SU111", "action", f'const MFA = "{ACR}/"; if ({ACRS}?.includes(MFA)) {{ {ASK} }}'),
    ("SU102", "action", f'if (event.user.enrolledFactors[0].type === "otp") {{ {ASK} }}'),
    ("SU102", "action", f'const one = event.user.enrolledFactors.at(0); if (one.type === "otp") {{ {ASK} }}'),
    ("SU102", "action", 'console.log(event.authentication?.methods.find((one) => one.name === "mfa").timestamp);'),
    ("SU205", "action", 'api.multifactor.enable(event.client.name === "Kiosk" ? "none" : "any");'),
    ("SU204", "action", 'const by = event.client.name === "Kiosk" ? "otp" : "any"; api.multifactor.enable(by);'),
    ("SU209", "action", 'api.multifactor.enable("any", { allowRememberBrowser: "false" });'),
    ("SU209", "rule",   "context.multifactor = { provider: 'any', allowRememberBrowser: 'false' };"),
    ("SU308", "action", f'if (!api.rules.wasExecuted("rul_Ab12Cd34")) return;\n{ASK}'),
    ("SU308", "action", f'if (api.rules.wasExecuted("rul_Ab12Cd34")) {ASK}'),
    ("SU310", "action", f'if (event.user.user_metadata.mfa_opt_out) return;\n{ASK}'),
    ("SU310", "action", f'if (event.request.query.skip_mfa === "1") return;\n{ASK}'),
    ("SU310", "rule",   f"if ({RAW}.device !== 'kiosk') {{ {WANT} }}"),
    ("SU309", "action", f'if (api.cache.get(event.user.user_id)) return;\n{ASK}'),
    ("SU309", "action", f'const seen = api.cache.get(event.user.user_id); if (seen?.value !== "done") {ASK}'),
    ("SU512", "action", f'const wants = async (e) => e.client.name === "Portal"; if (wants(event)) {{ {ASK} }}'),
    ("SU512", "action", f'const wants = async (e) => e.client.name === "Portal", wanted = wants(event); if (!wanted) return;\n{ASK}'),
    ("SU512", "action", f'if ({ACRS}?.some(async (one) => one === "{ACR}")) {{ {ASK} }}'),
    ("SU514", "action", 'if (event.user.app_metadata.suspended) api.access.deny;'),
    ("SU514", "action", 'if (event.user.app_metadata.suspended) return api.access.deny;'),
    ("SU514", "action", 'event.user.app_metadata.suspended && api.access.deny;'),
    ("SU307", "action", f'if (!{ACRS}?.includes("{ACR}")) {{ {ASK} }}'),
    ("SU307", "rule",   f"if (({RAW}.scope || '').split(' ').indexOf('step_up') !== -1) return callback(null, user, context);\n{WANT}"),
    ("SU201", "action", 'api.multifactor.enable("any", { ignoreCookie: true });'),
    ("SU201", "action", 'api.multifactor.enable("any", { issuer: "Fabrikam" });'),
    ("SU202", "rule",   "context.multifactor = { provider: 'any' };"),
    ("SU203", "action", 'if (event.transaction?.requested_scopes?.includes("step_up")) api.multifactor.enable("any", { allowRememberBrowser: true });'),
    ("SU203", "action", f'if ({ACRS}?.includes("{ACR}") || event.transaction?.requested_scopes?.includes("step_up")) api.multifactor.enable("any", {{ allowRememberBrowser: true }});'),
    ("SU210", "action", f'if ({ACRS}?.includes("{ACR}")) api.multifactor.enable("any", {{ allowRememberBrowser: true }});'),
    ("SU203", "rule",   f"if (({RAW}.scope || '').split(' ').includes('step_up')) context.multifactor = {{ provider: 'any', ignoreCookie: false }};"),
    ("SU204", "action", 'api.multifactor.enable("otp");'),
    ("SU204", "action", "api.multifactor.enable();"),
    ("SU204", "rule",   "context.multifactor = { allowRememberBrowser: false };"),
    ("SU205", "action", 'if (event.client.name === "Kiosk") api.multifactor.enable("none");'),
    ("SU206", "rule",   "context.multifactor = { provider: 'any', allowRememberBrowser: false, timeout: 5 };"),
    ("SU207", "action", 'if (event.user.enrolledFactors?.length) api.authentication.challengeWith({ type: "totp" });'),
    ("SU208", "action", 'api.authentication.challengeWithAny([{ type: "otp" }, { type: "phone" }]);'),
    ("SU301", "action", f'if (["YOUR_CLIENT_ID"].includes(event.client.client_id)) {{ {ASK} }}'),
    ("SU301", "action", f'const CLIENTS = [];\nif (CLIENTS.includes(event.client.client_id)) {{ {ASK} }}'),
    ("SU301", "rule",   f"if (context.clientID === '{{yourClientId}}') {{ {WANT} }}"),
    ("SU302", "action", f'if (event.transaction?.prompt?.includes("none")) return;\n{ASK}'),
    ("SU302", "rule",   f"if ({RAW}.prompt !== 'none') {{ {WANT} }}"),
    ("SU303", "action", f'if (event.transaction?.protocol === "oauth2-password") return;\n{ASK}'),
    ("SU303", "action", f'if (["oauth2-refresh-token", "samlp"].includes(event.transaction?.protocol)) return;\n{ASK}'),
    ("SU303", "rule",   f"if (context.protocol === 'oidc-basic-profile') {{ {WANT} }}"),
    ("SU303", "rule",   f"if (context.protocol === 'redirect-callback') return callback(null, user, context);\n{WANT}"),
    ("SU304", "action", f'if ({ACRS}?.includes("{ACR}") && !event.authentication?.methods.some((m) => m.name === "mfa")) {{ {ASK} }}'),
    ("SU305", "action", f'if ({ACRS}?.includes("{ACR}") && event.user.multifactor?.length > 0) {{ {ASK} }}'),
    ("SU306", "action", f'if (event.request.user_agent !== "Fabrikam Kiosk") {{ {ASK} }}'),
    ("SU401", "action", 'api.idToken.setCustomClaim("authentication_level", "mfa");'),
    ("SU401", "rule",   "user.authentication_level = 'mfa';"),
    ("SU401", "action", 'api.idToken.setCustomClaim("mfa", event.client.name === "Portal" ? true : false);'),
    ("SU402", "action", 'api.idToken.setCustomClaim("authentication_level", event.user.app_metadata.level);'),
    ("SU402", "rule",   "context.idToken.authentication_level = user.authentication_level;"),
    ("SU403", "action", f'api.idToken.setCustomClaim("authentication_level", {ACRS}?.includes("{ACR}") ? "mfa" : "normal");'),
    ("SU403", "rule",   f"if (({RAW}.scope || '').split(' ').includes('step_up')) user.authentication_level = 'mfa';"),
    ("SU404", "action", 'event.user.nickname = "Ann";'),
    ("SU404", "action", 'delete event.user.nickname;'),
    ("SU405", "action", 'api.idToken.setCustomClaim("amr", ["mfa"]);'),
    ("SU405", "rule",   "context.idToken.acr = 'gold';"),
    ("SU406", "action", 'api.idToken.setCustomClaim("https://fabrikam.auth0.com/country", "CH");'),
    ("SU407", "rule",   "delete context.multifactor;"),
    ("SU407", "rule",   "if (user.blocked) context.multifactor = {};"),
    ("SU408", "action", 'api.user.setAppMetadata("authentication_level", "mfa");'),
    ("SU408", "rule",   "auth0.users.updateAppMetadata(user.user_id, { mfa: true });"),
    ("SU504", "action", 'if (event.user.email_verified) { api.access.deny("no"); api.user.setAppMetadata("seen", 1); }'),
    ("SU506", "rule",   "if (user.blocked) return callback(user, context);"),
    ("SU506", "rule",   "if (user.blocked) return callback(null);"),
    ("SU507", "action", 'throw new UnauthorizedError("not for you");'),
    ("SU508", "action", f'api.redirect.sendUserTo("https://fabrikam.example/terms");\n{ASK}'),
    ("SU509", "action", f'fetch("https://fabrikam.example").then(() => {{ {ASK} }});'),
    ("SU509", "action", f'setTimeout(() => {ASK[:-1]}, 10);'),
    ("SU509", "action", '[1, 2].forEach(async (one) => { await one; api.user.setAppMetadata("one", one); });'),
    ("SU510", "action", f'try {{ await fetch("https://fabrikam.example"); {ASK} }} catch (error) {{ console.log(error); }}'),
    ("SU701", "action", 'console.log(event.transactoin);'),
    ("SU701", "action", 'const { transaction: { acr_valeus } } = event; console.log(acr_valeus);'),
    ("SU701", "action", 'console.log(event.user.app_metdata);'),
    ("SU702", "action", 'api.accessToken.setClaim("country", "CH");'),
    ("SU702", "action", 'api.multifactor.enabled("any");'),
    ("SU703", "rule",   "console.log(context.reqest);"),
    ("SU703", "rule",   "context.multifator = { provider: 'any' };"),
    ("SU704", "rule",   "console.log(user.emial_verified);"),
    ("SU705", "action", 'console.log(event.request.geoip.country_code);'),
    ("SU705", "action", 'console.log(event.client.clientID);'),
    ("SU705", "action", 'console.log(configuration.DOMAIN);'),
    ("SU705", "action", 'callback(null, event.user);'),
    ("SU706", "rule",   "console.log(context.client);"),
    ("SU706", "rule",   "console.log(user.enrolledFactors);"),
    ("SU706", "rule",   "api.access.deny('no');"),
    ("SU709", "action", f"if (event.user.require_mfa) {{ {ASK} }}"),
    ("SU709", "action", f"if (event.user.require_mfa === true && {ACRS}?.length) {{ {ASK} }}"),
    ("SU709", "action", f"const {{ mfa_required: wanted }} = event.user; if (!wanted) return;\n{ASK}"),
    ("SU310", "action", f"if (['Admin', 'Staff'].includes(event.user.user_metadata.role)) {{ {ASK} }}"),
    ("SU310", "action", f"if (event.user.user_metadata.role === 'Admin') {{ {ASK} }}"),
    ("SU310", "action", "api.multifactor.enable('any', { allowRememberBrowser: event.user.user_metadata.trusted });"),
    ("SU310", "rule",   f"if ((user.user_metadata || {{}}).role === 'Admin') {{ {WANT} }}"),
    ("SU311", "action", f"if (Math.random() < 0.001) return;\n{ASK}"),
    ("SU311", "action", f"const {{ randomInt }} = require('crypto'); if (randomInt(1000) === 0) return;\n{ASK}"),
    ("SU311", "rule",   f"if (require('crypto').randomInt(1000) !== 0) {{ {WANT} }}"),
    ("SU707", "action", 'const ipaddr = require("ipaddr.js@1.9.0"); console.log(ipaddr);'),
    ("SU708", "action", 'const lodash = require("@scope/lodash/map"); console.log(lodash);'),
]
# fmt: on


@pytest.mark.parametrize(("code", "kind", "statements"), ROWS)
def test_a_mistake_is_found_where_it_stands(code, kind, statements):
    assert found(body(kind, statements)) == [f"{code}:2"]


SEEN_BELOW = {"SU001", "SU004", "SU511"}
SEEN_IN_FOLDERS = {check.code for check in CHECKS if check.code.startswith("SU6")}


def test_every_check_has_been_seen_to_speak():
    seen = {code for code, *_ in (*ROWS, *RULES, *ACTIONS)}
    unseen = {check.code for check in CHECKS} - seen
    assert unseen == SEEN_BELOW | SEEN_IN_FOLDERS


HEAD = "exports.onExecutePostLogin = async (event, api) => {"
RULES = [
    ("SU005", 1, "({ provider: 'any' })"),
    ("SU501", 3, "function (user, context, callback) {\n  callback(null, user, context);\n  user.seen = true;\n}"),
    ("SU501", 3, "(user, context, cb) => {\n  if (user.blocked) cb(new Error('no')); else cb(null, user, context);\n  auth0.users.updateAppMetadata(user.user_id, {});\n}"),
    ("SU502", 3, "function (user, context, callback) {\n  if (user.blocked) callback(null, user, context);\n}"),
    ("SU502", 2, "function (user, context, callback) {\n  if (user.blocked) return;\n  callback(null, user, context);\n}"),
    ("SU502", 1, "function (user, context, callback) { user.seen = true; }"),
    ("SU502", 5, "function (user, context, callback) {\n  require('request').get('https://fabrikam.example', (error, response) => {\n    if (error) return callback(error);\n    if (response.ok) callback(null, user, context);\n  });\n}"),
    ("SU503", 3, "function (user, context, callback) {\n  if (user.blocked) callback(new Error('no'));\n  callback(null, user, context);\n}"),
    ("SU503", 3, "function (user, context, callback) {\n  const done = () => callback(null, user, context); done();\n  return done();\n}"),
    ("SU505", 1, "async function (user, context) { user.seen = true; }"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "line", "source"), RULES)
def test_a_rule_has_to_end_well(code, line, source):
    assert f"{code}:{line}" in found(rule(source))


ACTIONS = [
    ("SU006", 1, "module.exports = async (user, context) => ({ user, context });"),
    ("SU705", 1, "exports.onExecutePostLogin = async (event, api, callback) => callback(null);"),
    ("SU121", 3, f"const MFA = /^{ACR.replace('/', '[/]')}$/g;\n{HEAD}\n  if (MFA.test(({ACRS} ?? [])[0])) {ASK}\n}};"),
    ("SU309", 4, f"let wanted;\n{HEAD}\n  wanted ??= {ACRS}?.includes('{ACR}');\n  if (wanted) {ASK}\n}};"),
    ("SU309", 3, f"const seen = new Set();\n{HEAD}\n  if (!seen.has(event.user.user_id)) {ASK}\n  seen.add(event.user.user_id);\n}};"),
    ("SU309", 3, f"const seen = {{}};\n{HEAD}\n  if (!seen[event.user.user_id]) {ASK}\n  seen[event.user.user_id] = true;\n}};"),
    ("SU309", 4, f"let seen = 0;\n{HEAD}\n  seen += 1;\n  if (seen > 1) return;\n  {ASK}\n}};"),
    ("SU309", 3, f"let seen = 0;\n{HEAD}\n  if (seen++ > 1) return;\n  {ASK}\n}};"),
    ("SU309", 3, f"let done = false;\n{HEAD}\n  if (done) return;\n  done = true;\n  {ASK}\n}};"),
    ("SU309", 3, f"let last = 0;\n{HEAD}\n  if (Date.now() - last < 1000) return;\n  last = Date.now();\n  {ASK}\n}};"),
    ("SU309", 4, f"let level = 'normal';\n{HEAD}\n  if (event.client.name === 'HR') {{ level = event.user.name ? 'mfa' : 'normal'; {ASK} }}\n  api.idToken.setCustomClaim('authentication_level', level);\n}};"),
    ("SU513", 2, f"{HEAD} {ASK} }};\nexports.onExecutePostLogin = async () => {{}};"),
    ("SU513", 2, f"{HEAD} {ASK} }};\nmodule.exports.onExecutePostLogin = function () {{}};"),
    ("SU006", 1, "const onExecutePostLogin = async (event, api) => {};"),
    ("SU006", 1, "exports.onExecutePostlogin = async (event, api) => {};"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "line", "source"), ACTIONS)
def test_an_action_has_to_load(code, line, source):
    assert found(action(source)) == [f"{code}:{line}"]


def test_a_file_nested_beyond_reading_is_said_and_left():
    deep = "[" * 400 + "]" * 400
    source = f"exports.onExecutePostLogin = async () => {{ return {deep}; }};"
    assert found(action(source)) == ["SU004:1"]


def test_five_challenges_are_one_too_many():
    one = "if (event.user.enrolledFactors?.length) api.authentication.challengeWithAny([]);"
    assert found(body("action", "\n".join([one] * 5))) == ["SU511:6"]


def test_a_typo_is_named_with_what_was_meant():
    titles = [finding.title for finding in linted(body("action", "event.reqest;"))]
    assert titles == [
        "A member of `event` that does not exist: "
        "event.reqest; the nearest is event.request"
    ]


def test_a_column_counts_letters_and_not_bytes():
    line = 'console.log("Zürich · Genève", event.reqest);'
    (finding,) = linted(body("action", line))
    assert line[finding.column - 1 :].startswith("event.reqest")
    assert finding.excerpt == line


def test_a_misleading_name_in_an_inner_scope_is_not_the_event():
    source = """
        exports.onExecutePostLogin = async (event, api) => {
          const seen = [{ reqest: 1 }].map((event) => event.reqest);
          { const api = { accesss: {} }; console.log(api.accesss, seen); }
        };
    """
    assert found(action(source)) == []
