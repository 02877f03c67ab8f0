"""Pushed authorization requests: what no browser can change."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from fabrikam.tenant import MFA_ACR
from tests.tenant.builders import (
    APP,
    CALLBACK,
    CHALLENGE,
    CLIENT_ID,
    SECRET,
    callback_query,
    read,
)


def push(stage, status=201, **changes):
    """Push a request as the demo client; `...` leaves a parameter out."""
    usual = {
        "client_id": CLIENT_ID,
        "client_secret": SECRET,
        "redirect_uri": CALLBACK,
        "response_type": "code",
        "scope": "openid",
        "state": "a-state",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    merged = {**usual, **changes}
    sent = {name: value for name, value in merged.items() if value is not ...}
    return stage.program.post("/oauth/par", sent, status=status).json


def kept_in(data_dir):
    """What of pushed requests lies on the disk, and until when."""
    (file,) = data_dir.rglob("tenant.sqlite")
    with closing(sqlite3.connect(file)) as sql:
        wanted = "SELECT body, ends_at FROM things WHERE shelf = 'pushed requests'"
        return sql.execute(wanted).fetchall()


def visit(browser, pushed, **changes):
    """Open `/authorize` with nothing but the client and the name of the request."""
    usual = {"client_id": CLIENT_ID, "request_uri": pushed["request_uri"]}
    return browser.app.get("/authorize", {**usual, **changes}, status="*")


@pytest.mark.promise("RFC 9126 2.2", "ASVS 10.4.13")
def test_a_pushed_request_is_one_name_for_all_it_asks(stage, browser):
    pushed = push(stage, acr_values=MFA_ACR)
    assert pushed["expires_in"] == 60
    assert pushed["request_uri"].startswith("urn:ietf:params:oauth:request_uri:")
    assert len(pushed["request_uri"].rpartition(":")[2]) >= 43
    arrival = browser.through(visit(browser, pushed))
    assert arrival.pages == ["/u/login", "/u/mfa-otp-challenge"]
    assert arrival.query["state"] == "a-state"
    assert read(stage.redeem(arrival.code)["id_token"])["amr"] == ["mfa"]


@pytest.mark.promise("RFC 9126 4")
def test_nothing_that_the_browser_adds_or_strips_counts(stage, browser):
    pushed = push(stage, acr_values=MFA_ACR)
    changed = {"scope": "openid email", "acr_values": "", "state": "other"}
    arrival = browser.through(visit(browser, pushed, **changed))
    assert "/u/mfa-otp-challenge" in arrival.pages
    assert arrival.query["state"] == "a-state"
    assert "email" not in read(stage.redeem(arrival.code)["id_token"])


@pytest.mark.promise("RFC 9126 4")
def test_a_pushed_request_works_for_one_sign_in(stage, browser):
    pushed = push(stage)
    assert browser.through(visit(browser, pushed)).code
    again = visit(browser, pushed)
    assert again.status_int == 400
    assert "request_uri is unknown, used, or too old" in again.text


@pytest.mark.promise("RFC 9126 4")
def test_of_two_browsers_with_one_pushed_request_one_gets_a_code(stage, browser):
    pushed = push(stage)
    other = stage.browser()
    pages = [(who, visit(who, pushed).follow()) for who in (browser, other)]
    first, second = [who.answer(page) for who, page in pages]
    assert first.location.startswith(CALLBACK)
    assert second.status_int == 400


def test_a_preview_of_the_link_spends_nothing(stage, browser):
    pushed = push(stage)
    visit(stage.browser(), pushed)
    assert browser.through(visit(browser, pushed)).code


@pytest.mark.promise("RFC 9126 2.2")
def test_a_pushed_request_begins_a_sign_in_for_a_minute(stage, browser):
    early, late = push(stage), push(stage)
    page = visit(browser, early).follow()
    stage.clock.at += 60
    assert visit(browser, late).status_int == 400
    assert browser.answer(page).location.startswith(CALLBACK)


@pytest.mark.promise("RFC 9126 4")
def test_the_request_of_one_client_is_nothing_for_another(stage, browser):
    stage.add_client(client_id="other")
    pushed = push(stage)
    for client_id in ("other", ""):
        assert visit(browser, pushed, client_id=client_id).status_int == 400


@pytest.mark.promise("RFC 9126 2.1")
@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"client_secret": "wrong"},                       401, "access_denied"),
        ({"client_secret": ...},                           401, "access_denied"),
        ({"client_id": "nobody"},                          401, "access_denied"),
        ({"request_uri": "urn:example:1"},                 400, "invalid_request"),
        ({"redirect_uri": f"{APP}/elsewhere"},             400, "invalid_request"),
        ({"redirect_uri": ...},                            400, "invalid_request"),
        ({"response_type": "token"},                       400, "unsupported_response_type"),
        ({"code_challenge_method": "plain"},               400, "invalid_request"),
        ({"response_mode": "telepathy"},                   400, "invalid_request"),
        ({"request": "a.b.c"},                             400, "request_not_supported"),
    ],
)  # fmt: skip
def test_a_wrong_request_is_refused_when_it_is_pushed(stage, changes, status, error):
    assert push(stage, status, **changes)["error"] == error


@pytest.mark.promise("RFC 9126 2.3")
def test_a_request_is_pushed_by_post_and_says_nothing_twice(stage):
    stage.program.get("/oauth/par", status=405)
    twice = f"client_id={CLIENT_ID}&client_secret={SECRET}&scope=a&scope=b"
    answer = stage.program.post("/oauth/par", twice, status=400)
    assert answer.json["error"] == "invalid_request"


def test_the_secret_may_come_by_header_and_is_not_kept(stage, browser):
    seen = stage.script.seen
    stage.program.authorization = ("Basic", (CLIENT_ID, SECRET.replace(" ", "%20")))
    pushed = push(stage, client_id=..., client_secret=...)
    stage.program.authorization = None
    assert browser.through(visit(browser, pushed)).code
    assert "client_secret" not in seen[-1].query


def test_no_proof_is_kept_or_shown_to_scripts(stage, browser, tmp_path):
    proofs = ("client_assertion", "code_verifier", "otp", "password", "refresh_token")
    pushed = push(stage, **dict.fromkeys(proofs, "canary"), id_token_hint="a-hint")
    assert "canary" not in str(kept_in(tmp_path))
    assert browser.through(visit(browser, pushed)).code
    seen = stage.script.seen[-1].query
    assert set(proofs).isdisjoint(seen)
    assert seen["id_token_hint"] == "a-hint"


def test_what_nobody_opens_is_kept_for_a_minute_only(stage, browser, tmp_path):
    push(stage)
    page = visit(browser, push(stage)).follow()
    begun, unopened = sorted(
        (ends_at for _, ends_at in kept_in(tmp_path)), reverse=True
    )
    assert unopened == int(stage.clock.at) + 60
    assert begun > unopened + 3600
    stage.clock.at += 3000
    assert browser.answer(page).location.startswith(CALLBACK)


def test_a_public_client_pushes_with_pkce(stage, browser):
    stage.add_client(client_id="public", token_endpoint_auth_method="none")
    public = {"client_id": "public", "client_secret": ...}
    bare = {"code_challenge": ..., "code_challenge_method": ...}
    assert push(stage, 400, **public, **bare)["error"] == "invalid_request"
    pushed = push(stage, **public)
    assert browser.through(visit(browser, pushed, client_id="public")).code


def test_a_client_that_must_push_cannot_ask_by_the_browser(stage, browser):
    stage.add_client(require_pushed_authorization_requests=True)
    query = callback_query(browser.authorize(client_id="other"))
    assert query["error"] == "invalid_request"
    assert query["state"] == "a-state"
    made_up = "urn:ietf:params:oauth:request_uri:made-up"
    browser.authorize(client_id="other", request_uri=made_up, status=400)
    pushed = push(stage, client_id="other")
    assert browser.through(visit(browser, pushed, client_id="other")).code


def test_the_request_of_another_server_is_refused_by_name(browser):
    query = callback_query(browser.authorize(request_uri="https://o.example/r"))
    assert query["error"] == "request_uri_not_supported"


def test_discovery_says_where_to_push(stage):
    said = stage.program.get("/.well-known/openid-configuration").json
    assert said["pushed_authorization_request_endpoint"].endswith("/oauth/par")
    assert said["require_pushed_authorization_requests"] is False
