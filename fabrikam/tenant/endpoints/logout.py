"""`/v2/logout` and `/oidc/logout`: the session ends, and its clients are told.

A browser is sent on only to a registered address, compared character by character.
Without an ID token that says whose session it is, the user is asked first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bottle import HTTPResponse, request

from fabrikam.tenant.endpoints.backchannel_logout import tell_clients
from fabrikam.tenant.http.browser import Browser, current_browser
from fabrikam.tenant.http.pages import away, page, problem
from fabrikam.tenant.http.request_fields import form, pairs_of
from fabrikam.tenant.token_endpoint.signing import verified_hint
from fabrikam.tenant.universal_login.authorization_response import with_parameters
from fabrikam.tenant.universal_login.back_to_application import link_back
from fabrikam.tenant.universal_login.browser_sessions import (
    close_session,
    current_session,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bottle import Bottle

    from fabrikam.tenant.context import TenantContext
    from fabrikam.tenant.decisions.facts import RegisteredClient

__all__ = ["logout"]

_PURPOSE = "logout"


def logout(app: Bottle, tenant: TenantContext) -> None:
    """Add the addresses."""

    @app.get("/v2/logout")
    def auth0_logout() -> HTTPResponse:
        asked = dict(reversed(pairs_of()))
        client = tenant.client(asked.get("client_id"))
        target = asked.get("returnTo")
        if target is not None and target not in _allowed(tenant, client, asked):
            tenant.log.write("flo", f"returnTo is not registered: {target}")
            return _unregistered(tenant, "returnTo")
        if target is None and client is not None:
            target = next(iter(client.logout_urls), None)
        return _end(tenant, target)

    @app.route("/oidc/logout", method=["GET", "POST"])
    def oidc_logout() -> HTTPResponse:
        asked = dict(reversed(pairs_of()))
        hint = verified_hint(tenant, asked.get("id_token_hint", ""))
        mistake = _mistake(tenant, asked, hint)
        if mistake is not None:
            tenant.log.write("flo", mistake)
            return _unregistered(tenant, mistake)
        if _must_ask(tenant, asked, hint):
            return _ask(tenant, asked)
        target = asked.get("post_logout_redirect_uri")
        state = asked.get("state")
        if target is not None and state is not None:
            target = with_parameters(target, {"state": state})
        return _end(tenant, target)


def _allowed(
    tenant: TenantContext, client: RegisteredClient | None, asked: Mapping[str, str]
) -> tuple[str, ...]:
    if client is not None:
        return client.logout_urls
    if "client_id" in asked:
        return ()
    return tenant.configuration.settings.logout_urls


def _mistake(
    tenant: TenantContext, asked: Mapping[str, str], hint: Mapping[str, Any] | None
) -> str | None:
    if "id_token_hint" in asked and hint is None:
        return "id_token_hint"
    named = asked.get("client_id")
    client_id = hint["aud"] if hint else named
    if named not in (None, client_id):
        return "client_id"
    if hint and asked.get("logout_hint") not in (None, hint.get("sid")):
        return "logout_hint"
    target = asked.get("post_logout_redirect_uri")
    client = tenant.client(client_id)
    if target is not None and (client is None or target not in client.logout_urls):
        return "post_logout_redirect_uri"
    return None


def _must_ask(
    tenant: TenantContext, asked: Mapping[str, str], hint: Mapping[str, Any] | None
) -> bool:
    browser = current_browser(tenant.issuer)
    session = current_session(tenant, browser)
    if session is None:
        return False
    token = form().get("csrf", "")
    if request.method == "POST" and browser.made_form(_PURPOSE, token, tenant.master):
        return False
    if hint is not None and hint["sub"] == session.user_id:
        return False
    return asked.get("logout_hint") != session.sid


def _ask(tenant: TenantContext, asked: Mapping[str, str]) -> HTTPResponse:
    browser = current_browser(tenant.issuer)
    fields = {n: v for n, v in asked.items() if n not in ("csrf", "action")}
    shown = page(
        "confirm_logout",
        leads_to=asked.get("post_logout_redirect_uri", ""),
        what="An application asks to end your session at the tenant.",
        fields=[*fields.items(), ("csrf", browser.form_token(_PURPOSE, tenant.master))],
    )
    return browser.dress(shown)


def _end(tenant: TenantContext, target: str | None) -> HTTPResponse:
    browser = current_browser(tenant.issuer)
    _close(tenant, browser)
    browser = browser.without_session()
    if target is not None:
        return browser.dress(away(target))
    return browser.dress(page("signed_out", link=link_back(tenant)))


def _close(tenant: TenantContext, browser: Browser) -> None:
    session, _ = close_session(tenant, browser)
    if session is None:
        return
    tenant.log.write("slo", user_id=session.user_id, session_id=session.sid)
    tell_clients(tenant, session)


def _unregistered(tenant: TenantContext, what: str) -> HTTPResponse:
    return problem(
        400,
        "You were not signed out",
        f"The application's request is not acceptable: {what} does not fit.",
        "Go back to the application, or close the browser to be safe.",
        link_back(tenant),
    )
