"""Every route: what it requires, what it answers to whom, what its answers bear."""

from __future__ import annotations

from itertools import product

import pytest
from bottle import Bottle, PluginError

from app import create_app
from fabrikam.stepup import LOGIN, MULTI_FACTOR, NOTHING
from fabrikam.web import Guard, requirement_of
from tests.builders import ISSUER

RECENT = MULTI_FACTOR.within(minutes=5)

ROUTES = [
    ("GET",  "/",                             NOTHING),
    ("GET",  "/customers",                    LOGIN),
    ("GET",  "/employees",                    MULTI_FACTOR),
    ("GET",  "/employees/<number:int>",       MULTI_FACTOR),
    ("GET",  "/employees/<number:int>/salary", RECENT),
    ("POST", "/employees/<number:int>/salary", RECENT),
    ("GET",  "/profile",                      LOGIN),
    ("GET",  "/compare",                      LOGIN),
    ("GET",  "/login",                        NOTHING),
    ("GET",  "/login/mfa",                    NOTHING),
    ("GET",  "/callback",                     NOTHING),
    ("GET",  "/logout",                       NOTHING),
    ("POST", "/logout",                       NOTHING),
    ("POST", "/backchannel-logout",           NOTHING),
    ("GET",  "/api/customers",                LOGIN),
    ("GET",  "/api/employees",                MULTI_FACTOR),
    ("GET",  "/healthz",                      NOTHING),
    ("GET",  "/readyz",                       NOTHING),
    ("GET",  "/metrics",                      NOTHING),
    ("GET",  "/static/<name:path>",           NOTHING),
]  # fmt: skip


@pytest.mark.promise("ASVS 8.1.1", "ASVS 8.1.4")
def test_the_table_above_names_every_route(intranet):
    routes = [
        (route.method, route.rule, requirement_of(route))
        for route in intranet.app.routes
    ]
    assert sorted(routes, key=str) == sorted(ROUTES, key=str)


@pytest.mark.promise("ASVS 8.2.1")
def test_no_route_slips_past_the_guard(intranet):
    for route in intranet.app.routes:
        assert any(isinstance(plugin, Guard) for plugin in route.all_plugins())


def test_every_route_was_prepared_before_the_first_visit(intranet):
    # Bottle applies the guard when `call` is first looked at, and keeps what came of it
    assert [
        route.rule for route in intranet.app.routes if "call" not in vars(route)
    ] == []


@pytest.mark.promise("ASVS 8.2.1")
def test_a_route_that_does_not_say_what_it_requires_does_not_start(intranet):
    app = Bottle()
    guard = next(p for p in intranet.app.plugins if isinstance(p, Guard))
    app.install(guard)
    app.get("/open", callback=lambda: "secret")
    with pytest.raises(PluginError, match="/open: say what it requires"):
        app.routes[0].prepare()


WHO = ["nobody", "password", "old factor", "factor"]
SENSITIVE = ["/employees", "/employees/7", "/api/employees", "/employees/7/salary"]


METHODS = ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"]
SPELLINGS = [
    "{}", "{}/", "/{}", "{}%2e", "{}/.", "{}/..", "{}//", "{}?a=b", "{};x", "/x/..{}",
    "{}%00", "{}%0d%0a",
]  # fmt: skip


@pytest.mark.promise("72", "ASVS 8.2.1", "ASVS 8.2.2", "ASVS 4.1.4", "ASVS 13.4.4")
@pytest.mark.parametrize("address", SENSITIVE)
@pytest.mark.parametrize("who", WHO[:3])
def test_a_sensitive_page_stays_shut_however_it_is_asked_for(
    make_intranet, address, who
):
    intranet = make_intranet(max_age=60)
    if who != "nobody":
        intranet.sign_in()
    if who == "old factor":
        intranet.step_up(amr=["mfa"])
        intranet.later(61)
    headers = {"X-HTTP-Method-Override": "GET", "X-Original-URL": address}
    for method, spelling in product(METHODS, SPELLINGS):
        response = intranet.browser.request(
            spelling.format(address), method=method, headers=headers, status="*"
        )
        assert response.status_code in {303, 401, 404, 405}, (method, spelling)
        assert "€" not in response.text
        assert 'salary":' not in response.text


