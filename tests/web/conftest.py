"""An intranet in front of a scripted tenant, with a clock that stands still."""

from __future__ import annotations

import pytest
from webtest import TestApp

from app import create_app
from fabrikam.company import Company
from fabrikam.oidc import Client, Provider, RelyingParty, WsgiAdapter
from fabrikam.stepup import Both, Either, Legacy, Modern
from fabrikam.web import StepUpConfiguration
from fabrikam.web.prometheus_metrics import PrometheusMetrics
from fabrikam.web.stores.sqlite_store import SqliteStore
from tests.builders import CLIENT_ID, ISSUER, NOW, SECRET
from tests.scripted_tenant import ScriptedTenant

BASE_URL = "http://localhost:3000"


class Clock:
    """Seconds since the epoch, moved by the test."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> int:
        return self.now


class Intranet:
    """One intranet under test: the parts that a test looks at or changes."""

    def __init__(self, tmp_path, company, **changes) -> None:
        self.tenant = ScriptedTenant()
        self.clock = Clock()
        self.store = SqliteStore(tmp_path / "intranet.sqlite")
        strategy = changes.pop("strategy", Modern())
        client = Client(
            client_id=CLIENT_ID,
            secret=SECRET,
            redirect_uri=f"{BASE_URL}/callback",
            algorithm=changes.pop("algorithm", "RS256"),
        )
        provider = Provider(
            ISSUER, adapter=WsgiAdapter(self.tenant.app), clock=self.clock
        )
        legacy, modern = Legacy(), Modern()
        house = {
            "strategy": strategy,
            "party": RelyingParty(
                provider,
                client,
                clock=self.clock,
                reads_userinfo=strategy.reads_userinfo,
            ),
            "store": self.store,
            "secret": "a secret of this application",
            "base_url": BASE_URL,
            "clock": self.clock,
            "metrics": PrometheusMetrics(),
            "strategies": (
                legacy,
                modern,
                Either(legacy, modern),
                Both(legacy, modern),
            ),
        }
        self.app_house = StepUpConfiguration(**{**house, **changes})
        self.app = create_app(self.app_house, company)
        self.browser = self.new_browser()

    def new_browser(self) -> TestApp:
        """A browser of its own, with its own cookies."""
        return TestApp(self.app, extra_environ={"HTTP_HOST": "localhost:3000"})

    def later(self, seconds: int) -> None:
        """Move the clocks of tenant and intranet."""
        self.clock.now += seconds
        self.tenant.now += seconds

    def come_back(self, departure, browser=None, **changes):
        """Let the browser return from the tenant with an answer."""
        parameters = self.tenant.answer(departure.location, **changes)
        return (browser or self.browser).get("/callback", parameters, status="*")

    def sign_in(self, browser=None, *, to="/customers", **login):
        """Sign in with a password; claims of the token may be changed."""
        return self._round("/login", browser, to, login)

    def step_up(self, browser=None, *, to="/employees", **login):
        """Step up; without a claim the tenant asks for nothing."""
        return self._round("/login/mfa", browser, to, login)

    def _round(self, address, browser, to, login):
        browser = browser or self.browser
        self.tenant.login = login
        departure = browser.get(address, {"return_to": to}, status=303)
        return self.come_back(departure, browser)


@pytest.fixture(scope="session")
def company(tmp_path_factory):
    """The company's file; filling it once is enough."""
    return Company.open(tmp_path_factory.mktemp("company") / "company.sqlite")


@pytest.fixture
def make_intranet(tmp_path, company):
    """Build an intranet that differs in some part."""

    def make(**changes) -> Intranet:
        return Intranet(tmp_path, company, **changes)

    return make


@pytest.fixture
def intranet(make_intranet) -> Intranet:
    """The ordinary intranet, by the modern strategy."""
    return make_intranet()
