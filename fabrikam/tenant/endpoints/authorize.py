"""`/authorize`: oauthlib reads the request, `travel` takes the browser on.

Who is not known, or asks to be answered elsewhere than registered, sees a page; every
other mistake goes back to the client.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bottle import HTTPResponse, request

from fabrikam.tenant.decisions.authorization_request import RESPONSE_MODES
from fabrikam.tenant.decisions.facts import AuthorizeRequest
from fabrikam.tenant.decisions.steps import Refuse, SendAway
from fabrikam.tenant.endpoints.authorization_checks import (
    AuthorizationChecks,
    NoWayBack,
)
from fabrikam.tenant.endpoints.par import unfolded
from fabrikam.tenant.endpoints.simulated_faults import with_simulated_faults
from fabrikam.tenant.http.browser import current_browser
from fabrikam.tenant.http.pages import origin_of, problem
from fabrikam.tenant.http.request_fields import form, pairs_of, single_values
from fabrikam.tenant.scripts import Resume
from fabrikam.tenant.token_endpoint.signing import verified_hint
from fabrikam.tenant.universal_login.authorization_response import refuse
from fabrikam.tenant.universal_login.back_to_application import link_back
from fabrikam.tenant.universal_login.transaction import (
    advance,
    begin,
    expired_page,
    open_transaction,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bottle import Bottle

    from fabrikam.tenant.context import TenantContext
    from fabrikam.tenant.decisions.facts import RegisteredClient
    from fabrikam.tenant.endpoints.authorization_checks import Pairs

__all__ = ["authorize"]


def authorize(app: Bottle, tenant: TenantContext) -> None:
    """Add the addresses `/authorize` and `/continue`."""
    scales = AuthorizationChecks(tenant)

    @app.route("/authorize", method=["GET", "POST"])
    @with_simulated_faults(tenant, "authorize")
    def start() -> HTTPResponse:
        came = pairs_of()
        pairs = unfolded(tenant, came)
        if isinstance(pairs, NoWayBack):
            return _unanswerable(tenant, came, pairs)
        asked = scales.weigh(pairs)
        if isinstance(asked, NoWayBack):
            return _unanswerable(tenant, came, asked)
        return _set_out(tenant, dict(reversed(pairs)), asked)

    @app.route("/continue", method=["GET", "POST"])
    def come_back() -> HTTPResponse:
        # what scripts read as the state is what we read: a token is bound to it
        said, browser = single_values(), current_browser(tenant.issuer)
        key = said.get("state", "")
        opened = open_transaction(tenant, browser, key)
        if opened is None:
            return expired_page(tenant, browser, key)
        if not isinstance(opened.step, SendAway):
            return advance(tenant, browser, opened, opened.transaction)
        resume = Resume(request.method, said, form())
        moved = opened.moved(opened.transaction.login.after_return())
        return advance(tenant, browser, opened, moved, resume)


def _unanswerable(tenant: TenantContext, came: Pairs, asked: NoWayBack) -> HTTPResponse:
    tenant.log.write("f", asked.what, client_id=dict(came).get("client_id"))
    return problem(
        400,
        "This sign-in cannot start",
        f"The application's request is not acceptable: {asked.what}",
        "Check client_id and redirect_uri: both must be registered, exactly as sent.",
        link_back(tenant),
    )


def _set_out(
    tenant: TenantContext, query: Mapping[str, str], asked: AuthorizeRequest | Refuse
) -> HTTPResponse:
    browser = current_browser(tenant.issuer)
    if isinstance(asked, Refuse):
        return refuse(tenant, browser, _told(query), asked)
    client = tenant.client(asked.client_id)
    if client is None:  # removed within this very request
        return expired_page(tenant, browser)
    refused = _not_for(client, asked)
    if refused is not None:
        return refuse(tenant, browser, _told(query), refused)
    hint = verified_hint(tenant, query.get("id_token_hint", ""))
    if hint is not None:
        asked = replace(asked, hinted_subject=hint["sub"])
    return begin(tenant, browser, asked, client)


def _not_for(client: RegisteredClient, asked: AuthorizeRequest) -> Refuse | None:
    if client.must_push and asked.request_uri is None:
        return Refuse("invalid_request", "the client must push its requests")
    messaged = asked.response_mode == "web_message"
    if messaged and origin_of(asked.redirect_uri) not in client.web_origins:
        return Refuse(
            "invalid_request", "redirect_uri is on no web origin of the client"
        )
    return None


def _told(query: Mapping[str, str]) -> AuthorizeRequest:
    """Where a refusal goes: the client and its address are known to be right."""
    mode = query.get("response_mode", "query")
    return AuthorizeRequest(
        client_id=query["client_id"],
        redirect_uri=query["redirect_uri"],
        response_mode=mode if mode in RESPONSE_MODES else "query",
        state=query.get("state"),
        prompt=tuple(query.get("prompt", "").split()),
    )
