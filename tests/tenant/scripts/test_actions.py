"""Actions: what they see, what they may ask for, and how they break."""

from __future__ import annotations

from dataclasses import replace

import jwt
import pytest

from fabrikam.tenant.scripts import Denial, PassedMethod, SessionLimits
from tests.tenant.scripts.builders import (
    ANN,
    NOW,
    action,
    actions,
    asking,
    rule,
    rules,
    script_input,
    write,
)

ISO = "2023-11-14T22:13:20.000Z"


@pytest.fixture
def run(tmp_path, engine):
    """Run these Actions once in a worker of their own."""

    def run_once(*sources, login=None, files=None, **about):
        root = write(actions(tmp_path, *sources, **about), files or {})
        return engine(root).run(login or script_input())

    return run_once


def shown(run, expression, **options):
    """What an Action sees, by way of a claim."""
    source = action(f"api.idToken.setCustomClaim('seen', {expression});")
    outcome = run(source, **options)
    assert outcome.failure is None, outcome.failure
    return outcome.id_token_claims["seen"]


def test_the_event_shows_the_transaction(run):
    login = script_input(
        query={
            "acr_values": "urn:a urn:b",
            "prompt": "login consent",
            "redirect_uri": "https://app.example/callback",
            "response_type": "code",
            "scope": "openid step_up",
            "state": "s",
        },
        transaction_id="t-1",
        transaction_metadata={"colour": "red"},
    )
    assert shown(run, "event.transaction", login=login) == {
        "acr_values": ["urn:a", "urn:b"],
        "id": "t-1",
        "locale": "en",
        "metadata": {"colour": "red"},
        "prompt": ["login", "consent"],
        "protocol": "oidc-basic-profile",
        "redirect_uri": "https://app.example/callback",
        "requested_authorization_details": [],
        "requested_scopes": ["openid", "step_up"],
        "response_type": ["code"],
        "state": "s",
        "ui_locales": [],
    }


@pytest.mark.parametrize(("undefined", "seen"), [(False, []), (True, "undefined")])
def test_acr_values_that_nobody_sent_are_empty_or_absent(run, undefined, seen):
    login = replace(script_input(), acr_values_absent_is_undefined=undefined)
    expression = "event.transaction.acr_values ?? 'undefined'"
    assert shown(run, expression, login=login) == seen


def test_the_event_shows_user_client_and_connection(run):
    login = script_input(
        user={**ANN, "app_metadata": {"level": 1}, "password": "hidden", "odd": True},
        roles=("payroll",),
        logins_count=3,
        geoip={"countryCode": "CH"},
        ip="192.0.2.1",
        user_agent="Browser",
    )
    seen = shown(run, "event", login=login)
    assert seen["user"] == {
        "app_metadata": {"level": 1},
        "email": "ann@fabrikam.example",
        "email_verified": True,
        "enrolledFactors": [{"type": "otp"}],
        "identities": [{"connection": "people", "provider": "auth0", "user_id": "ann"}],
        "multifactor": ["guardian"],
        "name": "Ann",
        "user_id": "auth0|ann",
        "user_metadata": {},
    }
    assert seen["client"] == {
        "client_id": "fabrikam-intranet",
        "metadata": {},
        "name": "Fabrikam Intranet",
    }
    assert seen["connection"]["strategy"] == "auth0"
    assert seen["authorization"] == {"roles": ["payroll"]}
    assert seen["stats"] == {"logins_count": 3}
    assert seen["tenant"] == {"id": "fabrikam"}
    assert seen["request"]["geoip"] == {"countryCode": "CH"}
    assert (seen["secrets"], seen["configuration"]) == ({}, {})


def test_methods_have_iso_times_and_the_factor(run):
    passed = (PassedMethod("pwd", NOW), PassedMethod("mfa", NOW, "otp"))
    seen = shown(
        run, "event.authentication.methods", login=script_input(methods=passed)
    )
    assert seen == [
        {"name": "pwd", "timestamp": ISO},
        {"name": "mfa", "timestamp": ISO, "type": "otp"},
    ]


