"""`/mfa/…`: the second factor for applications that show their own pages.

A caller is a login that waits for its factor (`mfa_token`), or a user who passed MFA
and holds an access token for this API.
"""

from __future__ import annotations

from dataclasses import replace
from functools import wraps
from typing import TYPE_CHECKING, Any, NamedTuple

from bottle import HTTPResponse, request
from oauthlib.oauth2 import OAuth2Error

from fabrikam.tenant.factors import BY_NAME, INDEPENDENT, OTP, PUSH, RECOVERY_CODE
from fabrikam.tenant.factors.otp import enrolment_uri
from fabrikam.tenant.http.pages import json_reply
from fabrikam.tenant.http.request_fields import bearer, body_of, header, json_of
from fabrikam.tenant.services.push_requests import send_push
from fabrikam.tenant.token_endpoint.mfa_transactions import (
    may_enrol,
    mfa_transaction_of,
    outstanding,
    unsupported_challenge,
)
from fabrikam.tenant.token_endpoint.request_validator import TenantRequestValidator
from fabrikam.tenant.token_endpoint.token_errors import TokenRefused

if TYPE_CHECKING:
    from collections.abc import Callable

    from bottle import Bottle

    from fabrikam.tenant.context import TenantContext
    from fabrikam.tenant.decisions.facts import User
    from fabrikam.tenant.storage.authenticators import Authenticator
    from fabrikam.tenant.storage.tables import MfaTransaction

__all__ = ["mfa_api"]


class _Caller(NamedTuple):
    """Whose factors are meant, and the login that waits for one, if one does."""

    user: User
    token: str
    waiting: MfaTransaction | None


def mfa_api(app: Bottle, tenant: TenantContext) -> None:
    """Add the addresses."""
    validator = TenantRequestValidator(tenant)

    @app.get("/mfa/authenticators")
    @_in_json
    def authenticators() -> Any:
        caller = _caller(tenant, "read:authenticators")
        return [_shown(one) for one in tenant.authenticators.of(caller.user.user_id)]

    @app.delete("/mfa/authenticators/<authenticator_id:path>")
    @_in_json
    def remove(authenticator_id: str) -> Any:
        caller = _caller(tenant, "remove:authenticators", waiting=False)
        return _remove(tenant, caller, authenticator_id)

    @app.post("/mfa/associate")
    @_in_json
    def associate() -> Any:
        caller = _caller(tenant, "enroll")
        if caller.waiting and not may_enrol(caller.waiting, caller.user):
            raise TokenRefused("access_denied", "User is already enrolled.", 403)
        factor = _wanted(json_of() or {})
        if caller.waiting and factor not in (caller.waiting.will_do or (factor,)):
            raise unsupported_challenge()
        return _associate(tenant, caller, factor)

    @app.post("/mfa/challenge")
    @_in_json
    def challenge() -> Any:
        fields = dict(body_of())
        client = validator.caller(fields, header("Authorization"))
        if client is None:
            raise TokenRefused("access_denied", "Unauthorized", 401)
        token = fields.get("mfa_token", "")
        waiting = mfa_transaction_of(tenant, token)
        if waiting.client_id != client.client_id:
            raise TokenRefused(
                "invalid_request", "mfa_token not issued to this client", 400
            )
        return _challenge(tenant, token, waiting, fields)


def _challenge(
    tenant: TenantContext, token: str, waiting: MfaTransaction, fields: dict[str, str]
) -> dict[str, Any]:
    user = outstanding(tenant, waiting)
    kinds = fields.get("challenge_type", "otp oob").split()
    held = _chosen(tenant, user, fields.get("authenticator_id"))
    if not held:
        raise TokenRefused("association_required", "User is not enrolled.", 403)
    held &= set(waiting.will_do) or held
    if "oob" in kinds and PUSH.name in held:
        return _push_challenge(tenant, token, waiting, user)
    if "otp" in kinds and OTP.name in held:
        tenant.log.write("gd_start_auth", user_id=user.user_id)
        return {"challenge_type": "otp"}
    raise unsupported_challenge()


def _push_challenge(
    tenant: TenantContext, token: str, waiting: MfaTransaction, user: User
) -> dict[str, Any]:
    address = request.environ.get("REMOTE_ADDR", "")
    push = send_push(tenant, user, waiting.login.client.name, address)
    if push is None:
        raise TokenRefused("too_many_attempts", "Too many push notifications.", 429)
    _note(tenant, token, waiting, oob_code=push.id)
    return {"challenge_type": "oob", "oob_code": push.id}


