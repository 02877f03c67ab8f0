"""Drafts of Actions: what is carried over means the same, the rest is refused."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fabrikam.lab.advise.draft import Draft, draft_of
from fabrikam.lab.advise.expressions import quoted
from fabrikam.lab.advise.rule_in_folder import RuleRejected, read_rule_in_folder
from fabrikam.lab.advise.unused_declarations import tidied
from fabrikam.lab.javascript import syntax as js
from fabrikam.lab.javascript.script import read_script

PASS = "callback(null, user, context);"


def drafted(body: str, head: str = "function (user, context, callback)") -> Draft:
    """The draft for a Rule with this body."""
    return draft_of(read_script("rule", "Rule", "Rule.js", f"{head} {{\n{body}\n}}"))


def body_of(draft: Draft) -> str:
    """What stands between the braces of a draft, without the indentation."""
    first, *lines = draft.source.strip().splitlines()
    assert first == "exports.onExecutePostLogin = async (event, api) => {"
    return "\n".join(line.strip() for line in lines[:-1]).strip()


ASKED = '(event.transaction?.requested_scopes ?? []).join(" ")'
TOKEN_ENDPOINT = "/^oauth2-/.test(event.transaction?.protocol)"
EXACT = f"({TOKEN_ENDPOINT} ? undefined : {ASKED} || undefined)"
SCOPES = f'({TOKEN_ENDPOINT} ? "" : {ASKED})'
CLASSES = '(event.transaction?.acr_values ?? []).join(" ")'


@pytest.mark.parametrize(
    ("rule", "action"),
    [
        ("use(context.clientID);",            "use(event.client.client_id);"),
        ("use(context.connection);",          "use(event.connection.name);"),
        ("use(context.connectionID);",        "use(event.connection.id);"),
        ("use(context.protocol);",            "use(event.transaction?.protocol);"),
        ("use(context.request.ip);",          "use(event.request.ip);"),
        ("use(context['request'].userAgent);", "use(event.request.user_agent);"),
        ("use(context.request.geoip.country_code);",
         "use(event.request.geoip?.countryCode);"),
        ("use(context.request.query.scope);", f"use({EXACT});"),
        ("use(context.request.query.acr_values);", f"use(({CLASSES} || undefined));"),
        ("use((context.request && context.request.query || {}).scope);", f"use({EXACT});"),
        ("use(context.request?.query?.scope);", f"use({EXACT});"),
        ("use(context.request.query.scope || '');", f"use({SCOPES} || '');"),
        ("use(context.request.query.scope === 'a');", f"use({SCOPES} === 'a');"),
        ("use(context.request.query.scope === undefined);",
         f"use({EXACT} === undefined);"),
        ("if (!context.request.query.acr_values) use();", f"if (!{CLASSES}) use();"),
        ("use(context.request.query.scope || context.request.body.scope || '');",
         f"use({ASKED} || '');"),
        ("use(context.request.query.scope || context.request.body.scope);",
         f"use(({ASKED} || undefined));"),
        ("use(context.request.query.audience);", "use(event.request.query.audience);"),
        ("use(context.authorization.roles[0]);", "use(event.authorization.roles[0]);"),
        ("use(context.stats.loginsCount);",   "use(event.stats.logins_count);"),
        ("use(user.email.split('@')[1]);",    "use(event.user.email.split('@')[1]);"),
        ("use(user.app_metadata.plan);",      "use(event.user.app_metadata.plan);"),
        ("use((user.app_metadata || {}).plan);",
         "use((event.user.app_metadata || {}).plan);"),
        ("use(`${user.name} of ${context.tenant}`);",
         "use(`${event.user.name} of ${event.tenant.id}`);"),
        ("use(configuration.KEY);",           "use(event.secrets.KEY);"),
        ("throw new UnauthorizedError('x');", "throw new Error('x');"),
    ],
)  # fmt: skip
def test_what_is_read(rule, action):
    draft = drafted(f"var use = String;\n{rule}\n{PASS}")
    assert draft.gaps == ()
    assert body_of(draft).splitlines()[1] == action


@pytest.mark.parametrize(
    ("rule", "action"),
    [
        ("context.multifactor = {provider: 'any', allowRememberBrowser: false};",
         "api.multifactor.enable('any', { allowRememberBrowser: false });"),
        ("context.multifactor = {provider: 'any'};",
         "api.multifactor.enable('any', { allowRememberBrowser: true });"),
        ("context.multifactor = {provider: 'any', ignoreCookie: true};",
         "api.multifactor.enable('any', { allowRememberBrowser: false });"),
        ("context.multifactor = {provider: 'any', ignoreCookie: user.blocked_once || true};",
         None),
        ("context.multifactor = {provider: p, ignoreCookie: b, allowRememberBrowser: c};",
         "api.multifactor.enable(p, { allowRememberBrowser: c && !(b) });"),
        ("context['multifactor'] = { 'provider': 'guardian', issuer: 'Us' };",
         "api.multifactor.enable('guardian', { allowRememberBrowser: true });"),
        ("context.idToken.level = 'mfa';",
         "api.idToken.setCustomClaim(\"level\", 'mfa');"),
        ("context.idToken['https://x/y'] = user.name;",
         'api.idToken.setCustomClaim("https://x/y", event.user.name);'),
        ("context.accessToken[p + 'roles'] = context.authorization.roles;",
         "api.accessToken.setCustomClaim(p + 'roles', event.authorization.roles);"),
        ("context.idToken = context.idToken || {};",
         "/* context.idToken is always there in an Action */"),
        ("user.user_metadata = user.user_metadata || {};",
         "/* user.user_metadata is always there in an Action */"),
        ("user.app_metadata.n = user.app_metadata.m;",
         "event.user.app_metadata.n = event.user.app_metadata.m;"),
        ("user.authentication_level = 'mfa';",
         "api.idToken.setCustomClaim(\"authentication_level\", 'mfa');"),
        ("context.primaryUser = user.user_id;",
         "api.authentication.setPrimaryUser(event.user.user_id);"),
    ],
)  # fmt: skip
def test_what_is_written(rule, action):
    draft = drafted(f"var p = 'any', b = true, c = false;\n{rule}\n{PASS}")
    if action is None:
        assert len(draft.gaps) == 1
    else:
        assert draft.gaps == ()
        assert body_of(draft).splitlines()[1] == action


@pytest.mark.parametrize(
    ("rule", "action"),
    [
        ("callback(null, user, context);",     "return;"),
        ("return callback(null, user, context);", "return;"),
        ("callback();",                        "return;"),
        ("return callback(new UnauthorizedError('no'));", "return api.access.deny('no');"),
        ("return callback(new Error('no ' + user.name));",
         "return api.access.deny('no ' + event.user.name);"),
        ("return callback('no');",             "return api.access.deny('no');"),
        ("try { JSON.parse('x'); callback(); } catch (e) { callback(e); }",
         "try { JSON.parse('x'); return; } catch (e) { return"
         " api.access.deny(String(e?.message ?? e)); }"),
        ("return user.email ? callback(null, user, context) : callback('no');",
         "if (event.user.email) return;\nreturn api.access.deny('no');"),
        ("if (user.email) { callback(); return; }\ncallback('no');",
         "if (event.user.email) { return; /* the login has ended */ }\n"
         "return api.access.deny('no');"),
        ("if (user.email) { callback(); } else { callback('no'); }",
         "if (event.user.email) { return; } else { return api.access.deny('no'); }"),
    ],
)  # fmt: skip
def test_how_a_rule_ends(rule, action):
    draft = drafted(rule)
    assert draft.gaps == ()
    assert body_of(draft) == action


ENDED = "/* its calls end the login where they stand */"


@pytest.mark.parametrize(
    ("rule", "action"),
    [
        ("function done(e) { callback(e, user, context); }\n"
         "if (user.email) return done(new Error('no'));\ndone();",
         f"{ENDED}\nif (event.user.email) return api.access.deny('no');\nreturn;"),
        ("const pass = () => callback(null, user, context);\nreturn pass();",
         f"{ENDED}\nreturn;"),
        ("var fail = function () { return callback(new Error('no')); };\nfail();",
         f"{ENDED}\nreturn api.access.deny('no');"),
    ],
)  # fmt: skip
def test_a_helper_that_only_calls_back_ends_the_login_where_it_is_called(rule, action):
    draft = drafted(rule)
    assert draft.gaps == ()
    assert body_of(draft) == action


@pytest.mark.parametrize(
    ("rule", "action"),
    [
        ("[1].forEach(function (n) { context.idToken['n' + n] = n; });",
         "[1].forEach(function (n) { api.idToken.setCustomClaim('n' + n, n); });"),
        ("[1].forEach((n) => context.idToken['n' + n] = n);",
         "[1].forEach((n) => api.idToken.setCustomClaim('n' + n, n));"),
        ("function add(n, v) { context.idToken[n] = v; } add('a', user.name);",
         "function add(n, v) { api.idToken.setCustomClaim(n, v); }"
         " add('a', event.user.name);"),
        ("[1].some(() => { context.multifactor = { provider: 'any' }; return true; });",
         "[1].some(() => { api.multifactor.enable('any', { allowRememberBrowser: true });"
         " return true; });"),
    ],
)  # fmt: skip
def test_what_a_function_inside_the_rule_writes_at_once(rule, action):
    draft = drafted(f"{rule}\n{PASS}")
    assert draft.gaps == ()
    assert body_of(draft).splitlines()[0] == action


def test_what_the_parameters_take_out_is_written_out():
    head = (
        "function ({ email, app_metadata: kept }, { clientID, request: { query } }, cb)"
    )
    draft = drafted(
        "var all = { email, n: kept.n }; if (query.acr_values) all.c = clientID;\ncb();",
        head,
    )
    assert draft.gaps == ()
    assert body_of(draft).splitlines()[0] == (
        "var all = { email: event.user.email, n: event.user.app_metadata.n };"
        f" if ({CLASSES}) all.c = event.client.client_id;"
    )


@pytest.mark.parametrize(
    "head", ["{ email = '' }, context, cb", "{ ...all }, { idToken }, cb"]
)
def test_a_parameter_with_a_default_or_a_rest_is_refused_by_name(head):
    draft = drafted("if (email || all || idToken) cb();", f"function ({head})")
    assert len(draft.gaps) == 1


BACK = """
if (context.protocol === 'redirect-callback') {
  if (context.request.query.accepted !== 'yes') return callback(new Error('no'));
  context.idToken.accepted = true;
  return callback(null, user, context);
}
if (!user.app_metadata.accepted) context.redirect = { url: 'https://terms.example/' };
callback(null, user, context);
"""


def test_a_redirect_goes_on_in_a_handler_of_its_own():
    draft = drafted(BACK.strip())
    assert draft.gaps == ()
    out, back = draft.source.split("\n\n")
    assert (
        "if (!event.user.app_metadata.accepted) api.redirect.sendUserTo('https://terms.example/');"
        in out
    )
    assert "redirect-callback" not in draft.source
    assert back == (
        "exports.onContinuePostLogin = async (event, api) => {\n"
        "  if (event.request.query.accepted !== 'yes') return api.access.deny('no');\n"
        '  api.idToken.setCustomClaim("accepted", true);\n'
        "  return;\n"
        "};\n"
    )
    assert not list(js.faults(js.parse(draft.source)))


@pytest.mark.parametrize("text", ["a\rb", "a\nb", 'a"b', "a\\b", "a\x00b"])
def test_any_text_is_quoted_as_javascript_reads_it(text):
    root = js.parse(quoted(text))
    (string,) = js.nodes(root, "string")
    assert not list(js.faults(root))
    assert js.literal(string) == text


NO_ANSWER = 'return api.access.deny("Draft: the Rule never calls back on this way");'


@pytest.mark.parametrize(
    ("rule", "action"),
    [
        ("",                         NO_ANSWER),
        ("if (user.email) callback();",
         f"if (event.user.email) return;\n{NO_ANSWER}"),
        ("if (!user.email) return;\ncallback();",
         f"if (!event.user.email) {NO_ANSWER}\nreturn;"),
        ("try { callback(); } catch (e) { }",
         f"try {{ return; }} catch (e) {{ }}\n{NO_ANSWER}"),
        ("switch (user.name) { case 'a': callback(); }",
         f"switch (event.user.name) {{ case 'a': return; }}\n{NO_ANSWER}"),
        ("return user.email;",       NO_ANSWER),
    ],
)  # fmt: skip
def test_a_way_that_never_calls_back_is_refused_and_not_let_through(rule, action):
    assert body_of(drafted(rule)) == action


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("use(context.connectionOptions);",     "context.connectionOptions"),
        ("use(context.jwtConfiguration.scopes);", "context.jwtConfiguration"),
        ("use(context.unheard);",               "context.unheard is not among"),
        ("use(user.plan);",                     "user.plan is not among"),
        ("use(context.multifactor);",           "cannot see who asked before"),
        ("delete context.multifactor;",         "cannot take back"),
        ("context.multifactor = {};",           "without a provider"),
        ("context.multifactor = { ['pro' + 'vider']: 'any' };", "cannot be read off"),
        ("use(user.identities[0].access_token);", "tokens of other providers"),
        ("use(context.authentication.methods);\nuse(wish.timestamp);", "whose time"),
        ("context.multifactor = wish;",         "cannot be read off"),
        ("context.multifactor = { ...wish };",  "cannot be read off"),
        ("context.multifactor.provider = 'any';", "cannot be written so"),
        ("context.redirect = { url: 'https://x' };", "no branch of its own"),
        ("if (context.protocol === 'redirect-callback') return callback();\n"
         "context.redirect = wish;", "where it redirects to"),
        ("if (context.protocol === 'redirect-callback') return callback();\n"
         "context.idToken.seen = true;\ncontext.redirect = { url: 'https://x' };",
         "gone when the user is back"),
        ("[1].forEach(async (n) => { context.idToken.n = n; });", "cannot be written so"),
        ("[1].map((n) => context.idToken.n = n);", "statement of its own"),
        ("use((user.roles || []).includes('a'));", "app_metadata.roles"),
        ("if (user.groups.includes('a')) use();", "user.groups is not among"),
        ("context.accessToken.scope = ['a'];",  "do not replace"),
        ("context.multifator = {};",            "nothing reads it"),
        ("context.idToken.n += 1;",             "cannot be written so"),
        ("wish = context.idToken.level = 1;",   "cannot be written so"),
        ("user.email = 'x';\nuse(user.level);", "user.level is not among"),
        ("var t = context.idToken || {};\nuse(t.level);", "not read back"),
        ("var t = context.idToken;\nhelper(t);", "not read back"),
        ("helper(user);",                       "user as a whole"),
        ("use(JSON.stringify(context));",       "context as a whole"),
        ("use({ user });",                      "user as a whole"),
        ("user = user || {};",                  "not what the Rule was given"),
        ("use(this.context);",                  "`this`"),
        ("use(global.cache);",                  "global"),
        ("use(auth0.accessToken);",             "auth0"),
        ("request.get('https://x');",           "request is no global"),
        ("setTimeout(callback, 5);",            "setTimeout is no global"),
        ("use(callback);",                      "callback as a whole"),
        ("use(function () { callback(); });",   "in the function that use is given"),
        ("[1].forEach((n) => { if (n) callback(n); });", "that [1].forEach is given"),
        ("use(user.email ? callback() : callback('no'));", "inside an expression"),
        ("return user.email ? callback() : use();", "inside an expression"),
        ("callback(null, {}, context);",        "other objects"),
        ("require(wish);",                      "cannot be read off"),
    ],
)  # fmt: skip
def test_what_is_not_certain_is_left_in_a_comment_and_refused(rule, why):
    draft = drafted(f"var wish, use = String, helper = String;\n{rule}\n{PASS}")
    (gap, *_) = draft.gaps
    assert why in gap.why
    assert "// NOT CARRIED OVER" in draft.source
    assert f"//   {rule.splitlines()[-1]}" in draft.source
    refusal = f'return api.access.deny("Draft: line {gap.line} of the Rule is not'
    assert refusal in draft.source
    assert not list(js.faults(js.parse(draft.source)))


@pytest.mark.parametrize(
    "alias",
    [
        "var q = context.request.query || context.request.body; use(q.scope);",
        "var q = context.request.query; q = {}; use(q.scope);",
        "function first(q) { return q.scope; } use(first(context.request.query));",
        "var { scope = 'openid' } = context.request.query; use(scope);",
    ],
)
def test_a_name_that_may_be_something_else_is_not_taken_for_the_request(alias):
    draft = drafted(f"var use = String; {alias}\n{PASS}")
    assert "requested_scopes" not in draft.source


def test_names_are_seen_through_and_what_nobody_uses_is_taken_out():
    draft = drafted(
        "  var request = context.request || {};\n"
        "  var query = request.query || {}; // empty at the token endpoint\n"
        "  var asked = query.scope || '';\n"
        "  if (asked === 'step_up') callback('no');\n"
        "  callback();"
    )
    assert tidied(draft.source) == (
        "exports.onExecutePostLogin = async (event, api) => {\n"
        f"  var asked = {SCOPES} || '';\n"
        "  if (asked === 'step_up') return api.access.deny('no');\n"
        "  return;\n"
        "};\n"
    )


@pytest.mark.parametrize(
    "kept",
    [
        "var a = f(); f();",
        "var a = 1; use(a);",
        "var a = 1, b = 2;",
        "var { a } = b;",
        "var a = (b = 1);",
    ],
)
def test_a_declaration_that_does_something_stays(kept):
    assert tidied(kept) == kept


@pytest.mark.parametrize(
    "test", ["if (!user.app_metadata) x();", "x(user.multifactor);"]
)
def test_what_a_rule_may_find_absent_is_absent_in_the_draft_as_well(test):
    draft = drafted(f"var x = String;\n{test}\n{PASS}")
    assert ".length ? event.user." in draft.source


def test_times_of_methods_are_numbers_again():
    draft = drafted(
        "var methods = context.authentication.methods;\n"
        "var recent = methods.some(function (m) { return m.timestamp > 5; });\n" + PASS
    )
    assert "Date.parse(m.timestamp) > 5" in draft.source


def test_other_times_stay_as_they_are():
    draft = drafted(
        "var methods = context.authentication.methods;\n"
        "var since = user.app_metadata.timestamp;\n" + PASS
    )
    assert "var since = event.user.app_metadata.timestamp;" in draft.source


@pytest.mark.parametrize(
    ("spelled", "module", "dependency"),
    [
        ("lodash@4.17.21",    "lodash",      ("lodash@4.17.21",)),
        ("@scope/a@1.0.0",    "@scope/a",    ("@scope/a@1.0.0",)),
        ("crypto",            "crypto",      ()),
    ],
)  # fmt: skip
def test_the_version_of_a_package_goes_into_the_dependencies(
    spelled, module, dependency
):
    draft = drafted(f"var m = require('{spelled}');\nm.x();\n{PASS}")
    assert f'require("{module}")' in draft.source
    assert draft.dependencies == dependency


STORING = """
auth0.users.updateAppMetadata(user.user_id, { seen: true })
  .then(function () {
    context.idToken.seen = true;
    callback(null, user, context);
  })
  .catch(function (err) { callback(err); });
