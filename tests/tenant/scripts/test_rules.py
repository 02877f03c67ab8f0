"""Rules: how they answer, break, and what is read of them."""

from __future__ import annotations

import pytest

from fabrikam.tenant.scripts import Denial, Engine, read_folder
from tests.tenant.scripts.builders import ANN, asking, rule, rules, script_input, write

PASS = "callback(null, user, context);"


@pytest.fixture
def run(tmp_path):
    """Run these Rules once in a worker of their own."""
    engines = []

    def run_once(*sources, login=None, **files):
        folder = read_folder(write(rules(tmp_path, *sources), files))
        engines.append(Engine(folder, time_limit=10))
        return engines[-1].run(login or script_input())

    yield run_once
    for engine in engines:
        engine.close()


@pytest.mark.parametrize(
    "source",
    [
        "function (user, context, callback) { callback(null, user, context); }",
        "function named(user, context, callback) { callback(null, user, context); }",
        "async function (user, context, callback) { callback(null, user, context); }",
        "(user, context, callback) => callback(null, user, context)",
        "async (user, context, callback) => { callback(null, user, context); }",
        "// first\n/* and */ function (u, c, callback) { callback(null, u, c); }",
        "function (u, c, callback) { callback(null, u, c); } // last",
        "function (u, c, callback) { callback(null, u, c); };\n// after a semicolon",
        "\ufefffunction (u, c, callback) { callback(null, u, c); }",
        "module.exports = function (u, c, callback) { callback(null, u, c); };",
    ],
)
def test_every_shape_of_a_rule_that_auth0_takes_loads(run, source):
    outcome = run(source)
    assert outcome.failure is None
    assert outcome.executed == ("Rule 1",)


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("'use strict';\nfunction (user, context, callback) {}", "compile"),
        ("", "compile"),
        ("({})", "not_a_function"),
        ("'text'", "not_a_function"),
    ],
)
def test_what_is_no_rule_is_said_to_be_none(run, source, kind):
    outcome = run(source)
    assert (outcome.failure.kind, outcome.failure.file) == (kind, "rules/1.js")
    assert outcome.denial.error == "access_denied"


def test_a_rule_that_does_not_parse_is_named_with_its_line_before_any_runs(run):
    outcome = run(rule("user.seen = true;\n" + PASS), rule("var a = 1;\nvar b = ;"))
    failure = outcome.failure
    assert (failure.script, failure.kind) == ("Rule 2", "compile")
    assert (failure.file, failure.line, failure.column) == ("rules/2.js", 3, 9)
    assert outcome.executed == ()


@pytest.mark.promise("11")
@pytest.mark.parametrize(
    ("body", "kind", "message", "line"),
    [
        ("throw new Error('sorry');",                    "thrown",    "sorry", 2),
        ("\nnull.length;",                               "thrown",    "Cannot read", 3),
        ("throw 'text';",                                "thrown",    "text", None),
        ("throw Object.create(null);",                   "thrown",    "null", None),
        ("throw undefined;",                             "thrown",    "undef", None),
        ("callback(new Error('no'));",                   "error",     "no", 2),
        ("callback('no');",                              "error",     "no", None),
        ("callback({code: 7});",                         "error",     "7", None),
        ("callback(null, 5, context);",                  "error",     "user", None),
        ("callback(null, null, null);",                  "error",     "user", None),
        ("callback(null, [], context);",                 "error",     "user", None),
        ("context.redirect = {}; " + PASS,               "error",     "no url", None),
        ("context.redirect = {url: '/x'}; " + PASS,      "error",     "no url", None),
        ("context.redirect = 'https://x/'; " + PASS,     "error",     "no url", None),
        ("user.me = user; " + PASS,                      "error",     "circular", 2),
        ("user.big = 5n; " + PASS,                       "error",     "BigInt", 2),
        ("setTimeout(() => { throw new Error('x'); });", "thrown",    "x", 2),
        ("Promise.reject(new Error('lost'));",           "unhandled", "lost", 2),
        ("require('no-such-package');",                  "thrown",    "no-such", 2),
        ("user.a = 'x'.repeat(2e6); " + PASS,            "too_large", "more", 2),
    ],
)  # fmt: skip
def test_a_rule_that_breaks_ends_the_login_and_says_where(
    run, body, kind, message, line
):
    outcome = run(rule(body))
    failure = outcome.failure
    assert (failure.script, failure.kind, failure.line) == ("Rule 1", kind, line)
    assert message in failure.message
    assert outcome.denial == Denial("access_denied", failure.message)
    assert outcome.multifactor is None


def test_an_async_rule_that_rejects_ends_the_login(run):
    outcome = run("async function (user) { await null; throw new Error('late'); }")
    assert (outcome.failure.kind, outcome.failure.message) == ("rejected", "late")


def test_an_unauthorized_error_is_a_no_and_not_a_failure(run):
    outcome = run(rule("callback(new UnauthorizedError('not you'));"))
    assert outcome.denial == Denial("unauthorized", "not you")
    assert outcome.failure is None