def test_the_token_endpoint_has_a_body_and_no_session(run):
    login = script_input(
        protocol="oauth2-refresh-token",
        query={},
        body={"grant_type": "refresh_token", "scope": "openid step_up"},
        session_id=None,
        method="POST",
    )
    seen = shown(run, "event", login=login)
    assert "session" not in seen
    assert seen["request"]["body"]["grant_type"] == "refresh_token"
    assert seen["transaction"]["requested_scopes"] == ["openid", "step_up"]
    assert seen["transaction"]["acr_values"] == []


def test_every_action_has_its_own_secrets(tmp_path, engine):
    root = actions(tmp_path, action("api.access.deny(`${event.secrets.KEY}`);"))
    about = {
        "name": "Action 1",
        "code": "./actions/1/code.js",
        "supported_triggers": [{"id": "post-login", "version": "v3"}],
        "secrets": [
            {"name": "KEY", "value": "red"},
            {"name": "OTHER", "value": "_VALUE_NOT_SHOWN_"},
        ],
    }
    write(root, {"actions/1.json": about})
    assert engine(root).run(script_input()).denial == Denial("access_denied", "red")


@pytest.mark.parametrize(
    ("body", "field", "value"),
    [
        ("api.idToken.setCustomClaim('a', {b: [1]});", "id_token_claims", {"a": {"b": [1]}}),
        ("api.accessToken.setCustomClaim('a', 1);", "access_token_claims", {"a": 1}),
        ("api.accessToken.addScope('x').accessToken.addScope('y');", "added_scopes", ("x", "y")),
        ("api.accessToken.removeScope('x');", "removed_scopes", ("x",)),
        ("api.accessToken.addScope('x').accessToken.removeScope('x');", "added_scopes", ()),
        ("api.user.setAppMetadata('a', null);", "app_metadata", {"a": None}),
        ("api.user.setUserMetadata('a', 1);", "user_metadata", {"a": 1}),
        ("api.authentication.setPrimaryUser('auth0|b');", "primary_user", "auth0|b"),
        ("api.transaction.setMetadata('a', true);", "transaction_metadata", {"a": True}),
        ("api.session.revoke('because');", "session_revoked", "because"),
        ("api.session.revoke('because');", "denial", Denial("access_denied", "because")),
        ("api.session.setExpiresAt(9000); api.session.setExpiresAt(5000);", "session", SessionLimits(expires_at=5)),
        ("api.session.setIdleExpiresAt(5999);", "session", SessionLimits(idle_expires_at=5)),
        ("api.session.setCookieMode('persistent');", "session", SessionLimits(cookie_mode="persistent")),
        ("api.session.setMetadata('a', 'b'); api.session.setMetadata('c', 'd');"
         "api.session.deleteMetadata('a');", "session", SessionLimits(metadata={"c": "d"})),
        ("api.session.setMetadata('a', 'b'); api.session.evictMetadata();", "session", SessionLimits(metadata={})),
        ("api.session.setMetadata('a', 'b'); api.session.setMetadata('a', null);", "session", SessionLimits(metadata={})),
        ("api.refreshToken.setExpiresAt(5000);", "refresh_token", SessionLimits(expires_at=5)),
        ("api.refreshToken.setIdleExpiresAt(5000);", "refresh_token", SessionLimits(idle_expires_at=5)),
        ("api.refreshToken.setMetadata('a', 'b');", "refresh_token", SessionLimits(metadata={"a": "b"})),
        ("api.samlResponse.setAudience('x').samlResponse.setSignResponse(true)"
         ".samlResponse.setAttribute('a', 1).samlResponse.setLifetimeInSeconds(5)"
         ".samlResponse.setNameIdentifierProbes(['a']);", "denial", None),
        ("api.transaction.setMetadata('a', 1).transaction.setMetadata('a', null);", "transaction_metadata", {}),
        ("api.access.deny('no');", "denial", Denial("access_denied", "no")),
        ("api.validation.error('code', 'why');", "denial", Denial("access_denied", "why")),
    ],
)  # fmt: skip
def test_what_an_action_asks_for_is_in_the_outcome(run, body, field, value):
    outcome = run(action(body))
    assert outcome.failure is None, outcome.failure
    assert getattr(outcome, field) == value


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("'any'",                                      ("any", False, {})),
        ("'any', {}",                                  ("any", False, {})),
        ("'any', { allowRememberBrowser: true }",      ("any", True, {})),
        ("'any', { allowRememberBrowser: 'yes' }",     ("any", False, {})),
        ("'guardian', { ignoreCookie: true, issuer: 'F', key: 'K' }",
                                                       ("guardian", False, {})),
        ("'duo', { providerOptions: { host: 'h' } }",
         ("duo", False, {"providerOptions": {"host": "h"}})),
        ("'none'",                                     ("none", False, {})),
    ],
)  # fmt: skip
def test_enable_keeps_two_options_and_forgets_the_browser(run, arguments, expected):
    asked = run(action(f"api.multifactor.enable({arguments});")).multifactor
    assert (asked.provider, asked.allow_remember_browser, asked.options) == expected


