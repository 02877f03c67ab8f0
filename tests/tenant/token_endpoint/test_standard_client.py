"""Clients of other people, over real HTTP: the whole life of a sign-in."""

from __future__ import annotations

import threading
from socketserver import ThreadingMixIn
from urllib.parse import parse_qs, urlsplit
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
import requests
from authlib.integrations.base_client import BaseApp, OAuthError
from authlib.integrations.base_client.sync_app import OAuth2Mixin
from authlib.integrations.base_client.sync_openid import OpenIDMixin
from authlib.integrations.requests_client import OAuth2Session as AuthlibSession
from oauthlib.oauth2 import InvalidGrantError
from requests_oauthlib import OAuth2Session

from fabrikam.tenant import create_tenant
from tests.tenant.builders import (
    APP,
    CALLBACK,
    CLIENT_ID,
    OTP,
    PASSWORD,
    SECRET,
    Letters,
    Script,
    a_folder,
    step_up,
)


class Server(ThreadingMixIn, WSGIServer):
    """A server with a thread for each request."""

    daemon_threads = True


class Quiet(WSGIRequestHandler):
    """A handler that does not print."""

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def issuer(tmp_path, monkeypatch):
    """A tenant at a port of its own."""
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    server = make_server("127.0.0.1", 0, None, Server, Quiet)
    issuer = f"http://127.0.0.1:{server.server_port}/"
    app = create_tenant(
        issuer=issuer,
        folder=a_folder(tmp_path / "folder"),
        data_dir=tmp_path / "data",
        client_id=CLIENT_ID,
        client_secret=SECRET,
        app_base_url=APP,
        engine=Script(step_up),
        logout_delivery=Letters(),
    )
    server.set_app(app)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield issuer
    server.shutdown()
    server.server_close()
    app.close()


class Authlib(OAuth2Mixin, OpenIDMixin, BaseApp):
    """Authlib's client as its web frameworks have it, which lives on discovery."""

    client_cls = AuthlibSession


def sign_in(url: str, browser: requests.Session | None = None) -> str:
    """Do what a person does, and return where the browser was sent."""
    browser = browser or requests.Session()
    page = browser.get(url, timeout=10)
    state = page.text.split('name="state" value="')[1].split('"')[0]
    fields = {"state": state, "username": OTP, "password": PASSWORD}
    address = page.url.split("?")[0]
    answer = browser.post(address, fields, allow_redirects=False, timeout=10)
    assert answer.status_code == 303
    return answer.headers["Location"]


def test_code_flow_refresh_userinfo_and_logout(issuer):
    metadata = requests.get(
        f"{issuer}.well-known/openid-configuration", timeout=10
    ).json()
    client = OAuth2Session(
        CLIENT_ID,
        scope=["openid", "email", "offline_access"],
        redirect_uri=CALLBACK,
        pkce="S256",
    )
    url, state = client.authorization_url(metadata["authorization_endpoint"])
    arrived = sign_in(url)
    assert f"state={state}" in urlsplit(arrived).query

    token = client.fetch_token(
        metadata["token_endpoint"],
        authorization_response=arrived.replace("http:", "https:"),
        client_secret=SECRET,
        include_client_id=True,
    )
    assert token["id_token"]
    about = client.get(metadata["userinfo_endpoint"]).json()
    assert about["email"] == OTP

    secrets = {"client_id": CLIENT_ID, "client_secret": SECRET}
    renewed = client.refresh_token(metadata["token_endpoint"], **secrets)
    assert renewed["access_token"] != token["access_token"]
    assert client.get(metadata["userinfo_endpoint"]).json() == about
    with pytest.raises(InvalidGrantError):
        client.refresh_token(
            metadata["token_endpoint"], token["refresh_token"], **secrets
        )

    answer = requests.get(
        metadata["end_session_endpoint"],
        {"id_token_hint": token["id_token"], "post_logout_redirect_uri": APP},
        allow_redirects=False,
        timeout=10,
    )
    assert answer.headers["Location"] == APP


def answered(location: str) -> dict[str, str]:
    """What came back to the client."""
    return {
        name: values[0] for name, values in parse_qs(urlsplit(location).query).items()
    }


@pytest.fixture
def relying_party(issuer):
    """A client that is told the discovery document and nothing else."""
    return Authlib(
        framework=None,
        client_id=CLIENT_ID,
        client_secret=SECRET,
        server_metadata_url=f"{issuer}.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid email offline_access",
            "code_challenge_method": "S256",
        },
    )


@pytest.fixture
def signed_in(relying_party):
    """A browser with a session, the tokens of its sign-in, and the nonce."""
    browser = requests.Session()
    sent = relying_party.create_authorization_url(CALLBACK)
    came = answered(sign_in(sent["url"], browser))
    assert came["state"] == sent["state"]
    tokens = relying_party.fetch_access_token(
        CALLBACK, code=came["code"], code_verifier=sent["code_verifier"]
    )
    return browser, tokens, sent["nonce"]


def test_a_client_that_knows_the_discovery_document_only_believes_the_id_token(
    relying_party, signed_in
):
    _, tokens, nonce = signed_in
    user = relying_party.parse_id_token(tokens, nonce)
    assert user["email"] == OTP
    assert user["iss"] == relying_party.server_metadata["issuer"]
    assert relying_party.userinfo(token=tokens)["sub"] == user["sub"]


def test_such_a_client_refreshes_and_the_old_refresh_token_is_dead(
    relying_party, signed_in
):
    _, tokens, _ = signed_in
    metadata = relying_party.load_server_metadata()
    session = AuthlibSession(CLIENT_ID, SECRET, **relying_party.client_kwargs)
    renewed = session.refresh_token(
        metadata["token_endpoint"], refresh_token=tokens["refresh_token"]
    )
    assert relying_party.parse_id_token(renewed, nonce=None)["email"] == OTP
    with pytest.raises(OAuthError, match="Unknown or invalid refresh token"):
        session.refresh_token(
            metadata["token_endpoint"], refresh_token=tokens["refresh_token"]
        )


def test_such_a_client_revokes(relying_party, signed_in):
    _, tokens, _ = signed_in
    metadata = relying_party.load_server_metadata()
    session = AuthlibSession(CLIENT_ID, SECRET)
    answer = session.revoke_token(
        metadata["revocation_endpoint"],
        tokens["refresh_token"],
        token_type_hint="refresh_token",
    )
    assert answer.status_code == 200
    with pytest.raises(requests.HTTPError, match="401"):
        relying_party.userinfo(token=tokens)


def test_such_a_client_signs_the_user_out_at_the_tenant(relying_party, signed_in):
    browser, tokens, _ = signed_in
    sent = relying_party.create_logout_url(APP, id_token_hint=tokens["id_token"])
    went = browser.get(sent["url"], allow_redirects=False, timeout=10)
    assert went.headers["Location"] == f"{APP}?state={sent['state']}"
    silent = relying_party.create_authorization_url(CALLBACK, prompt="none")
    refused = browser.get(silent["url"], allow_redirects=False, timeout=10)
    assert answered(refused.headers["Location"])["error"] == "login_required"