@pytest.mark.promise("72")
def test_a_sensitive_page_gives_nothing_to_conditional_or_partial_requests(intranet):
    intranet.sign_in()
    for headers in (
        {"If-None-Match": "*"},
        {"Range": "bytes=0-10"},
        {"If-Modified-Since": "Thu, 01 Jan 2099 00:00:00 GMT"},
    ):
        assert intranet.browser.get("/employees", headers=headers, status=303)


def test_an_employee_who_does_not_exist_is_not_found(intranet):
    intranet.step_up(amr=["mfa"])
    for number in ("0", "301", "99999999999999999999"):
        assert "no such page" in intranet.browser.get(
            f"/employees/{number}", status=404
        )
    assert intranet.browser.get("/employees/seven", status=404)


# --- programs --------------------------------------------------------------------


@pytest.mark.promise("RFC 9470 3")
@pytest.mark.parametrize(
    ("address", "headers"),
    [
        ("/api/customers", {}),
        ("/customers", {"Accept": "application/json"}),
        ("/employees", {"Accept": "application/problem+json"}),
        ("/api/employees", {"Accept": "text/html"}),
        ("/customers", {"X-Requested-With": "XMLHttpRequest"}),
        ("/employees", {"Sec-Fetch-Dest": "empty", "Accept": "*/*"}),
    ],
)
def test_a_program_that_is_not_signed_in_gets_a_challenge(intranet, address, headers):
    response = intranet.browser.get(address, headers=headers, status=401)
    assert response.content_type == "application/problem+json"
    assert response.json["type"] == "urn:fabrikam:problem:login-required"
    assert response.headers["WWW-Authenticate"].startswith("Bearer ")


@pytest.mark.promise("RFC 9470 3")
def test_a_program_that_is_signed_in_too_weakly_is_told_what_to_ask_for(intranet):
    intranet.sign_in()
    response = intranet.browser.get("/api/employees", status=401)
    challenge = response.headers["WWW-Authenticate"]
    assert 'error="insufficient_user_authentication"' in challenge
    assert "acr_values=" in challenge
    assert response.json["shortfalls"][0]["claim"] == "amr"


def test_a_program_gets_rows(intranet):
    intranet.step_up(amr=["mfa"])
    customers = intranet.browser.get("/api/customers", {"page": "2"}, status=200).json
    assert (customers["total"], customers["page"]) == (200, 2)
    employees = intranet.browser.get("/api/employees", status=200).json
    assert employees["total"] == 300
    assert employees["rows"][0]["salary"] > 0


def test_a_browser_gets_pages_even_where_it_accepts_anything(intranet):
    for accept in ("text/html,application/xhtml+xml,*/*;q=0.8", "*/*", ""):
        assert intranet.browser.get(
            "/customers", headers={"Accept": accept}, status=303
        )


# --- return_to -------------------------------------------------------------------


@pytest.mark.promise("63", "Open redirect", "RFC 9700 4.11", "ASVS 3.7.2", "ASVS 1.2.2")
@pytest.mark.parametrize(
    "return_to",
    [
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example",
        "http:evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "//localhost:3000@evil.example",
        "/customers\r\nSet-Cookie: a=b",
        "/customers?q=\r\nSet-Cookie: a=b",
        "/customers?q=ü",
        "/customers\x00",
        "/customers/../../evil",
        "/nowhere",
        "/login",
        "/login/mfa?return_to=/login/mfa",
        "/logout",
        "/callback?code=x&state=y",
        "/static/intranet.css",
        "/healthz",
        "/api/employees",
        " /customers",
        "/cüstomers",
        "customers",
        "",
        "/customers?" + "q" * 3_000,
    ],
)
def test_what_is_not_a_page_of_ours_leads_home(intranet, return_to):
    arrival = intranet.sign_in(to=return_to)
    assert arrival.location == "/"


@pytest.mark.promise("63")
@pytest.mark.parametrize(
    "return_to",
    ["/customers", "/customers?q=a%20b&sort=-name", "/employees/7", "/profile", "/"],
)
def test_a_page_of_ours_is_returned_to(intranet, return_to):
    assert intranet.sign_in(to=return_to).location == return_to


def test_a_page_that_is_named_twice_leads_home(intranet):
    departure = intranet.browser.get("/login?return_to=/customers&return_to=/profile")
    assert intranet.come_back(departure).location == "/"


