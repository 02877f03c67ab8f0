"""The local tenant: an OpenID provider that treats step-up as Auth0 does.

It knows nothing of the intranet, which meets it over HTTP only.  Its decisions are
pure (`Login`, `next_step`, `grant_for`, `claims_for`): a lab can enumerate them.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from bottle import Bottle

from fabrikam.tenant.assembly import assemble
from fabrikam.tenant.context import Lifetimes as Lifetimes
from fabrikam.tenant.decisions.assumptions import DOUBTS as DOUBTS
from fabrikam.tenant.decisions.assumptions import Quirks as Quirks
from fabrikam.tenant.decisions.assumptions import quirks_from as quirks_from
from fabrikam.tenant.decisions.authorization_request import read_request as read_request
from fabrikam.tenant.decisions.facts import HOSTED as HOSTED
from fabrikam.tenant.decisions.facts import MFA_ACR as MFA_ACR
from fabrikam.tenant.decisions.facts import Api as Api
from fabrikam.tenant.decisions.facts import AuthorizeRequest as AuthorizeRequest
from fabrikam.tenant.decisions.facts import Caller as Caller
from fabrikam.tenant.decisions.facts import Client as Client
from fabrikam.tenant.decisions.facts import Person as Person
from fabrikam.tenant.decisions.facts import Remembered as Remembered
from fabrikam.tenant.decisions.facts import Session as Session
from fabrikam.tenant.decisions.facts import Tenancy as Tenancy
from fabrikam.tenant.decisions.grants import Grant as Grant
from fabrikam.tenant.decisions.grants import TokenClaims as TokenClaims
from fabrikam.tenant.decisions.grants import claims_for as claims_for
from fabrikam.tenant.decisions.grants import grant_for as grant_for
from fabrikam.tenant.decisions.journey import next_step as next_step
from fabrikam.tenant.decisions.login import Login as Login
from fabrikam.tenant.decisions.script_input import occasion_for as occasion_for
from fabrikam.tenant.decisions.steps import AskConsent as AskConsent
from fabrikam.tenant.decisions.steps import AskEnrolment as AskEnrolment
from fabrikam.tenant.decisions.steps import AskFactor as AskFactor
from fabrikam.tenant.decisions.steps import AskPassword as AskPassword
from fabrikam.tenant.decisions.steps import IssueCode as IssueCode
from fabrikam.tenant.decisions.steps import Refuse as Refuse
from fabrikam.tenant.decisions.steps import RequireMultifactor as RequireMultifactor
from fabrikam.tenant.decisions.steps import RunPipeline as RunPipeline
from fabrikam.tenant.decisions.steps import SendAway as SendAway
from fabrikam.tenant.decisions.steps import Step as Step
from fabrikam.tenant.endpoints.routes import add_routes
from fabrikam.tenant.http.pages import with_headers
from fabrikam.tenant.scripts import NO_KEYWORDS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from fabrikam.tenant.configuration import ScriptEngine
    from fabrikam.tenant.context import House
    from fabrikam.tenant.endpoints.backchannel_logout import Courier

__all__ = [
    "DOUBTS",
    "HOSTED",
    "MFA_ACR",
    "Api",
    "AskConsent",
    "AskEnrolment",
    "AskFactor",
    "AskPassword",
    "AuthorizeRequest",
    "Caller",
    "Client",
    "Grant",
    "IssueCode",
    "Lifetimes",
    "Login",
    "Person",
    "Quirks",
    "Refuse",
    "Remembered",
    "RequireMultifactor",
    "RunPipeline",
    "SendAway",
    "Session",
    "Step",
    "Tenancy",
    "TokenClaims",
    "claims_for",
    "create_tenant",
    "grant_for",
    "next_step",
    "occasion_for",
    "quirks_from",
    "read_request",
]

_LIFETIMES: Final = Lifetimes()
_QUIRKS: Final = Quirks()


def create_tenant(
    *,
    issuer: str,
    folder: Path,
    data_dir: Path,
    client_id: str,
    client_secret: str,
    app_base_url: str,
    clock: Callable[[], float] = time.time,
    control: bool = True,
    lifetimes: Lifetimes = _LIFETIMES,
    quirks: Quirks = _QUIRKS,
    engine: ScriptEngine | None = None,
    courier: Courier | None = None,
    keywords: Mapping[str, Any] = NO_KEYWORDS,
) -> Bottle:
    """Build a tenant; `close()` of the application stops its workers.

    `control` adds the demo users, the phone and the control API, for this machine only.
    """
    house = assemble(
        issuer=issuer.rstrip("/") + "/",
        folder=folder,
        data_dir=data_dir,
        demo=_demo_client(client_id, client_secret, app_base_url.rstrip("/")),
        clock=clock,
        lifetimes=lifetimes,
        quirks=quirks,
        local=control,
        engine=engine,
        courier=courier,
        keywords=keywords,
    )
    app = Bottle()
    app.install(_Closing(house))
    app.add_hook("before_request", house.prepare)
    add_routes(app, house)
    # the outermost place, so that bottle's own errors are dressed as well
    app.wsgi = with_headers(app.wsgi, secure=house.issuer.startswith("https:"))
    return app


def _demo_client(client_id: str, secret: str, base_url: str) -> Client:
    return Client(
        client_id=client_id,
        name="Fabrikam Intranet",
        secret=secret,
        callbacks=(f"{base_url}/callback",),
        logout_urls=(base_url, f"{base_url}/"),
        backchannel_logout_url=f"{base_url}/backchannel-logout",
        initiate_login_uri=f"{base_url}/login",
    )


class _Closing:
    """A plugin that changes no route; bottle closes it with the application."""

    name = "closing"
    api = 2

    def __init__(self, house: House) -> None:
        self._house = house

    def apply(
        self, view: Callable[..., object], _route: object
    ) -> Callable[..., object]:
        return view

    def close(self) -> None:
        self._house.configuration.engine.close()
        self._house.courier.close()
