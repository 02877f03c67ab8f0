"""The local tenant: an OpenID provider that treats step-up as Auth0 does.

It knows nothing of the intranet, which meets it over HTTP only.  Its decisions are
pure (`Login`, `next_step`, `grant_for`, `claims_for`): a lab can enumerate them.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from bottle import Bottle

from fabrikam.tenant.assembly import assemble
from fabrikam.tenant.context import TenantLifetimes as TenantLifetimes
from fabrikam.tenant.context import tenant_settings_from as tenant_settings_from
from fabrikam.tenant.decisions.assumptions import DOUBTS as DOUBTS
from fabrikam.tenant.decisions.assumptions import Assumptions as Assumptions
from fabrikam.tenant.decisions.assumptions import assumptions_from as assumptions_from
from fabrikam.tenant.decisions.authorization_request import read_request as read_request
from fabrikam.tenant.decisions.facts import MFA_ACR as MFA_ACR
from fabrikam.tenant.decisions.facts import WITH_PAGES as WITH_PAGES
from fabrikam.tenant.decisions.facts import AuthorizeRequest as AuthorizeRequest
from fabrikam.tenant.decisions.facts import Caller as Caller
from fabrikam.tenant.decisions.facts import RegisteredClient as RegisteredClient
from fabrikam.tenant.decisions.facts import RememberedBrowser as RememberedBrowser
from fabrikam.tenant.decisions.facts import ResourceServer as ResourceServer
from fabrikam.tenant.decisions.facts import SsoSession as SsoSession
from fabrikam.tenant.decisions.facts import TenantSettings as TenantSettings
from fabrikam.tenant.decisions.facts import User as User
from fabrikam.tenant.decisions.grants import Grant as Grant
from fabrikam.tenant.decisions.grants import TokenClaims as TokenClaims
from fabrikam.tenant.decisions.grants import claims_for as claims_for
from fabrikam.tenant.decisions.grants import grant_for as grant_for
from fabrikam.tenant.decisions.journey import next_step as next_step
from fabrikam.tenant.decisions.login import Login as Login
from fabrikam.tenant.decisions.script_input import script_input_for as script_input_for
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
from fabrikam.tenant.storage.clients import client_from as client_from

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from fabrikam.tenant.context import LogoutDelivery, ScriptEngine, TenantContext

__all__ = [
    "DOUBTS",
    "MFA_ACR",
    "WITH_PAGES",
    "AskConsent",
    "AskEnrolment",
    "AskFactor",
    "AskPassword",
    "Assumptions",
    "AuthorizeRequest",
    "Caller",
    "Grant",
    "IssueCode",
    "Login",
    "Refuse",
    "RegisteredClient",
    "RememberedBrowser",
    "RequireMultifactor",
    "ResourceServer",
    "RunPipeline",
    "SendAway",
    "SsoSession",
    "Step",
    "TenantLifetimes",
    "TenantSettings",
    "TokenClaims",
    "User",
    "assumptions_from",
    "claims_for",
    "client_from",
    "create_tenant",
    "grant_for",
    "next_step",
    "read_request",
    "script_input_for",
    "tenant_settings_from",
]

_LIFETIMES: Final = TenantLifetimes()
_QUIRKS: Final = Assumptions()


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
    lifetimes: TenantLifetimes = _LIFETIMES,
    assumptions: Assumptions = _QUIRKS,
    engine: ScriptEngine | None = None,
    logout_delivery: LogoutDelivery | None = None,
    keywords: Mapping[str, Any] = NO_KEYWORDS,
) -> Bottle:
    """Build a tenant; `close()` of the application stops its workers.

    `control` adds the demo users, the phone and the control API, for this machine only.
    """
    tenant = assemble(
        issuer=issuer.rstrip("/") + "/",
        folder=folder,
        data_dir=data_dir,
        demo=_demo_client(client_id, client_secret, app_base_url.rstrip("/")),
        clock=clock,
        lifetimes=lifetimes,
        assumptions=assumptions,
        local=control,
        engine=engine,
        logout_delivery=logout_delivery,
        keywords=keywords,
    )
    app = Bottle()
    app.install(_Closing(tenant))
    app.add_hook("before_request", tenant.prepare)
    add_routes(app, tenant)
    # the outermost place, so that bottle's own errors are dressed as well
    app.wsgi = with_headers(app.wsgi, secure=tenant.issuer.startswith("https:"))
    return app


def _demo_client(client_id: str, secret: str, base_url: str) -> RegisteredClient:
    return RegisteredClient(
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

    def __init__(self, tenant: TenantContext) -> None:
        self._tenant = tenant

    def apply(
        self, view: Callable[..., object], _route: object
    ) -> Callable[..., object]:
        return view

    def close(self) -> None:
        self._tenant.configuration.engine.close()
        self._tenant.logout_delivery.close()
