"""What the Deploy CLI takes is taken: marks, paths, bindings and words of any kind."""

from __future__ import annotations

import pytest

from fabrikam.tenant.scripts import read_folder, survey_folder
from tests.tenant.scripts.builders import rule, write
from tests.tenant.scripts.test_folder import CODE, TRIGGER, an_action, rejected

MAPPINGS = "AUTH0_KEYWORD_REPLACE_MAPPINGS"
RULE = {"name": "Step up", "script": "./Step-up.js"}


def warnings(root, **replacements):
    return [
        str(warning)
        for warning in read_folder(root, replacements=replacements).warnings
    ]


SMS = {"name": "sms", "strategy": "sms", "options": {"template": "Code: @@password@@"}}


@pytest.mark.parametrize("replacements", [{}, {"password": "other"}])
def test_a_mark_of_auth0_s_own_stays_where_no_login_depends_on_it(
    tmp_path, replacements
):
    write(tmp_path, {"connections/sms.json": SMS, "connections/google.json": {
        "strategy": "google-oauth2", "options": {"client_secret": "##GOOGLE_SECRET##"},
    }})  # fmt: skip
    about = warnings(tmp_path, **replacements)
    kept = "connections/sms.json:5: no JSON once its keywords are replaced"
    assert about == ([kept] if replacements else [])


def test_a_mark_in_a_script_stays_with_a_note(tmp_path):
    source = rule("// ##SECTION##\nuse('Hi ##name##', '##name##');")
    write(tmp_path, {"rules/1.json": RULE, "rules/Step-up.js": source})
    assert read_folder(tmp_path).rules[0].source == source
    assert warnings(tmp_path, name="Ann") == [
        f"rules/Step-up.js:2: ##SECTION## has no value: name one for SECTION in {MAPPINGS}"
    ]


def test_a_property_that_is_one_mark_is_left_out_and_a_name_is_not(tmp_path):
    client = {
        "name": "##NAME##",
        "callbacks": "@@CALLBACKS@@",
        "logo_uri": "##LOGO##",
        "jwt_configuration": {"alg": "##ALG##", "lifetime_in_seconds": 60},
    }
    write(tmp_path, {"clients/a.json": client})
    (found,) = read_folder(tmp_path).clients
    assert found == {
        "name": "##NAME##",
        "jwt_configuration": {"lifetime_in_seconds": 60},
    }
    assert [line.split(" has ")[0] for line in warnings(tmp_path)] == [
        "clients/a.json:2: name: ##NAME##",
        "clients/a.json:3: callbacks: @@CALLBACKS@@",
        "clients/a.json:5: jwt_configuration: ##ALG##",
    ]


def test_a_binding_to_an_action_of_the_marketplace_is_a_warning(tmp_path):
    write(tmp_path, an_action())
    bound = [{"action_name": "Risk Service"}, {"action_name": "A"}]
    write(tmp_path, {"triggers/triggers.json": {"post-login": bound}})
    (found,) = read_folder(tmp_path).actions
    assert found.runs
    assert warnings(tmp_path) == [
        "triggers/triggers.json:4: action 'Risk Service' is bound and not in the export, "
        "as those of the marketplace: it does not run"
    ]


def test_lists_of_an_action_may_come_from_the_mappings(tmp_path):
    marks = {
        key: f"@@{key.upper()}@@" for key in ("secrets", "dependencies", "modules")
    }
    write(tmp_path, an_action(**marks))
    write(
        tmp_path, {"action-modules/m.json": {"name": "m", "code": "m.js"}, "m.js": ""}
    )
    values = {
        "SECRETS": [{"name": "KEY", "value": "red"}, {"name": "HIDDEN"}],
        "DEPENDENCIES": [{"name": "low", "version": "1.0.0"}],
        "MODULES": [{"module_name": "m", "module_version_number": 1}],
    }
    (found,) = read_folder(tmp_path, replacements=values).actions
    assert (found.secrets, found.hidden_secrets) == ({"KEY": "red"}, {"HIDDEN"})
    assert [each.name for each in found.dependencies] == ["low"]
    (bare,) = read_folder(tmp_path).actions
    assert (bare.secrets, bare.dependencies) == ({}, ())
    assert len(warnings(tmp_path)) == 3


@pytest.mark.parametrize(
    "path",
    [
        "./actions/Step-up/code.js",
        ".\\actions\\Step-up\\code.js",
        "my-tenant/actions/Step-up/code.js",
        "/home/ann/my-tenant/actions/Step-up/code.js",
        "C:\\exports\\actions\\my-tenant\\actions\\Step-up\\code.js",
    ],
)
def test_the_code_of_an_action_is_found_by_its_end(tmp_path, path):
    about = {"name": "A", "code": path, "supported_triggers": TRIGGER}
    write(tmp_path, {"actions/a.json": about, "actions/Step-up/code.js": CODE})
    (found,) = read_folder(tmp_path).actions
    assert (found.file, found.source) == ("actions/Step-up/code.js", CODE)


@pytest.mark.parametrize(
    "path", ["Step-up.js", ".\\Step-up.js", "rules/Step-up.js", "/a/rules/Step-up.js"]
)
def test_the_script_of_a_rule_is_found_by_its_end(tmp_path, path):
    files = {"rules/a.json": {**RULE, "script": path}, "rules/Step-up.js": rule("")}
    assert read_folder(write(tmp_path, files)).rules[0].file == "rules/Step-up.js"


def test_an_end_outside_the_folder_is_not_looked_for(tmp_path):
    write(tmp_path, {"actions/secret.js": CODE})
    write(tmp_path / "in", an_action(code="../actions/secret.js"))
    (line,) = rejected(tmp_path / "in")
    assert "leaves the folder" in line


@pytest.mark.parametrize("trigger", ["iga-approval", "post-challenge", "any thing"])
def test_any_name_is_taken_for_a_trigger(tmp_path, trigger):
    write(tmp_path, an_action(supported_triggers=[{"id": trigger}]))
    write(tmp_path, {"triggers/triggers.json": {trigger: [{"action_name": "A"}]}})
    (found,) = read_folder(tmp_path).actions
    assert (found.triggers, found.runs) == ((trigger,), False)


@pytest.mark.parametrize(
    "files",
    [
        {"clients/a.json": {}, "grants/a.json": {}, "rules-configs/a.json": {},
         "resource-servers/a.json": {}, "guardian/factors/a.json": {}},
        {"database-connections/a/database.json": "{"},
        an_action(supported_triggers=[], secrets=None, dependencies=None, modules=None),
        {"actions/a.json": {"name": "A", "code": ""}},
        {"triggers/triggers.json": {"post-login": None}},
    ],
)  # fmt: skip
def test_what_the_deploy_cli_reads_is_no_mistake(tmp_path, files):
    assert read_folder(write(tmp_path, files)).clients == ()


def test_a_mistake_elsewhere_does_not_keep_a_script_from_being_read(tmp_path):
    write(tmp_path, {"clients/a.json": "{", "rules/Step-up.js": rule("")})
    folder = survey_folder(write(tmp_path, {"rules/1.json": RULE}))
    assert [each.name for each in folder.rules] == ["Step up"]
    assert [problem.file for problem in folder.problems] == ["clients/a.json"]
    assert folder.script_problems == ()


def test_a_script_that_cannot_be_read_is_told_apart(tmp_path):
    folder = survey_folder(write(tmp_path, {"rules/1.json": RULE}))
    assert folder.script_problems == folder.problems != ()