"""


def test_stored_metadata_and_what_follows_are_carried_over():
    assert body_of(drafted(STORING)) == (
        "for (const [storedName, stored] of Object.entries({ seen: true })) {\n"
        "api.user.setAppMetadata(storedName, stored);\n"
        "}\n"
        'api.idToken.setCustomClaim("seen", true);\n'
        "return;"
    )


@pytest.mark.parametrize(
    "rule",
    [
        STORING + "context.multifactor = { provider: 'any' };",
        "if (user.email) {" + STORING + "}\ncontext.multifactor = { provider: 'any' };",
        STORING.replace("user.user_id", "user.name"),
        STORING.replace(".then", ".finally"),
        STORING.replace("function () {", "(x => {").replace("})\n  .c", "}))\n  .c", 1),
    ],
)
def test_a_rule_that_goes_on_meanwhile_or_stores_otherwise_is_not(rule):
    assert drafted(rule).gaps != ()


def test_the_comment_above_a_rule_stays_above_the_draft():
    source = "// Why.\n/* More. */\nfunction (user, context, callback) { callback(); }"
    draft = draft_of(read_script("rule", "R", "R.js", source))
    assert draft.source.startswith("// Why.\n/* More. */\nexports.on")


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("function (user, context, callback) {",     "does not compile: Unexpected end of input"),
        ("",                                         "Unexpected end of input"),
        ("var x = 1;",                               "Unexpected token 'var'"),
        ("(user, context, cb) => cb()",              "one function"),
        ("function (user, context, { b }) { b(); }", "one function"),
        ("exports.onExecutePostLogin = async (event, api) => {};", "is an Action"),
        ("module.exports = { onContinuePostLogin(event, api) {} };", "is an Action"),
        ("function (u, c, b) { var event = 1; b(); }", "given event: rename"),
        ("function (u, c, api) { api(); }",          "given api: rename"),
        ("function (u, c, b) { b(" + "[" * 200 + "]" * 200 + "); }", "too deeply"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_rule_is_refused(tmp_path, source, why):
    (tmp_path / "R.js").write_text(source)
    with pytest.raises(RuleRejected, match=why):
        read_rule_in_folder(tmp_path / "R.js")


PIECES = st.sampled_from(
    [
        "var q = (context.request || {}).query || {};",
        "if (q.scope === 'step_up') context.multifactor = { provider: 'any' };",
        "if (user.email) return callback(new UnauthorizedError('no'));",
        "for (var i = 0; i < context.odd; i++) { use(i); }",
        "switch (context.protocol) { case 'a': context.odd = 1; default: use(1); }",
        "while (context.x) use(user);",
        "do { delete context.multifactor; } while (user.z);",
        "if (user.a) user.b = 1; else user.c = context.idToken;",
        "label: for (var k in user.app_metadata) { if (k) continue label; }",
        "user.x = 1; user.y = 2; user.app_metadata = user.app_metadata || {};",
        "use(/[/]x\\//.test(user.email), `a${context.clientID}b`, 'é😀');",
        "var f = async function () { await auth0.users.updateAppMetadata(1); };",
        STORING,
        PASS,
    ]
)


@settings(deadline=None)
@given(st.lists(PIECES, max_size=8))
def test_every_draft_parses_and_refuses_at_each_gap(pieces):
    draft = drafted("var use = String;\n" + "\n".join(pieces))
    source = tidied(draft.source)
    assert not list(js.faults(js.parse(source)))
    assert source.count("is not carried over yet") == len(draft.gaps)


@settings(deadline=None)
@given(st.text(max_size=200))
def test_no_text_whatever_breaks_the_reader(tmp_path_factory, text):
    file = tmp_path_factory.mktemp("rule") / "R.js"
    file.write_text(text, "utf-8", "surrogatepass")
    with pytest.raises(RuleRejected):
        read_rule_in_folder(file)