@pytest.mark.promise("11")
@pytest.mark.parametrize(
    "body",
    [
        "",
        "Promise.resolve();",
        "new Promise(function () {});",
    ],
)
def test_a_rule_that_never_answers_is_given_up_without_waiting(run, body):
    outcome = run(rule(body))
    assert outcome.failure.kind == "timeout"
    assert "nothing is left" in outcome.failure.message


def test_a_rule_may_answer_later(run):
    outcome = run(rule("setTimeout(function () { " + PASS + " }, 5);"))
    assert outcome.failure is None


@pytest.mark.promise("11")
@pytest.mark.parametrize(
    ("body", "warning"),
    [
        (PASS + "callback(new Error('twice'));", "answered again"),
        (PASS + "callback(null, {}, {});", "answered again"),
        (PASS + "throw new Error('after');", "broke after its answer: after"),
        (PASS + "Promise.reject(new Error('x'));", "broke after its answer: x"),
    ],
)
def test_the_first_answer_stands_and_the_rest_is_a_warning(run, body, warning):
    outcome = run(rule("user.level = 1;\n" + body))
    assert outcome.failure is None
    assert outcome.user["level"] == 1
    assert [line.level for line in outcome.lines] == ["warning"]
    assert warning in outcome.lines[0].text


def test_rules_run_in_order_and_pass_on_what_they_changed(run):
    outcome = run(
        rule("user.path = [1]; " + PASS),
        rule("callback(null, { path: user.path.concat(2) }, context);"),
        rule("user.path.push(3); callback(null);"),
    )
    assert outcome.user == {"path": [1, 2, 3]}
    assert outcome.executed == ("Rule 1", "Rule 2", "Rule 3")


def test_a_failed_rule_ends_the_pipeline(run):
    outcome = run(rule("callback('no');"), rule("console.log('ran'); " + PASS))
    assert outcome.executed == ()
    assert outcome.lines == ()


@pytest.mark.parametrize(
    ("multifactor", "expected"),
    [
        ("{ provider: 'any' }",                              ("any", True)),
        ("{ provider: 'guardian', allowRememberBrowser: false }", ("guardian", False)),
        ("{ provider: 'any', allowRememberBrowser: true }",  ("any", True)),
        ("{ provider: 'duo', ignoreCookie: true }",          ("duo", False)),
        ("{ provider: 'any', ignoreCookie: true, allowRememberBrowser: true }",
                                                             ("any", False)),
        ("{ provider: 'any', ignoreCookie: false }",         ("any", True)),
        ("{ provider: 'sms-by-pigeon' }",                    ("sms-by-pigeon", True)),
        ("{}",                                               None),
        ("undefined",                                        None),
        ("'any'",                                            None),
    ],
)  # fmt: skip
def test_what_a_rule_asks_for_is_read_with_its_own_defaults(run, multifactor, expected):
    asked = run(rule(f"context.multifactor = {multifactor}; {PASS}")).multifactor
    assert (asked and (asked.provider, asked.allow_remember_browser)) == expected


def test_the_last_rule_that_changed_the_request_is_named(run):
    outcome = run(
        rule("context.multifactor = { provider: 'any' }; " + PASS),
        rule("context.multifactor = { provider: 'duo', host: 'h' }; " + PASS),
        rule(PASS),
    )
    assert outcome.multifactor.asked_by == "Rule 2"
    assert outcome.multifactor.options == {"host": "h"}


def test_a_later_rule_may_take_the_request_back(run):
    outcome = run(
        rule("context.multifactor = { provider: 'any' }; " + PASS),
        rule("delete context.multifactor; " + PASS),
    )
    assert outcome.multifactor is None


def test_claims_scopes_and_the_primary_user_are_read(run):
    outcome = run(
        rule(
            "context.idToken['https://f/level'] = 'mfa';"
            "context.accessToken.role = 'x';"
            "context.accessToken.scope = ['openid', 'read'];"
            "context.primaryUser = 'auth0|bob';"
            "context.jwtConfiguration.scopes = { step_up: ['level'] };"
            "context.jwtConfiguration.lifetimeInSeconds = 60;" + PASS
        )
    )
    assert outcome.id_token_claims == {"https://f/level": "mfa"}
    assert outcome.access_token_claims == {"role": "x"}
    assert outcome.access_token_scope == ("openid", "read")
    assert outcome.primary_user == "auth0|bob"
    assert outcome.jwt_scopes == {"step_up": ("level",)}
    assert outcome.jwt_seconds == 60


@pytest.mark.parametrize(
    "body",
    [
        "context.idToken = 'text';",
        "context.accessToken = 7;",
        "context.accessToken = { scope: 'openid' };",
        "context.jwtConfiguration = { scopes: ['x'], lifetimeInSeconds: '60' };",
        "context.primaryUser = { id: 1 };",
        "context = {};",
        "user = {};",
    ],
)
def test_odd_values_in_a_context_do_not_break_the_engine(run, body):
    outcome = run(rule(f"{body} {PASS}"))
    assert outcome.failure is None