def test_the_last_action_that_asks_is_obeyed(run):
    outcome = run(
        action("api.multifactor.enable('duo', { allowRememberBrowser: true });"),
        action("api.multifactor.enable('any');"),
    )
    asked = outcome.multifactor
    assert (asked.provider, asked.allow_remember_browser) == ("any", False)
    assert asked.asked_by == "Action 2"


def test_an_action_overrides_what_a_rule_asked_for(tmp_path, engine):
    asks = "context.multifactor = { provider: 'guardian' }; callback(null);"
    root = actions(rules(tmp_path, rule(asks)), action("api.multifactor.enable('any')"))
    outcome = engine(root).run(script_input())
    assert outcome.executed == ("Rule 1", "Action 1")
    assert outcome.multifactor.provider == "any"


def test_who_overrules_a_rule_is_told_so(tmp_path, engine):
    asks = "context.multifactor = { provider: 'guardian' }; callback(null);"
    root = actions(rules(tmp_path, rule(asks)), action("api.multifactor.enable('any')"))
    (line,) = engine(root).run(script_input()).lines
    assert (line.script, line.level) == ("Action 1", "warning")
    assert line.text == "overrules what the Rule Rule 1 asked of MFA"


def test_what_is_asked_after_the_answer_has_no_effect_and_is_a_warning(run):
    late = action("setTimeout(() => api.multifactor.enable('any'), 1);")
    outcome = run(late, action("await new Promise((done) => setTimeout(done, 20));"))
    assert outcome.multifactor is None
    (line,) = outcome.lines
    assert (line.script, line.level) == ("Action 1", "warning")
    assert line.text == (
        "api.multifactor.enable was called after it had answered: no effect"
    )


def test_an_action_knows_which_rules_ran(tmp_path, engine):
    root = actions(
        rules(tmp_path, rule("callback(null);")),
        action(
            "api.idToken.setCustomClaim('ran', ['Rule 1', 'rul_1', 'Rule 2']"
            ".map((name) => api.rules.wasExecuted(name)));"
        ),
    )
    about = {"name": "Rule 1", "order": 1, "script": "./1.js", "id": "rul_1"}
    write(root, {"rules/1.json": about})
    outcome = engine(root).run(script_input())
    assert outcome.id_token_claims["ran"] == [True, True, False]


def test_what_an_action_does_to_its_event_is_its_own_affair(run):
    outcome = run(
        action("event.user.level = 'mfa'; event.transaction.acr_values.push('x');"),
        action("api.idToken.setCustomClaim('seen', [event.user.level ?? null, "
               "event.transaction.acr_values]);"),
    )  # fmt: skip
    assert outcome.id_token_claims == {"seen": [None, []]}
    assert outcome.user is None


def test_transaction_metadata_is_seen_by_the_next_action(run):
    outcome = run(
        action("api.transaction.setMetadata('a', 1);"),
        action("api.idToken.setCustomClaim('a', event.transaction.metadata.a);"),
    )
    assert outcome.id_token_claims == {"a": 1}


