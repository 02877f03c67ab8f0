"""The command line: `python app.py [serve | tenant | strategy | doctor | lint | lab]`.

stdout is the result, stderr the progress and the log.  Exit codes: 0 well, 1 a finding
or a failed check, 2 wrong usage or configuration, 3 could not run.
"""

from __future__ import annotations

import argparse
import logging
import os
import secrets
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bottle import Bottle
from dotenv import dotenv_values, set_key

from fabrikam.clock import steady_clock
from fabrikam.lab.advise import add_advise
from fabrikam.lab.commands import add_commands
from fabrikam.lab.field.journal import JOURNAL, Journal
from fabrikam.lab.field.shadow import Shadow
from fabrikam.lab.lint.command import add_lint
from fabrikam.lab.walking.stage import OpenIntranet
from fabrikam.oidc import BoundedAdapter, Client, Provider, RelyingParty, SignInError
from fabrikam.serving import PortTaken, log_to_stderr, serving, wait_for_the_end
from fabrikam.settings import (
    STRATEGIES,
    Settings,
    SettingsProblem,
    SettingsRejected,
)
from fabrikam.stepup import Strategy
from fabrikam.tenant import Lifetimes as TenantLifetimes
from fabrikam.tenant import Quirks, create_tenant, quirks_from
from fabrikam.tenant.pipeline import FolderRejected
from fabrikam.web import STORE_ERRORS, Company, House, Lifetimes, open_store

__all__ = ["command_line", "main"]

log = logging.getLogger(__name__)

CreateApp = Callable[[House, Company], Bottle]

FOUND: Final = 1
MISUSED: Final = 2
COULD_NOT_RUN: Final = 3