# --- headers ---------------------------------------------------------------------

ANSWERS = [
    ("GET",  "/",                     200),
    ("GET",  "/customers",            303),
    ("GET",  "/login",                303),
    ("GET",  "/callback",             400),
    ("GET",  "/nowhere",              404),
    ("POST", "/customers",            405),
    ("GET",  "/api/customers",        401),
    ("POST", "/backchannel-logout",   400),
    ("GET",  "/healthz",              200),
    ("GET",  "/static/intranet.css",  200),
    ("GET",  "/static/nothing.css",   404),
    ("GET",  "/static/../app.py",     404),
]  # fmt: skip


@pytest.mark.promise(
    "ASVS 3.4.3",
    "ASVS 3.4.4",
    "ASVS 3.4.5",
    "ASVS 3.4.6",
    "ASVS 3.4.8",
    "ASVS 3.5.8",
    "ASVS 4.1.1",
    "ASVS 14.3.2",
    "Clickjacking",
    "RFC 9700 4.2.4",
    "ASVS 3.2.1",
)
@pytest.mark.parametrize(("method", "address", "status"), ANSWERS)
def test_every_answer_bears_the_protecting_headers(intranet, method, address, status):
    response = intranet.browser.request(address, method=method, status=status)
    headers = response.headers
    policy = headers["Content-Security-Policy"]
    for directive in (
        "default-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "object-src 'none'",
        f"form-action 'self' {ISSUER.rstrip('/')}",
    ):
        assert directive in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    cached = address == "/static/intranet.css"
    assert headers["Cache-Control"] == ("max-age=300" if cached else "no-store")
    assert "Strict-Transport-Security" not in headers
    if status != 303 and "json" not in response.content_type:
        assert "charset" in headers["Content-Type"]


@pytest.mark.promise("ASVS 3.3.1", "ASVS 3.3.3", "ASVS 3.4.1")
def test_over_https_cookies_and_headers_are_stricter(make_intranet):
    intranet = make_intranet(base_url="https://intranet.fabrikam.example")
    response = intranet.browser.get("/login", status=303)
    assert "max-age=31536000" in response.headers["Strict-Transport-Security"]
    cookie = response.headers["Set-Cookie"]
    assert cookie.startswith("__Host-intranet_browser=")
    for attribute in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert attribute.lower() in cookie.lower()
    assert "domain" not in cookie.lower()


@pytest.mark.promise("ASVS 3.3.2", "ASVS 3.3.4", "ASVS 3.3.5")
def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(intranet):
    cookie = intranet.sign_in().headers["Set-Cookie"].lower()
    assert cookie.startswith("intranet_session=")
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert len(cookie) < 4_096


@pytest.mark.promise("ASVS 10.1.1", "ASVS 14.2.1")
def test_no_token_ever_reaches_the_browser(intranet):
    intranet.tenant.login = {"amr": ["mfa"]}
    departure = intranet.browser.get("/login/mfa", {"return_to": "/profile"})
    arrival = intranet.come_back(departure)
    profile = intranet.browser.get("/profile")
    seen = f"{arrival.headers}{arrival.text}{profile.headers}{profile.text}"
    for secret in (intranet.tenant.nonce, "an-access-token", "eyJ"):
        assert secret not in seen


# --- what is for operators -------------------------------------------------------


def test_readiness_says_what_is_away(intranet):
    assert intranet.browser.get("/readyz", status=200).json == {"status": "ready"}


@pytest.mark.promise("F8")
def test_it_is_not_ready_without_its_tenant(intranet):
    intranet.tenant.broken = {"discovery"}
    response = intranet.browser.get("/readyz", status=503)
    assert response.json["type"].endswith("tenant-away")
    intranet.tenant.broken = set()
    intranet.later(10)
    assert intranet.browser.get("/readyz", status=200)


@pytest.mark.promise("ASVS 13.4.5")
def test_numbers_are_for_the_machine_itself(intranet):
    intranet.sign_in()
    here = {"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "127.0.0.1:3000"}
    numbers = intranet.browser.get("/metrics", extra_environ=here, status=200)
    assert 'intranet_sign_ins_total{ended="admitted"} 1.0' in numbers


@pytest.mark.promise("ASVS 13.4.5")
@pytest.mark.parametrize(
    "elsewhere",
    [
        {"REMOTE_ADDR": "10.1.2.3", "HTTP_HOST": "localhost:3000"},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "intranet.example"},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "localhost:3000", "HTTP_X_FORWARDED_FOR": "10.1.2.3"},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "localhost:3000", "HTTP_FORWARDED": "for=10.1.2.3"},
    ],
)  # fmt: skip
def test_nobody_sees_the_numbers_from_elsewhere_or_through_a_proxy(intranet, elsewhere):
    assert intranet.browser.get("/metrics", extra_environ=elsewhere, status=404)


