"""The Management API of the tenant, as scripts reach it: by global, package and HTTP."""

from __future__ import annotations

from math import nan

import pytest

from fabrikam.tenant.scripts import Account
from fabrikam.tenant.scripts.management_api import (
    TOKEN,
    ManagementSession,
    Request,
    answered,
)
from tests.tenant.scripts.builders import (
    ANN,
    actions,
    rules,
    script_input,
    write,
)

BOB = {
    "user_id": "auth0|bob",
    "email": "bob@fabrikam.example",
    "identities": [{"connection": "people", "provider": "auth0", "user_id": "bob"}],
}
ROLES = ({"name": "Payroll", "id": "rol_1", "description": "pays"}, {"name": "Clerk"})


class People:
    """Users in a dictionary."""

    def __init__(self, *profiles):
        self.accounts = {one["user_id"]: Account(one) for one in profiles}

    def find(self, user_id):
        return self.accounts.get(user_id)

    def by_email(self, email):
        found = self.accounts.values()
        return [one for one in found if one.profile["email"] == email]

    def update(self, user_id, patch):
        if user_id in self.accounts:
            self.accounts[user_id] = self.accounts[user_id].with_patch(patch)

    def assign_roles(self, user_id, roles):
        before = self.accounts[user_id]
        self.accounts[user_id] = Account(before.profile, roles)


def nested(levels):
    """An object with lists in it, so many levels in all."""
    value = []
    for _ in range(levels - 2):
        value = [value]
    return {"a": value}


@pytest.fixture
def people():
    return People(ANN, BOB)


def asked(people, method, path, body=None, token="t", **query):
    request = Request(method, tuple(path.split("/")), query, body, token)
    return answered(people, request, ROLES)


def test_a_user_is_read_whole_or_in_part(people):
    assert asked(people, "GET", "users/auth0|ann").body == ANN
    fields = {"fields": "email,name"}
    shown = asked(people, "GET", "users/auth0|ann", **fields).body
    assert shown == {"email": "ann@fabrikam.example", "name": "Ann"}
    fields["include_fields"] = "false"
    assert "email" not in asked(people, "GET", "users/auth0|ann", **fields).body


@pytest.mark.parametrize(
    ("path", "query", "found"),
    [
        ("users-by-email", {"email": "bob@fabrikam.example"}, ["auth0|bob"]),
        ("users-by-email", {"email": "nobody@fabrikam.example"}, []),
        ("users", {"q": 'email:"bob@fabrikam.example"', "search_engine": "v3"}, ["auth0|bob"]),
        ("users", {"q": "email:bob@fabrikam.example"}, ["auth0|bob"]),
        ("users", {"q": 'user_id:"auth0|ann"'}, ["auth0|ann"]),
        ("users", {"q": 'user_id:"auth0|eve"'}, []),
        ("users", {"q": 'email:"bob@fabrikam.example" AND user_id:"auth0|ann"'}, []),
    ],
)  # fmt: skip
def test_users_are_found_by_address_and_by_id(people, path, query, found):
    answer = asked(people, "GET", path, **query)
    assert [one["user_id"] for one in answer.body] == found


def test_metadata_is_merged_and_null_removes_a_key(people):
    for patch in ({"a": 1, "b": 2}, {"b": None, "c": 3}):
        answer = asked(people, "PATCH", "users/auth0|ann", {"app_metadata": patch})
    assert answer.body["app_metadata"] == {"a": 1, "c": 3}
    assert people.find("auth0|ann").profile["app_metadata"] == {"a": 1, "c": 3}


def test_metadata_may_be_nested_as_deep_as_a_login_can_carry(people):
    answer = asked(people, "PATCH", "users/auth0|ann", {"user_metadata": nested(50)})
    assert answer.status == 200