def test_what_an_action_sets_is_in_its_event_at_once_and_in_the_next_ones(run):
    sees = (
        "[event.transaction.metadata.a, event.session.metadata.b,"
        " event.session.cookie.mode, event.refresh_token.metadata.c]"
    )
    sets = (
        "api.transaction.setMetadata('a', 1); api.session.setMetadata('b', '2');"
        "api.session.setCookieMode('persistent'); api.refreshToken.setMetadata('c', '3');"
    )
    outcome = run(
        action(f"{sets} api.idToken.setCustomClaim('now', {sees});"),
        action(f"api.idToken.setCustomClaim('then', {sees});"),
        login=script_input(refresh_token={"id": "rt", "metadata": {}}),
    )
    expected = [1, "2", "persistent", "3"]
    assert outcome.id_token_claims == {"now": expected, "then": expected}


def test_metadata_of_a_session_needs_a_session(run):
    source = action("api.session.setMetadata('a', 'b');")
    failure = run(source, login=script_input(session_id=None)).failure
    assert "there is no session" in failure.message


@pytest.mark.parametrize("call", ["session.revoke('no')", "refreshToken.revoke('no')"])
def test_a_revocation_denies_and_stops_the_actions_behind(run, call):
    outcome = run(
        action(f"api.{call};"),
        action("api.user.setAppMetadata('ran', true);"),
        login=script_input(refresh_token={"id": "rt"}),
    )
    assert outcome.denial == Denial("access_denied", "no")
    assert outcome.app_metadata == {}


def test_a_denial_stops_the_actions_behind_and_keeps_metadata(run):
    outcome = run(
        action("api.user.setAppMetadata('tries', 1); api.access.deny('no');"),
        action("api.user.setAppMetadata('tries', 2);"),
    )
    assert outcome.app_metadata == {"tries": 1}
    assert outcome.executed == ("Action 1",)
    assert outcome.failure is None


@pytest.mark.parametrize(
    ("body", "kind", "message", "line"),
    [
        ("throw new Error('sorry');",               "rejected",  "sorry", 2),
        ("await null;\nevent.transactaction.x;",    "rejected",  "undefined", 3),
        ("Promise.reject(new Error('floating'));",  "unhandled", "floating", 2),
        ("await new Promise(() => {});",            "timeout",   "nothing is left", None),
        ("api.nothing();",                          "rejected",  "api.nothing", 2),
        ("api.multifactor.enabel('any');",          "rejected",  "enabel", 2),
        ("require('x@1.2.3');",                     "rejected",  "x@1.2.3", 2),
        ("api.idToken.setCustomClaim('a', event.me = event);",
                                                    "rejected",  "circular", 2),
        ("api.idToken.setCustomClaim('a', 'x'.repeat(2e6));",
                                                    "too_large", "more than", 2),
    ],
)  # fmt: skip
def test_an_action_that_breaks_ends_the_login_and_says_where(
    run, body, kind, message, line
):
    outcome = run(action(body), action("api.multifactor.enable('any');"))
    failure = outcome.failure
    assert (failure.script, failure.kind, failure.line) == ("Action 1", kind, line)
    assert message in failure.message
    assert outcome.denial == Denial("access_denied", failure.message)
    assert "/" not in outcome.denial.description


@pytest.mark.parametrize(
    ("source", "kind", "message", "line"),
    [
        ("export const a = 1;", "compile", "export", 1),
        ("exports.onExecutePostLogin = async (event, api) => {\n}}", "compile", "}", 2),
        ("const a: string = 'x';", "compile", "const", 1),
        ("exports.onExecute = async () => {};", "not_a_function", "exports no", None),
        ("\nthrow new Error('at the top');", "thrown", "at the top", 2),
        ("exports.onExecutePostLogin = () => { throw 1; };", "thrown", "1", None),
    ],
)
def test_a_file_that_is_no_action_is_said_to_be_none(run, source, kind, message, line):
    failure = run(source).failure
    assert (failure.kind, failure.line) == (kind, line)
    assert failure.file == "actions/1/code.js"
    assert message in failure.message


