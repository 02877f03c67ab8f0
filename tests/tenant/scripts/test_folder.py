"""Tenant folders: what is read, and every mistake with its file and line, at once."""

from __future__ import annotations

import json
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fabrikam.tenant.scripts import (
    Dependency,
    FolderRejected,
    Problem,
    fingerprint,
    read_folder,
)
from tests.tenant.scripts.builders import SHIPPED, action, actions, rule, rules, write

CODE = "exports.onExecutePostLogin = async () => {};\n"
TRIGGER = [{"id": "post-login", "version": "v3"}]


def rejected(root, **options):
    """What is wrong with a folder, as lines of text."""
    with pytest.raises(FolderRejected) as caught:
        read_folder(root, **options)
    assert caught.value.problems
    return [str(problem) for problem in caught.value.problems]


def an_action(**changes):
    about = {"name": "A", "code": "./actions/a.js", "supported_triggers": TRIGGER}
    return {"actions/a.json": {**about, **changes}, "actions/a.js": CODE}


@pytest.mark.parametrize("name", ["before", "during", "after"])
def test_the_shipped_folders_are_in_order(name):
    folder = read_folder(SHIPPED / name)
    assert folder.policy == "never"
    assert folder.factors == {"otp", "push-notification", "recovery-code"}
    (client,) = folder.clients
    assert client["client_id"] == "fabrikam-intranet"
    assert client["oidc_conformant"] is (name != "before")


def test_an_empty_folder_manages_nothing(tmp_path):
    folder = read_folder(tmp_path)
    assert (folder.rules, folder.actions, folder.clients) == ((), (), ())
    assert (folder.factors, folder.policy, folder.network) == (None, "never", False)


def test_a_folder_that_is_not_there_is_said_to_be_missing(tmp_path):
    (line,) = rejected(tmp_path / "nowhere")
    assert "there is no such folder" in line


def test_rules_run_in_their_order_and_only_if_enabled(tmp_path):
    for name, order, enabled in [("Last", None, True), ("Off", 1, False),
                                 ("First", 0, True), ("Next", 7, True)]:  # fmt: skip
        about = {"name": name, "order": order, "enabled": enabled}
        script = {"script": f"./{name}.js"}
        write(tmp_path, {f"rules/{name}.json": {**about, **script}})
        write(tmp_path, {f"rules/{name}.js": rule("")})
    found = read_folder(tmp_path).rules
    assert [each.name for each in found if each.runs] == ["First", "Next", "Last"]


def test_a_rule_of_another_stage_does_not_run(tmp_path):
    about = {"name": "Rule 1", "script": "./1.js", "stage": "pre_authorize"}
    write(tmp_path, {"rules/1.json": about, "rules/1.js": rule("")})
    (found,) = read_folder(tmp_path).rules
    assert not found.runs


def test_actions_run_in_the_order_of_the_binding_if_bound_and_deployed(tmp_path):
    root = actions(tmp_path, CODE, CODE, CODE)
    binding = [{"action_name": f"Action {n}"} for n in (3, 1)]
    write(root, {"triggers/triggers.json": {"post-login": binding}})
    about = json.loads((root / "actions/1.json").read_text())
    write(root, {"actions/1.json": {**about, "deployed": False}})
    found = read_folder(root).actions
    assert [each.name for each in found] == ["Action 3", "Action 1", "Action 2"]
    assert [each.order for each in found] == [0, 1, None]
    assert [each.runs for each in found] == [True, False, False]


def test_the_triggers_are_in_the_first_file_whatever_its_name(tmp_path):
    root = write(tmp_path, an_action())
    write(root, {"triggers/other.json": {"post-login": [{"action_name": "A"}]}})
    assert read_folder(root).actions[0].runs


def test_secrets_dependencies_and_modules_are_read(tmp_path):
    root = write(
        tmp_path,
        an_action(
            secrets=[{"name": "KEY", "value": "red"}, {"name": "HIDDEN"},
                     {"name": "EXPORTED", "value": "_VALUE_NOT_SHOWN_"}],
            dependencies=[{"name": "low", "version": "1.0.0"}, {"name": "high"}],
        ),
    )  # fmt: skip
    write(root, {"action-modules/m.json": {"name": "m", "code": "./m.js"}, "m.js": ""})
    folder = read_folder(root)
    (found,) = folder.actions
    assert found.secrets == {"KEY": "red"}
    assert found.dependencies == (
        Dependency("low", "1.0.0"),
        Dependency("high", "latest"),
    )
    assert [module.name for module in folder.modules] == ["m"]


