"""oauthlib's questions, answered from the store; it decides nothing itself.

Clients are authenticated before a code is touched.  A code is taken, so of any number
of redeemers one gets its grant; a code that was used already ends all that came of it.
"""

# ruff: noqa: ARG002 - the names of the arguments are oauthlib's

from __future__ import annotations

import base64
import binascii
import hmac
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

from oauthlib.openid import RequestValidator

from fabrikam.tenant.facts import Client
from fabrikam.tenant.house import Entitlement, Origin
from fabrikam.tenant.refusals import Refused
from fabrikam.tenant.tokens import id_token

if TYPE_CHECKING:
    from collections.abc import Mapping

    from oauthlib.common import Request

    from fabrikam.tenant.house import House

__all__ = ["Validator"]


class Validator(RequestValidator):
    """What oauthlib wants to know, for one tenant.

    The grant that a request is about travels as `request.user`, an `Entitlement`.
    """

    def __init__(self, house: House) -> None:
        super().__init__()
        self._house = house

    # who calls

    def client_authentication_required(
        self, request: Request, *args: Any, **kwargs: Any
    ) -> bool:
        """Every client keeps a secret, unless it is known as public."""
        client = self._house.client(_credentials(request)[0])
        return client is None or not client.public

    def authenticate_client(self, request: Request, *args: Any, **kwargs: Any) -> bool:
        """Weigh a client's secret, from the header or from the form."""
        client_id, secret = _credentials(request)
        client = self._house.client(client_id)
        if client is None or client.secret is None or secret is None:
            return False
        if request.client_id not in (None, client_id):
            return False
        request.client = client
        return hmac.compare_digest(client.secret.encode(), secret.encode())

    def authenticate_client_id(
        self, client_id: str, request: Request, *args: Any, **kwargs: Any
    ) -> bool:
        """Let a public client in by its name alone."""
        client = self._house.client(client_id)
        request.client = client
        return client is not None and client.public

    def validate_client_id(
        self, client_id: str, request: Request, *args: Any, **kwargs: Any
    ) -> bool:
        """Tell whether a client is known."""
        request.client = self._house.client(client_id)
        return request.client is not None

    def validate_grant_type(
        self,
        client_id: str,
        grant_type: str,
        client: Any,
        request: Request,
        *args: Any,
        **kwargs: Any,
    ) -> bool:
        """Tell whether a client may use a grant."""
        return grant_type in client.grant_types

    # what may be asked for

    def validate_redirect_uri(
        self,
        client_id: str,
        redirect_uri: str,
        request: Request,
        *args: Any,
        **kwargs: Any,
    ) -> bool:
        """Compare an address with the registered ones, character by character."""
        client = self._house.client(client_id)
        return client is not None and redirect_uri in client.callbacks

    def get_default_redirect_uri(
        self, client_id: str, request: Request, *args: Any, **kwargs: Any
    ) -> str:
        """Have none: an address must be said."""
        return ""

    def validate_response_type(
        self,
        client_id: str,
        response_type: str,
        client: Any,
        request: Request,
        *args: Any,
        **kwargs: Any,
    ) -> bool:
        """Give codes only: no token travels through the browser."""
        return response_type == "code"

    def is_pkce_required(self, client_id: str, request: Request) -> bool:
        """Demand PKCE of clients without a secret."""
        client = self._house.client(client_id)
        return client is None or client.public

    def get_default_scopes(
        self, client_id: str, request: Request, *args: Any, **kwargs: Any
    ) -> list[str]:
        """Have none."""
        return []

    def validate_scopes(self, *args: Any, **kwargs: Any) -> bool:
        """Tolerate unknown scopes: scripts see them, and they grant nothing."""
        return True

    def validate_silent_login(self, request: Request) -> bool:
        """Leave it to `next_step`."""
        return True

    def validate_silent_authorization(self, request: Request) -> bool:
        """Leave it to `next_step`."""
        return True

    def validate_user_match(self, *args: Any, **kwargs: Any) -> bool:
        """Leave it to `next_step`."""
        return True

    # codes

    def validate_code(
        self,
        client_id: str,
        code: str,
        client: Any,
        request: Request,
        *args: Any,
        **kwargs: Any,
    ) -> bool:
        """Take the code; whoever comes later gets nothing and ends what it gave."""
        entitlement = self._house.shelves.codes.take(code, self._house.now())
        if entitlement is None:
            self._end_what_came_of(code)
            raise Refused("invalid_grant", "Invalid authorization code")
        grant = entitlement.grant
        if grant.client_id != client_id:
            raise Refused("invalid_grant", "Invalid authorization code")
        if request.code_verifier is not None and grant.code_challenge is None:
            raise Refused("invalid_grant", "Failed to verify code verifier")
        request.user = entitlement
        request.scopes = list(grant.granted)
        return True

    def get_code_challenge(self, code: str, request: Request) -> str:
        """Read the challenge of the code in hand."""
        challenge: str = _entitlement(request).grant.code_challenge  # type: ignore[assignment]  # None says that there is none; the stub knows only str
        return challenge

    def get_code_challenge_method(self, code: str, request: Request) -> str:
        """Know one method: `/authorize` accepts no other."""
        return "S256"

    def confirm_redirect_uri(
        self,
        client_id: str,
        code: str,
        redirect_uri: str,
        client: Any,
        request: Request,
        *args: Any,
        **kwargs: Any,
    ) -> bool:
        """Compare the address with the one that the code was sent to."""
        if redirect_uri == _entitlement(request).grant.redirect_uri:
            return True
        raise Refused("invalid_grant", "Invalid authorization code")

    def invalidate_authorization_code(self, *args: Any, **kwargs: Any) -> None:
        """Do nothing: the code was taken when it was validated."""

    def get_authorization_code_nonce(
        self, client_id: str, code: str, redirect_uri: str, request: Request
    ) -> str:
        """Read the nonce of the code in hand."""
        return _entitlement(request).grant.nonce or ""

    # refresh tokens

    def validate_refresh_token(
        self,
        refresh_token: str,
        client: Any,
        request: Request,
        *args: Any,
        **kwargs: Any,
    ) -> bool:
        """Look a refresh token up; one that was used already ends its family."""
        shelf = self._house.shelves.refresh_tokens
        entitlement = shelf.look(refresh_token, self._house.now())
        if entitlement is None:
            self._end_what_came_of(refresh_token)
            raise Refused("invalid_grant", "Unknown or invalid refresh token.")
        if entitlement.grant.client_id != client.client_id:
            raise Refused("invalid_grant", "Unknown or invalid refresh token.")
        request.user = entitlement
        return True

    def get_original_scopes(
        self, refresh_token: str, request: Request, *args: Any, **kwargs: Any
    ) -> list[str]:
        """Read what was granted at the login."""
        return list(_entitlement(request).renewed_from.granted)

    def is_within_original_scope(self, *args: Any, **kwargs: Any) -> bool:
        """Let other scopes pass: scripts see them, and nothing is granted for them."""
        return True

    def rotate_refresh_token(self, request: Request) -> bool:
        """Give a new refresh token at every use."""
        return True

    def refresh_id_token(self, request: Request) -> bool:
        """Renew the ID token where `openid` was granted."""
        return "openid" in _entitlement(request).grant.granted

    # tokens

    def get_id_token(
        self, token: dict[str, Any], token_handler: Any, request: Request
    ) -> str:
        """Sign the ID token of an answer."""
        grant = _entitlement(request).grant
        return id_token(self._house, grant, _client(request), token["access_token"])

    def save_token(
        self, token: Mapping[str, Any], request: Request, *args: Any, **kwargs: Any
    ) -> None:
        """Keep what was given, unless its family ended meanwhile."""
        house, entitlement, now = self._house, _entitlement(request), self._house.now()
        house.shelves.access_tokens.keep(
            token["access_token"],
            entitlement,
            ends_at=now + entitlement.grant.access_token_seconds,
            family=entitlement.family,
        )
        if "refresh_token" in token:
            self._keep_refresh_token(token["refresh_token"], entitlement, now)

    def revoke_token(
        self,
        token: str,
        token_type_hint: str,
        request: Request,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        """End a refresh token with all its family, or one access token."""
        house, client_id = self._house, _client(request).client_id
        refresh = house.shelves.refresh_tokens.look(token, house.now())
        if refresh is not None and refresh.grant.client_id == client_id:
            house.store.end_family(refresh.family, house.now())
        access = house.shelves.access_tokens.look(token, house.now())
        if access is not None and access.grant.client_id == client_id:
            house.shelves.access_tokens.drop(token)

    def _keep_refresh_token(self, token: str, given: Entitlement, now: int) -> None:
        house = self._house
        until = given.renewable_until or now + house.lifetimes.refresh_token
        lasting = Entitlement(given.renewed_from, given.family, until)
        house.shelves.origins.keep(token, Origin(given.family), ends_at=until)
        house.shelves.refresh_tokens.keep(
            token,
            lasting,
            ends_at=min(until, now + house.lifetimes.refresh_idle),
            family=given.family,
        )

    def _end_what_came_of(self, key: str) -> None:
        origin = self._house.shelves.origins.look(key, self._house.now())
        if origin is not None:
            self._house.store.end_family(origin.family, self._house.now())


def _entitlement(request: Request) -> Entitlement:
    found = request.user
    if not isinstance(found, Entitlement):
        raise TypeError("request without an entitlement")
    return found


def _client(request: Request) -> Client:
    found = request.client
    if not isinstance(found, Client):
        raise TypeError("request without a client")
    return found


def _credentials(request: Request) -> tuple[str | None, str | None]:
    header = request.headers.get("Authorization", "")
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return request.client_id, request.client_secret
    try:
        decoded = base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None, None
    name, _, secret = decoded.partition(":")
    return unquote_plus(name), unquote_plus(secret)