def test_metadata_grows_by_no_number_of_small_changes_beyond_what_is_carried(people):
    half = {"a": "x" * 600_000}
    first = asked(people, "PATCH", "users/auth0|ann", {"app_metadata": half})
    more = {"app_metadata": {"b": half["a"]}}
    second = asked(people, "PATCH", "users/auth0|ann", more)
    assert (first.status, second.status) == (200, 400)


def test_roles_are_given_taken_and_listed_by_id_or_name(people):
    asked(people, "POST", "users/auth0|bob/roles", {"roles": ["rol_1", "Clerk"]})
    listed = asked(people, "GET", "users/auth0|bob/roles").body
    assert [one["id"] for one in listed] == ["rol_1", "Clerk"]
    asked(people, "DELETE", "users/auth0|bob/roles", {"roles": ["rol_1"]})
    assert people.find("auth0|bob").roles == ("Clerk",)


def test_a_linked_account_is_among_the_identities_once(people):
    link = {"provider": "auth0", "user_id": "bob"}
    answer = asked(people, "POST", "users/auth0|ann/identities", link)
    assert [one["user_id"] for one in answer.body] == ["ann", "bob"]
    again = asked(people, "POST", "users/auth0|ann/identities", link)
    assert (again.status, again.body["error"]) == (409, "Conflict")


def test_the_factors_of_a_user_are_listed():
    people = ManagementSession(
        None, Account(ANN, enrolled=("push-notification", "otp"))
    )
    enrolled = asked(people, "GET", "users/auth0|ann/enrollments").body
    assert [one["auth_method"] for one in enrolled] == ["guardian", "authenticator"]
    methods = asked(people, "GET", "users/auth0|ann/authentication-methods").body
    assert [one["type"] for one in methods] == ["push", "totp"]