@pytest.mark.parametrize(
    ("policies", "policy"),
    [([], "never"), (["all-applications"], "always"), (["confidence-score"], "adaptive")],
)  # fmt: skip
def test_policies_have_words_of_their_own(tmp_path, policies, policy):
    root = write(tmp_path, {"guardian/policies.json": {"policies": policies}})
    assert read_folder(root).policy == policy


def test_only_enabled_factors_count(tmp_path):
    otp = {"name": "otp", "enabled": True}
    sms = {"name": "sms", "enabled": False}
    root = write(
        tmp_path, {"guardian/factors/otp.json": otp, "guardian/factors/sms.json": sms}
    )
    assert read_folder(root).factors == {"otp"}


def test_everything_else_that_scripts_see_is_read(tmp_path):
    root = write(
        tmp_path,
        {
            "clients/a.json": {"name": "A", "client_metadata": {"x": "1"}},
            "resource-servers/api.json": {"name": "API", "identifier": "https://api/"},
            "roles/r.json": {"name": "payroll"},
            "rules-configs/K.json": {"key": "K", "value": "v"},
            "tenant.json": {"friendly_name": "F"},
            "local-tenant.json": {"network": ["api.example"]},
        },
    )
    folder = read_folder(root)
    assert folder.clients[0]["client_metadata"] == {"x": "1"}
    assert folder.resource_servers[0]["identifier"] == "https://api/"
    assert folder.roles == ({"name": "payroll"},)
    assert folder.rules_configs == {"K": "v"}
    assert folder.tenant == {"friendly_name": "F"}
    assert folder.network == ("api.example",)


RULE = {"name": "Rule 1", "script": "./1.js"}


