"""Grants without a page: refresh, password, and the second factor by the MFA API.

They run the same scripts as a hosted login.  Where a second factor is due the answer is
`mfa_required` with a token that opens the MFA API for ten minutes.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TypeAlias

from fabrikam.tenant.forms import body_of
from fabrikam.tenant.login.facts import (
    AuthorizeRequest,
    Client,
    Person,
    RefreshToken,
)
from fabrikam.tenant.login.grants import grant_for
from fabrikam.tenant.login.login import Login
from fabrikam.tenant.login.steps import IssueCode, Refuse, RequireMultifactor
from fabrikam.tenant.pipeline import Outcome, PassedMethod
from fabrikam.tenant.pushes import answer_of
from fabrikam.tenant.records.shelves import Entitlement, MfaLogin
from fabrikam.tenant.records.store import new_key
from fabrikam.tenant.scripts import settled
from fabrikam.tenant.tokens.mfalogins import (
    may_enrol,
    mfa_login_of,
    not_asked_for,
    outstanding,
)
from fabrikam.tenant.tokens.refusals import Refused
from fabrikam.tenant.visit import current_caller

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from oauthlib.common import Request

    from fabrikam.tenant.house import House
    from fabrikam.tenant.login.facts import Protocol
    from fabrikam.tenant.records.authenticators import CodeAnswer

__all__ = ["DIRECT_GRANTS", "renewed"]

Weigh: TypeAlias = "Callable[[House, Request], Entitlement]"

_SECRET_FIELDS: Final = frozenset(  # scripts do not see them, and no file keeps them
    {
        "access_token",
        "assertion",
        "binding_code",
        "client_assertion",
        "client_secret",
        "code",
        "code_verifier",
        "id_token",
        "mfa_token",
        "oob_code",
        "otp",
        "password",
        "recovery_code",
        "refresh_token",
        "token",
    }
)
_POLL_SECONDS: Final = 2  # as fast as Guardian's own page may ask
_KEPT_SECONDS: Final = 86_400
_LOCKED: Final = (
    "Your account has been blocked after multiple consecutive login attempts."
)


def renewed(house: House, request: Request) -> None:
    """Weigh a refresh: the scripts run again; the used token is taken at the end."""
    before, client = _entitlement(request), _client(request)
    origin = before.renewed_from
    user = house.directory.find(origin.subject)
    asked = _asked(
        request,
        "oauth2-refresh-token",
        scopes=tuple((request.scope or "").split()) or origin.requested,
        audience=origin.audience,
    )
    login = _login(house, client, asked, user, passed=())
    login = replace(login, refresh_token=_refresh_token(before))
    given = _narrowed(house, _through(house, login, before), before)
    used = house.shelves.refresh_tokens.take(request.refresh_token or "", house.now())
    if used is None:  # somebody refreshed with it at this very moment
        house.store.end_family(before.family, house.now())
        raise Refused("invalid_grant", "Unknown or invalid refresh token.")
    request.user = given
    request.scopes = list(given.grant.granted)


def _refresh_token(before: Entitlement) -> RefreshToken:
    origin = before.renewed_from
    return RefreshToken(
        id=before.family,
        created_at=origin.given_at,
        expires_at=before.renewable_until,
        session_id=origin.sid,
        metadata=origin.refresh_token.metadata or {},
    )


def _narrowed(house: House, login: Login, before: Entitlement) -> Entitlement:
    """Give what scripts added, and of the rest no more than the first login gave."""
    origin, outcome = before.renewed_from, login.outcome or Outcome()
    scripts = (*outcome.added_scopes, *(outcome.access_token_scope or ()))
    grant = grant_for(login, house.now())
    kept = replace(
        grant,
        granted=tuple(s for s in grant.granted if s in (*origin.granted, *scripts)),
        authenticated_at=origin.authenticated_at,
        auth_time=origin.auth_time,
        second_factor=origin.second_factor or grant.second_factor,
    )
    return Entitlement(kept, before.family, before.renewable_until, origin)


def _by_default(house: House, request: Request) -> Entitlement:
    if house.configuration.tenancy.default_directory is None:
        without = "Authorization server not configured with default connection."
        raise Refused("server_error", without, 500)
    return _by_password(house, request)


def _by_password(house: House, request: Request) -> Entitlement:
    fields, caller = _fields(request), current_caller(house.issuer)
    for name in ("username", "password"):
        if not fields.get(name):
            raise Refused("invalid_request", f"Missing required parameter: {name}", 400)
    answer = house.directory.password(
        fields["username"], fields["password"], caller.address, house.now()
    )
    if answer == "locked":
        name = house.masked(fields["username"])
        house.log.write("limit_wc", user_name=name, ip=caller.address)
        raise Refused("too_many_attempts", _LOCKED, 429)
    if answer == "wrong":
        raise Refused("invalid_grant", "Wrong email or password.")
    return _by_right_password(house, request, answer)


def _by_right_password(house: House, request: Request, user: Person) -> Entitlement:
    fields = _fields(request)
    asked = _asked(
        request,
        "oauth2-password",
        scopes=tuple(dict.fromkeys(fields.get("scope", "").split())),
        audience=fields.get("audience"),
    )
    passed = (PassedMethod("pwd", house.now()),)
    login = _login(house, _client(request), asked, user, passed)
    return _granted(house, _through(house, login))


def _by_realm(house: House, request: Request) -> Entitlement:
    realm = _fields(request).get("realm")
    if realm != house.configuration.tenancy.connection.name:
        raise Refused("invalid_request", f"Unknown realm: {realm}", 400)
    return _by_password(house, request)


def _by_code(house: House, request: Request) -> Entitlement:
    token, waiting = _waiting(house, request, "otp")
    code = _required(request, "otp")
    user = outstanding(house, waiting)
    proposed = waiting.proposed if may_enrol(waiting, user) else None
    answer = house.authenticators.use_code(
        user.user_id, code, house.now(), proposed=proposed
    )
    _refuse_unless_passed(house, answer, "Invalid otp_code.")
    _confirm(house, proposed)
    return _finished(house, token, waiting, "otp")


def _by_push(house: House, request: Request) -> Entitlement:
    token, waiting = _waiting(house, request, "push-notification")
    oob_code = _required(request, "oob_code")
    if oob_code != waiting.oob_code:
        wrong = "The oob_code doesn't match the mfa_token"
        raise Refused("invalid_request", wrong, 400)
    user = outstanding(house, waiting)
    if waiting.proposed is not None and not may_enrol(waiting, user):
        raise Refused("access_denied", "User is already enrolled.", 403)
    match answer_of(house, oob_code, user.user_id):
        case "allow":
            _confirm(house, waiting.proposed)
            return _finished(house, token, waiting, "push-notification")
        case "deny":
            raise Refused("invalid_grant", "MFA Authorization rejected.")
        case "pending":
            raise _pending(house, token, waiting)
        case _:
            raise Refused("expired_token", "oob_code is expired")


def _pending(house: House, token: str, waiting: MfaLogin) -> Refused:
    now = house.now()
    polled = replace(waiting, polled_at=now)
    ends_at = waiting.ends_at + _KEPT_SECONDS
    house.shelves.mfa_logins.swap(token, waiting, polled, ends_at=ends_at)
    if now - waiting.polled_at < _POLL_SECONDS:
        return Refused("slow_down", "You are polling too fast.", 400)
    again = "Authorization pending: please repeat the request in a few seconds."
    return Refused("authorization_pending", again, 400)


def _by_recovery_code(house: House, request: Request) -> Entitlement:
    token, waiting = _waiting(house, request, "recovery-code")
    code = _required(request, "recovery_code")
    user_id = outstanding(house, waiting).user_id
    answer = house.authenticators.use_recovery_code(user_id, code, house.now())
    _refuse_unless_passed(house, answer, "Invalid recovery_code.")
    fresh = house.authenticators.new_recovery_code(user_id, house.now())
    request.extra_credentials = {"recovery_code": fresh}
    return _finished(house, token, waiting, "recovery-code")


def _confirm(house: House, proposed: str | None) -> None:
    if proposed and not house.authenticators.confirm(proposed, house.now()):
        raise Refused("expired_token", "The enrolment is expired")


def _refuse_unless_passed(house: House, answer: CodeAnswer, wrong: str) -> None:
    if answer == "locked":
        house.log.write("gd_otp_rate_limit_exceed")
        raise Refused("too_many_attempts", "Too many wrong codes.", 429)
    if answer == "wrong":
        house.log.write("gd_auth_failed")
        raise Refused("invalid_grant", wrong)


def _finished(house: House, token: str, waiting: MfaLogin, factor: str) -> Entitlement:
    if house.shelves.mfa_logins.take(token, house.now()) is None:
        raise Refused("invalid_grant", "Malformed mfa_token")
    house.log.write("gd_auth_succeed", client_id=waiting.client_id)
    login = waiting.login.after_factor(factor, house.now())
    user = outstanding(house, waiting)
    login = _through(house, replace(login, user=user), waiting.renews)
    if waiting.renews is None:
        return _granted(house, login)
    return _renewed_at_last(house, login, waiting.renews)


def _granted(house: House, login: Login) -> Entitlement:
    if login.user is not None:
        house.directory.count_login(login.user.user_id)
    return Entitlement(grant_for(login, house.now()), new_key())


def _renewed_at_last(house: House, login: Login, before: Entitlement) -> Entitlement:
    # a family has one living refresh token: the one that this refresh began with, or
    # what came of it meanwhile
    taken = house.shelves.refresh_tokens.take_all(
        lambda one: one.family == before.family, house.now()
    )
    if not taken:
        raise Refused("invalid_grant", "Unknown or invalid refresh token.")
    return _narrowed(house, login, before)


def _through(house: House, login: Login, renews: Entitlement | None = None) -> Login:
    """Run a login to its end, or say at which point it ends otherwise."""
    login, step = settled(house, login, current_caller(house.issuer))
    match step:
        case IssueCode():
            return login
        case Refuse(error, description):
            raise Refused(error, description)
        case RequireMultifactor():
            raise _mfa_required(house, login, step, renews)
        case _:
            raise Refused("interaction_required", "A page would have to be shown")


def _mfa_required(
    house: House, login: Login, step: RequireMultifactor, renews: Entitlement | None
) -> Refused:
    token, ends_at = new_key(), house.now() + house.lifetimes.mfa_token
    waiting = MfaLogin(
        login=login,
        client_id=login.client.client_id,
        ends_at=ends_at,
        will_do=step.challenge or step.enroll,
        renews=renews,
    )
    # kept beyond its end, so that an old one can be told from a wrong one
    house.shelves.mfa_logins.keep(token, waiting, ends_at=ends_at + _KEPT_SECONDS)
    house.log.write("mfar", client_id=login.client.client_id)
    wanted = {"challenge": step.challenge, "enroll": step.enroll}
    requirements = {
        name: [{"type": factor} for factor in factors]
        for name, factors in wanted.items()
        if factors
    }
    more = {"mfa_token": token}
    return Refused(
        "mfa_required",
        "Multifactor authentication required",
        int(login.tenancy.quirks.mfa_required_status),
        {**more, "mfa_requirements": requirements} if requirements else more,
    )


def _waiting(house: House, request: Request, factor: str) -> tuple[str, MfaLogin]:
    token = _required(request, "mfa_token")
    waiting = mfa_login_of(house, token)
    if waiting.client_id != _client(request).client_id:
        raise Refused("invalid_request", "mfa_token not issued to this client", 400)
    if waiting.will_do and factor not in waiting.will_do:
        raise not_asked_for()
    return token, waiting


def _required(request: Request, name: str) -> str:
    value = _fields(request).get(name)
    if not value:
        raise Refused("invalid_request", f"Missing required parameter: {name}", 400)
    return value


def _login(
    house: House,
    client: Client,
    asked: AuthorizeRequest,
    user: Person | None,
    passed: tuple[PassedMethod, ...],
) -> Login:
    return Login(
        request=asked,
        client=client,
        tenancy=house.configuration.tenancy,
        user=user,
        passed=passed,
        transaction_id=new_key(),
    )


def _asked(
    request: Request,
    protocol: Protocol,
    scopes: tuple[str, ...],
    audience: str | None,
) -> AuthorizeRequest:
    return AuthorizeRequest(
        client_id=_client(request).client_id,
        protocol=protocol,
        scopes=scopes,
        audience=audience,
        body={n: v for n, v in body_of() if n not in _SECRET_FIELDS},
    )


def _fields(request: Request) -> dict[str, str]:
    return dict(request.decoded_body or ())


def _client(request: Request) -> Client:
    if not isinstance(request.client, Client):
        raise TypeError("request without a client")
    return request.client


def _entitlement(request: Request) -> Entitlement:
    if not isinstance(request.user, Entitlement):
        raise TypeError("request without an entitlement")
    return request.user


DIRECT_GRANTS: Final[Mapping[str, Weigh]] = MappingProxyType(
    {
        "password": _by_default,
        "http://auth0.com/oauth/grant-type/password-realm": _by_realm,
        "http://auth0.com/oauth/grant-type/mfa-otp": _by_code,
        "http://auth0.com/oauth/grant-type/mfa-oob": _by_push,
        "http://auth0.com/oauth/grant-type/mfa-recovery-code": _by_recovery_code,
    }
)
