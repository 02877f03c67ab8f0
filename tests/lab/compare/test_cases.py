"""A case file holds one situation on two sides, and is run again as it was."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from fabrikam.lab.compare.cases import (
    Case,
    CaseRejected,
    SideName,
    case_json,
    read_case,
)
from fabrikam.lab.compare.replay import replay
from fabrikam.lab.scenarios.facts import Fact
from fabrikam.lab.scenarios.situation import Situation
from fabrikam.lab.simulation.sides import side_of
from tests.lab.builders import RULES, situation

INTRANET = ("Fabrikam Intranet", "fabrikam-intranet")
LOCKED_OUT = situation(request="step-up", session="password")
FACTS = (
    Fact("app_metadata.level", '"mfa"'),
    Fact("clock", "1800000060"),
    Fact("query.scope", '"openid odd"'),
    Fact("roles", ""),
)


@pytest.fixture(scope="module")
def sides():
    """The Rule by `acr_values`, and the Action that compares a list with a string."""
    specimens = RULES / "specimens"
    return (
        side_of(specimens / "rule-by-acr-values", "modern"),
        side_of(specimens / "array-compared-with-string", "modern"),
    )


@pytest.fixture
def case_file(sides, tmp_path):
    """A case as the lab writes it."""
    file = tmp_path / "case.json"
    file.write_text(case_json(*sides, LOCKED_OUT, "locked out"))
    return file


def test_a_case_comes_back_as_it_was_written(case_file, sides):
    assert read_case(case_file) == Case(
        SideName(sides[0].folder.root, "modern", "authentication_level", INTRANET),
        SideName(sides[1].folder.root, "modern", "authentication_level", INTRANET),
        LOCKED_OUT,
        "locked out",
    )


def test_an_application_that_tries_again_does_so_in_the_case(sides, tmp_path):
    file = tmp_path / "case.json"
    retrying = [replace(side, on_error="retry") for side in sides]
    file.write_text(case_json(*retrying, LOCKED_OUT, "locked out"))
    assert read_case(file).new.on_error == "retry"
    assert replay(read_case(file)).new.side.on_error == "retry"


def test_an_older_case_that_names_no_application_is_still_read(case_file):
    case = json.loads(case_file.read_text())
    for side in ("old", "new"):
        del case[side]["client"], case[side]["on_error"]
    case_file.write_text(json.dumps(case))
    assert read_case(case_file).old.client is None
    assert replay(read_case(case_file)).comparison.direction == "locked out"


def test_facts_come_back_too(sides, tmp_path):
    file = tmp_path / "case.json"
    odd = Situation(request="step-up", facts=FACTS)
    file.write_text(case_json(*sides, odd, "weaker"))
    assert read_case(file).situation == odd


@pytest.mark.parametrize(
    "change",
    [
        {"format": 2},
        {"situation": {"flow": "by pigeon"}},
        {"situation": {"weather": "fair"}},
        {"situation": {"flow": "refresh", "session": "password"}},
        {"situation": []},
        {"facts": {"clock": "soon"}},
        {"old": {"folder": "rules/before", "strategy": "by pigeon"}},
        {"new": {}},
        {"new": {"folder": ".", "strategy": "modern", "on_error": "weep"}},
    ],
    ids=str,
)
def test_a_file_that_is_no_case_is_refused_with_its_name(case_file, change):
    case_file.write_text(json.dumps(json.loads(case_file.read_text()) | change))
    with pytest.raises(CaseRejected, match=re.escape(case_file.name)):
        read_case(case_file)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"case"', "[" * 100_000])
def test_rubbish_is_refused(tmp_path, text):
    file = tmp_path / "case.json"
    file.write_text(text)
    with pytest.raises(CaseRejected):
        read_case(file)


def test_a_replay_tells_each_step_on_both_sides(case_file):
    replayed = replay(read_case(case_file))
    assert replayed.comparison.direction == "locked out"
    said = [(moment.speaker, moment.hearer) for moment in replayed.old.story]
    assert said == [
        ("application", "tenant"),
        ("scripts", "tenant"),
        ("tenant", "user"),
        ("tenant", "application"),
        ("application", "user"),
    ]
    asked = replayed.old.story[1]
    assert asked.said.startswith("Step-up asks for guardian")
    assert asked.where == "rules/Step-up.js:6"
    assert replayed.new.story[1].said == "Step-up: no wish, no claim"
    assert replayed.new.story[-1].said == "denied: amr missing"