@pytest.mark.parametrize(
    ("files", "complaint"),
    [
        ({"rules/1.json": RULE},
         "rules/1.json:3: rules/1.js is not there"),
        ({"rules/1.json": {"name": "Rule 1"}},
         "rules/1.json:1: script names no file"),
        ({"rules/1.json": {"script": "./1.js"}, "rules/1.js": "x"},
         "rules/1.json:1: a name is missing"),
        ({"rules/1.json": {**RULE, "name": "-x-"}, "rules/1.js": "x"},
         "rules/1.json:2: '-x-' cannot name a rule"),
        ({"rules/1.json": {**RULE, "order": "1"}, "rules/1.js": "x"},
         "rules/1.json:4: order is not a number"),
        ({"rules/1.json": {**RULE, "order": True}, "rules/1.js": "x"},
         "rules/1.json:4: order is not a number"),
        ({"rules/1.json": {**RULE, "enabled": "yes"}, "rules/1.js": "x"},
         "rules/1.json:4: enabled is not a bool"),
        ({"rules/1.json": {**RULE, "stage": "later"}, "rules/1.js": "x"},
         "rules/1.json:4: 'later' is not a stage"),
        ({"rules/1.json": "{\n  \"name\": Rule 1\n}"},
         "rules/1.json:2: not JSON: expecting value"),
        ({"rules/1.json": "[]"},
         "rules/1.json:1: not a JSON object"),
        ({"rules/1.json": "[" * 100_000},
         "rules/1.json:1: not JSON: nested too deep"),
        ({"rules/1.json": {**RULE, "script": "../../elsewhere.js"}},
         "rules/1.json:3: rules/../../elsewhere.js leaves the folder"),
        ({"rules/1.json": {**RULE, "script": "/etc/passwd"}},
         "rules/1.json:3: /etc/passwd leaves the folder"),
        ({"rules/1.json": {**RULE, "script": "a\0b"}},
         "rules/1.json:3: 'rules/a\\x00b' is no path"),
        ({"rules/1.json": {**RULE, "script": "."}},
         "rules/1.json:3: rules is not a file"),
        ({"rules/1.json": RULE, "rules/1.js": "x" * 100_001},
         "rules/1.js:1: more than 100000 bytes"),
        ({"clients/a.json": "{\n\"name\": @@NAME@@}"},
         "clients/a.json:2: @@NAME@@ has no value: name one for NAME in "
         "AUTH0_KEYWORD_REPLACE_MAPPINGS"),
        ({"clients/a.json": {"app_type": "spa"}},
         "clients/a.json:1: name is missing"),
        ({"resource-servers/a.json": {"name": "spa"}},
         "resource-servers/a.json:1: identifier is missing"),
        ({"rules-configs/a.json": {"key": "K", "value": 1}},
         "rules-configs/a.json:3: value is not a string"),
        ({"rules-configs/a.json": {"key": "K"}},
         "rules-configs/a.json:1: value is missing"),
        ({"guardian/policies.json": {"policies": ["sometimes"]}},
         "guardian/policies.json:2: ['sometimes'] is not a policy"),
        ({"guardian/factors/a.json": {"name": "pigeon", "enabled": True}},
         "guardian/factors/a.json:2: 'pigeon' is not a factor"),
        ({"guardian/factors/a.json": {"name": "otp", "enabled": 1}},
         "guardian/factors/a.json:3: enabled is not a bool"),
        ({"tenant.json": {"session_lifetime": "12"}},
         "tenant.json:2: session_lifetime is not a number of hours"),
        ({"tenant.json": {"session_lifetime": True}},
         "tenant.json:2: session_lifetime is not a number of hours"),
        ({"tenant.json": "{\"idle_session_lifetime\": 1e999}"},
         "tenant.json:1: idle_session_lifetime is not a number of hours"),
        ({"tenant.json": "{\"session_lifetime\": NaN}"},
         "tenant.json:1: not JSON: NaN is no number"),
        ({"tenant.json": "{\"a\": " + "9" * 5000 + "}"},
         "tenant.json:1: not JSON: Exceeds the limit (4300 digits) for integer string "
         "conversion: value has 5000 digits; use sys.set_int_max_str_digits() to "
         "increase the limit"),
        ({"tenant.json": "{\"a\": \"\\ud800\"}"},
         "tenant.json:1: not JSON: one half of a surrogate pair"),
        ({"tenant.json": {"default_audience": ["x"]}},
         "tenant.json:2: default_audience is not a string"),
        ({"tenant.json": {"default_directory": 5}},
         "tenant.json:2: default_directory is not a string"),
        ({"tenant.json": {"friendly_name": ["F"]}},
         "tenant.json:2: friendly_name is not a string"),
        ({"tenant.json": {"allowed_logout_urls": 5}},
         "tenant.json:2: allowed_logout_urls is not a list of strings"),
        ({"tenant.json": {"acr_values_supported": "mfa"}},
         "tenant.json:2: acr_values_supported is not a list of strings"),
        ({"tenant.json": {"customize_mfa_in_postlogin_action": "yes"}},
         "tenant.json:2: customize_mfa_in_postlogin_action is not true or false"),
        ({"tenant.json": {"session_cookie": "persistent"}},
         "tenant.json:2: session_cookie is not an object"),
        ({"tenant.json": {"session_cookie": {"mode": "sticky"}}},
         "tenant.json:3: session_cookie.mode is not persistent or non-persistent"),
        ({"tenant.yaml": "rules: []"},
         "tenant.yaml:1: YAML is not read; export with --format=directory"),
        ({"resource-servers/a.json": {"identifier": "x", "scopes": ["a"]}},
         "resource-servers/a.json:3: scopes is not a list of objects with a value"),
        ({"grants/a.json": {"client_id": "machine", "scope": []}},
         "grants/a.json:1: audience is missing"),
        ({"grants/a.json": {"audience": "https://api/"}},
         "grants/a.json:1: client_id is missing"),
        ({"grants/a.json": {"client_id": "a", "audience": "x", "scope": "all"}},
         "grants/a.json:4: scope is not a list of strings"),
        ({"resource-servers/a.json": {"identifier": 5}},
         "resource-servers/a.json:2: identifier is not a string"),
        ({"resource-servers/a.json": {"identifier": "x", "token_lifetime": "5"}},
         "resource-servers/a.json:3: token_lifetime is not a whole number of seconds"),
        ({"resource-servers/a.json": {"identifier": "x", "token_dialect": "jwt"}},
         "resource-servers/a.json:3: token_dialect is not access_token, "
         "access_token_authz, rfc9068_profile or rfc9068_profile_authz"),
        ({"resource-servers/a.json": {"identifier": "x", "allow_offline_access": 1}},
         "resource-servers/a.json:3: allow_offline_access is not true or false"),
        ({"clients/a.json": {"name": ["A"]}},
         "clients/a.json:2: name is not a string"),
        ({"clients/a.json": {"name": "A", "callbacks": "x"}},
         "clients/a.json:3: callbacks is not a list of strings"),
        ({"clients/a.json": {"name": "A", "grant_types": "password"}},
         "clients/a.json:3: grant_types is not a list of strings"),
        ({"clients/a.json": {"name": "A", "client_id": 5}},
         "clients/a.json:3: client_id is not a string"),
        ({"clients/a.json": {"name": "A", "oidc_conformant": "no"}},
         "clients/a.json:3: oidc_conformant is not true or false"),
        ({"clients/a.json": {"name": "A", "client_metadata": {"x": 1}}},
         "clients/a.json:3: client_metadata is not an object of strings"),
        ({"clients/a.json": {"name": "A", "jwt_configuration": {"alg": "ES256"}}},
         "clients/a.json:4: jwt_configuration.alg is not RS256, HS256 or PS256"),
        ({"clients/a.json": {"name": "A", "token_endpoint_auth_method": "mtls"}},
         "clients/a.json:3: token_endpoint_auth_method is not none, "
         "client_secret_post or client_secret_basic"),
        ({"roles/a.json": {"name": "R", "permissions": ["read"]}},
         "roles/a.json:3: permissions is not a list of objects with a permission_name"),
        ({"roles/a.json": {"description": "R"}},
         "roles/a.json:1: name is missing"),
        ({"connections/a.json": {"strategy": "auth0", "name": 7}},
         "connections/a.json:3: name is not a string"),
        ({"database-connections/a/database.json": {"strategy": "auth0"}},
         "database-connections/a/database.json:1: name is missing"),
        ({"database-connections/a/database.json": {"name": "P", "metadata": {"a": 1}}},
         "database-connections/a/database.json:3: metadata is not an object of strings"),
        ({"clients/a.json": "{\"name\": \"" + "x" * 1_000_000 + "\"}"},
         "clients/a.json:1: clients/a.json has more than 1000000 bytes"),
        ({"clients": "not a folder"},
         "clients:1: no folder to be read: Not a directory"),
        ({"rules/1.json": {**RULE, "script": "x" * 5000}},
         "rules/1.json:3: rules/" + "x" * 5000 + " cannot be read: File name too long"),
        ({"rules/1.json": {**RULE, "id": 7}, "rules/1.js": "x"},
         "rules/1.json:4: id is not a string"),
        ({"local-tenant.json": {"tenat": "x"}},
         "local-tenant.json:2: tenat is no setting of a local tenant"),
        ({"local-tenant.json": {"tenant": ["x"]}},
         "local-tenant.json:2: tenant is not a string"),
        ({"local-tenant.json": {"network": "all"}},
         "local-tenant.json:2: network is not true, false or a list of hosts"),
        ({**an_action(supported_triggers=[]),
          "triggers/triggers.json": {"post-login": [{"action_name": "A"}]}},
         "triggers/triggers.json:4: action 'A' is none of post-login"),
        ({"triggers/triggers.json": {"post-login": ["A"]}},
         "triggers/triggers.json:2: post-login is not a list of actions"),
        (an_action(supported_triggers=["post-login"]),
         "actions/a.json:4: supported_triggers is not a list of objects with an id"),
        (an_action(supported_triggers=[{"id": "post-login", "version": "v1"}]),
         "actions/a.json:7: post-login v1 is another language; write it for v3"),
        (an_action(deployed="yes"),
         "actions/a.json:10: deployed is not a bool"),
        (an_action(secrets=["KEY"]),
         "actions/a.json:10: secrets is not a list of objects with a name"),
        (an_action(secrets=[{"name": "KEY", "value": 7}]),
         "actions/a.json:12: secret KEY is not a string"),
        (an_action(secrets=[{"name": "KEY", "value": "x" * 4097}]),
         "actions/a.json:12: secret KEY is too long"),
        (an_action(dependencies={"low": "1"}),
         "actions/a.json:10: dependencies is not a list of objects with a name"),
        (an_action(runtime=22),
         "actions/a.json:10: runtime is not a string"),
        (an_action(modules=["m"]),
         "actions/a.json:10: modules is not a list of objects with a module_name"),
        (an_action(modules=[{"module_name": "m", "module_version_number": 1}]),
         "actions/a.json:12: there is no action module 'm'"),
        (an_action(code="./actions/b.js"),
         "actions/a.json:3: actions/b.js is not there"),
    ],
)  # fmt: skip
def test_every_mistake_is_said_with_its_file_and_line(tmp_path, files, complaint):
    assert rejected(write(tmp_path, files)) == [complaint]


