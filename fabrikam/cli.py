"""The command line of the intranet, its local tenant and the lab.

stdout is the result, stderr the progress and the log.  Exit codes: 0 well, 1 a finding
or a failed check, 2 wrong usage or configuration, 3 could not run, 130 interrupted.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from dotenv import dotenv_values, set_key

from fabrikam.assembly import (
    CreateApp,
    company_of,
    configuration_of,
    opener,
    party_of,
    tenant_of,
    watched_strategy,
)
from fabrikam.lab.commands import add_advise, add_lab, add_lint
from fabrikam.lab.end_to_end.programs import OpenIntranet
from fabrikam.oidc import SignInError
from fabrikam.serving import PortTaken, log_to_stderr, serving, wait_for_the_end
from fabrikam.settings import (
    STRATEGIES,
    Settings,
    SettingsRejected,
    keywords_in,
)
from fabrikam.shared.exit_codes import (
    COULD_NOT_RUN,
    FOUND,
    INTERRUPTED,
    MISUSED,
    PASSED,
)
from fabrikam.tenant.scripts import FolderRejected
from fabrikam.web import StoreUnavailable, open_store

__all__ = ["command_line", "main"]

log = logging.getLogger(__name__)

_NEXT_AFTER_A_NO: Final = (
    "next: start what does not answer (the local tenant: python app.py tenant),"
    " or mend AUTH0_DOMAIN and SESSION_URL"
)


def main(arguments: Sequence[str], create_app: CreateApp) -> int:
    """Run one command; return its exit code."""
    parser = command_line(opener(create_app))
    asked = parser.parse_args(arguments or ["serve"])
    try:
        if "at_home" not in asked:  # the lab's commands read no other settings
            asked.keywords = keywords_in(_environment())
            return int(asked.run(asked))
        settings = Settings.read(_environment())
        return int(asked.at_home(_Call(asked, settings, create_app)))
    except (SettingsRejected, FolderRejected) as rejected:
        print(rejected, file=sys.stderr)
        return MISUSED
    except (PortTaken, StoreUnavailable, OSError) as error:
        print(error, file=sys.stderr)
        return COULD_NOT_RUN
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED


@dataclass(frozen=True, slots=True)
class _Call:
    """One command with everything that it may need."""

    asked: argparse.Namespace
    settings: Settings
    create_app: CreateApp


def command_line(
    open_intranet: OpenIntranet | None = None,
) -> argparse.ArgumentParser:
    """Return the parser of every command; the lab walks through `open_intranet`."""
    parser = argparse.ArgumentParser(
        prog="app.py",
        description="An intranet with step-up authentication, the local tenant that"
        " it signs in at, and a lab for teams that move from Rules to Actions.",
        epilog="Without a command: serve.  Exit codes: 0 well, 1 a finding or a failed"
        " check, 2 wrong usage or configuration, 3 could not run, 130 interrupted.",
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
    serve.set_defaults(at_home=_serve)

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
    tenant.set_defaults(at_home=_serve_tenant)


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
    strategy.set_defaults(run=_strategy)

    doctor = commands.add_parser(
        "doctor",
        help="look for what is wrong here",
        description="Ask the session store and the tenant whether they answer."
        "  Example: python app.py doctor",
    )
    doctor.set_defaults(at_home=_doctor)


def _environment() -> dict[str, str]:
    """Return the environment; what `.env` says fills its gaps."""
    in_file = {k: v for k, v in dotenv_values(".env").items() if v is not None}
    return in_file | dict(os.environ)


def _serve(call: _Call) -> int:
    settings = call.settings
    log_to_stderr()
    _warn_of_weakness(settings)
    with ExitStack() as running:
        if settings.tenant_is_local:
            running.enter_context(_serving_tenant(settings, settings["TENANT_CONFIG"]))
        strategy = watched_strategy(settings, running)
        app = call.create_app(
            configuration_of(settings, strategy), company_of(settings)
        )
        running.enter_context(
            serving(app, host=settings["HOST"], port=settings["PORT"], setting="PORT")
        )
        print(f"Intranet  {settings.app_base_url}")
        _print_first_steps(settings)
        wait_for_the_end()
    return PASSED


def _serve_tenant(call: _Call) -> int:
    folder = call.asked.config or call.settings["TENANT_CONFIG"]
    log_to_stderr()
    with _serving_tenant(call.settings, folder):
        print(
            f"Tenant    {call.settings.tenant_base_url} (local test tenant, {folder})"
        )
        print(f"Phone     {call.settings.tenant_base_url}phone")
        print(_lines_for_the_intranet(call.settings), flush=True)
        wait_for_the_end()
    return PASSED


def _lines_for_the_intranet(settings: Settings) -> str:
    secret = settings["DATA_DIR"] / "client-secret"
    own = settings["AUTH0_CLIENT_SECRET"] is not None
    return (
        f"Intranet  of another process: AUTH0_DOMAIN={settings.tenant_base_url}\n"
        f"          AUTH0_CLIENT_ID={settings['AUTH0_CLIENT_ID']}\n"
        f"          AUTH0_CLIENT_SECRET={'as here' if own else f'$(cat {secret})'}"
    )


def _strategy(asked: argparse.Namespace) -> int:
    # without the settings: a bad word in .env is mended by this very command
    if asked.name is not None:
        return _choose(asked.name)
    strategy = Settings.read(_environment()).strategy
    print(f"{strategy.name} is in use")
    for parameter, value in strategy.ask().items():
        print(f"asks with  {parameter}={value}")
    return PASSED


def _choose(name: str) -> int:
    set_key(".env", "STEP_UP_STRATEGY", name, quote_mode="never")
    print(f"{name} stands in .env; start the intranet again to use it")
    stronger = os.environ.get("STEP_UP_STRATEGY", name)
    if stronger != name:
        print(f"STEP_UP_STRATEGY={stronger} in this shell wins over .env: unset it")
    return PASSED


def _doctor(call: _Call) -> int:
    settings, provider = call.settings, party_of(call.settings).provider
    checks: Sequence[tuple[str, Callable[[], object]]] = (
        (
            f"sessions at {settings.session_url}",
            lambda: open_store(settings.session_url).ping(),
        ),
        (f"tenant at {settings.issuer}", provider.metadata),
        ("keys of the tenant", lambda: provider.keys_for(None)),
    )
    failed = [name for name, check in checks if not _is_well(name, check)]
    if failed:
        print(_NEXT_AFTER_A_NO)
    return FOUND if failed else PASSED


def _is_well(name: str, check: Callable[[], object]) -> bool:
    try:
        check()
    except (SignInError, StoreUnavailable) as error:
        print(f"no   {name}: {error}")
        return False
    print(f"yes  {name}")
    return True


def _serving_tenant(settings: Settings, folder: Path) -> AbstractContextManager[None]:
    return serving(
        tenant_of(settings, folder),
        host=settings["HOST"],
        port=settings["TENANT_PORT"],
        setting="TENANT_PORT",
    )


def _warn_of_weakness(settings: Settings) -> None:
    if settings["STEP_UP_STRATEGY"] == "either":
        log.warning(
            "STEP_UP_STRATEGY=either lets in by the weaker of two mechanisms: "
            "use it for the days of the move, then modern"
        )
    if settings["STEP_UP_CLAIM_SOURCE"] == "userinfo":
        log.warning(
            "STEP_UP_CLAIM_SOURCE=userinfo is weaker than id_token: userinfo is not"
            " signed and speaks of the access token, not of this login"
        )


def _print_first_steps(settings: Settings) -> None:
    if not settings.tenant_is_local:
        print(f"Tenant    {settings.issuer}")
        print("Start     open the intranet and choose Customers", flush=True)
        return
    tenant = settings.tenant_base_url
    print(f"Tenant    {tenant} (local test tenant, {settings['TENANT_CONFIG']})")
    print(
        "Start     open the intranet, choose Employees, sign in as"
        " otp@fabrikam.example with the password fabrikam;"
        f" the code is at {tenant}phone",
        flush=True,
    )
