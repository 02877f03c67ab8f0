"""A tenant of one's own, a browser at its door, and one good example of everything."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt
import pyotp
from webtest import TestApp, TestResponse

from fabrikam.tenant import (
    MFA_ACR,
    AuthorizeRequest,
    Login,
    RegisteredClient,
    SsoSession,
    TenantSettings,
    User,
    create_tenant,
)
from fabrikam.tenant.scripts import (
    Folder,
    MultifactorRequest,
    Outcome,
    PassedMethod,
    Problem,
    ScriptInput,
)

HOUSE = Path(__file__).parents[2]
NOW = 1_800_000_000
ISSUER = "http://127.0.0.1:3001/"
APP = "http://localhost:3000"
CALLBACK = f"{APP}/callback"
CLIENT_ID = "fabrikam-intranet"
SECRET = "a client secret of more than thirty-two bytes"
PASSWORD = "fabrikam"
OTP = "otp@fabrikam.example"
PUSH = "push@fabrikam.example"
NEW = "new@fabrikam.example"
BLOCKED = "blocked@fabrikam.example"
VERIFIER = "a-verifier-that-is-long-enough-for-the-standard-1"
CHALLENGE = (
    base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest())
    .decode()
    .rstrip("=")
)


class Hands:
    """A clock that moves by hand."""

    def __init__(self) -> None:
        self.at: float = NOW

    def __call__(self) -> float:
        return self.at


class Script:
    """Scripts in one line of Python: what they leave for a login."""

    def __init__(self, leaves: Callable[[ScriptInput], Outcome] | None = None) -> None:
        self.leaves = leaves or (lambda _: Outcome())
        self.seen: list[ScriptInput] = []
        self.checkpoints: list[Mapping[str, Any] | None] = []

    def run(
        self, script_input: ScriptInput, checkpoint: Mapping[str, Any] | None = None
    ) -> Outcome:
        self.seen.append(script_input)
        self.checkpoints.append(checkpoint)
        return self.leaves(script_input)

    def check(self) -> tuple[Problem, ...]:
        """Nothing can be wrong."""
        return ()

    def use(self, _folder: Folder) -> tuple[Problem, ...]:
        """Stay as it is."""
        return ()

    def close(self) -> None:
        """Nothing runs."""


class Letters:
    """A delivery that only collects what it should bring."""

    def __init__(self) -> None:
        self.brought: list[tuple[str, str]] = []

    def bring(self, _log: object, url: str, token: str) -> None:
        self.brought.append((url, token))

    def close(self) -> None:
        """Nothing runs."""


def asks_mfa(provider: str = "any", *, remember: bool = False) -> Outcome:
    """What `api.multifactor.enable` leaves."""
    return Outcome(
        multifactor=MultifactorRequest(
            provider=provider, allow_remember_browser=remember, asked_by="Step-up"
        )
    )


def step_up(script_input: ScriptInput) -> Outcome:
    """Do what the shipped Action does."""
    asked = MFA_ACR in script_input.query.get("acr_values", "").split()
    return asks_mfa() if asked else Outcome()


@dataclass
class Arrival:
    """Where a sign-in ended: what came back to the client, and which pages were met."""

    query: dict[str, str]
    pages: list[str] = field(default_factory=list)

    @property
    def code(self) -> str:
        assert "code" in self.query, self.query
        return self.query["code"]


class Stage:
    """A tenant with a clock, and the client that people sign in to."""

    def __init__(self, data_dir: Path, folder: Path, **options: Any) -> None:
        self.clock = Hands()
        self.script: Any = options.pop("engine", Script(step_up))
        self.letters = options.pop("logout_delivery", Letters())
        self.app = create_tenant(
            issuer=ISSUER,
            folder=folder,
            data_dir=data_dir,
            client_id=CLIENT_ID,
            client_secret=SECRET,
            app_base_url=APP,
            clock=self.clock,
            engine=self.script,
            logout_delivery=self.letters,
            **options,
        )
        self.program = TestApp(self.app)

    def browser(self) -> Browser:
        """A fresh browser."""
        return Browser(self)

    def control(self, path: str, **sent: Any) -> Any:
        """Ask the control API, or tell it something."""
        address = f"/_tenant/{path}"
        if sent:
            return self.program.post_json(address, sent).json
        return self.program.get(address).json

    def add_client(self, **said: Any) -> dict[str, Any]:
        """Add a client like the demo client, with changes."""
        usual = {
            "client_id": "other",
            "name": "Other",
            "client_secret": SECRET,
            "callbacks": [CALLBACK],
            "allowed_logout_urls": [APP],
        }
        return self.program.post_json("/_tenant/clients", {**usual, **said}).json

    def code_of(self, email: str) -> str:
        """The code that somebody's app shows."""
        users = {user["email"]: user for user in self.control("users")}
        return users[email]["code"]

    def token(self, status: int | None = 200, **fields: Any) -> TestResponse:
        """Call the token endpoint as the demo client."""
        usual = {"client_id": CLIENT_ID, "client_secret": SECRET}
        merged = {**usual, **fields}
        sent = {name: value for name, value in merged.items() if value is not ...}
        return self.program.post("/oauth/token", sent, status=status)

    def redeem(self, code: str, status: int | None = 200, **fields: Any) -> Any:
        """Redeem a code."""
        usual = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "code_verifier": VERIFIER,
        }
        return self.token(status, **{**usual, **fields}).json

    def userinfo(self, access_token: str, status: int = 200) -> Any:
        """Ask `/userinfo`."""
        headers = {"Authorization": f"Bearer {access_token}"}
        return self.program.get("/userinfo", headers=headers, status=status).json

    def events(self) -> list[str]:
        """The types of the tenant log, oldest first."""
        return [line["type"] for line in self.control("log")]


