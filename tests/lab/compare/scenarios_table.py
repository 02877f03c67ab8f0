"""Which scenario of the migration sheet is shown where, as the table of the docs.

`python -m tests.lab.compare.scenarios_table` prints it.
"""

from __future__ import annotations

import re
from collections import defaultdict

from tests.lab.compare import test_scenarios, test_scenarios_of_the_application

_HEAD = (
    "| number | at the application's door | at the tenant's | tests |\n"
    "|---|---|---|---|\n"
)


def table() -> str:
    """Draw the table."""
    doors = defaultdict(lambda: (dict(), dict()))  # noqa: C408 - ordered sets
    for number, *_, application, tenant in _rows():
        doors[number][0][application] = doors[number][1][tenant] = None
    tests = _tests()
    lines = [
        f"| {number} | {', '.join(doors[number][0])} | {', '.join(doors[number][1])} |"
        f" {'; '.join(tests[number])} |"
        for number in sorted({*doors, *tests})
    ]
    return _HEAD + "\n".join(lines) + "\n"


def _rows():
    (mark,) = test_scenarios.test_a_scenario_is_found_and_put_into_its_class.pytestmark
    return mark.args[1]


def _tests():
    found = defaultdict(list)
    for module in (test_scenarios, test_scenarios_of_the_application):
        for name in vars(module):
            match = re.match(r"test_(P\d\d)_(.*)", name)
            if match is not None:
                found[match[1]].append(match[2].replace("_", " "))
    return found


if __name__ == "__main__":
    print(table(), end="")