def test_all_mistakes_are_said_at_once(tmp_path):
    root = write(tmp_path, an_action(deployed="yes", supported_triggers=["x"]))
    write(root, {"rules/1.json": "{", "roles/a.json": {}, "tenant.json": "[]"})
    assert len(rejected(root)) == 5


def test_two_rules_with_one_order_are_both_named(tmp_path):
    root = rules(tmp_path, rule(""), rule(""))
    for number in (1, 2):
        about = {"name": f"Rule {number}", "order": 5, "script": f"./{number}.js"}
        write(root, {f"rules/{number}.json": about})
    assert rejected(root) == [
        "rules/1.json:3: another rule has order 5",
        "rules/2.json:3: another rule has order 5",
    ]


@pytest.mark.parametrize(("kind", "make"), [("rule", rules), ("action", actions)])
def test_two_scripts_with_one_name_are_both_named(tmp_path, kind, make):
    root = make(tmp_path, "x", "y")
    for file in sorted(root.glob(f"{kind}s/2.json")):
        text = file.read_text().replace(f'{kind.title()} 2"', f'{kind.title()} 1"')
        file.write_text(text)
    if kind == "action":
        bound = {"post-login": [{"action_name": "Action 1"}]}
        write(root, {"triggers/triggers.json": bound})
    name = f"{kind.title()} 1"
    assert rejected(root) == [
        f"{kind}s/1.json:2: another {kind} is called '{name}'",
        f"{kind}s/2.json:2: another {kind} is called '{name}'",
    ]