@pytest.mark.promise("ASVS 13.4.5")
@pytest.mark.parametrize("path", ["/metrics%ff", "/met%ferics", "/%ff"])
def test_no_other_spelling_leads_to_what_a_proxy_has_closed(intranet, path):
    here = {"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "127.0.0.1:3000"}
    assert intranet.browser.get(path, extra_environ=here, status=404)


@pytest.mark.promise("ASVS 16.5.4")
@pytest.mark.parametrize("name", ["Authorization", "Accept", "Host", "Sec-Fetch-Site", "Sec-Fetch-Dest", "User-Agent"])  # fmt: skip
@pytest.mark.parametrize("path", ["/", "/api/employees", "/login", "/logout", "/metrics"])  # fmt: skip
def test_a_header_of_any_bytes_is_read(intranet, name, path):
    answer = intranet.browser.get(path, headers={name: "Bearer \xff"}, status="*")
    assert answer.status_int < 500


@pytest.mark.promise("ASVS 16.5.1", "ASVS 16.5.4", "ASVS 13.4.2")
def test_a_broken_part_is_a_page_without_a_trace(intranet, monkeypatch):
    def broken(*_, **__):
        raise ZeroDivisionError("a secret detail")

    intranet.sign_in()
    monkeypatch.setattr("fabrikam.web.explanations.claim_rows", broken)
    monkeypatch.setattr("app.claim_rows", broken)
    page = intranet.browser.get("/profile", status=500, expect_errors=True)
    assert "broke on our side" in page
    assert "secret detail" not in page
    assert "Traceback" not in page


@pytest.mark.promise("F5", "ASVS 16.5.2", "ASVS 16.5.3")
def test_a_store_that_is_away_is_said_so_and_opens_nothing(intranet, tmp_path):
    intranet.sign_in()
    for path in tmp_path.glob("intranet.sqlite*"):
        path.write_bytes(b"not a database at all" * 500)
    response = intranet.browser.get("/customers", status=503, expect_errors=True)
    assert "storage does not answer" in response
    assert (
        intranet.browser.get("/readyz", status=503).json["type"].endswith("store-away")
    )


@pytest.mark.promise("F5", "ASVS 16.5.2")
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/",          200),
        ("GET", "/nowhere",   404),
        ("PUT", "/customers", 405),
        ("GET", "/customers", 503),
    ],
)  # fmt: skip
def test_while_the_store_is_away_every_error_still_has_its_page(
    intranet, tmp_path, method, path, status
):
    intranet.sign_in()
    for file in tmp_path.glob("intranet.sqlite*"):
        file.write_bytes(b"not a database at all" * 500)
    page = intranet.browser.request(
        path, method=method, status=status, expect_errors=True
    )
    assert "Fabrikam Intranet</title>" in page
    if status == 503:
        assert f'href="{path}"' in page


def test_create_app_is_what_the_front_page_offers():
    assert create_app.__module__ == "app"


@pytest.mark.promise("ASVS 16.5.4")
@pytest.mark.parametrize(
    "address",
    [
        "/?q=%ff",
        "/login?return_to=%ff%fe",
        "/callback?state=%ff&code=%00",
        "/customers?q=%ff",
        "/%ff",
        "/static/%ff",
        "/callback?state=a;b&&&=",
        "/api/customers?q=%ff",
    ],
)
def test_bytes_that_are_no_text_break_nothing(intranet, address):
    response = intranet.browser.get(address, status="*", expect_errors=True)
    assert response.status_code in {200, 303, 400, 401, 404}


def test_a_form_of_odd_bytes_breaks_nothing(intranet):
    intranet.step_up(amr=["mfa"])
    response = intranet.browser.post(
        "/employees/7/salary", b"csrf=%ff&salary=\xff", status=403
    )
    assert "not accepted" in response
