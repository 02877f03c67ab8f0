"""`/mfa/…`: the second factor for applications that show their own pages.

A caller is a login that waits for its factor (`mfa_token`), or a user who passed MFA
and holds an access token for this API.
"""

from __future__ import annotations

from dataclasses import replace
from functools import wraps
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from bottle import HTTPResponse, request
from oauthlib.oauth2 import OAuth2Error

from fabrikam.tenant.http.pages import json_reply
from fabrikam.tenant.http.request_fields import bearer, body_of, header, json_of
from fabrikam.tenant.services.push_requests import send_push
from fabrikam.tenant.storage.authenticators import enrolment_uri
from fabrikam.tenant.token_endpoint.mfa_transactions import (
    INDEPENDENT,
    may_enrol,
    mfa_login_of,
    not_asked_for,
    outstanding,
)
from fabrikam.tenant.token_endpoint.request_validator import Validator
from fabrikam.tenant.token_endpoint.token_errors import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from bottle import Bottle

    from fabrikam.tenant.context import House
    from fabrikam.tenant.decisions.facts import Person
    from fabrikam.tenant.storage.authenticators import Authenticator
    from fabrikam.tenant.storage.tables import MfaLogin

__all__ = ["mfa_api"]

_TYPES: Final = {
    "otp": {"authenticator_type": "otp"},
    "push-notification": {"authenticator_type": "oob", "oob_channel": "auth0"},
    "recovery-code": {"authenticator_type": "recovery-code"},
}


class _Caller(NamedTuple):
    """Whose factors are meant, and the login that waits for one, if one does."""

    user: Person
    token: str
    waiting: MfaLogin | None


def mfa_api(app: Bottle, house: House) -> None:
    """Add the addresses."""
    validator = Validator(house)

    @app.get("/mfa/authenticators")
    @_in_json
    def authenticators() -> Any:
        caller = _caller(house, "read:authenticators")
        return [_shown(one) for one in house.authenticators.of(caller.user.user_id)]

    @app.delete("/mfa/authenticators/<authenticator_id:path>")
    @_in_json
    def remove(authenticator_id: str) -> Any:
        caller = _caller(house, "remove:authenticators", waiting=False)
        return _remove(house, caller, authenticator_id)

    @app.post("/mfa/associate")
    @_in_json
    def associate() -> Any:
        caller = _caller(house, "enroll")
        if caller.waiting and not may_enrol(caller.waiting, caller.user):
            raise Refused("access_denied", "User is already enrolled.", 403)
        factor = _wanted(json_of() or {})
        if caller.waiting and factor not in (caller.waiting.will_do or (factor,)):
            raise not_asked_for()
        return _associate(house, caller, factor)

    @app.post("/mfa/challenge")
    @_in_json
    def challenge() -> Any:
        fields = dict(body_of())
        client = validator.caller(fields, header("Authorization"))
        if client is None:
            raise Refused("access_denied", "Unauthorized", 401)
        token = fields.get("mfa_token", "")
        waiting = mfa_login_of(house, token)
        if waiting.client_id != client.client_id:
            raise Refused("invalid_request", "mfa_token not issued to this client", 400)
        return _challenge(house, token, waiting, fields)


def _challenge(
    house: House, token: str, waiting: MfaLogin, fields: dict[str, str]
) -> dict[str, Any]:
    user = outstanding(house, waiting)
    kinds = fields.get("challenge_type", "otp oob").split()
    held = _chosen(house, user, fields.get("authenticator_id"))
    if not held:
        raise Refused("association_required", "User is not enrolled.", 403)
    held &= set(waiting.will_do) or held
    if "oob" in kinds and "push-notification" in held:
        return _push_challenge(house, token, waiting, user)
    if "otp" in kinds and "otp" in held:
        house.log.write("gd_start_auth", user_id=user.user_id)
        return {"challenge_type": "otp"}
    raise not_asked_for()


def _push_challenge(
    house: House, token: str, waiting: MfaLogin, user: Person
) -> dict[str, Any]:
    address = request.environ.get("REMOTE_ADDR", "")
    push = send_push(house, user, waiting.login.client.name, address)
    if push is None:
        raise Refused("too_many_attempts", "Too many push notifications.", 429)
    _note(house, token, waiting, oob_code=push.id)
    return {"challenge_type": "oob", "oob_code": push.id}


