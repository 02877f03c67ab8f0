"""What the linter says: its words, its report, its reference, its acceptances."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fabrikam.lab.lint import CHECKS, as_json, lint_folder, report_text, verdict
from fabrikam.lab.lint.reference import FAMILIES, reference
from fabrikam.tenant.scripts import read_folder
from tests.lab.lint.builders import action, body, handler, linted

ROOT = Path(__file__).parents[3]
REMEMBERS = (
    'if (event.transaction?.requested_scopes?.includes("step_up")) '
    'api.multifactor.enable("any", { allowRememberBrowser: true });'
)


def accepted(comment: str) -> list[tuple[str, str | None]]:
    """What is found where a comment stands above a remembered browser."""
    findings = linted(action(handler(f"{comment}\n{REMEMBERS}")))
    return [
        (one.code, one.accepted.reason if one.accepted else None) for one in findings
    ]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.code)
def test_a_check_says_what_why_and_how(check):
    assert check.code[:3] in FAMILIES
    assert check.title[0].isupper() or check.title[0] == "`"
    assert not check.title.endswith(".")
    assert check.why.endswith(".")
    assert check.instead
    assert not check.instead.endswith(".")


def test_codes_are_unique():
    codes = [check.code for check in CHECKS]
    assert len(set(codes)) == len(codes)


def test_the_reference_page_is_fresh():
    page = (ROOT / "docs" / "reference" / "lint.md").read_text()
    assert reference() in page, (
        "python -c 'from fabrikam.lab.lint.reference import reference as r; print(r())'"
    )


def test_the_example_of_the_page_is_what_the_linter_prints():
    specimen = ROOT / "rules" / "specimens" / "array-compared-with-string"
    text = report_text(lint_folder(read_folder(specimen)))
    assert text in (ROOT / "docs" / "reference" / "lint.md").read_text()


def test_the_report_shows_the_place_the_line_and_the_way_out():
    text = report_text(linted(body("action", "event.reqest;")))
    assert text == (
        "actions/Action/code.js:2:1  warning SU701  A member of `event` that does not exist: "
        "event.reqest; the nearest is event.request\n"
        "  2 | event.reqest;\n"
        "    | ^^^^^^^^^^^^\n"
        "  why       A member that does not exist is undefined: a comparison with it is never\n"
        "            true, and reading on from it throws.\n"
        "  instead   the name as the reference of the post-login event has it\n"
        "\n"
        "1 finding\n"
    )


def test_the_caret_stands_below_its_place_where_tabs_indent():
    text = report_text(linted(body("action", "\t\tevent.reqest;")))
    assert "  2 | \t\tevent.reqest;\n    | \t\t^^^^" in text


def test_a_finding_about_the_folder_has_no_line_to_show():
    text = report_text(linted(policy="never"))
    assert text.startswith("guardian/policies.json:1:1  error SU603  ")
    assert " | " not in text


def test_nothing_found_is_said():
    assert report_text(()) == "no step-up mistakes found\n"


def test_findings_are_json():
    (finding,) = json.loads(
        json.dumps(as_json(linted(body("action", "event.reqest;"))))
    )
    assert finding["code"] == "SU701"
    assert (finding["line"], finding["column"], finding["accepted"]) == (2, 1, None)


@pytest.mark.parametrize(
    "comment",
    [
        "// lint-accept SU203: one kiosk",
        "/* lint-accept SU203: one kiosk */",
        "/* lint-accept SU203:\n * one kiosk */",
        "// lint-accept SU203: one kiosk\n// and this is a remark",
    ],
)
def test_a_finding_is_accepted_with_a_reason(comment):
    ((code, reason),) = accepted(comment)
    assert code == "SU203"
    assert reason == "one kiosk"


def test_a_finding_is_accepted_on_its_own_line():
    findings = linted(action(handler(f"{REMEMBERS} // lint-accept SU203: one kiosk")))
    assert [finding.accepted.line for finding in findings if finding.accepted] == [2]
    assert verdict(findings) == "0 findings, 1 accepted"
    assert "accepted  one kiosk" in report_text(findings)


@pytest.mark.parametrize(
    ("comment", "said"),
    [
        ("// lint-accept SU203",            [("SU901", None), ("SU203", None)]),
        ("// lint-accept SU203:",           [("SU901", None), ("SU203", None)]),
        ("// lint-accept SU101: one kiosk", [("SU902", None), ("SU203", None)]),
        ("// lint-accept SU203, SU101: one kiosk", [("SU902", None), ("SU203", "one kiosk")]),
        ("// lint-accept: one kiosk",       [("SU902", None), ("SU203", None)]),
        ("// we accept SU203: one kiosk",   [("SU203", None)]),
    ],
)  # fmt: skip
def test_an_acceptance_has_a_reason_and_accepts_something(comment, said):
    assert accepted(comment) == said


def test_an_acceptance_reaches_no_further_than_the_next_line():
    codes = accepted("// lint-accept SU203: one kiosk\nconsole.log(1);")
    assert codes == [("SU902", None), ("SU203", None)]
