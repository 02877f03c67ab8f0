"""Diagnostics where people look: code scanning, annotations, one comment."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft4Validator

from fabrikam.lab.report.annotations import github_annotations
from fabrikam.lab.report.diagnostic import Diagnostic, DiagnosticRule, Location
from fabrikam.lab.report.markdown import markdown_comment
from fabrikam.lab.report.sarif import sarif

# the published schema, as the npm package @microsoft/jest-sarif has it (MIT)
SCHEMA = json.loads(Path(__file__).with_name("sarif-2.1.0.schema.json").read_text())
RULE = DiagnosticRule(
    id="SU101", title="A list is compared", help="Look into it.", level="error"
)
DIAGNOSTIC = Diagnostic(
    rule=RULE,
    message="A list is compared: 100%",
    location=Location(file="my tenant/a,b.js", line=4, column=7, length=3, excerpt="x"),
)
STEPS = (
    Location(file="old/a.js", line=1, message="asks"),
    Location(file="new/a.js", line=2, message="does not"),
)


def results(*diagnostics: Diagnostic) -> list[dict]:
    """The results of a SARIF log that is valid by the published schema."""
    log = json.loads(sarif(diagnostics))
    Draft4Validator(SCHEMA).validate(log)
    return log["runs"][0]["results"]


def test_a_result_points_at_its_place_and_its_rule():
    (result,) = results(DIAGNOSTIC)
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "my%20tenant/a%2Cb.js"
    assert place["region"] == {
        "startLine": 4,
        "startColumn": 7,
        "endColumn": 10,
        "snippet": {"text": "x"},
    }
    assert (result["level"], result["message"]["text"]) == ("error", DIAGNOSTIC.message)
    (rule,) = json.loads(sarif([DIAGNOSTIC]))["runs"][0]["tool"]["driver"]["rules"]
    assert (rule["id"], rule["help"]["text"]) == ("SU101", "Look into it.")


def test_each_result_names_its_own_rule():
    other = replace(DIAGNOSTIC, rule=replace(RULE, id="SU001", level="note"))
    log = json.loads(sarif([DIAGNOSTIC, other, DIAGNOSTIC]))["runs"][0]
    rules = log["tool"]["driver"]["rules"]
    named = [rules[result["ruleIndex"]]["id"] for result in log["results"]]
    assert named == ["SU101", "SU001", "SU101"]


def test_what_is_accepted_is_suppressed_with_its_reason():
    (result,) = results(replace(DIAGNOSTIC, accepted="one kiosk"))
    assert result["suppressions"] == [
        {"kind": "inSource", "justification": "one kiosk"}
    ]


def test_the_way_to_a_place_is_a_code_flow():
    (result,) = results(replace(DIAGNOSTIC, flow=STEPS))
    (flow,) = result["codeFlows"]
    said = [
        step["location"]["message"]["text"]
        for step in flow["threadFlows"][0]["locations"]
    ]
    assert said == ["asks", "does not"]


def test_nothing_found_is_a_valid_log_too():
    assert results() == []


@settings(deadline=None, max_examples=40)
@given(st.text(), st.text(), st.text())
def test_no_words_of_a_folder_make_a_log_invalid(file, message, excerpt):
    place = Location(file=file, excerpt=excerpt)
    results(replace(DIAGNOSTIC, message=message, location=place))


def test_an_annotation_is_one_command_in_one_line():
    told = github_annotations([replace(DIAGNOSTIC, message="a\n::set-output::b 100%")])
    assert told == (
        "::error file=my tenant/a%2Cb.js,line=4,col=7,endColumn=10,title=SU101"
        "::a%0A::set-output::b 100%25%0ALook into it.\n"
    )


def test_a_note_is_a_notice_and_what_is_accepted_is_not_annotated():
    note = replace(DIAGNOSTIC, rule=replace(RULE, level="note"))
    assert github_annotations([note]).startswith("::notice ")
    assert github_annotations([replace(note, accepted="one kiosk")]) == ""


def test_a_comment_begins_with_its_marker_and_counts_what_is_open():
    accepted = replace(DIAGNOSTIC, accepted="one kiosk")
    told = markdown_comment([DIAGNOSTIC, accepted], marker="m", heading="Step-up")
    assert told.startswith("<!-- m -->\n### Step-up: 1 finding\n")
    assert told.endswith("1 finding accepted in the scripts.\n")


def test_words_of_a_folder_are_no_markup():
    odd = replace(DIAGNOSTIC, message="@team <b>|[x](y)` \u202e\n|")
    (row,) = markdown_comment([odd], marker="m", heading="h").splitlines()[5:]
    assert not set("@<[`\u202e") & set(row.replace("<br>", "").replace("my tenant", ""))
    assert row.count("|") == 4
