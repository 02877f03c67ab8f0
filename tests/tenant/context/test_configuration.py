"""The folder in use: taken whole or not at all, and what it says about the tenant."""

from __future__ import annotations

import json
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fabrikam.tenant.context import tenant_settings_from
from fabrikam.tenant.scripts import (
    Engine,
    Folder,
    FolderRejected,
    Outcome,
    read_folder,
)
from fabrikam.tenant.storage.clients import client_from
from tests.tenant.builders import (
    APP,
    CALLBACK,
    CLIENT_ID,
    ISSUER,
    OTP,
    PASSWORD,
    Script,
    a_folder,
)
from tests.tenant.scripts.builders import action, actions, rule, rules, write

DENIES = "api.access.deny('no');"
TRAP = "exports.onExecutePostLogin = async (event, api) => {\n  await (;\n};"


def seen_by(make_stage, folder, **asked):
    """What scripts see of a login in this folder."""
    stage = make_stage(folder, engine=Script(lambda _: Outcome()))
    stage.browser().sign_in(**asked)
    return stage.script.seen[-1]


def answer(stage):
    return stage.browser().sign_in().query


# A folder is taken whole, or not at all.


WRONG = {
    "resource-servers/x.json": {"identifier": "https://x/", "scopes": ["a"]},
    "clients/x.json": {"name": "X", "callbacks": "x"},
    "tenant.json": {"session_lifetime": "5"},
    "rules-configs/x.json": {"key": "K", "value": 5},
    "roles/x.json": {"name": "R", "permissions": 5},
    "guardian/policies.json": {"policies": ["sometimes"]},
    "actions/x.json": {"code": "./x.js"},
    "triggers/triggers.json": {"post-login": "X"},
}


@pytest.mark.parametrize("file", WRONG)
def test_one_wrong_value_stops_logins_until_it_is_mended(make_stage, tmp_path, file):
    folder = a_folder(tmp_path / "mine", tenant={"friendly_name": "Before"})
    stage = make_stage(folder)
    assert "code" in answer(stage)
    before = (folder / file).read_text() if (folder / file).exists() else None
    write(folder, {file: WRONG[file]})
    for _ in range(2):  # the second request sees no change of the file
        assert answer(stage)["error_description"] == "The tenant folder is broken"
        problems = stage.control("config")["problems"]
        assert problems
        assert all(problem.startswith(f"{file}:") for problem in problems)
    told = [line for line in stage.control("log") if line["type"] == "folder"]
    assert {line["file"] for line in told} == {file}
    (folder / file).unlink() if before is None else (folder / file).write_text(before)
    assert "code" in answer(stage)
    assert stage.control("config")["problems"] == []


def test_no_part_of_a_broken_folder_comes_into_use(make_stage, tmp_path):
    folder = a_folder(tmp_path / "mine", clients__A={"name": "A", "client_id": "a"})
    stage = make_stage(folder)
    write(folder, {"clients/A.json": {"name": "A", "client_id": "b"}})
    write(folder, {"guardian/policies.json": {"policies": ["all-applications"]}})
    write(folder, {"resource-servers/x.json": {"identifier": 5}})
    assert "a" in [client["client_id"] for client in stage.control("clients")]
    assert stage.control("config")["policy"] == "never"


def test_direct_grants_stop_as_well(make_stage, tmp_path):
    folder = a_folder(tmp_path / "mine")
    stage = make_stage(folder)
    stage.add_client(client_id="direct", grant_types=["password"])
    write(folder, {"roles/x.json": "["})
    said = stage.token(
        403, client_id="direct", grant_type="password", username=OTP, password=PASSWORD
    ).json
    assert said["error_description"] == "The tenant folder is broken"


def test_a_folder_that_goes_away_stops_logins(make_stage, tmp_path):
    folder = a_folder(tmp_path / "mine")
    stage = make_stage(folder)
    folder.rename(tmp_path / "elsewhere")
    assert answer(stage)["error_description"] == "The tenant folder is broken"


# Scripts that do not compile are found when they are read.


