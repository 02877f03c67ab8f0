"""Drafts in real Node: what the Rule did, the Action does; then the whole of advise."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fabrikam.lab.advise import advise
from fabrikam.lab.advise.draft import draft_of
from fabrikam.lab.advise.rule_in_folder import read_rule_in_folder
from fabrikam.lab.advise.unused_declarations import tidied
from fabrikam.lab.commands import add_advise
from fabrikam.lab.compare.comparison_verdict import verdict_of
from fabrikam.lab.simulation.forgetful import UsersWithoutMemory
from fabrikam.tenant.scripts import Engine, PassedMethod
from tests.lab.commandline import run
from tests.tenant.scripts.builders import MFA_ACR, NOW, SHIPPED, asking, script_input

# Rules as galleries and blogs have them, in our own words.
STYLES = {
    "listed applications": """function (user, context, callback) {
  var LISTED = ['fabrikam-intranet', 'payroll'];
  if (LISTED.indexOf(context.clientID) === -1) {
    return callback(null, user, context);
  }
  context.multifactor = { provider: 'google-authenticator' };
  callback(null, user, context);
}""",
    "metadata of the user": """function (user, context, callback) {
  user.app_metadata = user.app_metadata || {};
  if (user.app_metadata.use_mfa || (user.user_metadata || {}).careful) {
    context.multifactor = { provider: 'any', ignoreCookie: true };
  }
  callback(null, user, context);
}""",
    "class of authentication, once": """function (user, context, callback) {
  const WANTED = 'http://schemas.openid.net/pape/policies/2007/06/multi-factor';
  const asked = context.request.query.acr_values === WANTED;
  const done = context.authentication.methods.some((m) => m.name === 'mfa');
  if (asked && !done) {
    context.multifactor = { provider: 'any', allowRememberBrowser: false };
  }
  callback(null, user, context);
}""",
    "an old factor": """function (user, context, callback) {
  var methods = (context.authentication && context.authentication.methods) || [];
  var fresh = methods.filter(function (m) {
    return m.name === 'mfa' && m.timestamp > Date.now() - 3600 * 1000;
  });
  if (fresh.length === 0) {
    context.multifactor = { provider: 'guardian', allowRememberBrowser: false };
  }
  callback(null, user, context);
}""",
    "addresses of mail": """function (user, context, callback) {
  if (!user.email || !user.email_verified) {
    return callback(new UnauthorizedError('Verify ' + user.email + ' first.'));
  }
  var domain = user.email.split('@')[1].toLowerCase();
  if (!['fabrikam.example'].some(function (d) { return d === domain; })) {
    return callback(new UnauthorizedError('Not from here.'));
  }
  callback(null, user, context);
}""",
    "networks and countries": """function (user, context, callback) {
  const home = context.request.ip.startsWith('10.');
  const country = context.request.geoip && context.request.geoip.country_code;
  if (!home && country !== 'CH') {
    context.multifactor = { provider: 'any', allowRememberBrowser: false };
  }
  return callback(null, user, context);
}""",
    "roles as a claim": """function (user, context, callback) {
  const namespace = 'https://fabrikam.example/';
  const assigned = (context.authorization || {}).roles || [];
  const idTokenClaims = context.idToken || {};
  idTokenClaims[`${namespace}roles`] = assigned;
  context.idToken = idTokenClaims;
  context.accessToken[namespace + 'roles'] = assigned;
  callback(null, user, context);
}""",
    "stored at the first login": """function (user, context, callback) {
  user.app_metadata = user.app_metadata || {};
  if (user.app_metadata.welcomed) return callback(null, user, context);
  user.app_metadata.welcomed = true;
  auth0.users.updateAppMetadata(user.user_id, user.app_metadata)
    .then(function () {
      context.idToken['https://fabrikam.example/new'] = true;
      callback(null, user, context);
    })
    .catch(function (err) { callback(err); });
}""",
    "a level by the scope": """function stepUp(user, context, callback) {
  var request = context.request || {};
  var asked = (request.query || {}).scope || (request.body || {}).scope || '';
  var high = asked.split(' ').indexOf('step_up') >= 0;
  if (high) {
    context.multifactor = { provider: 'any', allowRememberBrowser: false };
  }
  context.idToken['https://fabrikam.example/level'] = high ? 'mfa' : 'normal';
  callback(null, user, context);
}""",
    "every request but one": """function (user, context, callback) {
  if (context.request.query.scope !== 'openid step_up') {
    context.multifactor = { provider: 'any', allowRememberBrowser: false };
  }
  if (context.request.query.scope === undefined) context.idToken.asked = 'nothing';
  callback(null, user, context);
}""",
    "a claim for each role": """function (user, context, callback) {
  const namespace = 'https://fabrikam.example/';
  const roles = (context.authorization || {}).roles || [];
  roles.forEach(function (role) {
    context.idToken[namespace + role] = true;
  });
  if (roles.includes('admin')) return callback(null, user, context);
  context.multifactor = { provider: 'any', allowRememberBrowser: false };
  callback(null, user, context);
}""",
    "a helper that ends it": """function (user, context, callback) {
  const pass = (error) => callback(error, user, context);
  if (!user.email_verified) return pass(new UnauthorizedError('Verify first.'));
  if (context.clientID === 'another') { pass(null); return; }
  context.multifactor = { provider: 'any', ignoreCookie: true };
  pass();
}""",
    "taken apart": """function ({ email, user_metadata }, { clientID, authorization }, cb) {
  const careful = (user_metadata || {}).careful;
  if (careful || authorization.roles.length > 1) console.log({ email, clientID });
  return email ? cb() : cb(new UnauthorizedError('no address'));
}""",
    "who is not enrolled": """function (user, context, callback) {
  if (!user.multifactor) {
    return callback(new UnauthorizedError('Enrol a second factor first.'));
  }
  callback(null, user, context);
}""",
}

PEOPLE = {
    "plain": {},
    "careful": {"user_metadata": {"careful": True}},
    "using": {"app_metadata": {"use_mfa": True, "welcomed": True}},
    "unverified": {"email_verified": False},
    "stranger": {"email": "ann@elsewhere.example"},
    "nameless": {"email": ""},
}
BEN = {"user_id": "auth0|ben", "email": "ben@fabrikam.example", "email_verified": True}
OCCASIONS = [
    asking(),
    asking(scope="openid step_up"),
    asking(acr_values=MFA_ACR),
    asking(acr_values=f"other {MFA_ACR}", scope="openid step_ups"),
    script_input(methods=(PassedMethod("pwd", NOW), PassedMethod("mfa", NOW - 60))),
    script_input(methods=(PassedMethod("mfa", NOW - 7_200),), roles=("admin", "clerk")),
    script_input(client_id="another", multifactor=(), enrolled_factors=()),
    script_input(ip="10.1.2.3", geoip={"countryCode": "BR"}),
    script_input(ip="192.0.2.7", geoip={"countryCode": "CH"}),
    script_input(
        query={}, body={"scope": "openid step_up"}, protocol="oauth2-refresh-token"
    ),
    *(script_input(user=BEN | changes) for changes in PEOPLE.values()),
]


def said(outcome):
    """What matters of an outcome, however a Rule or an Action says it."""
    wish = outcome.multifactor
    return {
        "factor": wish and (wish.provider, wish.allow_remember_browser),
        "refused": outcome.denial and outcome.denial.description,
        "broken": outcome.failure and outcome.failure.kind,
        "claims": dict(outcome.id_token_claims),
        "access": dict(outcome.access_token_claims),
    }


@pytest.mark.parametrize("name", STYLES)
def test_the_draft_does_on_every_occasion_what_the_rule_did(tmp_path, name):
    file = tmp_path / "Rule.js"
    file.write_text(STYLES[name])
    subject = read_rule_in_folder(file)
    draft = draft_of(subject.script)
    assert draft.gaps == ()
    after = subject.with_action(tidied(draft.source), draft.dependencies)
    users = UsersWithoutMemory()
    with Engine(subject.folder, users=users) as old, Engine(after) as new:
        for each in OCCASIONS:
            assert said(new.run(each)) == said(old.run(each)), each


def test_the_shipped_rule_becomes_an_action_that_protects_as_much():
    advice = advise(SHIPPED / "before" / "rules" / "Step-up.js", quick=True)
    assert verdict_of(advice.findings).exit_code == 0
    assert set(advice.findings.directions) == {"same"}
    assert advice.draft.gaps == ()
    assert advice.findings.control.word == "legacy"


def test_what_a_rule_touches_is_told_with_what_it_becomes():
    advice = advise(SHIPPED / "before" / "rules" / "Step-up.js", quick=True)
    assert advice.untested == ()
    touched = {(touch.kind, touch.path): touch.becomes for touch in advice.touches}
    assert touched == {
        ("read", "context.request.query.scope"):
            "(/^oauth2-/.test(event.transaction?.protocol) ? undefined :"
            ' (event.transaction?.requested_scopes ?? []).join(" ") || undefined)',
        ("read", "context.request.body.scope"): "event.request.body?.scope",
        ("write", "context.multifactor"):
            "api.multifactor.enable(provider, { allowRememberBrowser })",
        ("write", "user.authentication_level"): "api.idToken.setCustomClaim(name, value)",
        ("write", "context.idToken.authentication_level"):
            "api.idToken.setCustomClaim(name, value)",
    }  # fmt: skip


def test_a_draft_that_is_weaker_is_said_to_be_first_and_fails(tmp_path):
    root = tmp_path / "tenant"
    shutil.copytree(SHIPPED / "before", root)
    about = json.loads((root / "rules" / "Step-up.json").read_text())
    early = about | {"name": "Early", "order": 0, "script": "./Early.js"}
    (root / "rules" / "Early.json").write_text(json.dumps(early))
    file = root / "rules" / "Early.js"
    file.write_text(  # an Action would run after the Rule that sets the level right
        "function (user, context, callback) {\n"
        "  context.idToken.authentication_level = 'mfa';\n"
        "  callback(null, user, context);\n}"
    )
    ended = run(add_advise, "advise", str(file), "--quick", "--no-color")
    assert ended.code == 1
    assert ended.out.startswith("the draft is weaker than the Rule")
    assert "The draft, with this verdict: the draft is weaker" in ended.out


def test_the_draft_takes_the_place_of_the_rule_among_the_other_scripts():
    file = SHIPPED / "specimens/second-factor-taken-back/rules/Step-up.js"
    subject = read_rule_in_folder(file)
    after = subject.with_action("exports.x = 1;", ("a@1.0", "@b/c@2"))
    assert [rule.name for rule in after.rules] == [
        rule.name for rule in subject.folder.rules if rule.name != "Step-up"
    ]
    assert [(one.name, one.version) for one in after.actions[0].dependencies] == [
        ("a", "1.0"),
        ("@b/c", "2"),
    ]


def test_an_action_of_the_same_name_stays():
    file = SHIPPED / "during/rules/Step-up.js"
    after = read_rule_in_folder(file).with_action("exports.x = 1;", ())
    assert [(one.name, one.order) for one in after.actions] == [
        ("Step-up draft", 0),
        ("Step-up", 1),
    ]


def test_rules_that_run_after_it_are_named():
    folder = SHIPPED / "specimens/second-factor-taken-back/rules"
    names = {
        path.stem: read_rule_in_folder(path).followers for path in folder.glob("*.js")
    }
    assert sorted(names.values()) in ([(), ("Partners",)], [(), ("Step-up",)])


def test_what_no_situation_differs_in_is_said_to_be_untested(tmp_path):
    file = tmp_path / "Home.js"
    file.write_text(
        "function (user, context, callback) {\n"
        "  if (context.connection === 'people') return callback(new Error('no'));\n"
        "  if (context.clientID === 'payroll' && user.multifactor) return callback('no');"
        "\n  callback(null, user, context);\n}"
    )
    ended = run(add_advise, "advise", str(file), "--quick")
    assert "no situation of the lab differs in context.connection:" in ended.out


def test_a_gap_that_no_situation_reaches_fails_all_the_same():
    file = SHIPPED / "specimens/second-factor-taken-back/rules/Partners.js"
    ended = run(add_advise, "advise", str(file), "--quick", "--no-color")
    assert ended.code == 1
    assert "not whole: 1 place is not carried over" in ended.out.splitlines()[0]


def test_a_rule_that_is_switched_off_is_advised_on_as_if_it_were_on(tmp_path):
    root = tmp_path / "tenant"
    shutil.copytree(SHIPPED / "before", root)
    about = root / "rules" / "Step-up.json"
    about.write_text(about.read_text().replace('"enabled": true', '"enabled": false'))
    assert read_rule_in_folder(root / "rules" / "Step-up.js").rule.runs


@pytest.fixture
def bare(tmp_path) -> Path:
    """A Rule that lives in no folder, and refuses at a gap."""
    file = tmp_path / "Odd.js"
    file.write_text(
        "function (user, context, callback) {\n"
        "  if (user.unheard) { context.redirect = { url: 'https://x' }; }\n"
        "  callback(null, user, context);\n}"
    )
    return file


def test_a_rule_without_a_folder_is_advised_on_in_one_of_the_labs_own(bare, tmp_path):
    out = tmp_path / "draft.js"
    words = ("advise", str(bare), "--quick", "--json", "--out", str(out))
    ended = run(add_advise, *words)
    told = json.loads(ended.out)
    assert told["rule"] == "Odd"
    assert told["gaps"] == [
        {"line": 2, "why": "user.unheard is not among what an Action sees"}
    ]
    assert out.read_text() == told["draft"]
    assert told["exit_code"] == ended.code == 3  # it asks nobody, so nothing is proved
    assert "locks people out" in told["verdict"]
    assert told["verdict"].endswith("not whole: 1 place is not carried over.")


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("missing.js", "there is no such file"),
        ("",           "it is a folder, not a file"),
        ("Broken.js",  "the Rule does not compile"),
        ("Action.js",  "this is an Action, not a Rule"),
    ],
)  # fmt: skip
def test_what_is_no_rule_ends_in_one_line(tmp_path, name, why):
    (tmp_path / "Broken.js").write_text("function (")
    (tmp_path / "Action.js").write_text("exports.onExecutePostLogin = async () => {};")
    ended = run(add_advise, "advise", str(tmp_path / name))
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.count("\n") == 1
    assert ended.err.startswith(str(tmp_path / name))
    assert why in ended.err


@pytest.mark.parametrize("out", ["", "none/draft.js"])
def test_a_draft_that_cannot_be_written_is_said_before_the_work(bare, tmp_path, out):
    ended = run(add_advise, "advise", str(bare), "--out", str(tmp_path / out))
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(str(tmp_path / out))


def test_a_rule_that_never_answers_cannot_be_compared():
    file = SHIPPED / "specimens/async-rule-never-calls-back/rules/Step-up.js"
    subject = read_rule_in_folder(file)
    draft = draft_of(subject.script)
    after = subject.with_action(draft.source, ())
    with Engine(after) as engine:
        denied = engine.run(script_input()).denial
    assert denied is not None
    assert denied.description == "Draft: the Rule never calls back on this way"


CONDITIONS = st.sampled_from(
    [
        "user.email_verified",
        "!user.app_metadata",
        "(user.user_metadata || {}).careful",
        "context.request.query.scope === 'openid'",
        "(context.request.query.scope || '').indexOf('step_up') > -1",
        "context.request.query.acr_values",
        "context.request.body.scope",
        "user.multifactor",
        "context.clientID === 'another'",
        "context.protocol === 'oauth2-refresh-token'",
        "asked.prompt === 'none'",
        "level === 'mfa'",
        "user.level",
    ]
)
STATEMENTS = st.sampled_from(
    [
        "context.multifactor = { provider: 'any' };",
        "context.multifactor = { provider: 'guardian', ignoreCookie: true };",
        "context.multifactor = null;",
        "delete context.multifactor;",
        "context.idToken.level = level;",
        "claims['https://fabrikam.example/mail'] = user.email;",
        "level = 'mfa';",
        "[1, 2].forEach(function (n) { level += n; });",
        "callback(null, user, context);",
        "return callback(new UnauthorizedError('no ' + user.name));",
        "callback(new Error('no'));",
        "throw new UnauthorizedError('no');",
        "user.app_metadata = user.app_metadata || {};",
        "try { JSON.parse(level); } catch (e) { return callback(e); }",
    ]
)
BODIES = st.recursive(
    st.lists(STATEMENTS, min_size=1, max_size=3).map("\n".join),
    lambda inner: st.tuples(CONDITIONS, inner, inner).map(
        lambda it: f"if ({it[0]}) {{ {it[1]} }} else {{ {it[2]} }}\n{it[2]}"
    ),
    max_leaves=4,
)


@settings(max_examples=12, deadline=None)
@given(BODIES)
def test_no_draft_does_anything_else_than_its_rule_but_refuse(tmp_path_factory, body):
    file = tmp_path_factory.mktemp("rule") / "Rule.js"
    file.write_text(
        "function (user, context, callback) {\n"
        "var asked = context.request.query || {}, level = 'normal';\n"
        f"var claims = context.idToken;\n{body}\ncallback(null, user, context);\n}}"
    )
    subject = read_rule_in_folder(file)
    after = subject.with_action(tidied(draft_of(subject.script).source), ())
    users = UsersWithoutMemory()
    with Engine(subject.folder, users=users) as old, Engine(after, users=users) as new:
        for each in OCCASIONS:
            now, before = said(new.run(each)), said(old.run(each))
            refused = (now["refused"] or "").startswith("Draft: ")
            denied = now["refused"] is not None and before["refused"] is not None
            assert refused or denied or now == before, each


KEYWORDS = {"KEY": "canary-1", "LIST": ["canary-2"], "NUMBER": 90125}
WITH_KEYWORDS = """function (user, context, callback) {
  const own = "##KEY##";
  const listed = @@LIST@@;
  const same = '@@KEY@@';
  if (listed.includes(user.email) || user.email === own || user.email === same) {
    return callback(new UnauthorizedError('Not you.'));
  }
  if (user.email === 'a##NUMBER##') return callback(null, user, context);
  context.multifactor = { provider: 'any', allowRememberBrowser: false };
  callback(null, user, context);
}"""


def add_with_keywords(commands):
    add_advise(commands)
    commands.choices["advise"].set_defaults(keywords=KEYWORDS)


@pytest.mark.parametrize("place", ["alone", "in a folder"])
def test_no_value_of_a_keyword_is_in_what_advise_writes(tmp_path, place):
    rule, out = tmp_path / "rules/keyed.js", tmp_path / "draft.js"
    rule.parent.mkdir()
    rule.write_text(WITH_KEYWORDS)
    if place == "in a folder":
        (tmp_path / "tenant.json").write_text("{}")
        said = {"name": "keyed", "script": "./keyed.js", "enabled": True}
        (tmp_path / "rules/keyed.json").write_text(json.dumps(said))
    words = ("advise", str(rule), "--quick", "--quiet", "--out", str(out))
    shown = run(add_with_keywords, *words)
    in_json = run(add_with_keywords, *words, "--json")
    # two of its tests are for one value, so the later one never comes out true
    assert (shown.code, in_json.code) == (4, 4), shown
    draft = out.read_text()
    for keyword in ('"##KEY##"', '"@@LIST@@"', "'@@KEY@@'", "##NUMBER##"):
        assert keyword in draft.replace('"@@KEY@@"', "'@@KEY@@'")
    for said in (draft, shown.out, shown.err, in_json.out, in_json.err):
        assert "canary" not in said
        assert "90125" not in said
    assert json.loads(in_json.out)["draft"] == draft


def test_a_keyword_that_is_no_javascript_by_itself_is_refused_by_name(tmp_path):
    rule = tmp_path / "r.js"
    rule.write_text("function (user, context, callback) { f(##NUMBER##); }")
    ended = run(add_with_keywords, "advise", str(rule), "--quiet")
    assert ended.code == 2
    assert "##KEYWORD## stands in the code by itself" in ended.err
    assert "90125" not in ended.err
