"""The tenant as the application sees it: its metadata, its keys, the way to reach it.

The only file of the room that waits for the network, with `party`.  What was read is
kept: metadata and keys outlive an outage of the tenant.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

import requests
from requests.adapters import BaseAdapter

from fabrikam.oidc.errors import (
    ProviderUnreachable,
    ProviderUntrusted,
    SignInError,
)
from fabrikam.oidc.keyset import KeySet, parse_jwks
from fabrikam.oidc.transport import confine, origin_of, reason_of

__all__ = ["Metadata", "Provider", "parse_metadata"]

log = logging.getLogger(__name__)

ValueT = TypeVar("ValueT")

_METADATA_SECONDS: Final = 3_600
_RETRY_SECONDS: Final = 2  # after a failed refresh, what is kept serves for this long


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What the discovery document says (OpenID Connect Discovery §3)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    userinfo_endpoint: str | None
    jwks_uri: str
    names_issuer_in_answers: bool
    takes_secret_in_form: bool


def parse_metadata(document: object, issuer: str) -> Metadata:
    """Read a discovery document; raises ProviderUntrusted.

    Its issuer must be the configured one to the letter (Discovery §4.3), and every
    endpoint must be at the issuer's origin.
    """
    if not isinstance(document, Mapping) or document.get("issuer") != issuer:
        raise ProviderUntrusted(f"discovery: the document is not about {issuer}")
    return Metadata(
        issuer=issuer,
        authorization_endpoint=_endpoint(document, "authorization_endpoint", issuer),
        token_endpoint=_endpoint(document, "token_endpoint", issuer),
        userinfo_endpoint=(
            _endpoint(document, "userinfo_endpoint", issuer)
            if "userinfo_endpoint" in document
            else None
        ),
        jwks_uri=_endpoint(document, "jwks_uri", issuer),
        names_issuer_in_answers=(
            document.get("authorization_response_iss_parameter_supported") is True
        ),
        takes_secret_in_form="client_secret_post" in _methods(document),
    )


def _methods(document: Mapping[str, Any]) -> list[str]:
    # Discovery §3: who says nothing takes the secret in the Authorization header
    methods = document.get("token_endpoint_auth_methods_supported")
    return methods if isinstance(methods, list) else ["client_secret_basic"]


def _endpoint(document: Mapping[str, Any], name: str, issuer: str) -> str:
    url = document.get(name)
    if not isinstance(url, str) or not _is_at_origin(url, issuer):
        raise ProviderUntrusted(f"discovery: {name} is not at the issuer's origin")
    return url


def _is_at_origin(url: str, issuer: str) -> bool:
    try:
        return origin_of(url) == origin_of(issuer)
    except ValueError:  # an address that is none
        return False


class Provider:
    """One tenant; may be used from any thread.

    `issuer` ends with a slash.  `clock` gives seconds since the epoch.  A token with
    an unknown `kid` makes us ask for the keys anew, once per `jwks_cooldown` seconds;
    otherwise keys are read again after `jwks_lifetime` seconds.
    """

    def __init__(
        self,
        issuer: str,
        *,
        adapter: BaseAdapter,
        clock: Callable[[], float],
        jwks_cooldown: int = 60,
        jwks_lifetime: int = 300,
    ) -> None:
        self.issuer = issuer
        self.adapter = adapter
        self._http = confine(requests.Session(), issuer, adapter)
        self._clock = clock
        self._cooldown = jwks_cooldown
        self._metadata = _Kept(self._fetch_metadata, clock, _METADATA_SECONDS)
        self._keys = _Kept(self._fetch_keys, clock, jwks_lifetime)
        self._asked_anew_at = float("-inf")
        self._asking = threading.Lock()

    def metadata(self) -> Metadata:
        """Return the tenant's metadata; raises ProviderUnreachable, -Untrusted."""
        return self._metadata.value()

    def keys_for(self, kid: str | None) -> KeySet:
        """Return the keys, read again if none of them bears this name.

        Raises ProviderUnreachable, ProviderUntrusted.
        """
        keys = self._keys.value()
        if keys.find(kid) is None and self._may_ask_anew():
            keys = self._keys.refreshed()
        return keys

    def userinfo(self, access_token: str) -> Mapping[str, Any]:
        """Ask who an access token speaks for (OpenID Connect Core §5.3)."""
        endpoint = self.metadata().userinfo_endpoint
        if endpoint is None:
            raise ProviderUntrusted("discovery: the tenant has no userinfo_endpoint")
        return self._get_json(endpoint, {"Authorization": f"Bearer {access_token}"})

    def _may_ask_anew(self) -> bool:
        with self._asking:
            if self._clock() - self._asked_anew_at < self._cooldown:
                return False
            self._asked_anew_at = self._clock()
            return True

    def _fetch_metadata(self) -> Metadata:
        url = self.issuer + ".well-known/openid-configuration"
        return parse_metadata(self._get_json(url), self.issuer)

    def _fetch_keys(self) -> KeySet:
        return parse_jwks(self._get_json(self.metadata().jwks_uri))

    def _get_json(
        self, url: str, headers: Mapping[str, str] | None = None
    ) -> Mapping[str, Any]:
        try:
            response = self._http.get(url, headers=headers, allow_redirects=False)
            document = response.json() if response.ok else None
        except (requests.RequestException, RecursionError) as error:
            raise ProviderUnreachable(f"{url}: {reason_of(error)}") from error
        if not isinstance(document, dict) or response.is_redirect:
            raise ProviderUnreachable(f"{url}: status {response.status_code}")
        return document


class _Kept(Generic[ValueT]):
    """A value that is fetched when needed, kept for a while, and longer in need.

    While the tenant is away an old value goes on serving.  Where there is none yet,
    the failure itself is kept for some seconds, so that a crowd does not queue up
    behind one time-out after another.
    """

    def __init__(
        self,
        fetch: Callable[[], ValueT],
        clock: Callable[[], float],
        seconds: float,
    ) -> None:
        self._fetch = fetch
        self._clock = clock
        self._seconds = seconds
        self._value: ValueT | None = None
        self._failure: SignInError | None = None
        self._due = float("-inf")
        self._lock = threading.Lock()

    def value(self) -> ValueT:
        """Return the value, fetched first if it is due; raises SignInError."""
        old = self._value
        # whoever has an old value need not wait for the one who reads a new one
        if not self._lock.acquire(blocking=old is None):
            return self._kept()
        try:
            if self._clock() >= self._due:
                self._read()
            return self._kept()
        finally:
            self._lock.release()

    def refreshed(self) -> ValueT:
        """Return the value as it is now at the tenant, or as it was, in need."""
        with self._lock:
            self._read()
            return self._kept()

    def _kept(self) -> ValueT:
        if self._value is not None:
            return self._value
        raise self._failure or ProviderUnreachable("nothing was read yet")

    def _read(self) -> None:
        try:
            self._value = self._fetch()
        except (ProviderUnreachable, ProviderUntrusted) as error:
            log.warning("the tenant's answer is missing: %s", error)
            self._failure = error
            self._due = self._clock() + _RETRY_SECONDS
        else:
            self._due = self._clock() + self._seconds