def test_a_script_that_does_not_compile_stops_the_start(make_stage, tmp_path):
    root = rules(tmp_path / "mine", rule(""), "function (user, {")
    with pytest.raises(FolderRejected) as caught:
        make_stage(root, engine=Engine(read_folder(root)))
    (problem,) = caught.value.problems
    assert (problem.file, problem.line) == ("rules/2.js", 1)
    (log,) = tmp_path.glob("data-*/tenant-log.jsonl")
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert [(line["type"], line["file"], line["line"]) for line in lines] == [
        ("folder", "rules/2.js", 1)
    ]


def test_a_script_that_stops_compiling_stops_logins_with_its_line(make_stage, tmp_path):
    root = actions(tmp_path / "mine", action(""))
    stage = make_stage(root, engine=Engine(read_folder(root)))
    assert "code" in answer(stage)
    write(root, {"actions/1/code.js": TRAP})
    assert answer(stage)["error_description"] == "The tenant folder is broken"
    (problem,) = stage.control("config")["problems"]
    assert problem.startswith("actions/1/code.js:2: ")
    write(root, {"actions/1/code.js": action(DENIES)})
    assert answer(stage)["error_description"] == "no"


def test_another_folder_with_such_a_script_is_refused_and_the_old_one_stays(
    make_stage, tmp_path
):
    good = actions(tmp_path / "good", action(DENIES))
    bad = actions(tmp_path / "bad", TRAP)
    stage = make_stage(good, engine=Engine(read_folder(good)))
    said = stage.program.post_json("/_tenant/config", {"folder": str(bad)}, status=400)
    assert said.json["problems"][0].startswith("actions/1/code.js:2: ")
    assert stage.control("config")["folder"] == str(good)
    assert answer(stage)["error_description"] == "no"


def test_a_script_that_does_not_run_need_not_compile(make_stage, tmp_path):
    root = actions(tmp_path / "mine", TRAP, deployed=False)
    stage = make_stage(root, engine=Engine(read_folder(root)))
    assert "code" in answer(stage)


# Keywords.


def test_keywords_reach_the_scripts_and_changes_of_them(make_stage, tmp_path):
    root = actions(tmp_path / "mine", action("api.access.deny(@@WHY@@);"))
    keywords = {"WHY": 'it\'s "so"'}
    engine = Engine(read_folder(root, replacements=keywords))
    stage = make_stage(root, engine=engine, keywords=keywords)
    assert answer(stage)["error_description"] == 'it\'s "so"'
    write(root, {"actions/1/code.js": action("api.access.deny('##WHY##'.length);")})
    assert answer(stage)["error_description"] == "The tenant folder is broken"
    write(root, {"actions/1/code.js": action("api.access.deny(`2 ##WHY##`);")})
    assert answer(stage)["error_description"] == '2 it\'s "so"'


# What a folder says about the tenant.


def test_the_connection_is_the_folders(make_stage, tmp_path):
    folder = write(
        tmp_path / "mine",
        {
            "database-connections/Employees/database.json": {
                "name": "Employees",
                "metadata": {"owner": "hr"},
                "options": {"domain_aliases": ["fabrikam.example"], "mfa": {}},
            }
        },
    )
    connection = seen_by(make_stage, folder).connection
    assert (connection.name, connection.metadata) == ("Employees", {"owner": "hr"})
    assert connection.options == {"domain_aliases": ["fabrikam.example"]}


EMPLOYEES = {"connections/e.json": {"name": "Employees", "strategy": "auth0"}}
PARTNERS = {"connections/p.json": {"name": "Partners", "strategy": "auth0"}}
USUAL = "Username-Password-Authentication"


@pytest.mark.parametrize(
    ("files", "tenant", "name"),
    [
        ({},                        {},                                USUAL),
        ({},                        {"default_directory": ""},         USUAL),
        ({},                        {"default_directory": "People"},   "People"),
        (EMPLOYEES,                 {},                                "Employees"),
        ({**EMPLOYEES, **PARTNERS}, {"default_directory": "Partners"}, "Partners"),
        (EMPLOYEES,                 {"default_directory": "People"},   "People"),
    ],
)  # fmt: skip
def test_the_default_directory_chooses_the_connection(tmp_path, files, tenant, name):
    folder = read_folder(write(tmp_path / "x", {"tenant.json": tenant, **files}))
    assert tenant_settings_from(folder, ISSUER).connection.name == name


