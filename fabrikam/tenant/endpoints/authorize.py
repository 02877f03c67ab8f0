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
from fabrikam.tenant.endpoints.authorization_checks import Scales, Unanswerable
from fabrikam.tenant.endpoints.par import unfolded
from fabrikam.tenant.endpoints.simulated_faults import misbehaving
from fabrikam.tenant.http.browser import current_visit
from fabrikam.tenant.http.pages import origin_of, problem
from fabrikam.tenant.http.request_fields import form, pairs_of, single_values
from fabrikam.tenant.scripts import Resume
from fabrikam.tenant.token_endpoint.signing import verified_hint
from fabrikam.tenant.universal_login.authorization_response import refuse
from fabrikam.tenant.universal_login.back_to_application import way_back
from fabrikam.tenant.universal_login.transaction import begin, go_on, stale, stop_at

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bottle import Bottle

    from fabrikam.tenant.context import House
    from fabrikam.tenant.decisions.facts import Client
    from fabrikam.tenant.endpoints.authorization_checks import Pairs

__all__ = ["authorize"]


def authorize(app: Bottle, house: House) -> None:
    """Add the addresses `/authorize` and `/continue`."""
    scales = Scales(house)

    @app.route("/authorize", method=["GET", "POST"])
    @misbehaving(house, "authorize")
    def start() -> HTTPResponse:
        came = pairs_of()
        pairs = unfolded(house, came)
        if isinstance(pairs, Unanswerable):
            return _unanswerable(house, came, pairs)
        asked = scales.weigh(pairs)
        if isinstance(asked, Unanswerable):
            return _unanswerable(house, came, asked)
        return _set_out(house, dict(reversed(pairs)), asked)

    @app.route("/continue", method=["GET", "POST"])
    def come_back() -> HTTPResponse:
        # what scripts read as the state is what we read: a token is bound to it
        said, visit = single_values(), current_visit(house.issuer)
        key = said.get("state", "")
        stop = stop_at(house, visit, key)
        if stop is None:
            return stale(house, visit, key)
        if not isinstance(stop.step, SendAway):
            return go_on(house, visit, stop, stop.ticket)
        resume = Resume(request.method, said, form())
        moved = stop.moved(stop.ticket.login.after_return())
        return go_on(house, visit, stop, moved, resume)


def _unanswerable(house: House, came: Pairs, asked: Unanswerable) -> HTTPResponse:
    house.log.write("f", asked.what, client_id=dict(came).get("client_id"))
    return problem(
        400,
        "This sign-in cannot start",
        f"The application's request is not acceptable: {asked.what}",
        "Check client_id and redirect_uri: both must be registered, exactly as sent.",
        way_back(house),
    )


def _set_out(
    house: House, query: Mapping[str, str], asked: AuthorizeRequest | Refuse
) -> HTTPResponse:
    visit = current_visit(house.issuer)
    if isinstance(asked, Refuse):
        return refuse(house, visit, _told(query), asked)
    client = house.client(asked.client_id)
    if client is None:  # removed within this very request
        return stale(house, visit)
    refused = _not_for(client, asked)
    if refused is not None:
        return refuse(house, visit, _told(query), refused)
    hint = verified_hint(house, query.get("id_token_hint", ""))
    if hint is not None:
        asked = replace(asked, hinted_subject=hint["sub"])
    return begin(house, visit, asked, client)


def _not_for(client: Client, asked: AuthorizeRequest) -> Refuse | None:
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
