"""Attack 78 and the faults of the tenant: bounded in size and time, and a page."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from webtest import TestApp

from app import create_app
from fabrikam.oidc import BoundedAdapter, Client, Provider, RelyingParty
from fabrikam.serving import serving
from fabrikam.stepup import Modern
from fabrikam.web import StepUpConfiguration
from fabrikam.web.stores.sqlite_store import SqliteStore
from tests.builders import CLIENT_ID, SECRET
from tests.programs import free_port
from tests.promises.faulty_tenant import FAULTS, FaultyTenant
from tests.web.conftest import BASE_URL, Clock

SECONDS = 1.0  # that the tenant may take, in these tests


class Before:
    """An intranet that meets a faulty tenant over a real socket."""

    def __init__(self, tenant: FaultyTenant, store: SqliteStore, company) -> None:
        self.tenant, self.clock = tenant, Clock()
        adapter = BoundedAdapter(seconds=SECONDS)
        party = RelyingParty(
            Provider(tenant.issuer, adapter=adapter, clock=self.clock),
            Client(
                client_id=CLIENT_ID,
                secret=SECRET,
                redirect_uri=f"{BASE_URL}/callback",
            ),
            clock=self.clock,
        )
        house = StepUpConfiguration(
            strategy=Modern(),
            party=party,
            store=store,
            secret="a secret of this application",
            base_url=BASE_URL,
            clock=self.clock,
        )
        self.app = create_app(house, company)

    def browser(self) -> TestApp:
        """A fresh browser."""
        return TestApp(self.app, extra_environ={"HTTP_HOST": "localhost:3000"})

    def sign_in(self, browser: TestApp):
        """Sign in; the last answer, whatever it is."""
        departure = browser.get("/login", status="*")
        if departure.status_int != 303:
            return departure
        self.tenant.login = {"iss": self.tenant.issuer}
        answer = self.tenant.answer(departure.location, iss=self.tenant.issuer)
        return browser.get("/callback", answer, status="*")


@pytest.fixture
def before(tmp_path, company) -> Iterator[Before]:
    """An ordinary intranet; the tenant is well until a test says otherwise."""
    port = free_port()
    tenant = FaultyTenant(f"http://127.0.0.1:{port}/")
    store = SqliteStore(tmp_path / "intranet.sqlite")
    with serving(tenant.app, host="127.0.0.1", port=port, setting="TENANT_PORT"):
        yield Before(tenant, store, company)
        tenant.ended.set()


@pytest.mark.promise("F6", "F7", "ASVS 13.2.6", "ASVS 16.5.2")
@pytest.mark.parametrize("endpoint", ["discovery", "token", "jwks"])
@pytest.mark.parametrize("fault", FAULTS)
def test_078_a_tenant_that_misbehaves_is_a_page_in_time_and_no_session(
    before, endpoint, fault
):
    before.tenant.faults = {endpoint: fault}
    browser = before.browser()
    began = time.monotonic()
    page = before.sign_in(browser)
    assert time.monotonic() - began < 3 * SECONDS + 2
    assert page.status_int in (502, 503)
    assert "intranet_session" not in browser.cookies
    assert before.tenant.asked.count("token") <= 1  # a code is sent once


@pytest.mark.promise("F6", "F7")
@pytest.mark.parametrize("fault", ["hangs", "floods", "breaks"])
def test_keys_and_metadata_outlive_a_tenant_that_misbehaves(before, fault):
    assert before.sign_in(before.browser()).status_int == 303
    before.tenant.faults = {"discovery": fault, "jwks": fault}
    before.clock.now += 7_200
    before.tenant.now += 7_200
    assert before.sign_in(before.browser()).status_int == 303


@pytest.mark.promise("F6", "F8")
def test_what_was_away_is_found_again(before):
    before.tenant.faults = {"discovery": "breaks"}
    assert before.browser().get("/readyz", status=503)
    assert before.browser().get("/healthz", status=200)
    assert before.sign_in(before.browser()).status_int == 503
    before.tenant.faults = {}
    before.clock.now += 10
    assert before.browser().get("/readyz", status=200)
    assert before.sign_in(before.browser()).status_int == 303


@pytest.mark.promise("F6")
def test_a_hanging_tenant_does_not_take_the_pages_of_the_signed_in_down(before):
    browser = before.browser()
    before.sign_in(browser)
    session = browser.cookies["intranet_session"]
    departures = [(b, b.get("/login")) for b in (before.browser() for _ in range(40))]
    before.tenant.faults = {"token": "hangs", "jwks": "hangs", "discovery": "hangs"}
    port = free_port()
    url = f"http://127.0.0.1:{port}"

    def come_back(departed) -> int:
        browser, departure = departed
        answer = before.tenant.answer(departure.location, iss=before.tenant.issuer)
        cookie = {"Cookie": f"intranet_browser={browser.cookies['intranet_browser']}"}
        return requests.get(
            f"{url}/callback", answer, headers=cookie, timeout=30
        ).status_code

    def read_a_page(_) -> float:
        began = time.monotonic()
        cookie = {"Cookie": f"intranet_session={session}"}
        page = requests.get(f"{url}/customers", headers=cookie, timeout=30)
        assert page.status_code == 200
        return time.monotonic() - began

    with (
        serving(before.app, host="127.0.0.1", port=port, setting="PORT"),
        ThreadPoolExecutor(44) as pool,
    ):
        arriving = [pool.submit(come_back, departed) for departed in departures]
        times = sorted(pool.map(read_a_page, range(30)))
        assert {arrival.result() for arrival in arriving} == {503}
    assert times[len(times) // 2] < SECONDS  # a busy machine may hold a few up
