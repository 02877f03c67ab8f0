"""The lab's pages say what the lab does: every axis, constraint, direction and option."""

from __future__ import annotations

import argparse

import pytest

from fabrikam.lab.commands import add_lab
from fabrikam.lab.compare.comparison import DIRECTIONS
from fabrikam.lab.compare.known_differences import read_known
from fabrikam.lab.scenarios.axes import AXES
from fabrikam.lab.scenarios.situation import CONSTRAINTS
from fabrikam.lab.simulation.sides import STRATEGIES
from tests.lab.builders import RULES
from tests.lab.compare.scenarios_table import table

DOCS = RULES.parent / "docs"
REFERENCE = (DOCS / "reference/lab.md").read_text("utf-8")


def test_every_scenario_has_its_row():
    shown = REFERENCE.partition("<!-- scenarios: generated -->\n")[2]
    assert shown.partition("<!-- scenarios: end -->")[0] == table()


@pytest.mark.parametrize("axis", AXES, ids=lambda axis: axis.name)
def test_every_axis_has_its_row(axis):
    row = f"| `{axis.name}` | {axis.meaning} | {', '.join(axis.words)} |"
    assert row in REFERENCE


@pytest.mark.parametrize("constraint", CONSTRAINTS, ids=lambda one: one.name)
def test_every_constraint_has_its_row(constraint):
    assert f"| {constraint.name} | {constraint.because} |" in REFERENCE


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_every_direction_has_its_row(direction):
    assert f"| {direction} | " in REFERENCE


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_every_strategy_is_named(strategy):
    assert f"`{strategy}`" in REFERENCE


def test_every_option_is_named():
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers()
    add_lab(commands)
    lab = commands.choices["lab"]
    compare = lab._subparsers._group_actions[0].choices["compare"]
    options = [word for action in compare._actions for word in action.option_strings]
    missing = [
        word for word in options if word.startswith("--") and word not in REFERENCE
    ]
    assert missing == ["--help"]


def test_the_known_difference_of_the_page_can_be_read(tmp_path):
    block = REFERENCE.split("```toml\n")[1].split("```")[0]
    file = tmp_path / "known.toml"
    file.write_text(block)
    (known,) = read_known(file)
    assert known.owner == "ann@fabrikam.example"
