"""Correct scripts, however they are written: the linter has nothing to say."""

from __future__ import annotations

from pathlib import Path

import pytest

from fabrikam.lab.lint import lint_folder
from fabrikam.tenant.scripts import read_folder
from tests.lab.lint.builders import ACR, action, found, linted, rule

ROOT = Path(__file__).parents[3]

ACTIONS = {
    "guarded by optional chaining": f"""
    const MFA = "{ACR}";
    exports.onExecutePostLogin = async (event, api) => {{
      if (event.transaction?.acr_values?.includes(MFA)) {{
        api.multifactor.enable("any", {{ allowRememberBrowser: false }});
      }}
    }};
    """,
    "early return, default by ||": f"""
    exports.onExecutePostLogin = async function (event, api) {{
      var wanted = (event.transaction && event.transaction.acr_values) || [];
      if (wanted.indexOf('{ACR}') === -1) {{ return; }}
      api.multifactor.enable('any', {{ allowRememberBrowser: false }});
    }};
    """,
    "taken apart in the parameters": f"""
    exports.onExecutePostLogin = async ({{ transaction }}, {{ multifactor }}) => {{
      const {{ acr_values: wanted = [] }} = transaction ?? {{}};
      if (!wanted.includes("{ACR}")) return;
      multifactor.enable("any", {{ allowRememberBrowser: false }});
    }};
    """,
    "a helper that decides": f"""
    const MFA = "{ACR}";
    const wantsStepUp = ({{ transaction }}) =>
      Array.isArray(transaction?.acr_values) && transaction.acr_values.includes(MFA);

    exports.onExecutePostLogin = async (event, api) => {{
      if (wantsStepUp(event)) {{
        api.multifactor.enable("any", {{ allowRememberBrowser: false }});
      }}
    }};
    """,
    "a helper that asks": f"""
    function requireFactor(api) {{
      api.multifactor.enable("any", {{ allowRememberBrowser: false }});
    }}
    exports.onExecutePostLogin = async (event, api) => {{
      const acr = event.transaction?.acr_values;
      if (acr && acr.some((value) => value === "{ACR}")) requireFactor(api);
    }};
    """,
    "another name for everything": f"""
    async function postLogin(e, a) {{
      const wanted = new Set(e.transaction?.acr_values ?? []);
      if (wanted.has("{ACR}")) {{
        a.multifactor.enable("any", {{ allowRememberBrowser: false }});
      }}
    }}
    module.exports = {{ onExecutePostLogin: postLogin }};
    """,
    "a method of the exports": f"""
    module.exports = {{
      async onExecutePostLogin(event, api) {{
        for (const value of event.transaction?.acr_values ?? []) {{
          if (value === "{ACR}") {{
            api.multifactor.enable("any", {{ allowRememberBrowser: false }});
          }}
        }}
      }},
    }};
    """,
    "the level beside the request, by scope": """
    exports.onExecutePostLogin = async (event, api) => {
      const stepUp = event.transaction?.requested_scopes?.includes("step_up") ?? false;
      if (stepUp) {
        api.multifactor.enable("any", { allowRememberBrowser: false });
      }
      api.idToken.setCustomClaim("authentication_level", stepUp ? "mfa" : "normal");
    };
    """,
    "the level in a variable": """
    exports.onExecutePostLogin = async (event, api) => {
      let level = "normal";
      if ((event.transaction?.requested_scopes || []).includes("step_up")) {
        api.multifactor.enable("any", { allowRememberBrowser: false });
        level = "mfa";
      }
      api.idToken.setCustomClaim("https://fabrikam.example/authentication_level", level);
      api.accessToken.setCustomClaim("authentication_level", level);
    };
    """,
    "a challenge for the enrolled, enrolment for the rest": f"""
    exports.onExecutePostLogin = async (event, api) => {{
      if (!event.transaction?.acr_values?.includes("{ACR}")) return;
      const factors = event.user.enrolledFactors ?? [];
      if (factors.some((factor) => factor.type === "otp")) {{
        api.authentication.challengeWith({{ type: "otp" }});
      }} else {{
        api.authentication.enrollWith({{ type: "otp" }});
      }}
    }};
    """,
    "a silent request is refused, not let through": f"""
    exports.onExecutePostLogin = async (event, api) => {{
      const {{ prompt, acr_values }} = event.transaction ?? {{}};
      if (!acr_values?.includes("{ACR}")) return;
      if (prompt?.includes("none")) {{
        return api.access.deny("a second factor is needed");
      }}
      api.multifactor.enable("any", {{ allowRememberBrowser: false }});
    }};
    """,
    "the documented way round refresh tokens": """
    exports.onExecutePostLogin = async (event, api) => {
      if (event.transaction?.protocol === "oauth2-refresh-token") {
        return;
      }
      api.multifactor.enable("any", { allowRememberBrowser: true });
    };
    """,
    "once per session, where nobody looks at amr": """
    exports.onExecutePostLogin = async (event, api) => {
      const done = event.authentication?.methods?.some(({ name }) => name === "mfa");
      if (!done) api.multifactor.enable("any", { allowRememberBrowser: false });
    };
    """,
    "the level from what the session passed": """
    exports.onExecutePostLogin = async (event, api) => {
      const methods = event.authentication ? event.authentication.methods : [];
      const passed = methods.find((method) => method.name === "mfa");
      api.idToken.setCustomClaim("authentication_level", passed ? "mfa" : "normal");
    };
    """,
    "denied for good": """
    exports.onExecutePostLogin = async (event, api) => {
      if (event.user.app_metadata.blocked_until) {
        api.access.deny("come back later");
        return;
      }
      if (!event.user.email_verified) return api.access.deny("verify your address");
      api.user.setAppMetadata("last_seen", new Date().toISOString());
    };
    """,
    "a redirect of its own, and the way back": """
    exports.onExecutePostLogin = async (event, api) => {
      if (!event.user.app_metadata?.terms && api.redirect.canRedirect()) {
        const session_token = api.redirect.encodeToken({
          secret: event.secrets.TERMS_SECRET, payload: { user: event.user.user_id },
        });
        api.redirect.sendUserTo("https://fabrikam.example/terms", {
          query: { session_token },
        });
      }
    };
    exports.onContinuePostLogin = async (event, api) => {
      const payload = api.redirect.validateToken({ secret: event.secrets.TERMS_SECRET });
      if (payload.accepted !== true) return api.access.deny("the terms are needed");
      api.user.setAppMetadata("terms", true);
    };
    """,
    "roles and organizations, guarded": """
    exports.onExecutePostLogin = async (event, api) => {
      const namespace = "https://fabrikam.example";
      if (event.authorization) {
        api.idToken.setCustomClaim(`${namespace}/groups`, event.authorization.roles);
      }
      const { organization } = event;
      if (!organization) return;
      api.accessToken.setCustomClaim(`${namespace}/org`, organization.display_name);
    };
    """,
    "abroad, in an Action's words": """
    exports.onExecutePostLogin = async (event, api) => {
      const { geoip, user_agent: agent } = event.request;
      console.log(`login from ${geoip?.countryCode} by ${agent}`);
      if (geoip?.countryCode !== "CH") {
        api.multifactor.enable("any", { allowRememberBrowser: false });
      }
    };
    """,
    "applications that choose by their metadata": f"""
    exports.onExecutePostLogin = async (event, api) => {{
      const {{ client, transaction }} = event;
      if (client.metadata.step_up !== "on") return;
      switch (true) {{
        case transaction?.acr_values?.includes("{ACR}"):
          api.multifactor.enable("guardian", {{ allowRememberBrowser: false }});
          break;
        default:
          break;
      }}
    }};
    """,
    "a list of real clients": """
    const CLIENTS = Object.freeze(["fabrikam-intranet", "k3J9xQ2vLm0sTz8b"]);
    exports.onExecutePostLogin = async (event, api) => {
      if (CLIENTS.includes(event.client.client_id)) {
        api.multifactor.enable("any", { allowRememberBrowser: false });
      }
    };
    """,
    "a call out, and closed where it fails": """
    const axios = require("axios");
    exports.onExecutePostLogin = async (event, api) => {
      try {
        const { data } = await axios.get("https://risk.fabrikam.example/score");
        if (data.score > 3) {
          api.multifactor.enable("any", { allowRememberBrowser: false });
        }
      } catch (error) {
        console.log(error.message);
        api.access.deny("the risk service is down");
      }
    };
    """,
    "chained, cached, and kept in the transaction": """
    exports.onExecutePostLogin = async (event, api) => {
      const seen = api.cache.get(event.user.user_id);
      if (!seen?.value) {
        api.cache.set(event.user.user_id, "1", { ttl: 60_000 });
      }
      api.transaction.setMetadata("seen", Boolean(seen));
      api.idToken.setCustomClaim("a", 1).accessToken.setCustomClaim("b", 2);
    };
    """,
    "an object that keeps event and api": f"""
    class StepUp {{
      constructor(event, api) {{
        this.event = event;
        this.api = api;
      }}
      run() {{
        if ((this.event.transaction?.acr_values ?? []).includes("{ACR}")) {{
          this.api.multifactor.enable("any", {{ allowRememberBrowser: false }});
        }}
      }}
    }}
    exports.onExecutePostLogin = async (event, api) => new StepUp(event, api).run();
    """,
    "a handler from a module that Actions share": """
    exports.onExecutePostLogin = require("actions:step-up").onExecutePostLogin;
    """,
    "what the page of the redirect sends back": """
    exports.onExecutePostLogin = async (event, api) => {
      api.redirect.sendUserTo("https://fabrikam.example/terms");
    };
    exports.onContinuePostLogin = async (event, api) => {
      if (event.request.query.accepted !== "yes") api.access.deny("the terms are needed");
    };
    """,
    "a family of scopes": """
    exports.onExecutePostLogin = async (event, api) => {
      const scopes = event.transaction?.requested_scopes ?? [];
      if (scopes.some((scope) => scope.startsWith("admin:"))) {
        api.multifactor.enable("any", { allowRememberBrowser: false });
      }
    };
    """,
    "an object that a default may have made": """
    exports.onExecutePostLogin = async (event, api) => {
      const visits = event.user.app_metadata.visits || {};
      visits[event.client.client_id] = event.stats.logins_count;
      api.user.setAppMetadata("visits", visits);
    };
    """,
    "passkeys need no second factor": """
    exports.onExecutePostLogin = async (event, api) => {
      const methods = event.authentication?.methods ?? [];
      if (methods.some((method) => method.name === "passkey")) {
        api.multifactor.enable("none");
      }
    };
    """,
    "how long ago, read as a date": """
    exports.onExecutePostLogin = async (event, api) => {
      const mfa = event.authentication?.methods.find(({ name }) => name === "mfa");
      const fresh = mfa && Date.now() - Date.parse(mfa.timestamp) < 300_000;
      if (!fresh) api.multifactor.enable("any", { allowRememberBrowser: false });
    };
    """,
}  # fmt: skip

