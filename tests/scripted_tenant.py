"""A tenant that says what a test tells it to: for answers no real tenant gives."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from bottle import Bottle, HTTPResponse, request

from tests.builders import ISSUER, NOW, changed, claims, id_token, jwk

DOCUMENT = {
    "issuer": ISSUER,
    "authorization_endpoint": ISSUER + "authorize",
    "token_endpoint": ISSUER + "oauth/token",
    "userinfo_endpoint": ISSUER + "userinfo",
    "jwks_uri": ISSUER + ".well-known/jwks.json",
    "authorization_response_iss_parameter_supported": True,
    "token_endpoint_auth_methods_supported": ["client_secret_post"],
}


class ScriptedTenant:
    """Discovery, keys, token and userinfo endpoints whose answers can be changed.

    `login` holds claims for the next ID token; `spoil` may change the finished token.
    """

    def __init__(self) -> None:
        self.now = NOW
        self.login: dict[str, Any] = {}
        self.spoil: Callable[[str], str] = lambda raw: raw
        self.keys = [jwk()]
        self.metadata: dict[str, Any] = {}
        self.userinfo: dict[str, Any] = {"sub": "auth0|ann"}
        self.token_answer: HTTPResponse | None = None
        self.broken: set[str] = set()
        self.asked: list[str] = []
        self.redeemed: list[dict[str, str]] = []
        self.credentials: tuple[str, str] | None = None
        self.nonce = ""
        self.app = self._app()

    def answer(self, location: str, **changes: Any) -> dict[str, str]:
        """Return the parameters of a callback to an authorization request."""
        sent = {k: v[0] for k, v in parse_qs(urlsplit(location).query).items()}
        self.nonce = sent["nonce"]
        good = {"code": "a-code", "state": sent["state"], "iss": ISSUER}
        merged = {**good, **changes}
        return {name: value for name, value in merged.items() if value is not ...}

    def _app(self) -> Bottle:
        app = Bottle()

        @app.get("/.well-known/openid-configuration")
        def discovery() -> Any:
            return self._said("discovery") or changed(DOCUMENT, self.metadata)

        @app.get("/.well-known/jwks.json")
        def jwks() -> Any:
            return self._said("jwks") or {"keys": self.keys}

        @app.post("/oauth/token")
        def token() -> Any:
            self.redeemed.append(dict(request.forms.items()))
            self.credentials = request.auth
            return self._said("token") or self.token_answer or self._tokens()

        @app.get("/userinfo")
        def userinfo() -> Any:
            return self._said("userinfo") or self.userinfo

        return app

    def _said(self, endpoint: str) -> HTTPResponse | None:
        self.asked.append(endpoint)
        return HTTPResponse("<h1>away", 503) if endpoint in self.broken else None

    def _tokens(self) -> str:
        times = {"iat": self.now, "exp": self.now + 36_000}
        payload = {**times, "nonce": self.nonce, **self.login}
        raw = self.spoil(id_token(claims(**payload)))
        answer = {
            "access_token": "an-access-token",
            "token_type": "Bearer",
            "expires_in": 86_400,
            "scope": "openid",
            "id_token": raw,
        }
        return json.dumps(answer)