def test_a_connection_keeps_its_id():
    folder = Folder(root=None, tenant={"default_directory": "People"})
    first, second = (
        tenant_settings_from(folder, ISSUER).connection.id for _ in range(2)
    )
    assert first == second
    assert first.startswith("con_")


def test_a_realm_is_the_connection_of_the_folder(make_stage, tmp_path):
    folder = write(tmp_path / "mine", EMPLOYEES)
    stage = make_stage(folder)
    realm = "http://auth0.com/oauth/grant-type/password-realm"
    stage.add_client(client_id="direct", grant_types=[realm])
    asked = {"client_id": "direct", "grant_type": realm, "username": OTP}
    stage.token(200, **asked, password=PASSWORD, realm="Employees")
    stage.token(400, **asked, password=PASSWORD, realm=USUAL)


@pytest.mark.parametrize(
    ("local", "issuer", "name"),
    [
        ({},                 "http://127.0.0.1:3001/",           "fabrikam"),
        ({},                 "http://localhost:3001/",           "fabrikam"),
        ({},                 "https://acme-dev.eu.auth0.com/",   "acme-dev"),
        ({"tenant": "acme"}, "http://127.0.0.1:3001/",           "acme"),
        ({"tenant": "acme"}, "https://acme-dev.eu.auth0.com/",   "acme"),
    ],
)  # fmt: skip
def test_scripts_know_the_tenant_by_its_name_and_people_by_another(
    tmp_path, local, issuer, name
):
    files = {"local-tenant.json": local, "tenant.json": {"friendly_name": "Acme Inc."}}
    settings = tenant_settings_from(read_folder(write(tmp_path / "x", files)), issuer)
    assert (settings.name, settings.label) == (name, "Acme Inc.")


PAYROLL = {
    "roles/p.json": {
        "name": "payroll",
        "permissions": [
            {"permission_name": "read:salaries", "resource_server_identifier": "x"},
            {"permission_name": "write:salaries", "resource_server_identifier": "x"},
        ],
    },
    "roles/a.json": {
        "name": "audit",
        "permissions": [{"permission_name": "read:salaries"}],
    },
}


def test_roles_give_a_rule_the_users_permissions(make_stage, tmp_path):
    stage = make_stage(write(tmp_path / "mine", PAYROLL))
    stage.control("users", email=OTP, roles=["payroll", "audit"])
    stage.browser().sign_in()
    seen = stage.script.seen[-1]
    assert seen.roles == ("payroll", "audit")
    assert seen.user["permissions"] == ["read:salaries", "write:salaries"]


def test_a_user_without_permissions_has_no_list_of_them(make_stage, tmp_path):
    script_input = seen_by(make_stage, write(tmp_path / "mine", PAYROLL))
    assert "permissions" not in script_input.user


def test_a_role_that_the_folder_does_not_have_is_refused(make_stage, tmp_path):
    stage = make_stage(write(tmp_path / "mine", PAYROLL))
    for email in (OTP, "somebody@fabrikam.example"):
        sent = {"email": email, "roles": ["payroll", "pay-roll"]}
        said = stage.program.post_json("/_tenant/users", sent, status=400).json
        assert said == {"error": "roles: the folder has no pay-roll"}
    assert "somebody@fabrikam.example" not in [
        user["email"] for user in stage.control("users")
    ]


def test_without_roles_in_the_folder_any_role_is_taken(stage):
    stage.control("users", email=OTP, roles=["whatever"])
    stage.browser().sign_in()
    assert stage.script.seen[-1].roles == ("whatever",)


def test_roles_are_a_list_of_words(stage):
    sent = {"email": OTP, "roles": "payroll"}
    said = stage.program.post_json("/_tenant/users", sent, status=400).json
    assert said == {"error": "roles: 'payroll' is not a list"}


