"""The installed command `fabrikam`: the same commands as `python app.py`."""

from __future__ import annotations

import sys

from fabrikam.cli import main
from fabrikam.shared.shipped import create_shipped_app

__all__ = ["run"]


def run() -> int:
    """Run the command that was typed; return its exit code."""
    return main(sys.argv[1:], create_shipped_app)