RULES = {
    "the whole of ES5": """
    function (user, context, callback) {
      var query = (context.request && context.request.query) || {};
      var scopes = (query.scope || '').split(' ');
      user.authentication_level = 'normal';
      if (scopes.indexOf('step_up') !== -1) {
        user.authentication_level = 'mfa';
        context.multifactor = {
          provider: 'google-authenticator', issuer: 'Fabrikam', ignoreCookie: true
        };
      }
      context.idToken['https://fabrikam.example/level'] = user.authentication_level;
      return callback(null, user, context);
    }
    """,
    "an arrow with early returns": f"""
    (user, context, callback) => {{
      const query = context.request?.query ?? {{}};
      if (query.acr_values !== "{ACR}") return callback(null, user, context);
      context.multifactor = {{ provider: "any", allowRememberBrowser: false }};
      return callback(null, user, context);
    }}
    """,
    "words of a list": f"""
    function stepUp(user, context, callback) {{
      const wanted = String(context.request.query.acr_values || "").split(" ");
      if (wanted.some(function (word) {{ return word === "{ACR}"; }})) {{
        context.multifactor = {{ provider: "guardian", allowRememberBrowser: false }};
      }}
      callback(null, user, context);
    }}
    """,
    "async, with a catch": """
    async function (user, context, callback) {
      try {
        user.app_metadata = user.app_metadata || {};
        user.app_metadata.visits = (user.app_metadata.visits || 0) + 1;
        await auth0.users.updateAppMetadata(user.user_id, user.app_metadata);
        callback(null, user, context);
      } catch (error) {
        callback(error);
      }
    }
    """,
    "a request that calls back": """
    function (user, context, callback) {
      const request = require('request@2.88.2');
      request.get({ url: 'https://risk.fabrikam.example' }, (error, response, body) => {
        if (error) return callback(error);
        if (response.statusCode !== 200) {
          return callback(new Error('the risk service is down'));
        }
        context.idToken['https://fabrikam.example/risk'] = body.risk;
        return callback(null, user, context);
      });
    }
    """,
    "promises": """
    function (user, context, callback) {
      user.user_metadata = user.user_metadata || {};
      auth0.users.updateUserMetadata(user.user_id, user.user_metadata)
        .then(() => callback(null, user, context))
        .catch((error) => callback(error));
    }
    """,
    "a helper that finishes": """
    function (user, context, callback) {
      const done = (error) => error ? callback(error) : callback(null, user, context);
      if (!user.email_verified) {
        return done(new UnauthorizedError('verify your address first'));
      }
      done();
    }
    """,
    "some are turned away": """
    function (user, context, callback) {
      const roles = (context.authorization || {}).roles || [];
      if (context.clientName === 'Payroll' && roles.indexOf('payroll') < 0) {
        return callback(new UnauthorizedError('not for you'));
      }
      callback(null, user, context);
    }
    """,
    "a switch that always ends": """
    function (user, context, callback) {
      switch (context.protocol) {
        case 'oauth2-refresh-token':
          return callback(null, user, context);
        case 'redirect-callback':
          console.log(context.original_protocol);
          break;
        default:
          context.multifactor = { provider: 'any', allowRememberBrowser: true };
      }
      callback(null, user, context);
    }
    """,
    "once per session, guarded": """
    function (user, context, callback) {
      const methods = context.authentication ? context.authentication.methods : [];
      const done = Array.isArray(methods) && methods.some((one) => one.name === 'mfa');
      if (!done) {
        context.multifactor = { provider: 'any', allowRememberBrowser: false };
      }
      callback(null, user, context);
    }
    """,
    "module.exports, a loop and a last semicolon": """
    module.exports = function (user, context, callback) {
      for (const identity of user.identities || []) {
        if (identity.provider === 'auth0') { user.has_password = true; break; }
      }
      if (!user.has_password) console.log('no password');
      callback(null, user, context);
    };
    """,
    "names by destructuring": """
    function ({ user_id, email, ...rest }, { clientID, request: { query = {} } }, cb) {
      const wanted = (query.scope || '').split(' ').includes('step_up');
      console.log(user_id, email, rest.nickname, clientID, wanted);
      cb(null, arguments[0], arguments[1]);
    }
    """,
    "assigned to the context": """
    (user, context, callback) => {
      const { scope = '' } = context.request?.query ?? {};
      const stepUp = scope.split(' ').includes('step_up');
      context.idToken['https://fabrikam.example/level'] = stepUp ? 'mfa' : 'normal';
      if (stepUp) {
        const multifactor = { provider: 'any', allowRememberBrowser: false };
        Object.assign(context, { multifactor });
      }
      return callback(null, user, context);
    }
    """,
    "helpers below the last line": """
    function (user, context, callback) {
      const groups = (context.authorization || {}).roles || [];
      if (groups.indexOf('payroll') > -1) forceFactor();
      if (user.role === 'guest') console.log('guest');
      callback(null, user, context);

      function forceFactor() {
        context.multifactor = { provider: 'guardian', allowRememberBrowser: true };
      }
    }
    """,
    "a request within a request": """
    function (user, context, callback) {
      const request = require('request');
      if (!user.email || !user.email_verified) return callback(null, user, context);
      request({ url: `${auth0.baseUrl}/users-by-email` }, function (error, response, body) {
        if (error) return callback(error);
        const others = JSON.parse(body).filter((one) => one.user_id !== user.user_id);
        if (others.length === 0) return callback(null, user, context);
        request.post({ url: others[0].url }, (failed, answer) => {
          if (answer && answer.statusCode >= 400) return callback(new Error('not linked'));
          context.primaryUser = others[0].user_id;
          callback(null, user, context);
        });
      });
    }
    """,
    "many steps, one end": """
    function (user, context, callback) {
      const async = require('async@2.1.2');
      async.waterfall([
        (next) => next(null, user.identities.length),
        (count, next) => {
          context.idToken['https://fabrikam.example/count'] = count;
          next(null);
        }
      ], (error) => callback(error, user, context));
    }
    """,
    "whoever comes first": """
    function (user, context, callback) {
      var finished = false;
      function finish(error) {
        if (finished) return;
        finished = true;
        callback(error || null, user, context);
      }
      setTimeout(function () { finish(new Error('too late')); }, 5000);
      require('request').get('https://risk.fabrikam.example', finish);
    }
    """,
    "kept for the next Rule": """
    function (user, context, callback) {
      context.audit = { risky: user.email_verified !== true };
      user.organization = user.email.split('@')[1];
      callback(null, user, context);
    }
    """,
    "stashed for the next Rule": """
    function (user, context, callback) {
      user.country = context.request.geoip && context.request.geoip.country_code;
      context.idToken['https://fabrikam.example/country'] = user.country;
      callback(null, user, context);
    }
    """,
}  # fmt: skip


@pytest.mark.parametrize("source", ACTIONS.values(), ids=ACTIONS)
def test_a_correct_action_is_left_alone(source):
    secrets = {"TERMS_SECRET": "made up"}
    script = action(source, secrets=secrets, dependencies=("axios",))
    assert linted(script) == ()


@pytest.mark.parametrize("source", RULES.values(), ids=RULES)
def test_a_correct_rule_is_left_alone(source):
    assert linted(rule(source)) == ()


@pytest.mark.parametrize("name", ["before", "during", "after"])
def test_the_folders_that_we_ship_are_clean(name):
    assert lint_folder(read_folder(ROOT / "rules" / name)) == ()


def test_a_rule_that_is_switched_off_is_not_looked_into():
    assert found(rule("function (user) {", enabled=False)) == []
