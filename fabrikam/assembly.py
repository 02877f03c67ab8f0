"""What the settings become: a tenant, a relying party, a company, a whole house.

Secrets that nobody set are made at the first start and kept in DATA_DIR.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path

from bottle import Bottle

from fabrikam.company import Company
from fabrikam.lab.production.journal import JOURNAL, Journal
from fabrikam.lab.production.shadow import Shadow
from fabrikam.oidc import BoundedAdapter, Client, Provider, RelyingParty
from fabrikam.settings import (
    STRATEGIES,
    Settings,
)
from fabrikam.shared.clock import steady_clock
from fabrikam.stepup import Strategy
from fabrikam.tenant import Assumptions, TenantLifetimes, create_tenant
from fabrikam.web import SessionLifetimes, StepUpConfiguration, open_store
from fabrikam.web.prometheus_metrics import PrometheusMetrics

__all__ = [
    "CreateApp",
    "company_of",
    "configuration_of",
    "open_intranet",
    "party_of",
    "tenant_of",
    "watched_strategy",
]

CreateApp = Callable[[StepUpConfiguration, Company], Bottle]


def tenant_of(settings: Settings, folder: Path) -> Bottle:
    """Build the local tenant over one tenant folder; raises FolderRejected."""
    return create_tenant(
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
        assumptions=settings["TENANT_QUIRKS"] or Assumptions(),
        keywords=settings.keywords,
    )


def configuration_of(settings: Settings, strategy: Strategy) -> StepUpConfiguration:
    """Put together what the intranet is built from."""
    return StepUpConfiguration(
        strategy=strategy,
        party=party_of(settings),
        store=open_store(settings.session_url),
        secret=_secret(settings),
        base_url=settings.app_base_url,
        clock=steady_clock(),
        lifetimes=SessionLifetimes(
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
        metrics=PrometheusMetrics(),
    )


def party_of(settings: Settings) -> RelyingParty:
    """Return the relying party of the tenant that the settings name."""
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


def company_of(settings: Settings) -> Company:
    """Open the customers and employees of this installation."""
    return Company.open(settings["DATA_DIR"] / "company.sqlite")


def watched_strategy(settings: Settings, running: ExitStack) -> Strategy:
    """Return the strategy in use, with a shadow behind it where one is wanted."""
    if settings.shadow is None:
        return settings.strategy
    journal = running.enter_context(
        Journal(
            settings["DATA_DIR"] / JOURNAL, secret=_secret(settings), clock=time.time
        )
    )
    return Shadow(settings.strategy, settings.shadow, journal.write)


def open_intranet(
    create_app: CreateApp,
    party: RelyingParty,
    strategy: Strategy,
    clock: Callable[[], int],
    data_dir: Path,
) -> Bottle:
    """Open an intranet of the lab's own, without sockets."""
    configuration = StepUpConfiguration(
        strategy=strategy,
        party=party,
        store=open_store(f"sqlite:///{data_dir / 'intranet.sqlite'}"),
        secret=secrets.token_urlsafe(48),
        base_url="http://localhost:3000",
        clock=clock,
    )
    return create_app(configuration, Company.open(data_dir / "company.sqlite"))


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
