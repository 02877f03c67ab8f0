"""Attacks 65 to 72: sessions that are stolen, shared, outlived or tossed about."""

from __future__ import annotations

import base64
import secrets

import pytest

from fabrikam.web import SessionLifetimes
from fabrikam.web.sessions import Sessions
from tests.builders import NOW, evidence

SIGNED_IN = ["/", "/customers", "/employees", "/employees/7", "/profile", "/compare"]


def test_065_signing_out_removes_what_was_proved_on_the_server(pair):
    ann, thief = pair.person(), pair.person()
    ann.opens("/employees")
    thief.has_cookie(ann.cookie)
    assert thief.intranet.get("/employees", status=200)
    ann.opens("/logout")
    for address in SIGNED_IN[1:]:
        assert thief.intranet.get(address, status=303).location.startswith("/login?")


def test_066_the_tenant_asks_for_the_password_again_after_signing_out(pair):
    ann = pair.person()
    ann.opens("/customers")
    ann.opens("/logout")
    met = ann.until(ann.intranet.get("/customers"), "/u/login")
    assert "/u/login" in (met.location or met.request.path)


@pytest.mark.promise("ASVS 7.2.4")
def test_067_the_cookie_from_before_the_step_up_opens_nothing(pair):
    ann, thief = pair.person(), pair.person()
    ann.opens("/customers")
    thief.has_cookie(ann.cookie)
    assert thief.intranet.get("/customers", status=200)
    ann.opens("/employees")
    for address in SIGNED_IN[1:]:
        assert thief.intranet.get(address, status=303).location.startswith("/login?")


def test_068_a_step_up_in_one_browser_opens_nothing_in_another(pair):
    ann, also_ann = pair.person(), pair.person()
    ann.opens("/customers")
    also_ann.opens("/customers")
    ann.opens("/employees")
    assert also_ann.intranet.get("/employees", status=303)
    ann.opens("/logout")
    assert also_ann.intranet.get("/customers", status=200)


@pytest.mark.parametrize(
    "planted",
    [
        "; ".join(f"c{number}=x" for number in range(100)),
        "big=" + "x" * 8_000,
        "; ".join(["intranet_session=x"] * 4),
        "; ".join(["intranet_session=" + "y" * 43] * 300),
        "intranet_session; =; ;;; intranet_session==",
        'intranet_session="a\\"b"; $Version=1',
        "intranet_browser=x; " * 200,
        "\xff\xfe=\xff",
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_070_planted_cookies_break_nothing(intranet, planted, first):
    intranet.sign_in()
    good = f"intranet_session={intranet.browser.cookies['intranet_session']}"
    order = [good, planted] if first else [planted, good]
    stranger = intranet.new_browser()
    for address in (*SIGNED_IN, "/login", "/callback?state=x", "/logout"):
        response = stranger.get(
            address, headers={"Cookie": "; ".join(order)}, status="*"
        )
        assert response.status_int < 500, address


@pytest.mark.promise("ASVS 14.2.2", "ASVS 14.3.2", "OIDC 3.1.3.3", "RFC 9700 4.3")
def test_071_no_page_and_no_answer_of_a_sign_in_is_stored(pair):
    ann = pair.person()
    response = ann.intranet.get("/employees")
    while ann.is_on_the_way(response):
        assert response.headers["Cache-Control"] == "no-store"
        response = ann.steps(response)
    for address in SIGNED_IN:
        page = ann.intranet.get(address, status=200)
        assert page.headers["Cache-Control"] == "no-store"
    page = ann.intranet.get("/logout", status=303)
    assert page.headers["Clear-Site-Data"] == '"cache"'
    assert page.headers["Cache-Control"] == "no-store"


@pytest.mark.promise("ASVS 14.2.1", "RFC 9700 4.3", "ASVS 10.1.1")
def test_071_nothing_of_the_sign_in_stays_in_an_address_or_on_a_page(pair):
    ann = pair.person()
    page = ann.opens("/employees")
    assert "?" not in page.request.path_qs
    for address in SIGNED_IN:
        shown = ann.intranet.get(address).text
        assert ann.cookie not in shown
        assert "eyJ" not in shown


@pytest.mark.promise("ASVS 3.5.3")
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_072_safe_methods_change_no_salary(intranet, method):
    intranet.step_up(amr=["mfa"])
    before = intranet.browser.get("/api/employees").json["rows"]
    intranet.browser.request("/employees/1/salary?salary=1", method=method, status="*")
    assert intranet.browser.get("/api/employees").json["rows"] == before


@pytest.mark.promise("ASVS 7.2.3", "ASVS 11.5.1", "ASVS 6.5.3")
def test_ids_are_long_random_and_never_the_same(intranet):
    sessions = Sessions(
        intranet.store,
        secret=secrets.token_hex(16),
        clock=lambda: NOW,
        lifetimes=SessionLifetimes(),
    )
    ids = {sessions.begin(evidence(), None)[0] for _ in range(2_000)}
    assert len(ids) == 2_000
    raw = b"".join(base64.urlsafe_b64decode(f"{one}=") for one in ids)
    assert len(raw) == 2_000 * 32
    assert 0.49 < int.from_bytes(raw).bit_count() / (len(raw) * 8) < 0.51


@pytest.mark.promise("ASVS 15.3.1")
def test_programs_get_the_fields_of_the_pages_and_no_others(intranet):
    intranet.step_up(amr=["mfa"])
    customer = intranet.browser.get("/api/customers").json["rows"][0]
    employee = intranet.browser.get("/api/employees").json["rows"][0]
    assert "salary" not in customer
    assert set(employee) == {
        "id", "name", "email", "department", "title", "office", "manager_id",
        "manager", "started_on", "salary",
    }  # fmt: skip


@pytest.mark.promise("WSTG-SESS-03")
def test_a_cookie_that_was_planted_before_the_login_is_worth_nothing_after_it(pair):
    ann, planter = pair.person(), pair.person()
    planter.has_cookie("planted")
    response = ann.intranet.get(
        "/customers", headers={"Cookie": "intranet_session=planted"}
    )
    ann.ends(response)
    assert ann.cookie not in ("", "planted")
    assert ann.intranet.get("/customers", status=200)
    assert planter.intranet.get("/customers", status=303)


@pytest.mark.promise("WSTG-SESS-08", "OIDC 15.5.2")
def test_what_a_sign_in_keeps_meanwhile_is_kept_on_the_server(pair):
    ann = pair.person()
    departure = ann.until(ann.intranet.get("/login/mfa"), "/authorize?")
    cookies = {cookie.name: cookie.value for cookie in ann.intranet.cookiejar}
    assert set(cookies) == {"intranet_browser"}
    assert cookies["intranet_browser"] not in departure.location


@pytest.mark.promise("ASVS 8.3.2", "ASVS 7.4.2")
def test_a_user_whom_the_tenant_blocks_gets_no_further(pair):
    ann = pair.person()
    ann.opens("/customers")
    pair.stage.control("users", email=ann.email, blocked=True)
    page = ann.opens("/employees")
    assert page.status_int == 403
    assert "blocked" in page