def test_an_action_that_is_bound_twice_is_a_mistake(tmp_path):
    root = write(tmp_path, an_action())
    bound = {"post-login": [{"action_name": "A"}, {"action_name": "A"}]}
    write(root, {"triggers/triggers.json": bound})
    assert rejected(root) == ["triggers/triggers.json:4: action 'A' is bound 2 times"]


@pytest.mark.parametrize(
    ("directory", "said", "name"),
    [
        ("clients",          {"name": "A"},                             "name"),
        ("clients",          {"name": "@", "client_id": "a"},           "client_id"),
        ("resource-servers", {"identifier": "https://a/"},              "identifier"),
        ("roles",            {"name": "A"},                             "name"),
        ("rules-configs",    {"key": "A", "value": "@"},                "key"),
        ("guardian/factors", {"name": "otp", "enabled": True},          "name"),
    ],
)  # fmt: skip
def test_two_files_with_one_name_are_a_mistake(tmp_path, directory, said, name):
    for file in ("1", "2"):
        text = json.dumps(said, indent=2).replace("@", file)
        write(tmp_path, {f"{directory}/{file}.json": text})
    line = [*said].index(name) + 2
    expected = f"{directory}/2.json:{line}: another file has the {name} {said[name]!r}"
    assert expected in rejected(tmp_path)


def test_null_is_as_good_as_absent(tmp_path):
    said = {"callbacks": None, "jwt_configuration": None, "client_metadata": None}
    write(tmp_path, {"clients/a.json": {"name": "A", **said}})
    write(tmp_path, {"tenant.json": {"default_audience": None}})
    assert read_folder(tmp_path).clients[0]["name"] == "A"


def test_a_folder_that_is_not_managed_may_hold_anything(tmp_path):
    files = {"pages/login.html": "@@X@@", "emails/x.json": "[", "prompts.json": "{"}
    assert read_folder(write(tmp_path, files)).clients == ()


