"""A command of the lab, run in this process."""

from __future__ import annotations

import argparse
import io
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str


def run(add: Callable[[Any], None], *words: str) -> Ended:
    """Run a command that reads no settings."""
    parser = argparse.ArgumentParser()
    add(parser.add_subparsers(required=True))
    asked = parser.parse_args(words)
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = asked.run(asked)
    return Ended(code, out.getvalue(), err.getvalue())