class Browser:
    """A person at a browser: opens `/authorize` and fills in what is shown."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.password = PASSWORD
        self.app = TestApp(stage.app)

    def authorize(self, status: int | None = None, **changes: Any) -> TestResponse:
        """Open `/authorize` for the demo client; `...` leaves a parameter out."""
        usual = {
            "client_id": CLIENT_ID,
            "redirect_uri": CALLBACK,
            "response_type": "code",
            "scope": "openid",
            "state": "a-state",
            "nonce": "a-nonce",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }
        merged = {**usual, **changes}
        query = {name: value for name, value in merged.items() if value is not ...}
        return self.app.get(f"/authorize?{urlencode(query, doseq=True)}", status=status)

    def sign_in(self, email: str = OTP, **changes: Any) -> Arrival:
        """Go the whole way, answering every page rightly."""
        return self.through(self.authorize(**changes), email)

    def through(self, response: TestResponse, email: str = OTP) -> Arrival:
        """Answer every page until the client has its answer."""
        arrival = Arrival({})
        while True:
            if response.status_int in (302, 303):
                if response.location.startswith(CALLBACK):
                    arrival.query = callback_query(response)
                    return arrival
                response = self.app.get(response.location)
                continue
            page = response.request.path
            assert page not in arrival.pages, f"{page} again: {response.text}"
            arrival.pages.append(page)
            response = self.answer(response, email)

    def answer(self, response: TestResponse, email: str = OTP) -> TestResponse:
        """Fill in one page and send it."""
        form = response.forms[0]
        match response.request.path:
            case "/u/login":
                form["username"], form["password"] = email, self.password
            case "/u/mfa-otp-challenge":
                form["code"] = self.stage.code_of(email)
            case "/u/mfa-otp-enrollment" | "/u/mfa-push-enrollment-qr":
                form["code"] = app_code(response, self.stage.clock.at)
            case "/u/mfa-push-challenge-push":
                push = self.stage.control("push")[-1]
                self.stage.control(f"push/{push['id']}", answer="allow")
            case _:
                pass
        value = "accept" if response.request.path == "/u/consent" else "default"
        return form.submit("action", value=value, status="*")

    def tokens(self, email: str = OTP, **changes: Any) -> Any:
        """Sign in and redeem the code."""
        return self.stage.redeem(self.sign_in(email, **changes).code)

    def claims(self, email: str = OTP, **changes: Any) -> dict[str, Any]:
        """Sign in and read the ID token."""
        return read(self.tokens(email, **changes)["id_token"])


def app_code(response: TestResponse, at: float) -> str:
    """The code that an app shows which just scanned the page's secret."""
    secret = response.text.split('data-secret="')[1].split('"')[0]
    return pyotp.TOTP(secret).at(int(at))


def callback_query(response: TestResponse) -> dict[str, str]:
    """What the client gets."""
    return dict(parse_qsl(urlsplit(response.location).query, keep_blank_values=True))


def read(token: str) -> dict[str, Any]:
    """The claims of a token, unverified."""
    return jwt.decode(token, options={"verify_signature": False})


def a_folder(path: Path, **files: Any) -> Path:
    """Write a tenant folder: `a_folder(p, tenant={...}, clients__Demo={...})`."""
    path.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        file = path / (name.replace("__", "/") + ".json")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(content))
    return path


def shipped(name: str, path: Path) -> Path:
    """A copy of a shipped folder that a test may change."""
    shutil.copytree(HOUSE / "rules" / name, path)
    return path


ANN = User(
    user_id="auth0|ann",
    profile={
        "user_id": "auth0|ann",
        "email": "ann@fabrikam.example",
        "email_verified": True,
        "name": "Ann Otieno",
        "nickname": "ann",
    },
    enrolled=("otp",),
    fingerprint="ann's factors",
)


def a_login(**changes: Any) -> Login:
    """A login to which nothing happened yet; request fields may be changed directly."""
    request_names = set(AuthorizeRequest.__dataclass_fields__)
    asked = {n: changes.pop(n) for n in list(changes) if n in request_names}
    usual = {"client_id": CLIENT_ID, "redirect_uri": CALLBACK, "scopes": ("openid",)}
    return Login(
        request=AuthorizeRequest(**{**usual, **asked}),
        client=changes.pop(
            "client", RegisteredClient(client_id=CLIENT_ID, name="Demo")
        ),
        settings=changes.pop("settings", TenantSettings(issuer=ISSUER)),
        **changes,
    )


def a_session(**changes: Any) -> SsoSession:
    """A session in which a password was given ten minutes ago."""
    before = NOW - 600
    usual = {
        "sid": "a-sid",
        "user_id": ANN.user_id,
        "created_at": before,
        "authenticated_at": before,
        "seen_at": before,
        "methods": (PassedMethod("pwd", before),),
    }
    return SsoSession(**{**usual, **changes})