@pytest.mark.parametrize(
    "member",
    [
        "api.prompt.render('x')",
        "api.groups.hasGroupMembership(['x'])",
        "api.roles.getUserEffectiveRoles()",
    ],
)
def test_what_this_tenant_has_not_is_named_and_never_ignored(run, member):
    failure = run(action(f"{member};")).failure
    assert (
        failure.message
        == f"{member[: member.index('(')]} is not supported by the local tenant"
    )


@pytest.mark.parametrize(
    "call",
    [
        "accessToken.addScope('a b')",
        "accessToken.addScope('')",
        "accessToken.addScope('x'.repeat(281))",
        "accessToken.addScope(7)",
        "cache.set('a', 5)",
        "cache.set(5, 'a')",
        "refreshToken.revoke('not a refresh')",
        "refreshToken.setExpiresAt()",
        "samlResponse.setAudience(5)",
        "samlResponse.setSignResponse('yes')",
        "samlResponse.setNameIdentifierProbes('a')",
        "samlResponse.setAttribute('a', 'x'.repeat(600000))",
        "session.revoke()",
        "session.setCookieMode('sometimes')",
        "session.setExpiresAt('tomorrow')",
        "session.setIdleExpiresAt(-1)",
        "session.setMetadata('a b', 'x')",
        "session.setMetadata('a', 5)",
        "session.setMetadata('a', 'x'.repeat(256))",
        "session && [...Array(26)].map((_, n) => api.session.setMetadata(`k${n}`, 'x'))",
        "authentication.setPrimaryUser('x'.repeat(129))",
        "authentication.setPrimaryUser('a').authentication.setPrimaryUser('b')",
        "authentication.recordMethod('https://a.example/')",
        "authentication.challengeWith({})",
        "authentication.challengeWithAny([])",
        "multifactor.enable()",
        "transaction.setMetadata('x'.repeat(65), 1)",
        "transaction.setMetadata('x', {})",
        "transaction.setMetadata('x', 'y'.repeat(9000))",
        "validation.error('code', 'x'.repeat(101))",
        "redirect.sendUserTo('not an address')",
        "access.deny()",
        "user.setAppMetadata('a', 'x'.repeat(33000))",
        "user.setUserMetadata('a', 'x'.repeat(20000)).user"
        ".setUserMetadata('b', 'x'.repeat(20000))",
        "transaction.setMetadata('a', 'x'.repeat(8000)).transaction"
        ".setMetadata('b', 'x'.repeat(8000)).transaction.setMetadata('c', 'x'.repeat(8000))",
        "transaction && [...Array(1001)].map((_, n) => api.accessToken.addScope(`s${n}`))",
        "accessToken.setCustomClaim('scope', 'x')",
        "idToken.setCustomClaim()",
    ],
)
def test_what_the_api_does_not_take_is_an_error(run, call):
    assert run(action(f"api.{call};")).failure.kind == "rejected"


def test_metadata_that_is_written_over_counts_once(run):
    twice = "api.user.setAppMetadata('a', 'x'.repeat(20000));" * 2
    assert run(action(twice)).failure is None


def test_an_action_needs_no_promise(run):
    source = (
        "exports.onExecutePostLogin = (event, api) => api.multifactor.enable('any');"
    )
    assert run(source).multifactor.provider == "any"


def test_actions_share_modules_and_declare_packages(tmp_path, engine):
    uses = "const { up } = require('actions:words'); const low = require('low');"
    body = "api.idToken.setCustomClaim('a', up('a') + low('B'));"
    root = actions(
        tmp_path,
        uses + action(body),
        dependencies=[{"name": "low", "version": "1.0.0"}],
    )
    write(
        root,
        {
            "action-modules/words.json": {"name": "words", "code": "./words/code.js"},
            "words/code.js": "exports.up = (s) => s.toUpperCase();",
            "node_modules/low/index.js": "module.exports = (s) => s.toLowerCase();",
        },
    )
    outcome = engine(root).run(script_input())
    assert outcome.failure is None, outcome.failure
    assert outcome.id_token_claims == {"a": "Ab"}


