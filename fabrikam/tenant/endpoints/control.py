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
from fabrikam.tenant.http.pages import json_reply
from fabrikam.tenant.scripts import FolderRejected
from fabrikam.tenant.services.demo_users import seed_demo_users
from fabrikam.tenant.services.push_requests import answer_push, pending_pushes
from fabrikam.tenant.storage.users import NewUser

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bottle import Bottle

    from fabrikam.tenant.context import House
    from fabrikam.tenant.decisions.facts import Client, Person

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
_ENROLLABLE: Final = ("otp", "push-notification", "recovery-code")


def control(app: Bottle, house: House) -> None:
    """Add the addresses."""
    _people(app, house)
    _clients(app, house)
    _pushes(app, house)
    _settings(app, house)
    _doings(app, house)


def _people(app: Bottle, house: House) -> None:
    @app.get("/_tenant/users")
    @_controlled(house)
    def users() -> Any:
        return [_person(house, person) for person in house.directory.people()]

    @app.post("/_tenant/users")
    @_controlled(house)
    def add_or_change() -> Any:
        sent = _sent_of(*_OF_A_USER)
        _check_user(sent)
        _check_roles(house, sent)
        known = house.directory.by_name(str(sent.get("email", "")))
        person = known or house.directory.add(_new_user(sent), house.now())
        if known is not None:
            _change(house, known, sent)
        for factor in {*sent.get("factors", ())} - {*person.enrolled}:
            secret = sent.get("totp_secret")
            one = house.authenticators.propose(
                person.user_id, factor, house.now(), secret
            )
            house.authenticators.confirm(one.id, house.now())
        return _person(house, house.directory.find(person.user_id) or person)


def _clients(app: Bottle, house: House) -> None:
    @app.get("/_tenant/clients")
    @_controlled(house)
    def clients() -> Any:
        return [_client(client) for client in house.clients.all(house.now())]

    @app.post("/_tenant/clients")
    @_controlled(house)
    def add() -> Any:
        return _client(house.clients.add(sent_object()))


def _pushes(app: Bottle, house: House) -> None:
    @app.get("/_tenant/push")
    @_controlled(house)
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
            for push in pending_pushes(house)
        ]

    @app.post("/_tenant/push/<push_id>")
    @_controlled(house)
    def answer(push_id: str) -> Any:
        if not answer_push(house, push_id, str(sent_object().get("answer"))):
            raise ValueError("push: answered already, over, or no allow or deny")
        return {"ok": True}


def _settings(app: Bottle, house: House) -> None:
    @app.route("/_tenant/clock", method=["GET", "POST"])
    @_controlled(house)
    def clock() -> Any:
        if request.method == "POST":
            _set_clock(house, _sent_of("reset", "freeze", "advance"))
        return {"now": house.now()}

    @app.route("/_tenant/faults", method=["GET", "POST"])
    @_controlled(house)
    def faults() -> Any:
        if request.method == "POST":
            house.faults.change(sent_object())
        return house.faults.all()

    @app.route("/_tenant/config", method=["GET", "POST"])
    @_controlled(house)
    def config() -> Any:
        if request.method == "POST":
            sent = _sent_of("folder", "quirks")
            if "folder" in sent:
                house.configuration.use(Path(str(sent["folder"])))
            house.configuration.change_quirks(sent.get("quirks", {}))
        return _configuration(house)


def _doings(app: Bottle, house: House) -> None:
    @app.post("/_tenant/keys/rotate")
    @_controlled(house)
    def rotate() -> Any:
        return {"kid": house.keys.rotate(house.now()).kid}

    @app.post("/_tenant/reset")
    @_controlled(house)
    def reset() -> Any:
        house.reset()
        seed_demo_users(house)
        return {"ok": True}

    @app.get("/_tenant/log")
    @_controlled(house)
    def log() -> Any:
        return list(house.log.lines())


def _set_clock(house: House, sent: Mapping[str, Any]) -> None:
    if any(isinstance(sent.get(name), bool) for name in ("freeze", "advance")):
        raise TypeError("freeze and advance take seconds")
    if sent.get("reset"):
        house.clock.reset()
    if "freeze" in sent:
        house.clock.freeze(float(sent["freeze"]))
    house.clock.advance(float(sent.get("advance", 0)))


def _sent_of(*known: str) -> dict[str, Any]:
    """Read what was sent; a key that would do nothing is a `ValueError`."""
    sent = sent_object()
    unknown = sorted({*sent} - {*known})
    if unknown:
        raise ValueError(f"{unknown[0]}: unknown; known are {', '.join(known)}")
    return sent


def _controlled(house: House) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @loopback_only(house)
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


def _person(house: House, person: Person) -> dict[str, Any]:
    held = house.authenticators.of(person.user_id)
    secrets = [one.secret for one in held if one.factor == "otp"]
    return {
        **person.profile,
        "blocked": person.blocked,
        "factors": list(person.enrolled),
        "logins_count": person.logins_count,
        "totp_secret": secrets[0] if secrets else None,
        "code": pyotp.TOTP(secrets[0]).at(house.now()) if secrets else None,
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


def _check_roles(house: House, sent: dict[str, Any]) -> None:
    roles = sent.get("roles", [])
    if not isinstance(roles, list) or not all(isinstance(one, str) for one in roles):
        raise TypeError("roles is not a list of strings")
    unknown = house.configuration.unknown_roles(roles)
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


def _change(house: House, person: Person, sent: dict[str, Any]) -> None:
    if "blocked" in sent:
        house.directory.set_blocked(person.user_id, blocked=sent["blocked"] is True)
    if sent.get("blocked") is True:
        end_sessions_of(house, person.user_id)
    if "profile" in sent:
        house.directory.update_profile(person.user_id, sent["profile"])
    if "roles" in sent:
        house.directory.set_roles(person.user_id, tuple(sent["roles"]))
    if "password" in sent:
        house.directory.set_password(person.user_id, str(sent["password"]))
    house.directory.update_user_metadata(
        person.user_id, sent.get("user_metadata") or {}
    )
    house.directory.update_app_metadata(person.user_id, sent.get("app_metadata") or {})


def _client(client: Client) -> dict[str, Any]:
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


def _configuration(house: House) -> dict[str, Any]:
    tenancy = house.configuration.tenancy
    return {
        "folder": str(house.configuration.root),
        "problems": list(house.configuration.problems),
        "warnings": list(house.configuration.warnings),
        "policy": tenancy.policy,
        "factors": sorted(tenancy.factors),
        "quirks": {name: getattr(tenancy.quirks, name) for name in DOUBTS},
    }
