"""What the commands do: serve the intranet and its tenant, look after both.

A mistake that a person made ends in a sentence and an exit code, never in a traceback.
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
from typing import Final

from dotenv import dotenv_values, set_key

from fabrikam.assembly import (
    CreateApp,
    company_of,
    configuration_of,
    party_of,
    tenant_of,
    watched_strategy,
)
from fabrikam.oidc import SignInError
from fabrikam.serving import PortTaken, log_to_stderr, serving, wait_for_the_end
from fabrikam.settings import Settings, SettingsRejected, keywords_in
from fabrikam.shared.exit_codes import COULD_NOT_RUN, FOUND, MISUSED, PASSED
from fabrikam.tenant.scripts import FolderRejected
from fabrikam.web import StoreUnavailable, open_store

__all__ = ["Call", "doctor", "environment", "run", "serve", "serve_tenant", "strategy"]

log = logging.getLogger(__name__)

_NEXT_AFTER_A_NO: Final = (
    "next: start what does not answer (the local tenant: python app.py tenant),"
    " or mend AUTH0_DOMAIN and SESSION_URL"
)


@dataclass(frozen=True, slots=True)
class Call:
    """One command: its arguments, the settings, and what builds the intranet."""

    arguments: argparse.Namespace
    settings: Settings
    create_app: CreateApp


def run(arguments: argparse.Namespace, create_app: CreateApp) -> int:
    """Run one command that was parsed; return its exit code."""
    try:
        if "with_settings" not in arguments:  # such as the lab's
            arguments.keywords = keywords_in(environment())
            return int(arguments.run(arguments))
        settings = Settings.read(environment())
        return int(arguments.with_settings(Call(arguments, settings, create_app)))
    except (SettingsRejected, FolderRejected) as rejected:
        print(rejected, file=sys.stderr)
        return MISUSED
    except (PortTaken, StoreUnavailable, OSError) as error:
        print(error, file=sys.stderr)
        return COULD_NOT_RUN


def environment() -> dict[str, str]:
    """Return the environment; what `.env` says fills its gaps."""
    in_file = {k: v for k, v in dotenv_values(".env").items() if v is not None}
    return in_file | dict(os.environ)


def serve(call: Call) -> int:
    """Run the intranet, and its local tenant unless another one is named."""
    settings = call.settings
    log_to_stderr()
    _warn_of_weakness(settings)
    with ExitStack() as running:
        if settings.tenant_is_local:
            running.enter_context(_serving_tenant(settings, settings["TENANT_CONFIG"]))
        in_use = watched_strategy(settings, running)
        app = call.create_app(configuration_of(settings, in_use), company_of(settings))
        running.enter_context(
            serving(app, host=settings["HOST"], port=settings["PORT"], setting="PORT")
        )
        print(f"Intranet  {settings.app_base_url}")
        _print_first_steps(settings)
        wait_for_the_end()
    return PASSED


def serve_tenant(call: Call) -> int:
    """Run the local tenant alone."""
    folder = call.arguments.config or call.settings["TENANT_CONFIG"]
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


def strategy(arguments: argparse.Namespace) -> int:
    """Show the strategy in use, or keep another one in `.env`."""
    # without the settings: a bad word in .env is mended by this very command
    if arguments.name is not None:
        return _choose(arguments.name)
    in_use = Settings.read(environment()).strategy
    print(f"{in_use.name} is in use")
    for parameter, value in in_use.ask().items():
        print(f"asks with  {parameter}={value}")
    return PASSED


def _choose(name: str) -> int:
    set_key(".env", "STEP_UP_STRATEGY", name, quote_mode="never")
    print(f"{name} stands in .env; start the intranet again to use it")
    stronger = os.environ.get("STEP_UP_STRATEGY", name)
    if stronger != name:
        print(f"STEP_UP_STRATEGY={stronger} in this shell wins over .env: unset it")
    return PASSED


def doctor(call: Call) -> int:
    """Say whether session store and tenant answer."""
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