@pytest.mark.parametrize(
    ("asks", "options", "status", "words"),
    [
        (("GET", "users/auth0|eve", None), {}, 404, "does not exist"),
        (("PATCH", "users/auth0|eve", {"name": "E"}), {}, 404, "does not exist"),
        (("GET", "users/auth0|eve/roles", None), {}, 404, "does not exist"),
        (("POST", "users/auth0|eve/roles", {"roles": []}), {}, 404, "does not exist"),
        (("GET", "users/auth0|eve/enrollments", None), {}, 404, "does not exist"),
        (("POST", "users/auth0|ann/identities", None), {}, 404, "does not exist"),
        (("PATCH", "users/auth0|ann", "text"), {}, 400, "object"),
        (("PATCH", "users/auth0|ann", {"user_id": "x"}), {}, 400, "user_id"),
        (("PATCH", "users/auth0|ann", {"app_metadata": 1}), {}, 400, "app_metadata"),
        (("PATCH", "users/auth0|ann", {"blocked": "true"}), {}, 400, "true or false"),
        (("PATCH", "users/auth0|ann", {"blocked": None}), {}, 400, "blocked is null"),
        (("PATCH", "users/auth0|ann", {"email_verified": "no"}), {}, 400, "true or"),
        (("PATCH", "users/auth0|ann", {"name": [1]}), {}, 400, "name is not a string"),
        (("PATCH", "users/auth0|ann", {"picture": "javascript:x"}), {}, 400, "address"),
        (("PATCH", "users/auth0|ann", {"user_metadata": nested(51)}), {}, 400, "nested"),
        (("PATCH", "users/auth0|ann", {"app_metadata": {"a": nan}}), {}, 400, "not JSON"),
        (("PATCH", "users/auth0|ann", {"app_metadata": {"a": "x" * 2**20}}), {}, 400, "1048576"),
        (("POST", "users/auth0|ann/roles", {"roles": "x"}), {}, 400, "roles"),
        (("GET", "users", None), {"q": "a" * 501}, 400, "500 characters"),
        (("GET", "users/auth0|ann", None), {"token": ""}, 401, "Missing"),
        (("GET", "users/auth0|ann/roles", None), {"token": TOKEN}, 403, "read:roles"),
        (("GET", "clients", None), {}, 501, "GET /api/v2/clients"),
        (("DELETE", "users/auth0|ann", None), {}, 501, "DELETE /api/v2/users"),
        (("GET", "users", None), {"q": "name:A*"}, 501, "name:A*"),
        (("GET", "users", None), {"q": "email:a OR b"}, 501, "email:a OR b"),
        (("GET", "users", None), {}, 501, "search"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said(people, asks, options, status, words):
    answer = asked(people, *asks, **options)
    assert answer.status == status
    assert words in answer.body["message"]


def test_who_signs_in_is_there_even_where_nobody_keeps_users():
    people = ManagementSession(None, Account(ANN, ("Clerk",), ("otp",)))
    asked(people, "PATCH", "users/auth0|ann", {"user_metadata": {"hue": "red"}})
    found = asked(people, "GET", "users-by-email", email="Ann@Fabrikam.example").body
    assert [one["user_metadata"] for one in found] == [{"hue": "red"}]
    assert (
        asked(people, "GET", "users-by-email", email="bob@fabrikam.example").body == []
    )
    asked(people, "POST", "users/auth0|ann/roles", {"roles": ["Payroll"]})
    assert people.find("auth0|ann").roles == ("Clerk", "Payroll")


def test_who_signs_in_is_found_once_where_users_are_kept(people):
    present = ManagementSession(people, Account(ANN))
    assert len(present.by_email("ann@fabrikam.example")) == 1
    present.update("auth0|bob", {"name": "Bob"})
    present.assign_roles("auth0|bob", ("Clerk",))
    assert present.find("auth0|bob") == Account({**BOB, "name": "Bob"}, ("Clerk",))


@pytest.fixture
def by_rule(tmp_path, engine, people):
    """What a Rule of this body calls back with, as the user's `found`."""

    def run(body, files=None, **options):
        source = f"function (user, context, callback) {{\n{body}\n}}"
        root = write(rules(tmp_path, source), files or {})
        return engine(root, users=people, **options).run(script_input())

    return run


def found(outcome):
    assert outcome.failure is None, outcome.failure
    return outcome.user["found"]


def test_a_rule_may_write_metadata(by_rule, people):
    outcome = by_rule(
        "auth0.users.updateAppMetadata(user.user_id, { seen: 1 })"
        ".then(function () {"
        "  return auth0.users.updateUserMetadata(user.user_id, { hue: 'red' }); })"
        ".then(function (whole) { user.found = whole.app_metadata.seen;"
        "  callback(null, user, context); }).catch(callback);"
    )
    assert found(outcome) == 1
    stored = people.find("auth0|ann").profile
    assert (stored["app_metadata"], stored["user_metadata"]) == (
        {"seen": 1},
        {"hue": "red"},
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("'auth0|eve', {}", "does not exist"),
        ("user.user_id, 'text'", "app_metadata"),
        ("7, {}", "does not exist"),
    ],
)
def test_a_write_that_cannot_be_done_is_told_to_the_rule(by_rule, arguments, message):
    body = f"auth0.users.updateAppMetadata({arguments}).then(callback, callback);"
    assert message in by_rule(body).failure.message


CLIENT_2 = (
    "var ManagementClient = require('auth0@2.27.0').ManagementClient;"
    "var api = new ManagementClient({ token: auth0.accessToken, domain: auth0.domain });"
)
KEEP = "function (error, value) { user.found = value; callback(error, user, context); }"


@pytest.mark.parametrize(
    ("call", "seen"),
    [
        ("getUser({ id: 'auth0|bob' }",                         "bob@fabrikam.example"),
        ("users.get({ id: 'auth0|bob' }",                       "bob@fabrikam.example"),
        ("getUsersByEmail('bob@fabrikam.example'",              "bob@fabrikam.example"),
        ("getUsers({ q: 'email:\"bob@fabrikam.example\"' }",    "bob@fabrikam.example"),
        ("updateUser({ id: 'auth0|bob' }, { nickname: 'b' }",   "'nickname': 'b'"),
        ("updateUserMetadata({ id: 'auth0|bob' }, { a: 5 }",    "{'a': 5}"),
        ("users.updateAppMetadata({ id: 'auth0|bob' }, { a: 5 }", "{'a': 5}"),
        ("linkUsers('auth0|bob', { provider: 'auth0', user_id: 'auth0|ann' }", "'ann'"),
    ],
)  # fmt: skip
def test_the_old_client_reaches_the_local_users(by_rule, call, seen):
    assert seen in str(found(by_rule(f"{CLIENT_2} api.{call}, {KEEP});")))


def test_the_old_client_also_gives_promises(by_rule):
    body = (
        f"{CLIENT_2} api.getUser({{ id: 'auth0|bob' }}).then(function (found) {{"
        " user.found = found.email; callback(null, user, context); });"
    )
    assert found(by_rule(body)) == BOB["email"]


@pytest.mark.parametrize(
    ("version", "expression", "seen"),
    [
        ("4.3.1",  "(await api.users.get({ id: 'auth0|bob' })).data.email", BOB["email"]),
        ("latest", "(await api.users.get({ id: 'auth0|bob' })).data.email", BOB["email"]),
        ("3.7.2",  "(await api.getUser({ id: 'auth0|bob' })).email",        BOB["email"]),
        ("5.0.0",  "(await api.users.get('auth0|bob')).email",              BOB["email"]),
        ("4.3.1",  "(await api.usersByEmail.getByEmail({ email: 'bob@fabrikam.example' }))"
                   ".data.length", 1),
        ("4.3.1",  "(await api.users.update({ id: 'auth0|bob' }, { app_metadata: { a: 1 } }))"
                   ".data.app_metadata", {"a": 1}),
        ("4.3.1",  "await api.users.assignRoles({ id: 'auth0|bob' }, { roles: ['Clerk'] })"
                   " && (await api.users.getRoles({ id: 'auth0|bob' })).data[0].name", "Clerk"),
        ("4.3.1",  "(await api.users.getEnrollments({ id: 'auth0|ann' })).data.length", 0),
        ("4.3.1",  "(await new AuthenticationClient({}).oauth.clientCredentialsGrant({}))"
                   ".data.token_type", "Bearer"),
        ("4.3.1",  "await api.users.get({ id: 'auth0|eve' }).catch((e) => e.statusCode)", 404),
    ],
)  # fmt: skip
def test_the_client_of_an_action_has_the_shape_of_its_version(
    tmp_path, engine, version, expression, seen
):
    source = (
        "const { ManagementClient, AuthenticationClient } = require('auth0');\n"
        "exports.onExecutePostLogin = async (event, trigger) => {\n"
        "const api = new ManagementClient({ domain: 'x.eu.auth0.com',"
        " clientId: 'c', clientSecret: 's' });\n"
        f"trigger.idToken.setCustomClaim('found', {expression});\n}};"
    )
    needs = [{"name": "auth0", "version": version}]
    root = actions(tmp_path, source, dependencies=needs)
    outcome = engine(root, users=People(ANN, BOB)).run(script_input())
    assert outcome.failure is None, outcome.failure
    assert outcome.id_token_claims["found"] == seen


@pytest.mark.parametrize(
    ("expression", "named"),
    [
        ("require('auth0').UserInfoClient", "auth0.UserInfoClient"),
        ("api.clients", "auth0 ManagementClient.clients"),
        ("api.users.delete", "auth0 ManagementClient users.delete"),
    ],
)
def test_what_the_client_has_not_is_named(by_rule, expression, named):
    message = by_rule(f"{CLIENT_2} {expression};").failure.message
    assert message == f"{named} is not supported by the local tenant"


def test_an_installed_package_is_preferred(by_rule):
    files = {"node_modules/auth0/index.js": "module.exports = { mine: true };"}
    body = "user.found = require('auth0').mine; callback(null, user, context);"
    assert found(by_rule(body, files)) is True


HTTP = """
function send(address, method, text, done) {
  var url = new URL(address);
  var sent = require(url.protocol.slice(0, -1)).request(url, {
    method: method,
    headers: { authorization: 'Bearer ' + auth0.accessToken,
               'content-type': 'application/json' },
  }, function (answer) {
    var whole = '';
    answer.on('data', function (piece) { whole += piece; });
    answer.on('end', function () { done(answer.statusCode, JSON.parse(whole)); });
  });
  sent.setTimeout(1000);
  sent.on('error', callback);
  sent.end(text);
}
"""
AT = "/users/auth0%7Cbob"


@pytest.mark.parametrize(
    "base",
    [
        "auth0.baseUrl",
        "'https://' + auth0.domain + '/api/v2'",
        "'https://fabrikam.eu.auth0.com/api/v2'",
    ],
)
def test_raw_http_to_the_tenant_reaches_the_local_users(by_rule, people, base):
    body = f"""{HTTP}
    send({base} + '{AT}', 'PATCH', '{{"app_metadata": {{"a": 1}}}}', function () {{
      send({base} + '{AT}?fields=app_metadata', 'GET', undefined, function (status, body) {{
        user.found = [status, body]; callback(null, user, context);
      }});
    }});"""
    assert found(by_rule(body)) == [200, {"app_metadata": {"a": 1}}]
    assert people.find("auth0|bob").profile["app_metadata"] == {"a": 1}


@pytest.mark.parametrize(
    ("options", "seen"),
    [
        ("", [401, "Missing authentication"]),
        (", { headers: { authorization: 'Bearer x' } }", [200, "bob@fabrikam.example"]),
    ],
)
def test_fetch_of_the_tenant_reaches_the_local_users(by_rule, options, seen):
    body = f"""
    fetch(auth0.baseUrl + '{AT}'{options}).then(async function (answer) {{
      var body = await answer.json();
      user.found = [answer.status, body.message || body.email];
      callback(null, user, context);
    }}).catch(callback);"""
    assert found(by_rule(body)) == seen


def test_a_body_that_is_no_json_is_refused(by_rule):
    body = f"""{HTTP}
    send(auth0.baseUrl + '{AT}', 'PATCH', 'a=1', function (status, body) {{
      user.found = [status, body.error]; callback(null, user, context);
    }});"""
    assert found(by_rule(body)) == [400, "Bad Request"]


def test_a_machine_gets_a_token_that_may_do_more(by_rule):
    body = """
    var site = 'https://fabrikam.eu.auth0.com';
    fetch(site + '/oauth/token', { method: 'POST', body: '{}' })
      .then(function (answer) { return answer.json(); })
      .then(function (token) {
        return fetch(site + '/api/v2/users/auth0%7Cann/roles', {
          headers: { authorization: token.token_type + ' ' + token.access_token } }); })
      .then(function (answer) { user.found = answer.status; callback(null, user, context); })
      .catch(callback);"""
    assert found(by_rule(body)) == 200


@pytest.mark.parametrize(
    "address",
    ["auth0.baseUrl.replace('3001', '3002')", "'http://127.0.0.1:3001/userinfo'",
     "'https://auth0.com.example/api/v2'"],
)  # fmt: skip
def test_everything_else_meets_the_closed_gate(by_rule, address):
    failure = by_rule(f"fetch({address}).catch((e) => callback(e.cause));").failure
    assert "is not allowed by this tenant" in failure.message


def test_a_request_to_the_tenant_changes_nothing_that_scripts_share(by_rule):
    outcome = by_rule(
        f"fetch(auth0.baseUrl + '{AT}', {{ headers: {{ authorization: 'Bearer x' }} }})"
        ".then(function () { user.found = 1; callback(null, user, context); });"
    )
    assert found(outcome) == 1
    assert outcome.lines == ()  # a finding would be a warning, and end the worker