def test_an_undeclared_package_is_not_found_even_if_it_is_there(run):
    installed = {"node_modules/low/index.js": "module.exports = 1;"}
    failure = run("require('low');", files=installed).failure
    assert "not among the dependencies" in failure.message
    assert (failure.line, failure.kind) == (1, "thrown")


def test_the_cache_is_shared_by_logins_and_forgets(tmp_path, engine):
    source = action(
        "const before = api.cache.get('n')?.value ?? '0';"
        "api.cache.set('n', String(Number(before) + 1), { ttl: 60000 });"
        "api.idToken.setCustomClaim('n', before);"
    )
    running = engine(actions(tmp_path, source), isolation="process")
    seen = [
        running.run(script_input(now=NOW + seconds)).id_token_claims["n"]
        for seconds in (0, 59, 200)
    ]
    assert seen == ["0", "1", "0"]


@pytest.mark.parametrize(
    ("call", "answer"),
    [
        ("set('k', 'v').type",                                   "success"),
        ("set('k', 'v', { ttl: 1000 }).record.expires_at",       NOW * 1000 + 1000),
        ("set('k', 'v').record.expires_at",                      (NOW + 900) * 1000),
        ("set('k', 'v', { ttl: 1e12 }).record.expires_at",       (NOW + 86400) * 1000),
        ("set('k', 'v', { expires_at: 5 }).code",                "ItemAlreadyExpired"),
        ("set('k', 'v', { ttl: NaN }).code",                     "InvalidExpiry"),
        ("set('k'.repeat(65), 'v').code",                        "CacheKeySizeExceeded"),
        ("set('k', 'v'.repeat(4097)).code",                      "CacheValueSizeExceeded"),
        ("delete('k').code",                                     "CacheKeyDoesNotExist"),
        ("get('__proto__') ?? 'nothing'",                        "nothing"),
    ],
)  # fmt: skip
def test_the_cache_has_limits(run, call, answer):
    assert shown(run, f"api.cache.{call}") == answer


def test_the_cache_has_20_entries_and_8_kilobytes(run):
    count = "[...Array(25).keys()].filter((k) => api.cache.set(`k${k}`, 'v').type === 'success').length"
    assert shown(run, count) == 20
    size = "['a', 'b', 'c'].map((k) => api.cache.set(k, 'v'.repeat(4000)).type)"
    assert shown(run, size) == ["success", "success", "error"]


def test_tokens_for_a_redirect_are_made_and_believed(run):
    login = asking(scope="openid")
    made = shown(
        run,
        "api.redirect.encodeToken({ secret: 's'.repeat(32), payload: { a: 1 }, expiresInSeconds: 60 })",
        login=login,
    )
    claims = jwt.decode(made, "s" * 32, ["HS256"], options={"verify_exp": False})
    assert claims == {
        "a": 1,
        "exp": NOW + 60,
        "iat": NOW,
        "ip": "127.0.0.1",
        "iss": "127.0.0.1",
        "sub": "auth0|ann",
    }


def test_a_shared_module_that_is_broken_or_missing_is_named(run):
    files = {
        "action-modules/m.json": {"name": "m", "code": "./m.js"},
        "m.js": "exports.a = ;",
    }
    failure = run("require('actions:m');", files=files).failure
    assert failure.message == "m.js: Unexpected token ';'"
    failure = run("require('actions:other');", files=files).failure
    assert "no such module" in failure.message


def test_scripts_can_be_checked_before_anybody_signs_in(tmp_path, engine):
    broken = rules(tmp_path / "broken", rule("callback(null);"), rule("\ncallback(;"))
    actions(broken, "export const a = 1;", action(""))
    sound = actions(tmp_path / "sound", action(""))
    empty = write(tmp_path / "empty", {"tenant.json": {}})
    assert [str(problem) for problem in engine(broken).check()] == [
        "rules/2.js:3: Unexpected token ';'",
        "actions/1/code.js:1: Unexpected token 'export'",
    ]
    assert engine(sound).check() == ()
    assert engine(empty).check() == ()
