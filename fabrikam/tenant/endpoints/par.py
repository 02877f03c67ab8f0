"""`/oauth/par`: a client sends its request itself, so that no browser changes it.

What was pushed is for one client and one sign-in.  A second look before that, as
previews of links take it, spends nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bottle import HTTPResponse

from fabrikam.tenant.decisions.authorization_request import PUSHED_URI
from fabrikam.tenant.decisions.steps import Refuse
from fabrikam.tenant.endpoints.authorization_checks import Scales, Unanswerable
from fabrikam.tenant.http.pages import json_reply
from fabrikam.tenant.http.request_fields import body_of, header
from fabrikam.tenant.storage.database import new_key
from fabrikam.tenant.storage.tables import Pushed
from fabrikam.tenant.token_endpoint.request_validator import Validator
from fabrikam.tenant.token_endpoint.token_request import SECRET_FIELDS

if TYPE_CHECKING:
    from bottle import Bottle

    from fabrikam.tenant.context import House
    from fabrikam.tenant.decisions.facts import AuthorizeRequest
    from fabrikam.tenant.endpoints.authorization_checks import Pairs

__all__ = ["par", "unfolded"]


def par(app: Bottle, house: House) -> None:
    """Add the address."""
    scales, validator = Scales(house), Validator(house)

    @app.post("/oauth/par")
    def push() -> HTTPResponse:
        came = body_of()
        client = validator.caller(dict(came), header("Authorization"))
        if client is None:
            return _refused("access_denied", "Unauthorized", 401)
        # proofs are for this call, not for the request
        pairs = [(name, value) for name, value in came if name not in SECRET_FIELDS]
        if "client_id" not in dict(pairs):
            pairs.append(("client_id", client.client_id))
        if "request_uri" in dict(pairs):
            return _refused("invalid_request", "request_uri cannot be pushed")
        asked = scales.weigh(pairs)
        if isinstance(asked, Unanswerable):
            return _refused("invalid_request", asked.what)
        if isinstance(asked, Refuse):
            return _refused(asked.error, asked.description)
        return _keep(house, asked)


def unfolded(house: House, pairs: Pairs) -> Pairs | Unanswerable:
    """Put what was pushed in the place of a request that names it, and nothing else."""
    came = dict(reversed(pairs))
    request_uri = came.get("request_uri", "")
    if not request_uri.startswith(PUSHED_URI):
        return pairs
    pushed = house.shelves.pushed.look(request_uri, house.now())
    if pushed is None or pushed.begins_until <= house.now():
        return Unanswerable("request_uri is unknown, used, or too old.")
    if pushed.client_id != came.get("client_id"):
        return Unanswerable("request_uri is of another client.")
    # from now on it is kept for the sign-in that it began, to be ended by it
    ends_at = pushed.begins_until + house.lifetimes.script_redirect
    house.shelves.pushed.swap(request_uri, pushed, pushed, ends_at=ends_at)
    return [*pushed.query.items(), ("request_uri", request_uri)]


def _keep(house: House, asked: AuthorizeRequest) -> HTTPResponse:
    until = house.now() + house.lifetimes.pushed_request
    request_uri = PUSHED_URI + new_key()
    pushed = Pushed(client_id=asked.client_id, query=asked.query, begins_until=until)
    house.shelves.pushed.keep(request_uri, pushed, ends_at=until)
    said = {"request_uri": request_uri, "expires_in": house.lifetimes.pushed_request}
    return json_reply(said, 201)


def _refused(error: str, description: str, status: int = 400) -> HTTPResponse:
    said = {"error": error, "error_description": description}
    return json_reply(said, status)
