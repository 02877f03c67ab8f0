"""What scripts read and no situation varied is said in every report."""

from __future__ import annotations

import json

import pytest

from fabrikam.lab.commands import add_lab
from tests.lab.builders import MFA_ACR, RULES, situation
from tests.lab.commandline import run

BEFORE, AFTER = str(RULES / "before"), str(RULES / "after")
ACTION = f"""exports.onExecutePostLogin = async (event, api) => {{
  const asked = event.transaction?.acr_values ?? [];
  if (%s) return;
  if (asked.includes("{MFA_ACR}")) {{
    api.multifactor.enable("any", {{ allowRememberBrowser: false }});
  }}
}};"""
RULE = f"""function (user, context, callback) {{
  if (%s) return callback(null, user, context);
  if (context.request.query.acr_values === '{MFA_ACR}') {{
    context.multifactor = {{ provider: 'any', allowRememberBrowser: false }};
  }}
  callback(null, user, context);
}}"""


def unvaried(simulator):
    """What a simulator has to say after it has seen two situations."""
    return [(one.path, one.where) for one in simulator.unvaried]


@pytest.fixture
def seen(workshop):
    """Paths that were never varied, on a simulator that has seen some situations."""

    def told(code, *situations):
        simulator = workshop.simulator(workshop.scripted(code), "modern")
        for where in situations:
            simulator.observe(where)
        return unvaried(simulator)

    return told


@pytest.mark.parametrize(
    ("test",                                              "path"),
    [
        ('event.authorization?.roles?.includes("admin")',     "event.authorization.roles"),
        ("event.organization",                                "event.organization"),
        ('event.connection.strategy !== "auth0"',             "event.connection.strategy"),
        ('event.request.ip.startsWith("10.")',                "event.request.ip"),
        ('event.request.query.skip_mfa === "1"',              "event.request.query.skip_mfa"),
        ("event.user.user_metadata.mfa_opt_out",              "event.user.user_metadata.mfa_opt_out"),
        ('event.transaction?.response_mode === "fragment"',   "event.transaction.response_mode"),
        ("new Date().getUTCHours() > 23",                     "Date"),
        ("Date.now() < 0",                                    "Date"),
    ],
)  # fmt: skip
def test_what_an_action_reads_and_no_situation_varies_is_said(seen, test, path):
    where = situation(request="step-up"), situation(user="push", session="password")
    assert seen(ACTION % test, *where) == [(path, "actions/Step-up/code.js:3")]


@pytest.mark.parametrize(
    ("test",                                       "path"),
    [
        ("context.connection === 'partners'",          "context.connection"),
        ("(user.user_metadata || {}).opt_out",         "user.user_metadata"),
        ("context.stats.loginsCount === 1",            "context.stats.loginsCount"),
    ],
)  # fmt: skip
def test_what_a_rule_reads_and_no_situation_varies_is_said(seen, test, path):
    where = situation(request="step-up"), situation(user="push")
    assert seen(RULE % test, *where) == [(path, "rules/Step-up.js:2")]


@pytest.mark.parametrize(
    "test",
    [
        "false",
        'event.user.email === "nobody"',
        'event.user.hasOwnProperty("email") && event.user.email === ""',
        "event.user.email.length > 99",
        "Object.keys(event.user).length > event.user.email.length + 99",
        'asked.some((one) => one === "none")',
        'event.transaction?.acr_values === "none"',
        "!event.user.app_metadata",
        "new Date(event.authentication?.methods?.[0]?.timestamp) < 0",
    ],
)  # fmt: skip
def test_what_is_varied_is_not_said(seen, test):
    where = (
        situation(request="step-up"),
        situation(user="no factor"),
        situation(user="push", session="password"),
        situation(session="second factor", request="among others"),
    )
    assert seen(ACTION % test, *where) == []


def test_every_report_says_it_and_the_shipped_pair_has_nothing_to_say(
    workshop, tmp_path
):
    new = workshop.scripted(ACTION % 'event.request.ip.startsWith("10.")')
    xml, html = tmp_path / "a.xml", tmp_path / "a.html"
    reports = ("--junit", str(xml), "--html", str(html), "--json", "--quick")
    ended = run(add_lab, "lab", "compare", BEFORE, str(new), *reports)
    data = json.loads(ended.out)
    file = "actions/Step-up/code.js"
    assert data["unvaried"] == [
        {
            "side": "new",
            "script": "Step-up",
            "file": file,
            "line": 3,
            "path": "event.request.ip",
        }
    ]
    sentence = (
        f"Read by scripts and never varied: event.request.ip ({new}/{file}"
        ":3); what depends on it was not compared."
    )
    assert sentence in data["verdict"]["more"]
    assert sentence in xml.read_text()
    assert sentence in html.read_text().partition("</header>")[0]
    quick = ("--quick", "--json")
    shipped = run(add_lab, "lab", "compare", BEFORE, AFTER, *quick)
    assert json.loads(shipped.out)["unvaried"] == []