def test_a_client_of_the_control_api_has_values_of_the_right_type(stage):
    sent = {"name": "A", "callbacks": "x", "jwt_configuration": {"alg": "ES256"}}
    said = stage.program.post_json("/_tenant/clients", sent, status=400).json
    assert said["error"] == (
        "callbacks is not a list of strings; "
        "jwt_configuration.alg is not RS256, HS256 or PS256"
    )


def test_what_may_surprise_in_a_folder_is_said(make_stage, tmp_path):
    folder = write(tmp_path / "mine", {"organizations/a.json": {"name": "a"}})
    stage = make_stage(folder)
    warning = "organizations:1: organizations are not read"
    assert stage.control("config")["warnings"] == [warning]
    assert [line["description"] for line in stage.control("log")] == [warning]


def test_an_organization_is_refused_by_name_and_not_overlooked(stage):
    query = stage.browser().sign_in(organization="org_acme").query
    assert query["error"] == "invalid_request"
    assert query["error_description"] == "organizations are not supported here"


def test_logout_goes_to_the_folders_first_address(make_stage, tmp_path):
    own = {"name": "A", "client_id": "fabrikam-intranet"}
    urls = ["https://intranet.example/bye"]
    folder = a_folder(
        tmp_path / "mine", clients__A={**own, "allowed_logout_urls": urls}
    )
    said = make_stage(folder).program.get("/v2/logout?client_id=fabrikam-intranet")
    assert said.location == urls[0]


# Whatever can be read can be used.


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(["", "a", "RS256", "none", "persistent"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["value", "permission_name", "alg", "mode",
                             "lifetime_in_seconds", "domain_aliases"]),
            inner, max_size=2,
        )
    ),
    max_leaves=4,
)  # fmt: skip
KEYS = st.sampled_from(
    ["name", "identifier", "session_lifetime", "idle_session_lifetime", "scopes",
     "default_directory", "default_audience", "friendly_name", "allowed_logout_urls",
     "acr_values_supported", "token_lifetime", "token_dialect", "permissions",
     "client_id", "callbacks", "jwt_configuration", "client_metadata", "oidc_logout",
     "metadata", "options", "strategy", "tenant", "network", "session_cookie"]
)  # fmt: skip
PLACES = st.sampled_from(
    ["tenant.json", "local-tenant.json", "resource-servers/a.json", "clients/a.json",
     "roles/a.json", "connections/a.json", "database-connections/a/database.json"]
)  # fmt: skip
NAMED = st.just({"name": "A", "identifier": "https://a/", "strategy": "auth0"})


@settings(max_examples=200, deadline=None)
@given(
    PLACES,
    st.builds(lambda a, b: {**a, **b}, NAMED, st.dictionaries(KEYS, JSON, max_size=3)),
)
def test_what_is_read_without_complaint_never_breaks_the_tenant(
    tmp_path_factory, place, said
):
    if place == "local-tenant.json":
        said = {key: said[key] for key in ("tenant", "network") if key in said}
    root = write(tmp_path_factory.mktemp("odd"), {place: said})
    try:
        folder = read_folder(root)
    except FolderRejected:
        return
    settings = tenant_settings_from(folder, ISSUER)
    assert isinstance(settings.session_seconds, int)
    assert [api.token_seconds > 0 for api in settings.apis]
    for client in folder.clients:
        assert client_from(client, b"master").name
    os.fsencode(settings.name)


def test_the_folder_may_give_the_intranets_client_addresses_of_its_own(make_stage):
    told = f"{APP}/told"
    stage = make_stage(
        files={
            "clients__Intranet": {
                "client_id": CLIENT_ID,
                "name": "Intranet",
                "callbacks": [f"{APP}/other"],
                "oidc_logout": {"backchannel_logout_urls": [told]},
            }
        }
    )
    (client,) = stage.control("clients")
    assert client["backchannel_logout_uri"] == told
    assert client["callbacks"] == [f"{APP}/other", CALLBACK]