def test_connections_are_read_from_both_places_of_an_export(tmp_path):
    options = {"domain_aliases": ["a.example"], "passwordPolicy": "good"}
    employees = {"name": "Employees", "metadata": {"x": "1"}, "options": options}
    write(
        tmp_path,
        {
            "database-connections/Employees/database.json": employees,
            "connections/old.json": {"name": "Old", "strategy": "auth0", "id": "con_7"},
            "connections/google.json": {"name": "google", "strategy": "google-oauth2"},
        },
    )
    first, second = read_folder(tmp_path).connections
    assert (first.name, first.metadata) == ("Employees", {"x": "1"})
    assert first.options == {"domain_aliases": ["a.example"]}
    assert first.id.startswith("con_")
    assert (second.name, second.id) == ("Old", "con_7")


def test_a_secret_that_was_not_exported_is_a_warning_that_names_it(tmp_path):
    secrets = [
        {"name": "KEY", "value": "_VALUE_NOT_SHOWN_"},
        {"name": "OK", "value": "1"},
    ]
    folder = read_folder(write(tmp_path, an_action(secrets=secrets)))
    assert [str(warning) for warning in folder.warnings] == [
        "actions/a.json:12: secret KEY has no value in an export: write one, or @@KEY@@"
    ]


def test_an_action_names_a_module_that_is_there(tmp_path):
    write(tmp_path, an_action(modules=[{"module_name": "m"}]))
    write(tmp_path, {"action-modules/m.json": {"name": "m", "code": "./m.js"}})
    write(tmp_path, {"m.js": ""})
    assert read_folder(tmp_path).modules[0].name == "m"


def test_two_modules_with_one_name_are_both_named(tmp_path):
    for file in ("1", "2"):
        about = {"name": "m", "code": "./m.js"}
        write(tmp_path, {f"action-modules/{file}.json": about, "m.js": ""})
    assert rejected(tmp_path) == [
        f"action-modules/{file}.json:2: another action module is called 'm'"
        for file in ("1", "2")
    ]


def test_a_link_to_nowhere_is_a_mistake_and_not_an_absent_file(tmp_path):
    (tmp_path / "tenant.json").symlink_to(tmp_path / "moved.json")
    assert rejected(tmp_path) == ["tenant.json:1: tenant.json is not there"]


def test_a_link_to_itself_does_not_stop_the_reading(tmp_path):
    (tmp_path / "tenant.json").symlink_to(tmp_path / "tenant.json")
    assert rejected(tmp_path) == [
        "tenant.json:1: a link that leaves the folder",
        "tenant.json:1: tenant.json leaves the folder",
    ]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (b"a\nb.json",      r"a\nb.json"),
        (b"\xff\xfe.json", r"\udcff\udcfe.json"),
        (b"\x1b[2J.json",   r"\x1b[2J.json"),
        ("ü \N{SNOWMAN}.json".encode(), "ü \N{SNOWMAN}.json"),
    ],
)  # fmt: skip
def test_a_mistake_stays_on_its_line_whatever_its_file_is_called(tmp_path, name, shown):
    (tmp_path / "roles").mkdir()
    (tmp_path / "roles" / os.fsdecode(name)).write_text("{}")
    assert rejected(tmp_path) == [f"roles/{shown}:1: name is missing"]


def test_packages_and_history_beside_the_scripts_cost_a_request_nothing(
    tmp_path, monkeypatch
):
    for place in ("node_modules/a", "actions/node_modules/b", ".git/objects"):
        write(tmp_path, {f"{place}/{number}.js": "" for number in range(50)})
    write(tmp_path, {"tenant.json": {}})
    opened = []
    scandir = os.scandir
    monkeypatch.setattr(
        os, "scandir", lambda path: opened.append(path) or scandir(path)
    )
    assert len(fingerprint(tmp_path)) == 2  # the file, and the folder itself
    assert len(opened) == 2


def test_a_symlink_that_leaves_the_folder_is_a_mistake(tmp_path):
    outside = write(tmp_path / "outside", {"1.js": rule(""), "c.json": {"name": "C"}})
    root = write(tmp_path / "inside", {"rules/1.json": RULE})
    (root / "rules/1.js").symlink_to(outside / "1.js")
    (root / "clients").symlink_to(outside)
    assert rejected(root) == [
        "clients:1: a link that leaves the folder",
        "clients/c.json:1: clients/c.json leaves the folder",
        "rules/1.js:1: a link that leaves the folder",
        "rules/1.json:3: rules/1.js leaves the folder",
    ]