def _chosen(house: House, user: Person, authenticator_id: str | None) -> set[str]:
    return {
        one.factor
        for one in house.authenticators.of(user.user_id)
        if authenticator_id in (None, one.id) and one.factor in INDEPENDENT
    }


def _associate(house: House, caller: _Caller, factor: str) -> dict[str, Any]:
    user = caller.user
    one = house.authenticators.propose(user.user_id, factor, house.now())
    house.log.write("gd_start_enroll", user_id=user.user_id, factor=factor)
    oob_code = None
    if factor == "push-notification":
        push = send_push(
            house, user, "Enrolment", request.environ.get("REMOTE_ADDR", "")
        )
        if push is None:
            raise Refused("too_many_attempts", "Too many push notifications.", 429)
        oob_code = push.id
    if caller.waiting is not None:
        _note(house, caller.token, caller.waiting, proposed=one.id, oob_code=oob_code)
    return _proposal(house, user, one, oob_code)


def _proposal(
    house: House, user: Person, one: Authenticator, oob_code: str | None
) -> dict[str, Any]:
    name = house.configuration.tenancy.label
    uri = enrolment_uri(name, user.profile.get("email", ""), one.secret)
    said: dict[str, Any] = {**_TYPES[one.factor], "barcode_uri": uri}
    if oob_code is None:
        said["secret"] = one.secret
    else:
        said["oob_code"] = oob_code
    enabled = "recovery-code" in house.configuration.tenancy.factors
    if enabled and "recovery-code" not in user.enrolled:
        code = house.authenticators.propose_recovery_code(one, house.now())
        said["recovery_codes"] = [code]
    return said


def _note(
    house: House,
    token: str,
    waiting: MfaLogin,
    *,
    oob_code: str | None = None,
    proposed: str | None = None,
) -> None:
    noted = replace(waiting, oob_code=oob_code, proposed=proposed or waiting.proposed)
    ends_at = waiting.ends_at + 86_400
    house.shelves.mfa_logins.swap(token, waiting, noted, ends_at=ends_at)


def _remove(house: House, caller: _Caller, authenticator_id: str) -> HTTPResponse:
    one = house.authenticators.find(authenticator_id)
    if one is None or one.user_id != caller.user.user_id:
        raise Refused("not_found", "Authenticator not found.", 404)
    house.authenticators.remove(one.id)
    house.log.write("gd_unenroll", user_id=one.user_id, factor=one.factor)
    return HTTPResponse(status=204)


def _wanted(sent: Any) -> str:
    match sent:
        case {"authenticator_types": [*types]} if "otp" in types:
            return "otp"
        case {"authenticator_types": [*types], "oob_channels": [*channels]}:
            if "oob" in types and "auth0" in channels:
                return "push-notification"
    raise Refused("invalid_request", "No supported authenticator type.", 400)


def _caller(house: House, scope: str, *, waiting: bool = True) -> _Caller:
    token = bearer() or ""
    entitlement = house.shelves.access_tokens.look(token, house.now())
    if entitlement is not None:
        grant = entitlement.grant
        user = house.directory.find(grant.subject)
        ours = grant.audience == f"{house.issuer}mfa/" and scope in grant.granted
        if user is None or not ours:
            raise Refused("insufficient_scope", f"The token lacks {scope}.", 403)
        if not grant.second_factor and any(f in INDEPENDENT for f in user.enrolled):
            # it is older than the user's first factor, or never met it
            raise Refused("mfa_required", "Multifactor authentication required", 403)
        return _Caller(user, token, None)
    if not waiting:
        raise Refused("invalid_token", "An access token is needed.", 401)
    found = mfa_login_of(house, token)
    return _Caller(outstanding(house, found), token, found)


def _shown(one: Authenticator) -> dict[str, Any]:
    return {"id": one.id, "active": True, **_TYPES[one.factor]}


def _in_json(view: Callable[..., Any]) -> Callable[..., HTTPResponse]:
    @wraps(view)
    def answered(*args: Any, **kwargs: Any) -> HTTPResponse:
        try:
            said = view(*args, **kwargs)
        except OAuth2Error as error:
            return json_reply(dict(error.twotuples), error.status_code)
        return said if isinstance(said, HTTPResponse) else json_reply(said)

    return answered
