"""`/authorize`: oauthlib reads the request, `travel` takes the browser on.

Who is not known, or asks to be answered elsewhere than registered, sees a page; every
other mistake goes back to the client.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from bottle import HTTPResponse, request
from oauthlib.oauth2 import (
    AuthorizationEndpoint,
    FatalClientError,
    OAuth2Error,
)
from oauthlib.openid.connect.core.grant_types import AuthorizationCodeGrant

from fabrikam.tenant.endpoints.misbehave import misbehaving
from fabrikam.tenant.hosted.answers import refuse
from fabrikam.tenant.hosted.forms import form, pairs_of, text_of
from fabrikam.tenant.hosted.pages import problem
from fabrikam.tenant.hosted.travel import begin, go_on, stale, stop_at
from fabrikam.tenant.login.facts import AuthorizeRequest
from fabrikam.tenant.login.requests import RESPONSE_MODES, read_request
from fabrikam.tenant.login.steps import Refuse, SendAway
from fabrikam.tenant.pipeline import Resume
from fabrikam.tenant.tokens.signing import verified_hint
from fabrikam.tenant.tokens.validator import Validator
from fabrikam.tenant.visit import current_visit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bottle import Bottle

    from fabrikam.tenant.house import House

__all__ = ["authorize"]

# what oauthlib is shown; it would take `user` or `scopes` from a stranger as its own
_READ_BY_OAUTHLIB: Final = frozenset(
    {
        "client_id",
        "redirect_uri",
        "response_type",
        "response_mode",
        "scope",
        "state",
        "nonce",
        "code_challenge",
        "code_challenge_method",
    }
)


def authorize(app: Bottle, house: House) -> None:
    """Add the addresses `/authorize` and `/continue`."""
    code = AuthorizationCodeGrant(Validator(house))
    endpoint = AuthorizationEndpoint("code", "Bearer", {"code": code})

    @app.route("/authorize", method=["GET", "POST"])
    @misbehaving(house, "authorize")
    def start() -> HTTPResponse:
        pairs = pairs_of()
        query = dict(reversed(pairs))
        verdict = _repeated_address(pairs) or _verdict(endpoint, query)
        if isinstance(verdict, HTTPResponse):
            house.log.write("fcoa", client_id=query.get("client_id"))
            return verdict
        return _set_out(house, query, verdict or _repeated(pairs))

    @app.route("/continue", method=["GET", "POST"])
    def come_back() -> HTTPResponse:
        visit = current_visit(house.issuer)
        stop = stop_at(house, visit, text_of("state"))
        if stop is None:
            return stale()
        if not isinstance(stop.step, SendAway):
            return go_on(house, visit, stop, stop.ticket)
        resume = Resume(request.method, dict(pairs_of()), form())
        moved = stop.moved(stop.ticket.login.after_return())
        return go_on(house, visit, stop, moved, resume)


def _verdict(
    endpoint: AuthorizationEndpoint, query: Mapping[str, str]
) -> HTTPResponse | Refuse | None:
    shown = {name: query[name] for name in query if name in _READ_BY_OAUTHLIB}
    try:
        endpoint.validate_authorization_request(f"/authorize?{urlencode(shown)}")
    except FatalClientError as fatal:
        return _page(fatal.description)
    except OAuth2Error as error:
        return Refuse(error.error or "server_error", error.description)
    return None


def _repeated_address(pairs: list[tuple[str, str]]) -> HTTPResponse | None:
    names = [name for name, _ in pairs]
    if max(names.count("client_id"), names.count("redirect_uri")) > 1:
        return _page("client_id or redirect_uri is repeated.")
    return None


def _repeated(pairs: list[tuple[str, str]]) -> Refuse | None:
    twice = [name for name, count in Counter(n for n, _ in pairs).items() if count > 1]
    return Refuse("invalid_request", f"{twice[0]} is repeated") if twice else None


def _page(what: str) -> HTTPResponse:
    return problem(
        400,
        "This sign-in cannot start",
        f"The application's request is not acceptable: {what}",
        "Check client_id and redirect_uri: both must be registered, exactly as sent.",
    )


def _set_out(
    house: House, query: Mapping[str, str], refused: Refuse | None
) -> HTTPResponse:
    visit = current_visit(house.issuer)
    asked = refused or read_request(query)
    if isinstance(asked, Refuse):
        return refuse(house, visit, _told(query), asked)
    client = house.client(asked.client_id)
    if client is None:  # removed within this very request
        return stale()
    hint = verified_hint(house, query.get("id_token_hint", ""))
    if hint is not None:
        asked = replace(asked, hinted_subject=hint["sub"])
    return begin(house, visit, asked, client)


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
