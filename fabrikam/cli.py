"""The command line of the intranet, its local tenant and the lab.

Only the parsers are here: what a command runs is imported when it runs.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

from fabrikam.lab.commands import add_advise, add_lab, add_lint
from fabrikam.shared.exit_codes import INTERRUPTED
from fabrikam.shared.lazy import deferred

__all__ = ["command_line", "main"]

STRATEGIES: Final = ("legacy", "modern", "either", "both")

_run: Final = deferred("fabrikam.programs:run")
_open_intranet: Final = deferred("fabrikam.assembly:open_intranet")


def main(arguments: Sequence[str], create_app: Callable[..., Any]) -> int:
    """Run one command; return its exit code."""
    parser = command_line(partial(_open_intranet, create_app))
    try:
        return int(_run(parser.parse_args(arguments or ["serve"]), create_app))
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED


def command_line(
    open_intranet: Callable[..., Any] | None = None,
) -> argparse.ArgumentParser:
    """Return the parser of every command; the lab walks through `open_intranet`."""
    parser = argparse.ArgumentParser(
        prog="app.py",
        description="An intranet with step-up authentication, the local tenant that"
        " it signs in at, and a lab for teams that move from Rules to Actions.",
        epilog="Without a command: serve.  Exit codes: 0 well, 1 a finding or a failed"
        " check, 2 wrong usage or configuration, 3 could not run, 4 well as far as"
        " compared, 130 interrupted.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_programs(commands)
    _add_upkeep(commands)
    add_lint(commands)
    add_advise(commands)
    add_lab(commands, open_intranet)
    return parser


def _add_programs(commands: Any) -> None:
    serve = commands.add_parser(
        "serve",
        help="run the intranet, and its local tenant",
        description="Run the intranet, and the local tenant unless AUTH0_DOMAIN names"
        " another.  Example: python app.py serve",
    )
    serve.set_defaults(with_settings=deferred("fabrikam.programs:serve"))

    tenant = commands.add_parser(
        "tenant",
        help="run the local tenant alone",
        description="Run the local tenant alone, for an intranet in another process."
        "  Example: python app.py tenant --config rules/after",
    )
    tenant.add_argument(
        "--config",
        type=Path,
        metavar="FOLDER",
        help="a tenant folder as the Deploy CLI exports it (else TENANT_CONFIG)",
    )
    tenant.set_defaults(with_settings=deferred("fabrikam.programs:serve_tenant"))


def _add_upkeep(commands: Any) -> None:
    strategy = commands.add_parser(
        "strategy",
        help="show the strategy, or choose one",
        description="Show by which mechanism the intranet steps up, or keep another"
        " one in .env.  Example: python app.py strategy modern",
    )
    strategy.add_argument(
        "name", nargs="?", choices=STRATEGIES, help="keep this one in .env"
    )
    strategy.set_defaults(run=deferred("fabrikam.programs:strategy"))

    doctor = commands.add_parser(
        "doctor",
        help="look for what is wrong here",
        description="Ask the session store and the tenant whether they answer."
        "  Example: python app.py doctor",
    )
    doctor.set_defaults(with_settings=deferred("fabrikam.programs:doctor"))