def test_a_link_that_only_a_script_would_follow_is_a_mistake_too(tmp_path):
    root = write(tmp_path / "inside", {"tenant.json": {}, "data/x.txt": "x"})
    (root / "data/etc").symlink_to("/etc")
    assert rejected(root) == ["data/etc:1: a link that leaves the folder"]


def test_a_symlink_inside_the_folder_is_none(tmp_path):
    root = write(tmp_path, {"rules/1.json": RULE, "rules/other.js": rule("")})
    (root / "rules/1.js").symlink_to(root / "rules/other.js")
    assert read_folder(root).rules[0].source == rule("")


def test_a_pipe_in_the_place_of_a_script_does_not_stop_the_reading(tmp_path):
    root = write(tmp_path, {"rules/1.json": RULE})
    os.mkfifo(root / "rules/1.js")
    assert rejected(root) == ["rules/1.json:3: rules/1.js is not a file"]


def test_a_script_that_is_not_text_is_a_mistake(tmp_path):
    root = write(tmp_path, {"rules/1.json": RULE})
    (root / "rules/1.js").write_bytes(b"\xff\xfe\x00")
    (line,) = rejected(root)
    assert line.startswith("rules/1.json:3: rules/1.js cannot be read: ")


def test_keywords_are_replaced_in_json_and_in_scripts(tmp_path):
    root = write(
        tmp_path,
        {
            "rules/1.json": '{"name": "##ENV## step", "script": "./1.js", "order": @@N@@}',
            "rules/1.js": "use(\"@@LIST@@\", '@@ENV@@', @@ENV@@, '##ENV##');",
        },
    )
    values = {"ENV": 'te"st', "LIST": ["a", 1], "N": 3}
    root.joinpath("rules/1.json").write_text(
        '{"name": "A ##N## step", "script": "./1.js", "order": @@N@@}'
    )
    (found,) = read_folder(root, replacements=values).rules
    assert (found.name, found.order) == ("A 3 step", 3)
    assert found.source == 'use(["a",1], "te\\"st", "te\\"st", \'te"st\');'


def test_json_keywords_come_before_plain_ones(tmp_path):
    root = write(tmp_path, {"clients/a.json": '{"name": @@A@@}'})
    values = {"A": "##B##", "B": "inner"}
    assert read_folder(root, replacements=values).clients[0]["name"] == "inner"


def test_a_changed_file_changes_the_fingerprint(tmp_path):
    root = write(tmp_path, {"rules/1.json": RULE, "rules/1.js": rule("")})
    before = fingerprint(root)
    assert fingerprint(root) == before
    write(root, {"rules/1.js": rule(" ")})
    assert fingerprint(root) != before


def test_a_problem_reads_like_a_compiler_s():
    assert str(Problem("rules/a.json", 3, "why")) == "rules/a.json:3: why"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "id", "version", "value"]), inner)
    ),
    max_leaves=8,
)
KEYS = st.sampled_from(
    ["session_lifetime", "jwt_configuration", "permissions", "scopes", "identifier",
     "token_lifetime", "callbacks", "options", "metadata", "strategy", "network",
     "modules", "allowed_logout_urls", "client_metadata", "tenant",
     "name", "code", "script", "order", "enabled", "stage", "deployed", "secrets",
     "dependencies", "supported_triggers", "post-login", "policies", "key", "value"]
)  # fmt: skip
PLACES = st.sampled_from(
    ["rules/a.json", "actions/a.json", "triggers/a.json", "guardian/policies.json",
     "guardian/factors/a.json", "rules-configs/a.json", "clients/a.json",
     "tenant.json", "local-tenant.json", "action-modules/a.json", "roles/a.json",
     "resource-servers/a.json", "connections/a.json",
     "database-connections/a/database.json"]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(PLACES, st.dictionaries(KEYS, JSON, max_size=6), max_size=4))
def test_no_folder_however_odd_breaks_the_reader(tmp_path_factory, files):
    root = write(tmp_path_factory.mktemp("odd"), files)
    try:
        assert read_folder(root).root == root
    except FolderRejected as refused:
        problems = refused.problems
    else:
        problems = ()
    assert all(problem.line > 0 for problem in problems)


def test_the_action_builder_writes_a_sound_folder(tmp_path):
    assert read_folder(actions(tmp_path, action(""))).actions[0].runs
