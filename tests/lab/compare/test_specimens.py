"""The specimens: each folder has exactly the findings that its README promises."""

from __future__ import annotations

from pathlib import Path

import pytest

from fabrikam.lab.commands import add_lab
from fabrikam.lab.lint import lint_folder, linted_scripts
from fabrikam.tenant.scripts import read_folder, uncompiled
from tests.lab.builders import RULES
from tests.lab.commandline import run

SPECIMENS = Path(__file__).parents[3] / "rules" / "specimens"
NAMES = sorted(path.name for path in SPECIMENS.iterdir() if path.is_dir())
DIRECTIONS = ("weaker", "locked out", "different error", "different prompts")


def promised(name: str) -> list[str]:
    """The findings in the first line of a README, none where only the lab sees it."""
    first = (SPECIMENS / name / "README.md").read_text().split("\n")[0]
    if first == "clean" or first.startswith("lab: "):
        return []
    return sorted(first.split(", "))


def met(name: str) -> list[str]:
    """The findings of a specimen, as its README writes them."""
    folder = read_folder(SPECIMENS / name)
    findings = lint_folder(folder, uncompiled(linted_scripts(folder)))
    return sorted(
        f"{finding.code} {finding.file}:{finding.line}"
        + (" accepted" if finding.accepted else "")
        for finding in findings
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_specimen_has_the_findings_that_its_readme_promises(name):
    assert met(name) == promised(name)


@pytest.mark.parametrize("name", NAMES)
def test_a_readme_has_a_verdict_a_title_and_a_story(name):
    first, empty, title, *story = (
        (SPECIMENS / name / "README.md").read_text().splitlines()
    )
    kind, _, direction = first.partition(": ")
    assert kind != "lab" or direction.startswith(DIRECTIONS)
    assert (empty, title[:2]) == ("", "# ")
    assert len(" ".join(story)) > 80


@pytest.mark.parametrize(
    "fixture",
    [
        "R-LEVEL", "R-ACR", "R-ACR-ONCE", "R-ONCE", "R-DEFAULT", "R-DENY",
        "A-EQ", "A-INC", "A-SAFE", "A-LEVEL", "A-PORT", "A-ONCE", "A-CH",
    ],
)  # fmt: skip
def test_every_script_of_the_scenarios_is_a_specimen(fixture):
    tellers = [
        name
        for name in NAMES
        if f"ixture {fixture}." in (SPECIMENS / name / "README.md").read_text()
    ]
    assert len(tellers) == 1


@pytest.mark.parametrize(
    ("name",                 "code", "said"),
    [
        ("never-ends",           1,  "locks people out"),
        ("kept-between-logins",  3,  "keeps something from one login to the next"),
    ],
)  # fmt: skip
def test_scripts_that_never_answer_or_remember_are_told_by_the_lab(name, code, said):
    sides = (str(RULES / "after"), str(SPECIMENS / name), "--old-strategy", "modern")
    ended = run(add_lab, "lab", "compare", *sides, "--quick", "--quiet")
    assert ended.code == code
    assert said in ended.out + ended.err


def test_there_are_many_specimens():
    assert len(NAMES) > 50
