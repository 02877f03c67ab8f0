"""`/v2/logout` and `/oidc/logout`: the session ends, and its clients are told.

A browser is sent on only to a registered address, compared character by character.
Without an ID token that says whose session it is, the user is asked first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bottle import HTTPResponse, request

from fabrikam.tenant.endpoints.backchannel_logout import tell_clients
from fabrikam.tenant.http.browser import Visit, current_visit
from fabrikam.tenant.http.pages import away, page, problem
from fabrikam.tenant.http.request_fields import form, pairs_of
from fabrikam.tenant.token_endpoint.signing import verified_hint
from fabrikam.tenant.universal_login.authorization_response import with_parameters
from fabrikam.tenant.universal_login.back_to_application import way_back
from fabrikam.tenant.universal_login.browser_sessions import (
    close_session,
    current_session,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bottle import Bottle

    from fabrikam.tenant.context import House
    from fabrikam.tenant.decisions.facts import Client

__all__ = ["logout"]

_PURPOSE = "logout"


def logout(app: Bottle, house: House) -> None:
    """Add the addresses."""

    @app.get("/v2/logout")
    def auth0_logout() -> HTTPResponse:
        asked = dict(reversed(pairs_of()))
        client = house.client(asked.get("client_id"))
        target = asked.get("returnTo")
        if target is not None and target not in _allowed(house, client, asked):
            house.log.write("flo", f"returnTo is not registered: {target}")
            return _unregistered(house, "returnTo")
        if target is None and client is not None:
            target = next(iter(client.logout_urls), None)
        return _end(house, target)

    @app.route("/oidc/logout", method=["GET", "POST"])
    def oidc_logout() -> HTTPResponse:
        asked = dict(reversed(pairs_of()))
        hint = verified_hint(house, asked.get("id_token_hint", ""))
        mistake = _mistake(house, asked, hint)
        if mistake is not None:
            house.log.write("flo", mistake)
            return _unregistered(house, mistake)
        if _must_ask(house, asked, hint):
            return _ask(house, asked)
        target = asked.get("post_logout_redirect_uri")
        state = asked.get("state")
        if target is not None and state is not None:
            target = with_parameters(target, {"state": state})
        return _end(house, target)


def _allowed(
    house: House, client: Client | None, asked: Mapping[str, str]
) -> tuple[str, ...]:
    if client is not None:
        return client.logout_urls
    if "client_id" in asked:
        return ()
    return house.configuration.tenancy.logout_urls


def _mistake(
    house: House, asked: Mapping[str, str], hint: Mapping[str, Any] | None
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
    client = house.client(client_id)
    if target is not None and (client is None or target not in client.logout_urls):
        return "post_logout_redirect_uri"
    return None


def _must_ask(
    house: House, asked: Mapping[str, str], hint: Mapping[str, Any] | None
) -> bool:
    visit = current_visit(house.issuer)
    session = current_session(house, visit)
    if session is None:
        return False
    token = form().get("csrf", "")
    if request.method == "POST" and visit.made_form(_PURPOSE, token, house.master):
        return False
    if hint is not None and hint["sub"] == session.user_id:
        return False
    return asked.get("logout_hint") != session.sid


def _ask(house: House, asked: Mapping[str, str]) -> HTTPResponse:
    visit = current_visit(house.issuer)
    fields = {n: v for n, v in asked.items() if n not in ("csrf", "action")}
    shown = page(
        "confirm_logout",
        leads_to=asked.get("post_logout_redirect_uri", ""),
        what="An application asks to end your session at the tenant.",
        fields=[*fields.items(), ("csrf", visit.form_token(_PURPOSE, house.master))],
    )
    return visit.dress(shown)


def _end(house: House, target: str | None) -> HTTPResponse:
    visit = current_visit(house.issuer)
    _close(house, visit)
    visit = visit.without_session()
    if target is not None:
        return visit.dress(away(target))
    return visit.dress(page("signed_out", link=way_back(house)))


def _close(house: House, visit: Visit) -> None:
    session, _ = close_session(house, visit)
    if session is None:
        return
    house.log.write("slo", user_id=session.user_id, session_id=session.sid)
    tell_clients(house, session)


def _unregistered(house: House, what: str) -> HTTPResponse:
    return problem(
        400,
        "You were not signed out",
        f"The application's request is not acceptable: {what} does not fit.",
        "Go back to the application, or close the browser to be safe.",
        way_back(house),
    )