def _chosen(
    tenant: TenantContext, user: User, authenticator_id: str | None
) -> set[str]:
    return {
        one.factor
        for one in tenant.authenticators.of(user.user_id)
        if authenticator_id in (None, one.id) and one.factor in INDEPENDENT
    }


def _associate(tenant: TenantContext, caller: _Caller, factor: str) -> dict[str, Any]:
    user = caller.user
    one = tenant.authenticators.propose(user.user_id, factor, tenant.now())
    tenant.log.write("gd_start_enroll", user_id=user.user_id, factor=factor)
    oob_code = None
    if factor == PUSH.name:
        push = send_push(
            tenant, user, "Enrolment", request.environ.get("REMOTE_ADDR", "")
        )
        if push is None:
            raise TokenRefused("too_many_attempts", "Too many push notifications.", 429)
        oob_code = push.id
    if caller.waiting is not None:
        _note(tenant, caller.token, caller.waiting, proposed=one.id, oob_code=oob_code)
    return _proposal(tenant, user, one, oob_code)


def _proposal(
    tenant: TenantContext, user: User, one: Authenticator, oob_code: str | None
) -> dict[str, Any]:
    name = tenant.configuration.settings.label
    uri = enrolment_uri(name, user.profile.get("email", ""), one.secret)
    said: dict[str, Any] = {**BY_NAME[one.factor].authenticator, "barcode_uri": uri}
    if oob_code is None:
        said["secret"] = one.secret
    else:
        said["oob_code"] = oob_code
    enabled = RECOVERY_CODE.name in tenant.configuration.settings.factors
    if enabled and RECOVERY_CODE.name not in user.enrolled:
        code = tenant.authenticators.propose_recovery_code(one, tenant.now())
        said["recovery_codes"] = [code]
    return said


def _note(
    tenant: TenantContext,
    token: str,
    waiting: MfaTransaction,
    *,
    oob_code: str | None = None,
    proposed: str | None = None,
) -> None:
    noted = replace(waiting, oob_code=oob_code, proposed=proposed or waiting.proposed)
    ends_at = waiting.ends_at + 86_400
    tenant.tables.mfa_logins.swap(token, waiting, noted, ends_at=ends_at)


def _remove(
    tenant: TenantContext, caller: _Caller, authenticator_id: str
) -> HTTPResponse:
    one = tenant.authenticators.find(authenticator_id)
    if one is None or one.user_id != caller.user.user_id:
        raise TokenRefused("not_found", "Authenticator not found.", 404)
    tenant.authenticators.remove(one.id)
    tenant.log.write("gd_unenroll", user_id=one.user_id, factor=one.factor)
    return HTTPResponse(status=204)


def _wanted(sent: Any) -> str:
    match sent:
        case {"authenticator_types": [*types]} if "otp" in types:
            return OTP.name
        case {"authenticator_types": [*types], "oob_channels": [*channels]}:
            if "oob" in types and "auth0" in channels:
                return PUSH.name
    raise TokenRefused("invalid_request", "No supported authenticator type.", 400)


def _caller(tenant: TenantContext, scope: str, *, waiting: bool = True) -> _Caller:
    token = bearer() or ""
    entitlement = tenant.tables.access_tokens.look(token, tenant.now())
    if entitlement is not None:
        grant = entitlement.grant
        user = tenant.users.find(grant.subject)
        ours = grant.audience == f"{tenant.issuer}mfa/" and scope in grant.granted
        if user is None or not ours:
            raise TokenRefused("insufficient_scope", f"The token lacks {scope}.", 403)
        if not grant.second_factor and any(f in INDEPENDENT for f in user.enrolled):
            # it is older than the user's first factor, or never met it
            raise TokenRefused(
                "mfa_required", "Multifactor authentication required", 403
            )
        return _Caller(user, token, None)
    if not waiting:
        raise TokenRefused("invalid_token", "An access token is needed.", 401)
    found = mfa_transaction_of(tenant, token)
    return _Caller(outstanding(tenant, found), token, found)


def _shown(one: Authenticator) -> dict[str, Any]:
    return {"id": one.id, "active": True, **BY_NAME[one.factor].authenticator}


def _in_json(view: Callable[..., Any]) -> Callable[..., HTTPResponse]:
    @wraps(view)
    def answered(*args: Any, **kwargs: Any) -> HTTPResponse:
        try:
            said = view(*args, **kwargs)
        except OAuth2Error as error:
            return json_reply(dict(error.twotuples), error.status_code)
        return said if isinstance(said, HTTPResponse) else json_reply(said)

    return answered
