"""`/_tenant/…`: the control API for tests, in JSON, on loopback, of a local tenant.

It tells secrets and changes everything, which is why nobody else may reach it.
"""

from __future__ import annotations

from functools import wraps
from pathlib import Path
from types import MappingProxyType, UnionType
from typing import TYPE_CHECKING, Any, Final, get_args

import pyotp
from bottle import HTTPResponse, request

from fabrikam.tenant.decisions.assumptions import DOUBTS
from fabrikam.tenant.endpoints.backchannel_logout import end_sessions_of
from fabrikam.tenant.endpoints.loopback import (
    loopback_only,
    same_site_only,
    sent_object,
)
from fabrikam.tenant.factors import FACTORS, OTP
from fabrikam.tenant.http.pages import json_reply
from fabrikam.tenant.scripts import FolderRejected
from fabrikam.tenant.services.demo_users import seed_demo_users
from fabrikam.tenant.services.push_requests import answer_push, pending_pushes
from fabrikam.tenant.storage.users import NewUser

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bottle import Bottle

    from fabrikam.tenant.context import TenantContext
    from fabrikam.tenant.decisions.facts import RegisteredClient, User

__all__ = ["control"]

_OF_A_USER: Final[Mapping[str, type | UnionType]] = MappingProxyType(
    {
        "email": str,
        "password": str,
        "user_id": str,
        "profile": dict,
        "user_metadata": dict | None,
        "app_metadata": dict | None,
        "roles": list,
        "blocked": bool,
        "factors": list,
        "totp_secret": str | None,
    }
)
_TYPE_WORDS: Final[Mapping[type, str]] = MappingProxyType(
    {
        str: "a string",
        dict: "an object",
        list: "a list",
        bool: "true or false",
        type(None): "null",
    }
)
_ENROLLABLE: Final = tuple(sorted(factor.name for factor in FACTORS))


def control(app: Bottle, tenant: TenantContext) -> None:
    """Add the addresses."""
    _people(app, tenant)
    _clients(app, tenant)
    _pushes(app, tenant)
    _settings(app, tenant)
    _doings(app, tenant)


def _people(app: Bottle, tenant: TenantContext) -> None:
    @app.get("/_tenant/users")
    @_controlled(tenant)
    def users() -> Any:
        return [_person(tenant, person) for person in tenant.users.people()]

    @app.post("/_tenant/users")
    @_controlled(tenant)
    def add_or_change() -> Any:
        sent = _sent_of(*_OF_A_USER)
        _check_user(sent)
        _check_roles(tenant, sent)
        known = tenant.users.by_name(str(sent.get("email", "")))
        person = known or tenant.users.add(_new_user(sent), tenant.now())
        if known is not None:
            _change(tenant, known, sent)
        for factor in {*sent.get("factors", ())} - {*person.enrolled}:
            secret = sent.get("totp_secret")
            one = tenant.authenticators.propose(
                person.user_id, factor, tenant.now(), secret
            )
            tenant.authenticators.confirm(one.id, tenant.now())
        return _person(tenant, tenant.users.find(person.user_id) or person)


def _clients(app: Bottle, tenant: TenantContext) -> None:
    @app.get("/_tenant/clients")
    @_controlled(tenant)
    def clients() -> Any:
        return [_client(client) for client in tenant.clients.all(tenant.now())]

    @app.post("/_tenant/clients")
    @_controlled(tenant)
    def add() -> Any:
        return _client(tenant.clients.add(sent_object()))


def _pushes(app: Bottle, tenant: TenantContext) -> None:
    @app.get("/_tenant/push")
    @_controlled(tenant)
    def pending() -> Any:
        return [
            {
                "id": push.id,
                "email": push.email,
                "user_id": push.user_id,
                "client": push.client_name,
                "address": push.address,
                "asked_at": push.asked_at,
            }
            for push in pending_pushes(tenant)
        ]

    @app.post("/_tenant/push/<push_id>")
    @_controlled(tenant)
    def answer(push_id: str) -> Any:
        if not answer_push(tenant, push_id, str(sent_object().get("answer"))):
            raise ValueError("push: answered already, over, or no allow or deny")
        return {"ok": True}


def _settings(app: Bottle, tenant: TenantContext) -> None:
    @app.route("/_tenant/clock", method=["GET", "POST"])
    @_controlled(tenant)
    def clock() -> Any:
        if request.method == "POST":
            _set_clock(tenant, _sent_of("reset", "freeze", "advance"))
        return {"now": tenant.now()}

    @app.route("/_tenant/faults", method=["GET", "POST"])
    @_controlled(tenant)
    def faults() -> Any:
        if request.method == "POST":
            tenant.faults.change(sent_object())
        return tenant.faults.all()

    @app.route("/_tenant/config", method=["GET", "POST"])
    @_controlled(tenant)
    def config() -> Any:
        if request.method == "POST":
            sent = _sent_of("folder", "quirks")
            if "folder" in sent:
                tenant.configuration.use(Path(str(sent["folder"])))
            tenant.configuration.change_assumptions(sent.get("quirks", {}))
        return _configuration(tenant)


def _doings(app: Bottle, tenant: TenantContext) -> None:
    @app.post("/_tenant/keys/rotate")
    @_controlled(tenant)
    def rotate() -> Any:
        return {"kid": tenant.keys.rotate(tenant.now()).kid}

    @app.post("/_tenant/reset")
    @_controlled(tenant)
    def reset() -> Any:
        tenant.reset()
        seed_demo_users(tenant)
        return {"ok": True}

    @app.get("/_tenant/log")
    @_controlled(tenant)
    def log() -> Any:
        return list(tenant.log.lines())


