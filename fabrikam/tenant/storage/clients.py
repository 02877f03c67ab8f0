"""Applications: of the tenant folder, of the control API, and the demo client.

A client that comes without a secret gets one that is the same at every start.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from fabrikam.tenant.decisions.facts import RegisteredClient
from fabrikam.tenant.scripts.folder_schema import CLIENT, violations
from fabrikam.tenant.storage.client_addresses import unfit_addresses
from fabrikam.tenant.storage.keys import derived

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fabrikam.tenant.storage.database import Table

__all__ = ["Clients", "client_from"]

_ALGORITHMS: Final = ("RS256", "HS256", "PS256")
_FOREVER: Final = 2**53


def client_from(said: Mapping[str, Any], master: bytes) -> RegisteredClient:
    """Read a client as the Management API prints it."""
    name = _text(said, "name") or _text(said, "client_id") or "client"
    client_id = _text(said, "client_id") or derived(master, f"id:{name}")[:32]
    public = said.get("token_endpoint_auth_method") == "none"
    secret = _text(said, "client_secret") or derived(master, f"secret:{client_id}")
    jwt = _mapping(said, "jwt_configuration")
    return RegisteredClient(
        client_id=client_id,
        name=name,
        secret=None if public else secret,
        callbacks=_texts(said, "callbacks"),
        logout_urls=_texts(said, "allowed_logout_urls"),
        grant_types=_texts(said, "grant_types")
        or ("authorization_code", "refresh_token"),
        conformant=said.get("oidc_conformant", True) is not False,
        single_sign_on=_shares_session(said),
        first_party=said.get("is_first_party", True) is not False,
        algorithm=jwt["alg"] if jwt.get("alg") in _ALGORITHMS else "RS256",
        id_token_seconds=_seconds(jwt.get("lifetime_in_seconds"), 36_000),
        metadata=_mapping(said, "client_metadata"),
        backchannel_logout_url=_backchannel_url(said),
        initiate_login_uri=_text(said, "initiate_login_uri"),
        web_origins=_texts(said, "web_origins"),
        must_push=said.get("require_pushed_authorization_requests") is True,
    )


class Clients:
    """All clients by their id: what the folder says, then what tests added."""

    def __init__(
        self, added: Table[RegisteredClient], master: bytes, demo: RegisteredClient
    ) -> None:
        self._added = added
        self._master = master
        self._demo = demo
        self._of_folder: dict[str, RegisteredClient] = {}
        self.read_folder(())

    def read_folder(self, said: Iterable[Mapping[str, Any]]) -> None:
        """Take the clients of a tenant folder in place of the earlier ones."""
        clients = [client_from(one, self._master) for one in said]
        by_id = {client.client_id: client for client in clients}
        demo = self._demo
        own = by_id.get(demo.client_id, demo)
        by_id[demo.client_id] = replace(
            own,
            secret=demo.secret,
            callbacks=tuple(dict.fromkeys((*own.callbacks, *demo.callbacks))),
            logout_urls=tuple(dict.fromkeys((*own.logout_urls, *demo.logout_urls))),
            backchannel_logout_url=own.backchannel_logout_url
            or demo.backchannel_logout_url,
            initiate_login_uri=own.initiate_login_uri or demo.initiate_login_uri,
        )
        self._of_folder = by_id

    def find(self, client_id: str | None, now: int) -> RegisteredClient | None:
        """Look a client up."""
        if client_id is None:
            return None
        return self._added.look(client_id, now) or self._of_folder.get(client_id)

    def add(self, said: Mapping[str, Any]) -> RegisteredClient:
        """Add a client, or replace it; an unfit value or address is a `ValueError`."""
        unfit = [wrong for _, wrong in violations(said, CLIENT)]
        unfit = unfit or [*unfit_addresses(said)]
        if unfit:
            raise ValueError("; ".join(unfit))
        client = client_from(said, self._master)
        self._added.keep(client.client_id, client, ends_at=_FOREVER)
        return client

    def all(self, now: int) -> list[RegisteredClient]:
        """List every client."""
        added = {client.client_id: client for client in self._added.all(now)}
        return list({**self._of_folder, **added}.values())


def _shares_session(said: Mapping[str, Any]) -> bool:
    # legacy clients shared the browser session only where `sso` was switched on
    if said.get("oidc_conformant", True) is not False:
        return said.get("sso_disabled") is not True
    return said.get("sso") is True and said.get("sso_disabled") is not True


def _backchannel_url(said: Mapping[str, Any]) -> str | None:
    plain = _text(said, "backchannel_logout_uri")
    urls = _texts(_mapping(said, "oidc_backchannel_logout"), "backchannel_logout_urls")
    urls += _texts(_mapping(said, "oidc_logout"), "backchannel_logout_urls")
    return plain or next(iter(urls), None)


def _text(said: Mapping[str, Any], name: str) -> str | None:
    value = said.get(name)
    return value if isinstance(value, str) and value else None


def _texts(said: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = said.get(name)
    if not isinstance(value, list | tuple):
        return ()
    return tuple(one for one in value if isinstance(one, str))


def _mapping(said: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = said.get(name)
    return value if isinstance(value, dict) else {}


def _seconds(value: Any, default: int) -> int:
    return value if type(value) is int and value > 0 else default
