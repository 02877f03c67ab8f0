"""The intranet in front of the real local tenant: in one process, on one clock."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from webtest import TestApp, TestResponse

from app import create_app
from fabrikam.company import Company
from fabrikam.oidc import Client, Provider, RelyingParty, WsgiAdapter
from fabrikam.stepup import Modern, Strategy
from fabrikam.web import StepUpConfiguration
from fabrikam.web.stores.sqlite_store import SqliteStore
from tests.tenant.builders import (
    APP,
    CALLBACK,
    CLIENT_ID,
    ISSUER,
    OTP,
    PASSWORD,
    SECRET,
    Stage,
    app_code,
)

__all__ = ["Pair", "Person"]


class Pair:
    """A tenant, and an intranet that meets it over WSGI."""

    def __init__(
        self,
        stage: Stage,
        folder: Path,
        company: Company,
        *,
        strategy: Strategy | None = None,
        **changes: Any,
    ) -> None:
        self.stage = stage
        self.strategy = strategy or Modern()
        self.store = SqliteStore(folder / "intranet.sqlite")
        clock = self.now
        provider = Provider(ISSUER, adapter=WsgiAdapter(stage.app), clock=clock)
        client = Client(client_id=CLIENT_ID, secret=SECRET, redirect_uri=CALLBACK)
        party = RelyingParty(
            provider, client, clock=clock, reads_userinfo=self.strategy.reads_userinfo
        )
        self.house = StepUpConfiguration(
            strategy=self.strategy,
            party=party,
            store=self.store,
            secret="a secret of this application",
            base_url=APP,
            clock=clock,
        )
        self.company = company
        self.app = create_app(replace(self.house, **changes), company)

    def now(self) -> int:
        """The one clock of both, in whole seconds."""
        return int(self.stage.clock.at)

    def later(self, seconds: float) -> None:
        """Move the clock of both."""
        self.stage.clock.at += seconds

    def person(self, email: str = OTP) -> Person:
        """Somebody with a fresh browser."""
        return Person(self, email)


class Person:
    """Somebody at a browser, with cookies for each of the two hosts.

    `asked` holds every authorization request that this browser made.
    """

    def __init__(self, pair: Pair, email: str) -> None:
        self.pair = pair
        self.email, self.password = email, PASSWORD
        self.intranet = TestApp(pair.app, extra_environ={"HTTP_HOST": APP[7:]})
        self.tenant = TestApp(pair.stage.app)
        self.asked: list[str] = []

    def opens(self, address: str, **options: Any) -> TestResponse:
        """Open a page of the intranet, and go wherever that leads."""
        return self.ends(self.intranet.get(address, status="*", **options))

    def ends(self, response: TestResponse) -> TestResponse:
        """Follow and answer everything until a page of the intranet is there."""
        for _ in range(40):
            if not self.is_on_the_way(response):
                return response
            response = self.steps(response)
        raise AssertionError(f"a circle: {self.asked}")

    def is_on_the_way(self, response: TestResponse) -> bool:
        """Say whether there is something to follow or to answer."""
        return response.status_int in (302, 303) or response.test_app is self.tenant

    def steps(self, response: TestResponse) -> TestResponse:
        """Follow one redirect, or answer one page of the tenant."""
        if response.status_int in (302, 303):
            return self.goes(response.location)
        return self.answers(response)

    def goes(self, url: str) -> TestResponse:
        """Open an address of one of the two hosts."""
        if url.startswith(ISSUER) or url.startswith("/u/"):
            if "/authorize?" in url:
                self.asked.append(url)
            return self.tenant.get(url.removeprefix(ISSUER[:-1]), status="*")
        return self.intranet.get(url.removeprefix(APP), status="*")

    def answers(self, page: TestResponse) -> TestResponse:
        """Fill in one page of the tenant and send it."""
        form = page.forms[0]
        match page.request.path:
            case "/u/login":
                form["username"], form["password"] = self.email, self.password
            case "/u/mfa-otp-challenge":
                form["code"] = self.pair.stage.code_of(self.email)
            case "/u/mfa-push-challenge-push":
                push = self.pair.stage.control("push")[-1]
                self.pair.stage.control(f"push/{push['id']}", answer="allow")
            case "/u/mfa-otp-enrollment":
                form["code"] = app_code(page, self.pair.stage.clock.at)
        return form.submit("action", value="default", status="*")

    def until(self, response: TestResponse, place: str) -> TestResponse:
        """Go on until a redirect to this place is next, or a page there is shown."""
        for _ in range(40):
            if place in (response.location or "") or place in response.request.path:
                return response
            response = self.steps(response)
        raise AssertionError(f"{place} was never met: {self.asked}")

    @property
    def cookie(self) -> str:
        """The present value of the session cookie; "" where there is none."""
        return str(self.intranet.cookies.get("intranet_session", ""))

    def has_cookie(self, value: str) -> None:
        """Hold this session cookie from now on, as a thief would."""
        self.intranet.extra_environ["HTTP_COOKIE"] = f"intranet_session={value}"