def _set_clock(tenant: TenantContext, sent: Mapping[str, Any]) -> None:
    if any(isinstance(sent.get(name), bool) for name in ("freeze", "advance")):
        raise TypeError("freeze and advance take seconds")
    if sent.get("reset"):
        tenant.clock.reset()
    if "freeze" in sent:
        tenant.clock.freeze(float(sent["freeze"]))
    tenant.clock.advance(float(sent.get("advance", 0)))


def _sent_of(*known: str) -> dict[str, Any]:
    """Read what was sent; a key that would do nothing is a `ValueError`."""
    sent = sent_object()
    unknown = sorted({*sent} - {*known})
    if unknown:
        raise ValueError(f"{unknown[0]}: unknown; known are {', '.join(known)}")
    return sent


def _controlled(
    tenant: TenantContext,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @loopback_only(tenant)
        @wraps(view)
        def answered(*args: Any, **kwargs: Any) -> HTTPResponse:
            if request.method == "POST":
                same_site_only()
                sent_object()  # also where nothing is read: no form can send one
            try:
                return json_reply(view(*args, **kwargs))
            except FolderRejected as rejected:
                problems = [str(problem) for problem in rejected.problems]
                return json_reply(
                    {"error": "folder rejected", "problems": problems}, 400
                )
            except (ValueError, TypeError, KeyError) as mistake:
                return json_reply({"error": str(mistake)}, 400)

        return answered

    return decorate


def _person(tenant: TenantContext, person: User) -> dict[str, Any]:
    held = tenant.authenticators.of(person.user_id)
    secrets = [one.secret for one in held if one.factor == OTP.name]
    return {
        **person.profile,
        "blocked": person.blocked,
        "factors": list(person.enrolled),
        "logins_count": person.logins_count,
        "totp_secret": secrets[0] if secrets else None,
        "code": pyotp.TOTP(secrets[0]).at(tenant.now()) if secrets else None,
    }


def _check_user(sent: dict[str, Any]) -> None:
    """Refuse what could not be written, before anything is."""
    for name, said in sent.items():
        if not isinstance(said, _OF_A_USER[name]):
            raise TypeError(f"{name}: {said!r} is not {_words_of(_OF_A_USER[name])}")
    if not sent.get("email"):
        raise ValueError("email: say whom")
    unknown = [one for one in sent.get("factors", ()) if one not in _ENROLLABLE]
    if unknown:
        raise ValueError(f"factors: {unknown[0]!r} is none of {', '.join(_ENROLLABLE)}")


def _words_of(kind: type | UnionType) -> str:
    return " or ".join(_TYPE_WORDS[part] for part in get_args(kind) or (kind,))


def _check_roles(tenant: TenantContext, sent: dict[str, Any]) -> None:
    roles = sent.get("roles", [])
    if not isinstance(roles, list) or not all(isinstance(one, str) for one in roles):
        raise TypeError("roles is not a list of strings")
    unknown = tenant.configuration.unknown_roles(roles)
    if unknown:
        raise ValueError(f"roles: the folder has no {', '.join(unknown)}")


def _new_user(sent: dict[str, Any]) -> NewUser:
    return NewUser(
        email=str(sent["email"]),
        password=str(sent.get("password", "fabrikam")),
        user_id=str(sent.get("user_id", "")),
        profile=sent.get("profile", {}),
        user_metadata=sent.get("user_metadata"),
        app_metadata=sent.get("app_metadata"),
        roles=tuple(sent.get("roles", ())),
        blocked=sent.get("blocked") is True,
    )


def _change(tenant: TenantContext, person: User, sent: dict[str, Any]) -> None:
    if "blocked" in sent:
        tenant.users.set_blocked(person.user_id, blocked=sent["blocked"] is True)
    if sent.get("blocked") is True:
        end_sessions_of(tenant, person.user_id)
    if "profile" in sent:
        tenant.users.update_profile(person.user_id, sent["profile"])
    if "roles" in sent:
        tenant.users.set_roles(person.user_id, tuple(sent["roles"]))
    if "password" in sent:
        tenant.users.set_password(person.user_id, str(sent["password"]))
    tenant.users.update_user_metadata(person.user_id, sent.get("user_metadata") or {})
    tenant.users.update_app_metadata(person.user_id, sent.get("app_metadata") or {})


def _client(client: RegisteredClient) -> dict[str, Any]:
    return {
        "client_id": client.client_id,
        "client_secret": client.secret,
        "name": client.name,
        "callbacks": list(client.callbacks),
        "allowed_logout_urls": list(client.logout_urls),
        "grant_types": list(client.grant_types),
        "oidc_conformant": client.conformant,
        "sso": client.single_sign_on,
        "is_first_party": client.first_party,
        "jwt_configuration": {
            "alg": client.algorithm,
            "lifetime_in_seconds": client.id_token_seconds,
        },
        "backchannel_logout_uri": client.backchannel_logout_url,
        "web_origins": list(client.web_origins),
        "require_pushed_authorization_requests": client.must_push,
    }


def _configuration(tenant: TenantContext) -> dict[str, Any]:
    settings = tenant.configuration.settings
    return {
        "folder": str(tenant.configuration.root),
        "problems": list(tenant.configuration.problems),
        "warnings": list(tenant.configuration.warnings),
        "policy": settings.policy,
        "factors": sorted(settings.factors),
        "quirks": {name: getattr(settings.assumptions, name) for name in DOUBTS},
    }
