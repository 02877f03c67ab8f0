"""What the guard and the checks cost, as ratios measured in one run: `make bench`."""

from __future__ import annotations

import io
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from wsgiref.util import setup_testing_defaults

import jwt
from bottle import Bottle
from rich.console import Console
from rich.table import Table

from fabrikam.oidc import (
    Client,
    Provider,
    RelyingParty,
    WsgiAdapter,
    parse_jwks,
    verify_id_token,
)
from fabrikam.stepup import LOGIN, MULTI_FACTOR, NOTHING, Modern, judge
from fabrikam.web import StepUpConfiguration, install_step_up
from fabrikam.web.sessions import SessionLifetimes, Sessions
from fabrikam.web.stores.sqlite_store import SqliteStore
from tests.builders import (
    CLIENT_ID,
    ISSUER,
    NOW,
    SECRET,
    evidence,
    expected,
    id_token,
    jwk,
    private_key,
)
from tests.scripted_tenant import ScriptedTenant

ROUNDS = 7
BASE_URL = "http://localhost:3000"


def seconds(action: Callable[[], object], times: int) -> float:
    """Return the median of several rounds, per call."""
    rounds = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        for _ in range(times):
            action()
        rounds.append((time.perf_counter() - began) / times)
    return statistics.median(rounds)


def page(app: Bottle, path: str, cookie: str) -> Callable[[], object]:
    """Return a request of a page, without a socket."""

    def ask() -> None:
        environ = {"PATH_INFO": path, "HTTP_COOKIE": cookie, "wsgi.input": io.BytesIO()}
        setup_testing_defaults(environ)
        said = []
        b"".join(app(environ, lambda *args: said.append(args[0])))
        assert said == ["200 OK"], said

    return ask


def guarded_app(folder: Path) -> tuple[Bottle, str]:
    """Return an application with one page per need, and a cookie that opens all."""
    provider = Provider(
        ISSUER, adapter=WsgiAdapter(ScriptedTenant().app), clock=time.time
    )
    client = Client(
        client_id=CLIENT_ID, secret=SECRET, redirect_uri=f"{BASE_URL}/callback"
    )
    store = SqliteStore(folder / "bench.sqlite")
    secret = "a secret of this application"
    house = StepUpConfiguration(
        strategy=Modern(),
        party=RelyingParty(provider, client, clock=time.time),
        store=store,
        secret=secret,
        base_url=BASE_URL,
        clock=lambda: NOW,
    )
    app = Bottle()
    install_step_up(app, house)
    for name, need in (("none", NOTHING), ("login", LOGIN), ("mfa", MULTI_FACTOR)):
        app.get(f"/{name}", requires=need, callback=lambda: "a page")
    sessions = Sessions(
        store, secret=secret, clock=lambda: NOW, lifetimes=SessionLifetimes()
    )
    session_id, _ = sessions.begin(evidence(amr=["mfa"]), None)
    return app, f"intranet_session={session_id}"


def main() -> None:
    """Measure, and print the ratios."""
    table = Table("what", "against", "µs", "µs", "ratio")

    def row(what: str, cost: float, against: str, base: float) -> None:
        ratio = f"{cost / base:.2f}"
        table.add_row(what, against, f"{cost * 1e6:.0f}", f"{base * 1e6:.0f}", ratio)

    with tempfile.TemporaryDirectory() as folder:
        app, cookie = guarded_app(Path(folder))
        unguarded = seconds(page(app, "/none", cookie), 500)
        row(
            "a page for a login",
            seconds(page(app, "/login", cookie), 500),
            "a page for anybody",
            unguarded,
        )
        row(
            "a page for a second factor",
            seconds(page(app, "/mfa", cookie), 500),
            "a page for anybody",
            unguarded,
        )

    raw, keys, ours = id_token(), parse_jwks({"keys": [jwk()]}), expected()
    public = private_key().public_key()
    signature = seconds(lambda: jwt.PyJWS().decode(raw, public, ["RS256"]), 300)
    whole = seconds(lambda: verify_id_token(raw, keys, ours), 300)
    row("a whole ID token", whole, "its signature alone", signature)

    ann = evidence(amr=["mfa"])
    decision = seconds(lambda: judge(MULTI_FACTOR, ann, by=Modern(), now=NOW), 5_000)
    row("a decision of the judge", decision, "a page for anybody", unguarded)
    Console().print(table)


if __name__ == "__main__":
    main()
