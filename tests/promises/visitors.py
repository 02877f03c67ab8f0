"""People at browsers who meet the real programs over loopback."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urljoin, urlsplit

import pyotp
import requests
from bs4 import BeautifulSoup, Tag

from tests.programs import Program

__all__ = ["Gone", "Visitor", "add_user"]

PASSWORD = "fabrikam"
Gone = requests.RequestException
"""What is raised where a program ended in the middle of an answer."""


def add_user(tenant: Program, name: str) -> tuple[str, str]:
    """Add a user with an authenticator app; return their address and its secret."""
    email, secret = f"{name}@fabrikam.example", pyotp.random_base32()
    sent = {"email": email, "factors": ["otp"], "totp_secret": secret}
    answer = requests.post(f"{tenant.tenant_url}_tenant/users", json=sent, timeout=20)
    answer.raise_for_status()
    return email, secret


class Visitor:
    """One person with a browser; keeps the status of every answer.

    `codes` are the codes to come, in seconds from now: from the past to the future, so
    that one whose use was interrupted never has to be used again.
    """

    def __init__(self, app: Program, email: str, secret: str = "") -> None:
        self.app, self.email, self.secret = app, email, secret
        self.http = requests.Session()
        self.http.trust_env = False
        self.statuses: list[int] = []
        self.passed: list[str] = []
        self.last: requests.Response | None = None
        self.codes: list[str | int] = [-30, 0, 30]

    def opens(self, address: str) -> requests.Response:
        """Open a page, and follow and answer everything until a page is there."""
        return self.ends(self.gets(self.app.url + address))

    def ends(self, response: requests.Response) -> requests.Response:
        """Go on until a page of the intranet is there."""
        for _ in range(30):
            if not self.is_on_the_way(response):
                return response
            response = self.steps(response)
        raise AssertionError(f"a circle: {self.passed}")

    def gets(self, url: str) -> requests.Response:
        """Send one GET, without following."""
        return self._kept(self.http.get(url, allow_redirects=False, timeout=20))

    def is_on_the_way(self, response: requests.Response) -> bool:
        """Say whether there is something to follow or to answer."""
        at_app = urlsplit(response.url).port == self.app.port
        return response.is_redirect or (not at_app and response.status_code < 400)

    def steps(self, response: requests.Response) -> requests.Response:
        """Follow one redirect, or answer one page."""
        self.last = response
        if response.is_redirect:
            return self.gets(urljoin(response.url, response.headers["Location"]))
        form = BeautifulSoup(response.text, "html.parser").find("form")
        assert isinstance(form, Tag), response.text
        fields = self._filled(form, urlsplit(response.url).path)
        url = urljoin(response.url, str(form.get("action") or response.url))
        return self._kept(
            self.http.post(url, fields, allow_redirects=False, timeout=20)
        )

    def code(self, chosen: str | int) -> str:
        """Return a code: as it was chosen, or that of so many seconds from now."""
        if isinstance(chosen, str):
            return chosen
        return pyotp.TOTP(self.secret).at(int(time.time()) + chosen)

    def _filled(self, form: Tag, path: str) -> dict[str, Any]:
        inputs = form.find_all("input")
        fields = {str(i["name"]): str(i.get("value", "")) for i in inputs}
        if path == "/u/login":
            fields |= {"username": self.email, "password": PASSWORD}
        if path == "/u/mfa-otp-challenge":
            fields |= {"code": self.code(self.codes.pop(0))}
        return {**fields, "action": "default"}

    def _kept(self, response: requests.Response) -> requests.Response:
        self.statuses.append(response.status_code)
        self.passed.append(urlsplit(response.url).path)
        return response
