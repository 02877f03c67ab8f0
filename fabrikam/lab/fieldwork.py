"""The lab's commands about the real world: `lab shadow`, `lab replay-log FILE`.

stdout is the result, stderr the progress.  Exit codes: 0 nothing is weaker, 1 something
is, 2 wrong usage, 3 could not run.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, Protocol

from fabrikam.lab.journal import JOURNAL, lines_of
from fabrikam.lab.sightings import summarise, text_of

if TYPE_CHECKING:
    import argparse

__all__ = ["add_fieldwork"]

PASSED: Final = 0
FOUND: Final = 1


class _Call(Protocol):
    """A command of this installation: what was typed, and its settings."""

    @property
    def asked(self) -> argparse.Namespace: ...

    @property
    def settings(self) -> Any: ...


def add_fieldwork(experiments: Any) -> None:
    """Add the commands to those of the lab."""
    shadow = experiments.add_parser(
        "shadow", help="say what STEP_UP_SHADOW has seen so far"
    )
    shadow.add_argument("--json", action="store_true", help="print it as JSON")
    shadow.set_defaults(at_home=_shadow)


def _shadow(call: _Call) -> int:
    summary = summarise(lines_of(call.settings["DATA_DIR"] / JOURNAL))
    if call.asked.json:
        print(json.dumps(summary.as_json(), indent=2))
    else:
        print(text_of(summary))
    return FOUND if summary.directions.get("weaker") else PASSED
