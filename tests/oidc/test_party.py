"""The relying party by itself: what it sends, what it refuses, what it remembers."""

from __future__ import annotations

import base64
import json
from hashlib import sha256
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from bottle import HTTPResponse

from fabrikam.oidc import (
    CallbackRefused,
    Client,
    Provider,
    ProviderUnreachable,
    RelyingParty,
    TokenEndpointRefused,
    WsgiAdapter,
    confine,
)
from tests.builders import CLIENT_ID, ISSUER, NOW, SECRET, claims, id_token
from tests.scripted_tenant import ScriptedTenant

REDIRECT = "http://localhost:3000/callback"


class Pair:
    """A relying party and a scripted tenant, with one clock."""

    def __init__(self) -> None:
        self.tenant = ScriptedTenant()
        self.provider = Provider(
            ISSUER, adapter=WsgiAdapter(self.tenant.app), clock=lambda: self.tenant.now
        )
        self.party = RelyingParty(
            self.provider,
            Client(client_id=CLIENT_ID, secret=SECRET, redirect_uri=REDIRECT),
            clock=lambda: self.tenant.now,
        )

    def begin(self):
        """Begin a sign-in: its transaction, its address, and a good answer to it."""
        url, transaction = self.party.begin({}, return_to="/", step_up=False)
        return transaction, url, self.tenant.answer(url)


@pytest.fixture
def pair() -> Pair:
    return Pair()


def test_the_code_is_redeemed_with_secret_verifier_and_address(pair):
    transaction, url, answer = pair.begin()
    assert pair.party.finish(transaction, answer).subject == "auth0|ann"
    (sent,) = pair.tenant.redeemed
    digest = base64.urlsafe_b64encode(sha256(sent["code_verifier"].encode()).digest())
    (challenge,) = parse_qs(urlsplit(url).query)["code_challenge"]
    assert challenge == digest.decode().rstrip("=")
    assert sent["client_secret"] == SECRET
    assert sent["redirect_uri"] == REDIRECT
    assert sent["code"] == "a-code"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda state: "another",
        lambda state: "",
        lambda state: state[:-1],
        lambda state: state + "x",
        lambda state: state.swapcase(),
        lambda state: "ü",
    ],
)
def test_an_answer_with_another_state_is_refused_before_anything_is_sent(pair, spoil):
    transaction, _, answer = pair.begin()
    answer["state"] = spoil(answer["state"])
    with pytest.raises(CallbackRefused) as refused:
        pair.party.finish(transaction, answer)
    assert refused.value.reason == "state"
    assert pair.tenant.redeemed == []


@pytest.mark.parametrize("kind", ["mac", "DPoP", "", 7, None])
def test_a_token_of_another_kind_is_refused(pair, kind):
    transaction, _, answer = pair.begin()
    nonce = {"nonce": pair.tenant.nonce}
    tokens = {"access_token": "a", "id_token": id_token(claims(**nonce))}
    pair.tenant.token_answer = HTTPResponse(json.dumps({**tokens, "token_type": kind}))
    with pytest.raises(TokenEndpointRefused):
        pair.party.finish(transaction, answer)


def test_keys_that_were_read_outlive_an_outage(pair):
    first, _, answer = pair.begin()
    pair.party.finish(first, answer)
    pair.tenant.broken = {"jwks", "discovery"}
    pair.tenant.now = NOW + 100_000
    second, _, answer = pair.begin()
    assert pair.party.finish(second, answer).subject == "auth0|ann"
    assert pair.tenant.asked.count("jwks") > 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_of_the_metadata_is_not_followed(pair, status):
    app, address = pair.tenant.app, "/.well-known/openid-configuration"
    good = pair.provider.adapter.send(
        requests.Request("GET", ISSUER.rstrip("/") + address).prepare()
    ).content
    app.get("/moved", callback=lambda: good)
    moved = HTTPResponse(good, status, {"Location": ISSUER + "moved"})
    app.get(address, callback=lambda: moved)
    with pytest.raises(ProviderUnreachable):
        pair.provider.metadata()


def test_no_proxy_and_no_netrc_of_the_machine_is_used(pair, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine tenant.example login a password b")
    monkeypatch.setenv("NETRC", str(netrc))
    seen = []

    class Watching(WsgiAdapter):
        """Keeps what it is given to send."""

        def send(self, request, **kwargs):
            seen.append((request.headers.get("Authorization"), kwargs["proxies"]))
            return super().send(request)

    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1/")
    session = confine(requests.Session(), ISSUER, Watching(pair.tenant.app))
    session.get(ISSUER + ".well-known/jwks.json")
    assert seen == [(None, {})]
