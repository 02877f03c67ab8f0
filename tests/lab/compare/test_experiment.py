"""A whole experiment: what is counted, what stops it, what is named."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

import jsonschema
import pytest
from rich.console import Console

from fabrikam.lab.compare.comparison import DIRECTIONS, Known
from fabrikam.lab.compare.comparison_verdict import verdict_of
from fabrikam.lab.compare.experiment import cells_of, experiment
from fabrikam.lab.compare.record import record
from fabrikam.lab.report import junit, page, print_record
from fabrikam.lab.scenarios.axes import AXES
from fabrikam.lab.scenarios.regions import everything, main_axes
from fabrikam.lab.scenarios.situation import departures
from fabrikam.lab.simulation.determinism import NotDeterministic
from fabrikam.lab.simulation.sides import side_of
from tests.lab.builders import RULES, situation

SPECIMENS = RULES / "specimens"
SCHEMA = json.loads(
    (RULES.parent / "docs/reference/report.schema.json").read_text("utf-8")
)
LOCKED_OUT = Known("asks nobody", "we know", "ann", {"direction": ("locked out",)})
NEVER_MET = Known("never met", "it was mended", "ben", {"flow": ("by pigeon",)})

NOISY = """exports.onExecutePostLogin = async (event, api) => {
  if (Math.random() < 0.5) api.access.deny("by chance");
};"""
ASKED = "event.transaction.acr_values.length > 0"
DYING = f"""exports.onExecutePostLogin = async (event) => {{
  if ({ASKED}) process.exit(1);
}};"""
ENDLESS = f"""exports.onExecutePostLogin = async (event) => {{
  while ({ASKED}) {{}}
}};"""
SILENT = f"""exports.onExecutePostLogin = async (event) => {{
  if ({ASKED}) await new Promise(() => {{}});
}};"""
SEEN_BEFORE = """const seen = new Set();
exports.onExecutePostLogin = async (event, api) => {
  if (seen.has(event.user.user_id)) return;
  seen.add(event.user.user_id);
  if (event.transaction.acr_values.length > 0) api.multifactor.enable("any");
};"""
STICKY = """const wanted = /multi-factor/g;
exports.onExecutePostLogin = async (event, api) => {
  if (wanted.test(event.request.query.acr_values)) api.multifactor.enable("any");
};"""


def compared(old, old_by, new, new_by, known=(), **changes):
    """An experiment on the main axes only, which is quick."""
    sides = side_of(old, old_by), side_of(new, new_by)
    return experiment(*sides, known, **{"within": main_axes(), **changes})


@pytest.fixture(scope="module")
def shipped():
    """The Rule that we ship against the Action that we ship."""
    doubtful = everything()
    for axis in AXES:
        if not axis.main and axis.name != "amr_when_session_has_mfa":
            doubtful = doubtful.narrowed(axis.name, axis.words[:1])
    sides = RULES / "before", "legacy", RULES / "after", "modern"
    return compared(*sides, within=doubtful)


@pytest.fixture(scope="module")
def broken():
    """An Action that never asks, against the Rule that did; one difference is known."""
    old, new = "rule-by-acr-values", "array-compared-with-string"
    known = (NEVER_MET, LOCKED_OUT)
    return compared(SPECIMENS / old, "modern", SPECIMENS / new, "modern", known)


@pytest.fixture(scope="module", params=["shipped", "broken"])
def findings(request):
    """Both, one after the other."""
    return request.getfixturevalue(request.param)


def test_the_shipped_action_is_nowhere_weaker_than_the_shipped_rule(shipped):
    assert shipped.counting("weaker", "locked out", "could not run") == ()
    assert verdict_of(shipped).exit_code == 0
    assert "nobody gets in with less" in verdict_of(shipped).sentence


def test_what_needs_a_doubt_answered_otherwise_does_not_count(shipped):
    weaker = [
        one for one in shipped.differences if one.comparison.direction == "weaker"
    ]
    assert all(one.doubts for one in weaker)
    assert ("amr_when_session_has_mfa",) in {one.doubts for one in weaker}
    assert "amr_when_session_has_mfa" in " ".join(verdict_of(shipped).more)


def test_a_difference_is_told_by_its_smallest_case(broken):
    smallest = {
        tuple(departures(one.smallest).items())
        for one in broken.differences
        if one.comparison.direction == "locked out"
    }
    assert (("request", "step-up"),) in smallest


def test_a_known_difference_keeps_its_direction_and_does_not_fail(broken):
    locked = [one for one in broken.differences if one.comparison.known == LOCKED_OUT]
    assert locked
    assert {one.comparison.direction for one in locked} == {"locked out"}
    assert broken.counting("locked out") == ()
    assert verdict_of(broken).exit_code == 0


def test_a_known_difference_that_is_not_met_is_stale(broken):
    assert broken.stale == (NEVER_MET,)
    assert "never met" in " ".join(verdict_of(broken).more)


def test_without_its_name_the_difference_fails():
    old, new = "rule-by-acr-values", "array-compared-with-string"
    found = compared(SPECIMENS / old, "modern", SPECIMENS / new, "modern")
    assert verdict_of(found).exit_code == 1
    assert "locks people out" in verdict_of(found).sentence


def test_the_tenants_door_is_judged_by_itself():
    old, new = "rule-by-acr-values", "array-compared-with-string"
    sides = SPECIMENS / old, "modern", SPECIMENS / new, "modern"
    found = compared(*sides, door="tenant")
    assert "is weaker than" in verdict_of(found).sentence
    console = Console(width=200, no_color=True)
    with console.capture() as capture:
        print_record(console, record(found))
    failing, _, _ = capture.get().partition("What differs and does not")
    assert re.search(r"\d other error, [\d,]+ situations", failing)


def test_every_situation_is_counted_once(findings):
    assert sum(findings.directions.values()) == findings.judged
    cells = sum(sum(cell.values()) for cell in findings.cells.values())
    assert cells == findings.judged <= findings.compared


def test_a_control_that_rolls_dice_is_noise(workshop):
    folder = workshop.scripted(NOISY)
    with pytest.raises(NotDeterministic) as raised:
        compared(folder, "modern", RULES / "after", "modern")
    first, second = raised.value.pair
    assert first != second


def test_a_candidate_that_rolls_dice_is_noise_as_well(workshop):
    with pytest.raises(NotDeterministic, match="does not agree with itself") as raised:
        compared(RULES / "after", "modern", workshop.scripted(NOISY), "modern")
    assert raised.value.side.word == "modern"


@pytest.mark.parametrize("kept", [SEEN_BEFORE, STICKY], ids=["a set", "a sticky regex"])
def test_a_candidate_that_keeps_something_between_logins_is_noise(workshop, kept):
    with pytest.raises(NotDeterministic):
        compared(RULES / "after", "modern", workshop.scripted(kept), "modern")


@pytest.mark.parametrize(
    ("script", "kind"),
    [(DYING, "died"), (ENDLESS, "timeout"), (SILENT, "timeout")],
    ids=["dies", "runs for ever", "never answers"],
)
def test_scripts_without_an_answer_lock_out_and_are_named(workshop, script, kind):
    new = workshop.scripted(script)
    found = compared(RULES / "after", "modern", new, "modern")
    locked = found.counting("locked out")[0]
    assert departures(locked.smallest) == {"request": "step-up"}
    assert locked.candidate.error == "access_denied"
    assert (locked.candidate.broken.kind, locked.candidate.broken.script) == (
        kind,
        "Step-up",
    )
    assert verdict_of(found).exit_code == 1


def test_scripts_that_answer_again_are_no_hole(workshop):
    found = compared(workshop.scripted(ENDLESS), "modern", RULES / "after", "modern")
    assert found.counting("weaker", "locked out", "could not run") == ()
    assert {one.comparison.direction for one in found.differences} >= {"other error"}


def test_the_json_keeps_to_its_schema(findings):
    data = json.loads(json.dumps(record(findings)))
    jsonschema.validate(data, SCHEMA)


def test_the_page_is_whole_in_itself_and_runs_nothing(findings):
    text = page(record(findings))
    assert "<script" not in text
    assert "http-equiv" in text
    assert "src=" not in text
    assert "href=" not in text
    assert text.count("<svg") == 2 * len(findings.differences)


def test_the_page_says_with_a_letter_what_it_says_with_a_colour(broken):
    text = page(record(broken))
    for letter in ("L", "E", "="):
        assert f"<b>{letter}</b>" in text


def test_a_script_cannot_write_into_the_page(workshop):
    spiteful = """exports.onExecutePostLogin = async (event, api) => {
      api.access.deny("<script>alert(1)</script>");
    };"""
    folder = workshop.scripted(spiteful)
    found = compared(RULES / "after", "modern", folder, "modern")
    text = page(record(found))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "<script>" not in text


def test_junit_has_a_test_for_each_kind_of_request(findings):
    suite = ElementTree.fromstring(junit(record(findings)))  # noqa: S314 - our own
    rows = [row["name"] for row in record(findings)["map"]["rows"]]
    assert [test.get("name") for test in suite.iter("testcase")] == rows
    assert suite.get("failures") == "0"


def test_junit_fails_where_the_verdict_does():
    old, new = "rule-by-acr-values", "array-compared-with-string"
    found = compared(SPECIMENS / old, "modern", SPECIMENS / new, "modern")
    suite = ElementTree.fromstring(junit(record(found)))  # noqa: S314 - our own
    failed = [test.get("name") for test in suite.iter("testcase") if len(test)]
    assert "page: step-up" in failed
    assert suite.get("failures") == str(len(failed))


def test_the_terminal_says_the_verdict_first(findings):
    console = Console(record=True, width=200, no_color=True, soft_wrap=True)
    with console.capture() as capture:
        print_record(console, record(findings))
    assert capture.get().startswith(verdict_of(findings).sentence)


def test_a_cell_of_the_map_is_a_request_in_a_browser():
    region = main_axes().narrowed("flow", ("silent",)).narrowed("user", ("push",))
    cells = {(row, column): part for row, column, part in cells_of(region)}
    there = cells["silent: login", "password, remembered"]
    assert there.ordinary == situation(
        flow="silent", session="password", cookie="5 days", user="push"
    )
    assert sum(part.count for part in cells.values()) == region.count


def test_the_directions_of_the_record_are_all_of_them(findings):
    assert tuple(record(findings)["directions"]) == DIRECTIONS
