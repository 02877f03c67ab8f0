"""The programs of a walk: the real tenant with its users and clients, the intranet.

Everything is set through the tenant's own control API and its own pages; the lab puts
nothing into its store.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

import requests

from fabrikam.lab.scenarios.axes import DOUBT_AXES
from fabrikam.lab.simulation.actors import NOW
from fabrikam.lab.simulation.application import CLIENT_ID
from fabrikam.lab.simulation.sides import API, CALLBACK, ISSUER
from fabrikam.oidc import Client, Provider, RelyingParty, WsgiAdapter, confine
from fabrikam.tenant import create_tenant

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from fabrikam.lab.scenarios.situation import Situation
    from fabrikam.lab.simulation.sides import Side
    from fabrikam.oidc.transport import WsgiApp
    from fabrikam.stepup import Strategy

__all__ = ["APP", "FACTORS_ADDED", "OpenIntranet", "Programs", "Visitor"]

APP: Final = CALLBACK.removesuffix("/callback")
PASSWORD: Final = "fabrikam"  # noqa: S105 - of users who live for one walk
SECRET: Final = "a secret of the lab, for one walk"  # noqa: S105 - and of its client

FACTORS_ADDED: Final[Mapping[str, list[str]]] = {
    "authenticator app": ["otp"],
    "no factor": [],
    "push": ["push-notification"],
    "several": ["push-notification", "recovery-code"],
    "blocked": ["otp"],
}
_POLICIES: Final = {
    "always": ["all-applications"],
    "adaptive, low confidence": ["confidence-score"],
}
_NEUTRAL: Final = {
    "guardian/policies.json": {"policies": ["all-applications"]},
    "guardian/factors/otp.json": {"name": "otp", "enabled": True},
    "guardian/factors/push.json": {"name": "push-notification", "enabled": True},
    "tenant.json": {"session_lifetime": 1000, "idle_session_lifetime": 1000},
}


class OpenIntranet(Protocol):
    """Builds the intranet around a relying party; the lab may not know how."""

    def __call__(
        self,
        party: RelyingParty,
        strategy: Strategy,
        clock: Callable[[], int],
        data_dir: Path,
    ) -> WsgiApp:
        """Return the application."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody with an account at the tenant."""

    email: str
    user_id: str


class Programs:
    """One tenant for many walks, with a clock that the walk moves."""

    def __init__(self, side: Side, open_intranet: OpenIntranet, root: Path) -> None:
        self.now = NOW
        self.callback = side.callback
        self._side = side
        self._open_intranet = open_intranet
        self._root = root
        self._walks = 0
        self._neutral = _written(root / "neutral", _NEUTRAL)
        self.tenant = create_tenant(
            issuer=ISSUER,
            folder=side.folder.root,
            keywords=side.folder.keywords,
            data_dir=root / "tenant",
            client_id=CLIENT_ID,
            client_secret=SECRET,
            app_base_url=APP,
            clock=lambda: self.now,
        )
        self._control = confine(requests.Session(), ISSUER, WsgiAdapter(self.tenant))

    def close(self) -> None:
        """End the tenant's workers and threads."""
        self._control.close()
        self.tenant.close()

    def intranet(self, client_id: str, strategy: Strategy) -> WsgiApp:
        """Build an intranet that is this client of the tenant."""
        provider = Provider(
            ISSUER, adapter=WsgiAdapter(self.tenant), clock=lambda: self.now
        )
        party = RelyingParty(
            provider,
            Client(client_id=client_id, secret=SECRET, redirect_uri=self.callback),
            clock=lambda: self.now,
            reads_userinfo=strategy.reads_userinfo,
        )
        self._walks += 1
        data = self._root / f"intranet-{self._walks}"
        return self._open_intranet(party, strategy, lambda: self.now, data)

    def neutral(self) -> None:
        """Let the tenant run no scripts and always ask, for what lies in the past."""
        self.control("config", {"folder": str(self._neutral)})

    def set_scene(self, situation: Situation, client: Mapping[str, Any]) -> None:
        """Give the tenant its folder, its assumptions and its client."""
        assumptions = {name: getattr(situation, name) for name in DOUBT_AXES}
        adaptive = situation.policy.startswith("adaptive")
        assumptions["risk_confidence"] = "low" if adaptive else "high"
        folder = str(self._folder(situation))
        self.control("config", {"folder": folder, "quirks": assumptions})
        self.register(client)

    def register(self, client: Mapping[str, Any]) -> None:
        """Let the tenant know a client."""
        ours = {"client_secret": SECRET, "callbacks": [self.callback]}
        self.control("clients", {**client, **ours})

    def visitor(self, user: str, metadata: Mapping[str, Any]) -> Visitor:
        """Give somebody an account."""
        self._walks += 1
        name = f"{user.replace(' ', '-')}-{self._walks}"
        account = self.control(
            "users",
            {
                "email": f"{name}@fabrikam.example",
                "user_id": f"auth0|{name}",
                "password": PASSWORD,
                "factors": FACTORS_ADDED[user],
                **metadata,
            },
        )
        return Visitor(account["email"], account["user_id"])

    def block(self, visitor: Visitor) -> None:
        """Block somebody."""
        self.control("users", {"email": visitor.email, "blocked": True})

    def code(self, visitor: Visitor) -> str:
        """Read the code that somebody's app shows now."""
        users = self.control("users")
        mine = next(user for user in users if user["email"] == visitor.email)
        return str(mine["code"])

    def answer_push(self, visitor: Visitor, word: str) -> None:
        """Answer what lies on somebody's phone."""
        for push in self.control("push"):
            if push["email"] == visitor.email:
                self.control(f"push/{push['id']}", {"answer": word})

    def associate(self, mfa_token: str) -> str:
        """Enrol an authenticator app by the MFA API; its secret."""
        response = self._control.post(
            f"{ISSUER}mfa/associate",
            json={"authenticator_types": ["otp"]},
            headers={"Authorization": f"Bearer {mfa_token}"},
        )
        response.raise_for_status()
        return str(response.json()["secret"])

    def control(self, what: str, sent: Mapping[str, Any] | None = None) -> Any:
        """Use the control API; raises requests.HTTPError where it says no."""
        url = f"{ISSUER}_tenant/{what}"
        if sent is None:
            response = self._control.get(url)
        else:
            response = self._control.post(url, json=dict(sent))
        response.raise_for_status()
        return response.json()

    def _folder(self, situation: Situation) -> Path:
        own = self._side.folder.root
        changes: dict[str, Any] = {}
        if situation.policy in _POLICIES:
            policies = {"policies": _POLICIES[situation.policy]}
            changes["guardian/policies.json"] = policies
        if situation.audience == "an API" and not self._side.folder.resource_servers:
            about = {"name": "Lab API", "identifier": API}
            changes["resource-servers/Lab API.json"] = about
        if not changes:
            return own
        copy = self._root / f"folder-{self._walks}"
        shutil.copytree(own, copy, dirs_exist_ok=True)
        return _written(copy, changes)


def _written(root: Path, files: Mapping[str, Any]) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content), "utf-8")
    return root
