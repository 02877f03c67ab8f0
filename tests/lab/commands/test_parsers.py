"""The parsers of the lab's commands: what they load, and the words that they offer."""

import json
import subprocess
import sys

from fabrikam.lab.simulation.side_options import STRATEGY_WORDS
from fabrikam.lab.simulation.sides import STRATEGIES

PARSERS = """
import argparse, json, sys
from fabrikam.lab.commands import add_advise, add_lab, add_lint
commands = argparse.ArgumentParser().add_subparsers()
for add in (add_advise, add_lab, add_lint):
    add(commands)
print(json.dumps([*sys.modules]))
"""
HEAVY = {
    *("bottle", "hypothesis", "requests", "rich", "tree_sitter"),
    *("fabrikam.lab.advise", "fabrikam.lab.lint", "fabrikam.lab.report"),
    *("fabrikam.lab.compare", "fabrikam.lab.end_to_end", "fabrikam.lab.production"),
    *("fabrikam.lab.scenarios", "fabrikam.lab.simulation.simulator"),
    *("fabrikam.oidc", "fabrikam.stepup", "fabrikam.tenant"),
}


def test_building_the_parsers_loads_nothing_of_what_the_commands_run():
    ended = subprocess.run(
        [sys.executable, "-c", PARSERS], capture_output=True, text=True, check=True
    )
    loaded = set(json.loads(ended.stdout))
    assert "fabrikam.lab.commands.parsers" in loaded
    assert not loaded & HEAVY


def test_every_strategy_that_a_parser_offers_makes_a_side():
    assert tuple(STRATEGIES) == STRATEGY_WORDS
