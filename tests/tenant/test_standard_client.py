"""A client of other people, over real HTTP: the whole life of a sign-in."""

from __future__ import annotations

import threading
from socketserver import ThreadingMixIn
from urllib.parse import urlsplit
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
import requests
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
        courier=Letters(),
    )
    server.set_app(app)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield issuer
    server.shutdown()
    server.server_close()
    app.close()


def sign_in(url: str) -> str:
    """Do what a person does, and return where the browser was sent."""
    browser = requests.Session()
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
