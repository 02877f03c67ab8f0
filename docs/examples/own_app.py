"""Step-up in a Bottle application of your own, in under twenty lines."""

import time
from pathlib import Path

from bottle import Bottle

from fabrikam.oidc import BoundedAdapter, Client, Provider, RelyingParty
from fabrikam.stepup import LOGIN, MULTI_FACTOR, NOTHING, Modern
from fabrikam.web import StepUpConfiguration, add_sign_in, install_step_up
from fabrikam.web.stores.sqlite_store import SqliteStore


def own_app(
    issuer: str, client: Client, base_url: str, data: Path, secret: str
) -> Bottle:
    """Build an application with three pages; `secret` signs its cookies and forms."""
    provider = Provider(issuer, adapter=BoundedAdapter(seconds=8), clock=time.time)
    configuration = StepUpConfiguration(
        strategy=Modern(),
        party=RelyingParty(provider, client, clock=time.time),
        store=SqliteStore(data / "sessions.sqlite"),
        secret=secret,
        base_url=base_url,
        clock=lambda: int(time.time()),
    )
    app = Bottle()
    add_sign_in(app, install_step_up(app, configuration))
    app.get("/", requires=NOTHING, page=True, callback=lambda: "hello")
    app.get("/news", requires=LOGIN, page=True, callback=lambda: "news")
    app.get("/pay", requires=MULTI_FACTOR, page=True, callback=lambda: "salaries")
    return app