def test_configuration_is_the_same_for_all_rules(run):
    config = {"rules-configs/WORD.json": {"key": "WORD", "value": "step_up"}}
    outcome = run(rule("user.word = configuration.WORD; " + PASS), **config)
    assert outcome.user["word"] == "step_up"


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("require('crypto').createHash('sha1').update('a').digest('hex').length", 40),
        ("require('node:url').parse('http://a/b').pathname", "/b"),
        ("require('querystring@0.2.0').stringify({a: 1})", "a=1"),
        ("crypto.randomBytes(4).length", 4),
        ("querystring.stringify({a: 1})", "a=1"),
        ("Buffer.from('a').toString('base64')", "YQ=="),
        ("typeof global.setTimeout", "function"),
        ("new UnauthorizedError('x') instanceof Error", True),
        ("auth0.domain", "127.0.0.1"),
        ("Object.keys(process.env).join()", "TZ"),
    ],
)
def test_what_a_rule_finds_around_it(run, expression, value):
    outcome = run(rule(f"user.found = {expression}; {PASS}"))
    assert outcome.failure is None
    assert outcome.user["found"] == value


def test_a_rule_may_import_a_module(run):
    body = "import('node:path').then(function (path) { user.sep = path.sep; "
    outcome = run(rule(f"{body} {PASS} }}, callback);"))
    assert outcome.failure is None, outcome.failure
    assert outcome.user["sep"] == "/"


def test_packages_installed_beside_the_folder_are_found_with_any_version(run):
    package = {
        "node_modules/shout/package.json": {"name": "shout", "version": "1.0.0"},
        "node_modules/shout/index.js": "module.exports = (s) => s.toUpperCase();",
        "node_modules/@f/low/package.json": {"name": "@f/low", "main": "low.js"},
        "node_modules/@f/low/low.js": "module.exports = (s) => s.toLowerCase();",
    }
    outcome = run(
        rule("user.a = require('shout@2.7.1')('a'); " + PASS),
        rule("user.b = require('@f/low@1.0.0')('B') + require('@f/low')('C');" + PASS),
        **package,
    )
    assert outcome.failure is None
    assert (outcome.user["a"], outcome.user["b"]) == ("A", "bc")


def test_packages_may_be_installed_above_the_folder(tmp_path, engine):
    package = {"node_modules/up/index.js": "module.exports = 'above';"}
    root = rules(write(tmp_path, package) / "tenant", rule("callback(require('up'));"))
    assert engine(root).run(script_input()).failure.message == "above"


def test_a_bare_global_whose_package_is_missing_says_so(run):
    outcome = run(rule("user.n = _.size([]); " + PASS))
    assert outcome.failure.message == (
        "Cannot find module 'lodash'; "
        "install it beside the tenant folder: npm install lodash"
    )
    assert outcome.failure.line == 2


def test_metadata_is_undefined_until_stored_and_merged_into_the_root(run):
    outcome = run(
        rule(
            "user.absent = user.app_metadata === undefined;"
            "user.enrolled = user.multifactor; " + PASS
        )
    )
    assert outcome.user["absent"] is True
    assert outcome.user["enrolled"] == ["guardian"]

    smuggled = {**ANN, "app_metadata": {"authentication_level": "mfa", "name": "X"}}
    outcome = run(rule(PASS), login=script_input(user=smuggled))
    assert outcome.user["authentication_level"] == "mfa"
    assert outcome.user["name"] == "Ann"


def test_the_clock_of_a_rule_is_the_tenants(run):
    outcome = run(
        rule(
            "user.now = Date.now(); user.text = new Date().toISOString();"
            "user.sound = new Date() instanceof Date"
            " && new Date(0).constructor === Date; " + PASS
        )
    )
    assert outcome.user["now"] == script_input().now * 1000
    assert outcome.user["text"] == "2023-11-14T22:13:20.000Z"
    assert outcome.user["sound"] is True


def test_what_a_rule_prints_is_kept_line_by_line(run):
    outcome = run(
        rule("console.log('a %s', 1, {b: 2}); console.error('c');" + PASS),
        rule("process.stdout.write('d\\n'); " + PASS),
    )
    assert [(line.script, line.level, line.text) for line in outcome.lines] == [
        ("Rule 1", "log", "a 1 { b: 2 }"),
        ("Rule 1", "error", "c"),
        ("Rule 2", "log", "d"),
    ]


def test_printing_without_end_is_cut_off(run):
    loop = "for (var i = 0; i < 100000; i++) console.log('line ' + i);"
    outcome = run(rule(loop + PASS))
    assert outcome.failure is None
    assert sum(len(line.text) for line in outcome.lines) < 66_000
    assert outcome.lines[-1].text.endswith("was cut off")


def test_the_raw_query_is_a_string_in_a_rule(run):
    login = asking(acr_values="a b", prompt="none")
    outcome = run(rule("user.query = context.request.query; " + PASS), login=login)
    assert outcome.user["query"]["acr_values"] == "a b"
    assert outcome.user["query"]["prompt"] == "none"


def test_half_a_character_does_not_leave_the_worker(run):
    outcome = run(rule("user.odd = 'a\\ud800b'; " + PASS))
    assert outcome.user["odd"] == "a\ufffdb"
