"""Both logouts: who is signed out, who is told, and where the browser may go."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from queue import Queue
from urllib.parse import parse_qsl

import jwt
import pytest

from fabrikam.tenant.services.logout_delivery import HttpLogoutDelivery
from tests.tenant.builders import (
    APP,
    CLIENT_ID,
    ISSUER,
    NEW,
    OTP,
    callback_query,
    read,
)


def is_signed_in(browser):
    return "code" in callback_query(browser.authorize(prompt="none"))


def logout(browser, path="/oidc/logout", status=None, **query):
    return browser.app.get(path, query, status=status)


@pytest.mark.parametrize(
    ("query", "location"),
    [
        ({},                                           None),
        ({"client_id": CLIENT_ID},                     APP),
        ({"client_id": CLIENT_ID, "returnTo": APP},    APP),
        ({"client_id": CLIENT_ID, "returnTo": f"{APP}/"}, f"{APP}/"),
    ],
)  # fmt: skip
def test_v2_logout_ends_the_session_and_goes_where_it_may(browser, query, location):
    browser.sign_in()
    response = logout(browser, "/v2/logout", **query)
    assert response.headers.get("Location") == location
    assert not is_signed_in(browser)


@pytest.mark.parametrize("path", ["/v2/logout", "/oidc/logout"])
def test_federated_logout_ends_what_there_is_to_end(browser, path):
    token = browser.tokens()["id_token"]
    logout(browser, path, federated="", client_id=CLIENT_ID, id_token_hint=token)
    query = callback_query(browser.authorize(prompt="none"))
    assert query["error"] == "login_required"


def test_without_an_address_logout_leads_to_the_first_of_the_folder(make_stage):
    urls = ["https://first.example/", "https://second.example/"]
    said = {"name": "Demo", "client_id": CLIENT_ID, "allowed_logout_urls": urls}
    stage = make_stage(files={"clients__Demo": said})
    response = logout(stage.browser(), "/v2/logout", client_id=CLIENT_ID)
    assert response.location == urls[0]


@pytest.mark.promise("Open redirect", "RP-Initiated 3")
@pytest.mark.parametrize(
    "query",
    [
        {"returnTo": APP},
        {"client_id": CLIENT_ID, "returnTo": "http://evil.example/"},
        {"client_id": CLIENT_ID, "returnTo": f"{APP}/x"},
        {"client_id": "nobody", "returnTo": APP},
    ],
)
def test_v2_logout_goes_to_no_unregistered_address(browser, query):
    browser.sign_in()
    response = logout(browser, "/v2/logout", 400, **query)
    assert "Location" not in response.headers
    assert is_signed_in(browser)


def test_without_a_client_the_tenants_own_list_counts(make_stage):
    stage = make_stage(files={"tenant": {"allowed_logout_urls": [APP]}})
    response = logout(stage.browser(), "/v2/logout", returnTo=APP)
    assert response.location == APP


@pytest.mark.promise("RP-Initiated 3")
def test_oidc_logout_with_a_hint_goes_back_with_state(stage, browser):
    token = browser.tokens()["id_token"]
    stage.clock.at += 40_000  # also an old token says whose session it was
    response = logout(
        browser, id_token_hint=token, post_logout_redirect_uri=APP, state="s"
    )
    assert response.location == f"{APP}?state=s"
    assert not is_signed_in(browser)


@pytest.mark.promise("RP-Initiated 2", "ASVS 10.6.2")
def test_oidc_logout_without_a_hint_asks_first(browser):
    browser.sign_in()
    page = logout(browser, client_id=CLIENT_ID, post_logout_redirect_uri=APP)
    assert "Sign out?" in page.text
    assert is_signed_in(browser)
    response = page.forms[0].submit("action", value="default")
    assert response.location == APP
    assert not is_signed_in(browser)


def test_another_site_cannot_press_the_button(stage, browser):
    browser.sign_in()
    stranger = stage.browser()
    stranger.sign_in(NEW)
    csrf = logout(stranger).forms[0]["csrf"].value
    page = browser.app.post("/oidc/logout", {"csrf": csrf})
    assert "Sign out?" in page.text
    assert is_signed_in(browser)


def test_a_logout_hint_of_this_session_needs_no_question(browser):
    sid = read(browser.tokens()["id_token"])["sid"]
    logout(browser, client_id=CLIENT_ID, logout_hint=sid)
    assert not is_signed_in(browser)


@pytest.mark.promise("RP-Initiated 2")
def test_a_hint_of_another_user_asks_first(stage, browser):
    theirs = stage.browser().tokens(NEW)["id_token"]
    browser.sign_in()
    assert "Sign out?" in logout(browser, id_token_hint=theirs).text
    assert is_signed_in(browser)


def forged(token):
    return jwt.encode(read(token), "x" * 32, algorithm="HS256")


def unsigned(token):
    return jwt.encode(read(token), None, algorithm="none")


@pytest.mark.promise("RP-Initiated 2")
@pytest.mark.parametrize("spoil", [forged, unsigned, lambda token: token + "x"])
def test_a_hint_that_we_did_not_sign_is_refused(browser, spoil):
    hint = spoil(browser.tokens()["id_token"])
    response = logout(
        browser, id_token_hint=hint, post_logout_redirect_uri=APP, status=400
    )
    assert "Location" not in response.headers
    assert is_signed_in(browser)


@pytest.mark.parametrize(
    "changes",
    [
        {"post_logout_redirect_uri": f"{APP}?a=b"},
        {"post_logout_redirect_uri": "http://evil.example/"},
        {"client_id": "other"},
        {"logout_hint": "another-sid"},
    ],
)
def test_what_does_not_fit_the_hint_is_refused(browser, changes):
    token = browser.tokens()["id_token"]
    query = {"id_token_hint": token, "post_logout_redirect_uri": APP, **changes}
    response = logout(browser, status=400, **query)
    assert "Location" not in response.headers
    assert is_signed_in(browser)


@pytest.mark.promise("Back-Channel 2.4")
def test_clients_of_the_session_are_told(stage, browser):
    url = "http://localhost:9/backchannel"
    stage.add_client(client_id="told", backchannel_logout_uri=url)
    claims = browser.claims()
    stage.redeem(browser.sign_in(client_id="told").code, client_id="told")
    logout(browser, "/v2/logout")
    told = {read(token)["aud"]: (to, token) for to, token in stage.letters.brought}
    assert {name: to for name, (to, _) in told.items()} == {
        CLIENT_ID: f"{APP}/backchannel-logout",
        "told": url,
    }
    token = told[CLIENT_ID][1]
    said = read(token)
    assert jwt.get_unverified_header(token)["typ"] == "logout+jwt"
    assert said["iss"] == ISSUER
    assert (said["sub"], said["sid"]) == (claims["sub"], claims["sid"])
    event = "http://schemas.openid.net/event/backchannel-logout"
    assert said["events"] == {event: {}}
    assert "nonce" not in said
    assert said["exp"] - said["iat"] == 120


class Listener(BaseHTTPRequestHandler):
    """A client that keeps what it is told."""

    def do_POST(self):
        length = int(self.headers["Content-Length"])
        self.server.told.put(self.rfile.read(length).decode())
        self.send_response(self.server.status)
        self.send_header("Location", self.path)
        self.end_headers()

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def listener():
    server = HTTPServer(("127.0.0.1", 0), Listener)
    server.told, server.status = Queue(), 200
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def lines_with(stage, word):
    return [one for one in stage.control("log") if word in one["description"]]


@pytest.mark.parametrize(("status", "noted"), [(200, "succeeded"), (500, "failed")])
def test_a_logout_token_travels_as_a_form(make_stage, listener, status, noted):
    listener.status = status
    logout_delivery = HttpLogoutDelivery()
    stage = make_stage(logout_delivery=logout_delivery)
    url = f"http://127.0.0.1:{listener.server_port}/backchannel"
    stage.add_client(client_id="told", backchannel_logout_uri=url)
    browser = stage.browser()
    browser.sign_in(client_id="told")
    logout(browser, "/v2/logout")
    body = dict(parse_qsl(listener.told.get(timeout=10)))
    logout_delivery.close(wait=True)
    assert read(body["logout_token"])["aud"] == "told"
    (line,) = lines_with(stage, "back-channel")
    assert line["type"] == f"oidc_backchannel_logout_{noted}"
    assert (line["client_id"], line["user_id"]) == ("told", "auth0|otp")


def test_a_client_that_does_not_listen_is_noted_and_holds_nobody_up(make_stage):
    logout_delivery = HttpLogoutDelivery()
    stage = make_stage(logout_delivery=logout_delivery)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/"
    stage.add_client(client_id="deaf", backchannel_logout_uri=url)
    browser = stage.browser()
    browser.sign_in(client_id="deaf")
    assert logout(browser, "/v2/logout").status_int == 200
    logout_delivery.close(wait=True)
    assert lines_with(stage, "ConnectionRefusedError")


class Dripping:
    """A client that answers with a byte now and then, and never ends."""

    def __init__(self):
        self.over = threading.Event()
        self._door = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._door.getsockname()[1]}/"
        threading.Thread(target=self._drip, daemon=True).start()

    def _drip(self):
        with self._door, suppress(OSError):
            wire, _ = self._door.accept()
            with wire:
                wire.sendall(b"HTTP/1.1 200 OK\r\nX-Endless: ")
                while not self.over.wait(0.02):
                    wire.sendall(b"x")


@pytest.mark.promise("ASVS 13.1.3")
def test_clients_that_never_end_hold_up_no_other_and_not_the_program(
    make_stage, listener
):
    endless = [Dripping(), Dripping(), Dripping()]
    others = set(threading.enumerate())
    logout_delivery = HttpLogoutDelivery(seconds=60)
    stage = make_stage(logout_delivery=logout_delivery)
    for number, client in enumerate(endless):
        stage.add_client(client_id=f"{number}", backchannel_logout_uri=client.url)
    good = f"http://127.0.0.1:{listener.server_port}/"
    stage.add_client(client_id="good", backchannel_logout_uri=good)
    browser = stage.browser()
    for client_id in ("0", "1", "2", "good"):
        browser.sign_in(client_id=client_id)
    logout(browser, "/v2/logout")
    assert listener.told.get(timeout=10)
    logout_delivery.close()
    assert all(thread.daemon for thread in set(threading.enumerate()) - others)
    for client in endless:
        client.over.set()


@pytest.mark.promise("ASVS 13.1.3")
def test_a_client_that_drips_is_hung_up_on(make_stage):
    logout_delivery, client = HttpLogoutDelivery(seconds=0.2), Dripping()
    stage = make_stage(logout_delivery=logout_delivery)
    stage.add_client(client_id="slow", backchannel_logout_uri=client.url)
    browser = stage.browser()
    browser.sign_in(client_id="slow")
    logout(browser, "/v2/logout")
    logout_delivery.close(wait=True)
    assert lines_with(stage, "TimeoutError")
    client.over.set()


def test_a_logout_token_follows_no_redirect(make_stage, listener):
    listener.status = 307
    logout_delivery = HttpLogoutDelivery()
    stage = make_stage(logout_delivery=logout_delivery)
    url = f"http://127.0.0.1:{listener.server_port}/backchannel?of=us"
    stage.add_client(client_id="told", backchannel_logout_uri=url)
    browser = stage.browser()
    browser.sign_in(client_id="told")
    logout(browser, "/v2/logout")
    logout_delivery.close(wait=True)
    assert listener.told.qsize() == 1
    assert lines_with(stage, "307")


def test_blocking_a_user_ends_their_sessions_and_tells_the_clients(stage):
    browsers = [stage.browser(), stage.browser()]
    for browser in browsers:
        browser.sign_in()
    bystander = stage.browser()
    bystander.sign_in(NEW)
    stage.control("users", email=OTP, blocked=True)
    assert [read(token)["sub"] for _, token in stage.letters.brought] == [
        "auth0|otp",
        "auth0|otp",
    ]
    assert not any(is_signed_in(browser) for browser in browsers)
    assert is_signed_in(bystander)


def test_a_logout_without_a_session_tells_nobody(stage, browser):
    logout(browser, "/v2/logout")
    assert stage.letters.brought == []


def test_a_session_keeps_its_sid_through_a_new_password(browser):
    first, second = browser.claims(), browser.claims(prompt="login")
    assert first["sid"] == second["sid"]
