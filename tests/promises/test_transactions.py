"""Attacks 53 to 64: sign-ins that are raced, repeated, mixed up or led astray."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from webtest import TestApp

from tests.promises.pair import Person
from tests.tenant.builders import APP, ISSUER
from tests.web.test_sessions import logout_token


def parallel_callbacks(intranet, departure, cookies, count):
    """Bring one answer back so many times at once; return the statuses."""
    answer = intranet.tenant.answer(departure.location)
    header = {"Cookie": "; ".join(f"{name}={v}" for name, v in cookies.items())}

    def arrive(_):
        browser = TestApp(intranet.app, extra_environ={"HTTP_HOST": APP[7:]})
        return browser.get("/callback", answer, headers=header, status="*")

    with ThreadPoolExecutor(16) as pool:
        return list(pool.map(arrive, range(count)))


@pytest.mark.promise("F10", "ASVS 15.4.2", "RFC 9700 4.2.4")
def test_053_of_fifty_callbacks_at_once_one_redeems_the_code(intranet):
    departure = intranet.browser.get("/login", {"return_to": "/profile"})
    arrivals = parallel_callbacks(intranet, departure, intranet.browser.cookies, 50)
    assert len(intranet.tenant.redeemed) == 1
    statuses = sorted(arrival.status_int for arrival in arrivals)
    assert statuses == [303] + [400] * 49
    (admitted,) = (arrival for arrival in arrivals if arrival.status_int == 303)
    assert "intranet_session=" in admitted.headers["Set-Cookie"]


@pytest.mark.promise("F10")
def test_053_of_fifty_callbacks_of_a_step_up_one_redeems_and_the_session_lives(
    intranet,
):
    intranet.sign_in()
    intranet.tenant.login = {"amr": ["mfa"]}
    departure = intranet.browser.get("/login/mfa", {"return_to": "/employees"})
    arrivals = parallel_callbacks(intranet, departure, intranet.browser.cookies, 50)
    assert len(intranet.tenant.redeemed) == 2  # the login before, and this
    assert {arrival.status_int for arrival in arrivals} <= {303, 400}
    (new,) = (a for a in arrivals if "intranet_session=" in str(a.headers))
    session = new.headers["Set-Cookie"].partition(";")[0]
    browser = intranet.new_browser()
    assert browser.get("/employees", headers={"Cookie": session}, status=200)


@pytest.mark.promise("F10")
def test_053_two_hundred_sign_ins_at_once_each_see_their_own_user(pair):
    users = [f"user{number}@fabrikam.example" for number in range(200)]
    for user in users[:20]:
        pair.stage.control("users", email=user, profile={"name": user})

    def sign_in(user: str) -> tuple[str, str]:
        person = Person(pair, user)
        page = person.opens("/profile")
        assert page.status_int == 200, page
        return user, page.text

    with ThreadPoolExecutor(10) as pool:
        for user, page in pool.map(sign_in, users[:20] * 10):
            assert user in page
            assert not [other for other in users[:20] if f">{other}<" in page
                        and other != user]  # fmt: skip


@pytest.mark.promise("RFC 9700 4.5.3", "ASVS 10.1.2")
def test_053_a_code_of_one_browser_is_worth_nothing_in_another(pair):
    ann, eve = pair.person(), pair.person()
    stolen = ann.until(ann.intranet.get("/login"), "/callback?").location
    code = stolen.split("code=")[1].split("&")[0]
    own = eve.until(eve.intranet.get("/login"), "/callback?").location
    injected = own.replace(own.split("code=")[1].split("&")[0], code)
    page = eve.goes(injected)
    assert page.status_int == 400
    assert not eve.cookie


@pytest.mark.promise("Login CSRF", "RFC 9700 update")
def test_061_another_browser_cannot_finish_a_step_up(pair):
    ann, ben = pair.person(), pair.person("push@fabrikam.example")
    ann.opens("/customers")
    ben.opens("/customers")
    departure = ann.until(ann.intranet.get("/employees"), "/authorize?")
    page = ben.ends(ben.goes(departure.location))
    assert page.status_int == 400
    for person in (ann, ben):
        assert person.email in person.intranet.get("/profile", status=200)
        assert person.intranet.get("/employees", status=303)


def test_056_the_back_button_resends_nothing(pair):
    ann = pair.person()
    callback = ann.until(ann.intranet.get("/employees"), "/callback?")
    ann.ends(callback)
    before = len(pair.stage.events())
    for _ in range(3):
        page = ann.ends(ann.goes(callback.location))
        assert (page.request.path, page.status_int) == ("/employees", 200)
    assert len(pair.stage.events()) == before  # the tenant was not asked again


def test_056_a_stranger_with_a_bookmark_of_the_callback_gets_a_page(pair):
    ann = pair.person()
    callback = ann.until(ann.intranet.get("/customers"), "/callback?")
    ann.ends(callback)
    page = pair.person().goes(callback.location)
    assert page.status_int == 400
    assert "cannot be finished" in page


@pytest.mark.parametrize(
    "said", ["<script>alert(1)</script>", "a\r\nSet-Cookie: a=b", "\x1b[31mred"]
)
@pytest.mark.promise("ASVS 16.4.1", "ASVS 1.2.3")
def test_058_what_the_tenant_says_is_text_on_one_line(intranet, caplog, said):
    departure = intranet.browser.get("/login")
    page = intranet.come_back(
        departure, code=..., error="access_denied", error_description=said
    )
    assert page.status_int == 403
    assert "<script>alert" not in page
    assert "Set-Cookie" not in page.headers
    (line,) = (r.getMessage() for r in caplog.records if "tenant refused" in r.message)
    assert "\n" not in line
    assert "\x1b" not in line


@pytest.mark.promise("ASVS 7.6.2")
@pytest.mark.parametrize("address", ["/login", "/login/mfa"])
def test_a_picture_on_another_site_signs_nobody_in(intranet, address):
    headers = {
        "Sec-Fetch-Site": "cross-site",
        "Sec-Fetch-Mode": "no-cors",
        "Sec-Fetch-Dest": "image",
    }
    response = intranet.browser.get(address, headers=headers, status="*")
    assert response.status_int == 400
    assert ISSUER not in response.headers.get("Location", "")


@pytest.mark.promise("5", "8")
def test_a_browser_that_loses_its_session_cookie_is_not_led_in_a_circle(pair):
    ann = pair.person()
    response = ann.intranet.get("/employees")
    for _ in range(60):
        if not ann.is_on_the_way(response):
            break
        response = ann.steps(response)
        forget_session(ann)
    assert not ann.is_on_the_way(response), ann.asked
    assert response.status_int in (400, 403)


def forget_session(person) -> None:
    jar = person.intranet.cookiejar
    for cookie in list(jar):
        if cookie.name == "intranet_session":
            jar.clear(cookie.domain, cookie.path, cookie.name)


def test_055_two_tabs_may_sign_in_and_then_step_up(pair):
    ann = pair.person()
    tabs = [ann.until(ann.intranet.get("/employees"), "/authorize?") for _ in "ab"]
    callbacks = [ann.until(tab, "/callback?") for tab in tabs]
    pages = [ann.goes(callback.location) for callback in callbacks]
    ends = [ann.ends(page) for page in pages]
    assert [end.status_int for end in ends] == [200, 200]


def test_055_who_signed_in_twice_and_out_again_may_sign_in(pair):
    ann = pair.person()
    for _ in range(3):
        callback = ann.until(ann.intranet.get("/login?return_to=/employees"), "/callba")
        page = ann.goes(callback.location)
    ann.steps(page)  # to the page, which wants a step-up; it is not begun
    ann.opens("/logout")
    assert ann.opens("/employees").status_int == 200


@pytest.mark.promise("ASVS 15.4.2", "65")
@pytest.mark.parametrize("ended_by", ["the user", "the tenant"])
def test_060_a_session_that_ends_while_the_code_is_redeemed_stays_ended(
    intranet, ended_by
):
    intranet.sign_in()
    header = {
        "Cookie": f"intranet_session={intranet.browser.cookies['intranet_session']}"
    }
    elsewhere = intranet.new_browser()

    def end() -> None:
        if ended_by == "the user":
            elsewhere.get("/logout", headers=header, status=303)
        else:
            sent = {"logout_token": logout_token()}
            elsewhere.post("/backchannel-logout", sent, status=200)

    def ends(raw: str) -> str:
        with ThreadPoolExecutor(1) as beside:  # as another request, at the same time
            beside.submit(end).result()
        return raw

    intranet.tenant.spoil = ends
    arrival = intranet.step_up(amr=["mfa"])
    assert arrival.status_int == 400
    assert "session that asked for it has ended" in arrival
    assert intranet.browser.get("/customers", status=303)


@pytest.mark.promise("65")
def test_a_sign_in_does_not_go_on_with_a_session_that_ended_meanwhile(intranet):
    def form_token() -> str:
        asked = intranet.browser.get(
            "/logout", headers={"Sec-Fetch-Site": "cross-site"}
        )
        return asked.forms[0]["csrf"].value

    intranet.sign_in()
    before = form_token()
    cookie = f"intranet_session={intranet.browser.cookies['intranet_session']}"
    elsewhere = intranet.new_browser()

    def ends(raw: str) -> str:
        with ThreadPoolExecutor(1) as beside:  # as another request, at the same time
            leave = beside.submit(elsewhere.get, "/logout", headers={"Cookie": cookie})
        assert leave.result().status_int == 303
        return raw

    intranet.tenant.spoil = ends
    intranet.sign_in()
    assert form_token() != before
