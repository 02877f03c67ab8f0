"""How sessions begin, age and end; in SQLite and in Redis."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import redis

from fabrikam.stepup import Modern
from fabrikam.web import SessionLifetimes
from fabrikam.web.sessions import keyed_hash
from fabrikam.web.stores.redis_store import RedisStore
from fabrikam.web.stores.sqlite_store import SqliteStore
from tests.builders import CLIENT_ID, ISSUER, KID, NOW, SECRET, private_key

EVENT = "http://schemas.openid.net/event/backchannel-logout"


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory):
    """A Redis server of our own."""
    program = shutil.which("redis-server")
    assert program, "these tests need redis-server (Debian package redis-server)"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = tmp_path_factory.mktemp("redis")
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--dir", folder]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        client = redis.Redis(port=port)
        for _ in range(2_000):
            try:
                client.ping()
                break
            except redis.ConnectionError:
                continue
        yield f"redis://127.0.0.1:{port}/0"
        server.terminate()


@pytest.fixture(params=["sqlite", "redis"])
def store(request, tmp_path):
    """Every store that the intranet can use."""
    if request.param == "sqlite":
        return SqliteStore(tmp_path / "store.sqlite")
    client = redis.Redis.from_url(
        request.getfixturevalue("redis_url"), decode_responses=True
    )
    client.flushdb()
    return RedisStore(client)


def test_a_value_is_kept_until_its_end(store):
    assert store.put("form", "key", "value", now=NOW, expires_at=NOW + 10)
    assert store.get("form", "key", now=NOW + 9) == "value"
    assert store.get("form", "key", now=NOW + 10) is None
    assert store.get("session", "key", now=NOW) is None


@pytest.mark.promise("ASVS 2.3.4")
def test_a_value_is_kept_only_where_none_is(store):
    assert store.put("logout_token", "jti", "first", now=NOW, expires_at=NOW + 10)
    assert not store.put("logout_token", "jti", "second", now=NOW, expires_at=NOW + 10)
    assert store.get("logout_token", "jti", now=NOW) == "first"


@pytest.mark.promise("53", "F10", "ASVS 2.3.4", "ASVS 15.4.1", "ASVS 15.4.2")
def test_of_many_callers_one_takes_a_value(store):
    store.put("transaction", "key", "value", now=NOW, expires_at=NOW + 10)
    with ThreadPoolExecutor(20) as callers:
        takes = [
            callers.submit(store.take, "transaction", "key", now=NOW) for _ in range(20)
        ]
    assert sorted(str(take.result()) for take in takes) == ["None"] * 19 + ["value"]


def test_a_value_that_is_too_old_cannot_be_taken(store):
    store.put("transaction", "key", "value", now=NOW, expires_at=NOW + 10)
    assert store.take("transaction", "key", now=NOW + 10) is None


def test_a_renewed_value_lives_longer(store):
    store.put("session", "key", "old", now=NOW, expires_at=NOW + 10)
    store.renew("session", "key", "new", now=NOW + 5, expires_at=NOW + 15)
    assert store.get("session", "key", now=NOW + 14) == "new"


@pytest.mark.promise("F11", "65")
def test_what_was_dropped_is_not_brought_back_by_a_renewal(store):
    store.put("session", "key", "value", now=NOW, expires_at=NOW + 10)
    store.drop("session", "key")
    store.renew("session", "key", "value", now=NOW, expires_at=NOW + 20)
    assert store.get("session", "key", now=NOW) is None


def test_values_are_found_by_their_tags(store):
    store.put("session", "a", "1", now=NOW, expires_at=NOW + 10, tags=("sub:ann",))
    store.put("session", "b", "2", now=NOW, expires_at=NOW + 5, tags=("sub:ann",))
    store.put("session", "c", "3", now=NOW, expires_at=NOW + 10, tags=("sub:ben",))
    assert store.tagged("session", "sub:ann", now=NOW) == ("b", "a")
    assert store.tagged("session", "sub:ann", now=NOW + 5) == ("a",)
    store.drop("session", "a")
    assert store.tagged("session", "sub:ann", now=NOW + 5) == ()


def test_a_renewal_that_comes_too_late_brings_nothing_back(store):
    assert store.put("session", "a", "one", now=NOW, expires_at=NOW + 10)
    store.renew("session", "a", "two", now=NOW + 10, expires_at=NOW + 60)
    assert store.get("session", "a", now=NOW + 11) is None


def test_what_expires_first_is_found_first_also_after_a_renewal(store):
    for key in ("a", "b"):
        store.put("session", key, key, now=NOW, expires_at=NOW + 10, tags=("user",))
    store.renew("session", "a", "a", now=NOW + 5, expires_at=NOW + 60)
    assert store.tagged("session", "user", now=NOW + 5) == ("b", "a")


def test_a_value_that_was_not_kept_bears_no_tag(store):
    store.put("session", "a", "one", now=NOW, expires_at=NOW + 10, tags=("ann",))
    store.put("session", "a", "two", now=NOW, expires_at=NOW + 10, tags=("ben",))
    assert store.tagged("session", "ben", now=NOW) == ()


def test_a_tag_lives_as_long_as_what_bears_it(store):
    year = 365 * 86_400
    store.put("session", "a", "one", now=NOW, expires_at=NOW + year, tags=("ann",))
    store.put("session", "b", "two", now=NOW, expires_at=NOW + 10, tags=("ann",))
    assert store.tagged("session", "ann", now=NOW + year - 1) == ("a",)


def test_redis_forgets_no_tag_before_what_bears_it(redis_url):
    client = redis.Redis.from_url(redis_url, decode_responses=True)
    client.flushdb()
    store, month = RedisStore(client), 30 * 86_400
    store.put("session", "a", "1", now=NOW, expires_at=NOW + 10, tags=("long",))
    store.renew("session", "a", "2", now=NOW, expires_at=NOW + month)
    (tag,) = client.keys("fabrikam:tag:session:long")
    assert client.ttl(tag) >= month


def test_redis_keeps_no_list_of_what_is_over(redis_url):
    client = redis.Redis.from_url(redis_url, decode_responses=True)
    client.flushdb()
    store = RedisStore(client)
    for second in range(50):
        now = NOW + 20 * second
        store.put("form", str(now), "", now=now, expires_at=now + 10, tags=("busy",))
    (tag,) = client.keys("fabrikam:tag:form:busy")
    assert client.zcard(tag) == 1


def test_a_sign_in_works_on_every_store(make_intranet, store):
    intranet = make_intranet(store=store)
    intranet.sign_in()
    intranet.step_up(amr=["mfa"])
    assert intranet.browser.get("/employees", status=200)
    intranet.browser.get("/logout")
    assert intranet.browser.get("/customers", status=303)


@pytest.mark.promise("ASVS 7.3.1", "ASVS 7.3.2")
@pytest.mark.parametrize(
    ("pauses", "still_in"),
    [
        ([1799],                 True),
        ([1800],                 False),
        ([1799, 1799],           True),
        ([1799, 1800],           False),
        ([1799] * 20,            True),
        ([1799] * 20 + [19],     True),
        ([1799] * 20 + [20],     False),
    ],
)  # fmt: skip
def test_a_session_ends_when_it_is_unused_or_old(intranet, pauses, still_in):
    intranet.sign_in()
    for pause in pauses[:-1]:
        intranet.later(pause)
        assert intranet.browser.get("/customers", status=200)
    intranet.later(pauses[-1])
    response = intranet.browser.get("/customers", status="*")
    assert (response.status_code == 200) is still_in


@pytest.mark.promise("ASVS 7.3.2")
def test_a_step_up_does_not_make_a_session_younger(intranet):
    intranet.sign_in()
    for _ in range(20):
        intranet.later(1799)
        intranet.step_up(amr=["mfa"])
    intranet.later(20)
    assert intranet.browser.get("/customers", status=303)


@pytest.mark.promise("36")
def test_evidence_has_a_life_of_its_own(make_intranet):
    intranet = make_intranet(
        evidence_seconds=100, lifetimes=SessionLifetimes(idle=1000)
    )
    intranet.sign_in()
    intranet.step_up(amr=["mfa"])
    intranet.later(99)
    assert intranet.browser.get("/employees", status=200)
    intranet.later(1)
    response = intranet.browser.get("/employees", status=303)
    assert response.location.startswith("/login?")


@pytest.mark.promise("1")
def test_a_second_factor_may_be_too_old_everywhere(make_intranet):
    intranet = make_intranet(max_age=60)
    intranet.step_up(amr=["mfa"])
    intranet.later(60)
    assert intranet.browser.get("/employees", status=200)
    intranet.later(1)
    response = intranet.browser.get("/employees", status=303)
    assert response.location.startswith("/login/mfa?")


@pytest.mark.promise("ASVS 7.2.1")
@pytest.mark.parametrize(
    "value",
    ["", "x", "../../etc/passwd", "' OR 1=1 --", "a" * 8_000, "%00", "ü", '"quoted"'],
)
def test_a_cookie_that_was_tampered_with_opens_nothing(intranet, value):
    intranet.sign_in()
    header = {"Cookie": f"intranet_session={value}".encode().decode("latin-1")}
    response = intranet.new_browser().get("/customers", headers=header, status=303)
    assert response.location == "/login?return_to=%2Fcustomers"


def test_a_cookie_without_measure_is_not_even_looked_up(intranet):
    intranet.sign_in()
    good = intranet.browser.cookies["intranet_session"]
    long = [f"intranet_session={'x' * 201}"] * 5
    header = {"Cookie": "; ".join([*long, f"intranet_session={good}"])}
    assert intranet.new_browser().get("/customers", headers=header, status=200)


@pytest.mark.promise("70")
@pytest.mark.parametrize("order", [1, -1])
def test_a_planted_cookie_does_not_hide_the_good_one(intranet, order):
    intranet.sign_in()
    good = intranet.browser.cookies["intranet_session"]
    pair = [f"intranet_session={good}", "intranet_session=planted"][::order]
    header = {"Cookie": "; ".join([f"c{i}=x" for i in range(100)] + pair)}
    assert intranet.new_browser().get("/customers", headers=header, status=200)


@pytest.mark.promise("37", "ASVS 7.2.2")
def test_the_store_alone_signs_nobody_in(intranet, tmp_path):
    intranet.sign_in()
    session_id = intranet.browser.cookies["intranet_session"]
    files = [path.read_bytes() for path in tmp_path.glob("intranet.sqlite*")]
    assert files
    assert not any(session_id.encode() in file for file in files)


@pytest.mark.promise("F14")
def test_a_restart_loses_no_session(make_intranet):
    intranet = make_intranet()
    intranet.sign_in()
    cookie = {
        "Cookie": f"intranet_session={intranet.browser.cookies['intranet_session']}"
    }
    restarted = make_intranet()
    assert restarted.new_browser().get("/customers", headers=cookie, status=200)


@pytest.mark.promise("F14")
@pytest.mark.parametrize(
    "written", ["{}", "[]", "null", "7", "not json", '{"claims": {}, "family": "x"}']
)
def test_a_session_of_another_version_is_a_stranger_and_no_error(intranet, written):
    intranet.sign_in()
    key = keyed_hash(
        "a secret of this application",
        "session",
        intranet.browser.cookies["intranet_session"],
    )
    intranet.store.renew("session", key, written, now=NOW, expires_at=NOW + 100)
    assert intranet.browser.get("/customers", status=303)
    intranet.sign_in()
    assert intranet.browser.get("/customers", status=200)


def test_a_sign_in_begun_by_another_version_ends_at_a_page_and_no_error(intranet):
    departure = intranet.browser.get("/login", {"return_to": "/customers"})
    state = parse_qs(urlsplit(departure.location).query)["state"][0]
    key = keyed_hash("a secret of this application", "state", state)
    kept = json.loads(intranet.store.get("transaction", key, now=NOW))
    kept[2]["a_field_of_tomorrow"] = 1
    intranet.store.renew(
        "transaction", key, json.dumps(kept), now=NOW, expires_at=NOW + 100
    )
    assert "cannot be finished" in intranet.come_back(departure)


@pytest.mark.promise("65", "66", "ASVS 7.4.1", "ASVS 14.3.1")
def test_signing_out_ends_the_session_here_and_leads_to_the_tenants_end(intranet):
    intranet.sign_in()
    cookie = {
        "Cookie": f"intranet_session={intranet.browser.cookies['intranet_session']}"
    }
    response = intranet.browser.get("/logout", status=303)
    assert response.location == (
        f"{ISSUER}v2/logout?client_id={CLIENT_ID}&returnTo=http%3A%2F%2Flocalhost%3A3000"
    )
    assert response.headers["Clear-Site-Data"] == '"cache"'
    assert intranet.new_browser().get("/customers", headers=cookie, status=303)


@pytest.mark.promise("ASVS 10.6.2")
def test_another_site_cannot_sign_somebody_out(intranet):
    intranet.sign_in()
    header = {"Sec-Fetch-Site": "cross-site"}
    page = intranet.browser.get("/logout", headers=header, status=200)
    assert intranet.browser.get("/customers", status=200)
    page.form.submit(status=303)
    assert intranet.browser.get("/customers", status=303)


def test_a_form_of_another_site_cannot_sign_somebody_out(intranet):
    intranet.sign_in()
    intranet.browser.post("/logout", {}, status=403)
    intranet.browser.post("/logout", {"csrf": "guessed"}, status=403)
    assert intranet.browser.get("/customers", status=200)


# --- back-channel logout ---------------------------------------------------------


def logout_token(*, header=None, key=None, alg="RS256", **changes) -> str:
    payload = {
        "iss": ISSUER,
        "aud": CLIENT_ID,
        "iat": NOW,
        "exp": NOW + 120,
        "jti": "a-logout",
        "sub": "auth0|ann",
        "events": {EVENT: {}},
        **changes,
    }
    payload = {name: value for name, value in payload.items() if value is not ...}
    return jwt.PyJWS().encode(
        json.dumps(payload).encode(),
        key or private_key(),
        alg,
        {"typ": "logout+jwt", "kid": KID, **(header or {})},
    )


def tell(intranet, token, status="*"):
    return intranet.new_browser().post(
        "/backchannel-logout", {"logout_token": token}, status=status
    )


@pytest.mark.promise("Back-Channel 2.7", "ASVS 7.4.2", "ASVS 7.4.5")
def test_the_tenant_can_end_every_session_of_a_user(intranet):
    other = intranet.new_browser()
    intranet.sign_in()
    intranet.sign_in(other)
    assert tell(intranet, logout_token()).status_code == 200
    assert intranet.browser.get("/customers", status=303)
    assert other.get("/customers", status=303)


@pytest.mark.promise("Back-Channel 2.7", "68")
def test_the_tenant_can_end_one_session_of_a_user(intranet):
    other = intranet.new_browser()
    intranet.sign_in(sid="one")
    intranet.sign_in(other, sid="two")
    assert tell(intranet, logout_token(sid="one")).status_code == 200
    assert intranet.browser.get("/customers", status=303)
    assert other.get("/customers", status=200)


def test_a_logout_of_one_session_ends_those_that_cannot_be_told_apart(intranet):
    other, ben = intranet.new_browser(), intranet.new_browser()
    intranet.sign_in()
    intranet.sign_in(other, sid="two")
    intranet.sign_in(ben, sub="auth0|ben")
    assert tell(intranet, logout_token(sid="one")).status_code == 200
    assert intranet.browser.get("/customers", status=303)
    assert other.get("/customers", status=200)
    assert ben.get("/customers", status=200)


def test_a_logout_token_is_remembered_as_long_as_it_may_be_believed(intranet):
    token = logout_token()
    tell(intranet, token, status=200)
    intranet.later(120 + 59)
    intranet.sign_in()
    tell(intranet, token, status=400)
    assert intranet.browser.get("/customers", status=200)


def test_a_browser_that_brings_a_logout_token_needs_no_form_token(intranet):
    intranet.sign_in()
    intranet.browser.post("/backchannel-logout", {"logout_token": logout_token()})
    assert intranet.browser.get("/customers", status=303)


@pytest.mark.promise("Back-Channel 2.6")
def test_a_sign_in_after_the_logout_token_stays(intranet):
    intranet.sign_in()
    token = logout_token()
    tell(intranet, token, status=200)
    intranet.sign_in()
    assert tell(intranet, token).status_code == 400
    assert intranet.browser.get("/customers", status=200)


@pytest.mark.promise(
    "Back-Channel 2.4", "Back-Channel 2.6", "Back-Channel 2.8", "ASVS 10.5.5"
)
@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "http://evil.example/"},
        {"aud": "another"},
        {"aud": ...},
        {"iat": ...},
        {"iat": NOW - 86_400},
        {"exp": NOW - 100},
        {"exp": NOW + 864_000},
        {"exp": ...},
        {"jti": ...},
        {"jti": 7},
        {"sub": ..., "sid": ...},
        {"sub": ""},
        {"sid": 7},
        {"events": ...},
        {"events": {}},
        {"events": {EVENT: True}},
        {"events": [EVENT]},
        {"nonce": "n"},
        {"key": private_key("evil")},
        {"header": {"typ": "at+jwt"}},
        {"alg": "HS256", "key": SECRET},
    ],
)
def test_a_logout_token_that_is_not_good_ends_nothing(intranet, changes):
    intranet.sign_in(sid="one")
    response = tell(intranet, logout_token(**changes), status=400)
    assert response.headers["Cache-Control"] == "no-store"
    assert response.json["error"] == "invalid_request"
    assert intranet.browser.get("/customers", status=200)


@pytest.mark.promise("Back-Channel 4.1", "48", "ASVS 9.2.2", "ASVS 10.5.5")
def test_a_logout_token_is_no_id_token(make_intranet):
    intranet = make_intranet(strategy=Modern())
    intranet.tenant.spoil = lambda _: logout_token(amr=["mfa"])
    assert intranet.step_up().status_code == 502
