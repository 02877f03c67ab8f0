"""The first sentence: what it must never say, and what it must not leave out."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest

from fabrikam.lab.commands import add_lab
from fabrikam.lab.compare.cases import read_case
from fabrikam.lab.compare.replay import replay
from tests.lab.builders import CLIENT, RULES
from tests.lab.commandline import run
from tests.tenant.scripts.builders import MFA_ACR, write

QUICK = ("--quick",)
BEFORE, AFTER = str(RULES / "before"), str(RULES / "after")
PORTAL = {"name": "HR Portal", "app_type": "regular_web", "is_first_party": True}
RULE = """function (user, context, callback) {
  var words = (context.request.query.scope || '').split(' ');
  var asked = %s && words.indexOf('step_up') !== -1;
  if (asked) context.multifactor = { provider: 'any', allowRememberBrowser: false };
  context.idToken.authentication_level = asked ? 'mfa' : 'normal';
  callback(null, user, context);
}"""
ACTION = f"""exports.onExecutePostLogin = async (event, api) => {{
  const asked = event.transaction?.acr_values ?? [];
  if (%s && asked.includes("{MFA_ACR}")) {{
    api.multifactor.enable("any", {{ allowRememberBrowser: false }});
  }}
}};"""
KNOWN = (
    '[[known]]\nname = "loop"\nbecause = "we know"\nowner = "ann"\n'
    'matches = { direction = "locked out" }\n'
)


def compared(*words):
    """`lab compare`, as the command line runs it, without walks."""
    return run(add_lab, "lab", "compare", *words, *QUICK, "--quiet")


@pytest.fixture
def portal(workshop):
    """Folders of a tenant whose only application is an HR portal."""

    def made(name, script, code, *others, client=PORTAL):
        folder = workshop.changed(name)
        (folder / CLIENT).unlink()
        clients = {f"clients/{one['name']}.json": one for one in (client, *others)}
        return str(write(folder, {**clients, script: code}))

    return made


@pytest.fixture
def old(portal):
    """The Rule of the portal, which knows its application."""
    code = RULE % "context.clientID === 'AbC123'"
    return portal("before", "rules/Step-up.js", code)


def new_side(portal, when):
    """The Action of the portal under a condition."""
    return portal("after", "actions/Step-up/code.js", ACTION % when)


@pytest.mark.parametrize(
    ("when",                                     "code", "said"),
    [
        ('event.client.client_id === "AbC123"',     0,  "protects what"),
        ('event.client.name === "HR Portal"',       0,  "protects what"),
        ('event.client.client_id === "AbCI23"',     1,  "locks people out"),
        ("false",                                   1,  "locks people out"),
    ],
)  # fmt: skip
def test_the_folders_own_application_asks(portal, old, when, code, said):
    ended = compared(old, new_side(portal, when))
    assert (ended.code, said in ended.out) == (code, True)


def test_the_flags_of_the_application_count(portal, old, workshop):
    when = 'event.client.client_id === "AbC123"'
    refused = {**PORTAL, "grant_types": ["implicit"]}
    new = portal("after", "actions/Step-up/code.js", ACTION % when, client=refused)
    assert compared(old, new).code == 1


def test_among_several_applications_one_must_be_named(portal):
    shop = {"name": "Shop", "app_type": "spa"}
    code = RULE % "context.clientName === 'Shop'"
    folder = portal("before", "rules/Step-up.js", code, shop)
    same = ("--new-strategy", "legacy")
    ended = compared(folder, folder, *same)
    assert ended.code == 2
    assert "name it with --client: the folders have 'HR Portal', 'Shop'" in ended.err
    assert compared(folder, folder, *same, "--client", "Shop").code == 0
    assert compared(folder, folder, *same, "--client", "HR Portal").code == 3
    assert compared(folder, folder, *same, "--client", "Nobody").code == 2


def test_every_report_names_an_application_that_is_not_this_houses_own(portal, old):
    new = new_side(portal, "true")
    ended = run(add_lab, "lab", "compare", old, new, *QUICK, "--json")
    data = json.loads(ended.out)
    told = {"name": "HR Portal", "client_id": "AbC123", "id_from": "rules/Step-up.js"}
    assert data["old"]["client"] == data["new"]["client"] == told
    assert (
        "The application that asks is 'HR Portal', client id AbC123"
        " (as rules/Step-up.js has it)."
    ) in data["verdict"]["more"]


def test_a_case_is_replayed_as_the_application_that_it_was_found_with(
    portal, old, tmp_path
):
    new, cases = new_side(portal, "false"), tmp_path / "cases"
    compared(old, new, "--cases", str(cases))
    first = read_case(sorted(cases.iterdir())[0])
    assert first.old.client == ("HR Portal", "AbC123")
    replayed = replay(first)
    assert replayed.comparison.direction == "locked out"
    assert replayed.old.side.client.name == "HR Portal"


@pytest.mark.parametrize("new", ["after", "before"])
def test_where_the_old_side_asked_nobody_there_is_nothing_to_protect(
    workshop, tmp_path, new
):
    idle = workshop.scripted(
        "function (user, context, callback) { callback(null, user, context); }"
    )
    file = tmp_path / "lab.xml"
    ended = compared(str(idle), str(RULES / new), "--junit", str(file))
    assert ended.code == 3
    assert ended.out.startswith(f"Nothing to protect: {idle} asks nobody who signs in")
    assert "is this the right folder and application?" in ended.out
    assert " protects what " not in ended.out
    suite = ElementTree.fromstring(file.read_text())  # noqa: S314 - our own
    assert suite.get("errors") == str(len(suite.findall("testcase/error"))) == "1"


def test_a_factor_that_the_policy_alone_asks_for_is_something_to_protect(workshop):
    idle = "function (user, context, callback) { callback(null, user, context); }"
    always = {"guardian/policies.json": {"policies": ["all-applications"]}}
    folder = write(workshop.scripted(idle), always)
    ended = compared(str(folder), str(folder), "--new-strategy", "legacy")
    assert ended.code == 0


def test_a_sample_says_in_its_first_line_that_it_proves_nothing():
    for new, code in ((AFTER, 0), (str(RULES / "specimens/nobody-asks"), 1)):
        ended = compared(BEFORE, new)
        assert ended.code == code
        assert "This is a sample and no proof: " in ended.out
        assert ended.out.count("\n") == 1


def test_the_headline_tells_what_is_known_with_its_direction_and_name(tmp_path):
    known, file = tmp_path / "known.toml", tmp_path / "lab.xml"
    known.write_text(KNOWN)
    new = str(RULES / "specimens/nobody-asks")
    words = ("--known", str(known), "--junit", str(file))
    ended = compared(BEFORE, new, *words)
    assert ended.code == 0
    assert "but for what is known: locked out in " in ended.out
    assert "(loop, ann)" in ended.out
    assert "nobody is locked out" not in ended.out
    suite = ElementTree.fromstring(file.read_text())  # noqa: S314 - our own
    skipped = suite.findall("testcase/skipped")
    assert suite.get("failures") == "0"
    assert suite.get("skipped") == str(len(skipped)) != "0"
    assert skipped[0].get("message") == "known: locked out, loop (ann)"


def test_what_is_known_is_told_beside_what_fails(tmp_path):
    known = tmp_path / "known.toml"
    known.write_text(KNOWN.replace("direction =", 'at_tenant = "weaker", direction ='))
    ended = compared(
        BEFORE, str(RULES / "specimens/nobody-asks"), "--known", str(known)
    )
    assert ended.code == 1
    assert "locks people out: in " in ended.out
    assert "Known besides: locked out in " in ended.out