def main(arguments: Sequence[str], create_app: CreateApp) -> int:
    """Run one command; return its exit code."""
    parser = command_line(_opener(create_app))
    asked = parser.parse_args(arguments or ["serve"])
    try:
        if "at_home" not in asked:  # the lab's commands read no settings
            return int(asked.run(asked))
        settings = Settings.read(_environment())
        return int(asked.at_home(_Call(asked, settings, create_app)))
    except SettingsRejected as rejected:
        print(rejected, file=sys.stderr)
        return MISUSED
    except FolderRejected as rejected:
        print(rejected, file=sys.stderr)
        return MISUSED
    except (PortTaken, OSError) as error:
        print(error, file=sys.stderr)
        return COULD_NOT_RUN


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
    parser = argparse.ArgumentParser(prog="app.py", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    serve = commands.add_parser("serve", help="run the intranet, and its local tenant")
    serve.set_defaults(at_home=_serve)

    tenant = commands.add_parser("tenant", help="run the local tenant alone")
    tenant.add_argument("--config", type=Path, help="the folder (TENANT_CONFIG)")
    tenant.set_defaults(at_home=_serve_tenant)

    strategy = commands.add_parser("strategy", help="show the strategy, or choose one")
    strategy.add_argument("name", nargs="?", choices=STRATEGIES)
    strategy.set_defaults(at_home=_strategy)

    doctor = commands.add_parser("doctor", help="look for what is wrong here")
    doctor.set_defaults(at_home=_doctor)

    add_lint(commands)
    add_advise(commands)
    add_commands(commands, open_intranet)
    return parser


def _opener(create_app: CreateApp) -> OpenIntranet:
    """Return how the lab opens an intranet of its own, without sockets."""

    def open_intranet(
        party: RelyingParty,
        strategy: Strategy,
        clock: Callable[[], int],
        data_dir: Path,
    ) -> Bottle:
        house = House(
            strategy=strategy,
            party=party,
            store=open_store(f"sqlite:///{data_dir / 'intranet.sqlite'}"),
            secret=secrets.token_urlsafe(48),
            base_url="http://localhost:3000",
            clock=clock,
        )
        return create_app(house, Company.open(data_dir / "company.sqlite"))

    return open_intranet


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
        strategy = _watched(settings, running)
        app = call.create_app(_house(settings, strategy), _company(settings))
        running.enter_context(
            serving(app, host=settings["HOST"], port=settings["PORT"], setting="PORT")
        )
        print(f"Intranet  {settings.app_base_url}")
        _print_first_steps(settings)
        wait_for_the_end()
    return 0


def _serve_tenant(call: _Call) -> int:
    folder = call.asked.config or call.settings["TENANT_CONFIG"]
    log_to_stderr()
    with _serving_tenant(call.settings, folder):
        print(
            f"Tenant    {call.settings.tenant_base_url} (local test tenant, {folder})"
        )
        print(f"Phone     {call.settings.tenant_base_url}phone", flush=True)
        wait_for_the_end()
    return 0


def _strategy(call: _Call) -> int:
    name = call.asked.name
    if name is not None:
        set_key(".env", "STEP_UP_STRATEGY", name, quote_mode="never")
        print(f"{name} stands in .env; start the intranet again to use it")
        return 0
    strategy = call.settings.strategy
    print(f"{strategy.name} is in use")
    for parameter, value in strategy.ask().items():
        print(f"asks with  {parameter}={value}")
    return 0


def _doctor(call: _Call) -> int:
    settings = call.settings
    checks: Sequence[tuple[str, Callable[[], object]]] = (
        (f"sessions at {settings.session_url}", open_store(settings.session_url).ping),
        (f"tenant at {settings.issuer}", _party(settings).provider.metadata),
        ("keys of the tenant", lambda: _party(settings).provider.keys_for(None)),
    )
    failed = 0
    for name, check in checks:
        try:
            check()
        except (SignInError, *STORE_ERRORS) as error:
            failed += 1
            print(f"no   {name}: {error}")
        else:
            print(f"yes  {name}")
    return FOUND if failed else 0


def _serving_tenant(settings: Settings, folder: Path) -> AbstractContextManager[None]:
    tenant = create_tenant(
        issuer=settings.tenant_base_url,
        folder=folder,
        data_dir=settings["DATA_DIR"],
        client_id=settings["AUTH0_CLIENT_ID"],
        client_secret=_client_secret(settings),
        app_base_url=settings.app_base_url,
        lifetimes=TenantLifetimes(
            code=settings["TENANT_CODE_SECONDS"],
            scripts=settings["TENANT_SCRIPT_SECONDS"],
        ),
        quirks=_quirks(settings),
    )
    return serving(
        tenant,
        host=settings["HOST"],
        port=settings["TENANT_PORT"],
        setting="TENANT_PORT",
    )


def _quirks(settings: Settings) -> Quirks:
    try:
        return quirks_from(settings["TENANT_QUIRKS"] or {})
    except ValueError as error:
        problem = SettingsProblem("TENANT_QUIRKS", str(error), "one of the words named")
        raise SettingsRejected((problem,)) from error


def _watched(settings: Settings, running: ExitStack) -> Strategy:
    """Return the strategy in use, with a shadow behind it where one is wanted."""
    if settings.shadow is None:
        return settings.strategy
    journal = running.enter_context(
        Journal(
            settings["DATA_DIR"] / JOURNAL, secret=_secret(settings), clock=time.time
        )
    )
    return Shadow(settings.strategy, settings.shadow, journal.write)


def _house(settings: Settings, strategy: Strategy) -> House:
    return House(
        strategy=strategy,
        party=_party(settings),
        store=open_store(settings.session_url),
        secret=_secret(settings),
        base_url=settings.app_base_url,
        clock=steady_clock(),
        lifetimes=Lifetimes(
            idle=settings["SESSION_IDLE_SECONDS"],
            absolute=settings["SESSION_ABSOLUTE_SECONDS"],
        ),
        evidence_seconds=settings["EVIDENCE_SECONDS"],
        sign_in_seconds=settings["SIGN_IN_SECONDS"],
        tenant_is_local=settings.tenant_is_local,
        max_age=settings["STEP_UP_MAX_AGE"],
        api_audience=settings["API_AUDIENCE"],
        strategies=tuple(
            strategy if name == strategy.name else settings.strategy_named(name)
            for name in STRATEGIES
        ),
        shadow=settings.shadow,
    )


def _party(settings: Settings) -> RelyingParty:
    provider = Provider(
        settings.issuer,
        adapter=BoundedAdapter(seconds=settings["TENANT_TIMEOUT_SECONDS"]),
        clock=time.time,
        jwks_cooldown=settings["JWKS_COOLDOWN_SECONDS"],
        jwks_lifetime=settings["JWKS_LIFETIME_SECONDS"],
    )
    client = Client(
        client_id=settings["AUTH0_CLIENT_ID"],
        secret=_client_secret(settings),
        redirect_uri=f"{settings.app_base_url}/callback",
        algorithm=settings["AUTH0_ID_TOKEN_ALG"],
    )
    return RelyingParty(
        provider,
        client,
        clock=time.time,
        reads_userinfo=settings.strategy.reads_userinfo,
    )


def _company(settings: Settings) -> Company:
    return Company.open(settings["DATA_DIR"] / "company.sqlite")


def _secret(settings: Settings) -> str:
    return settings["APP_SECRET_KEY"] or _kept_secret(settings, "app-secret-key")


def _client_secret(settings: Settings) -> str:
    return settings["AUTH0_CLIENT_SECRET"] or _kept_secret(settings, "client-secret")


def _kept_secret(settings: Settings, name: str) -> str:
    """Return a secret of this installation, made the first time it is needed."""
    path: Path = settings["DATA_DIR"] / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48))
        with suppress(FileExistsError):  # another process was first: its secret holds
            os.link(draft, path)
        draft.unlink()
    return path.read_text()


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
