"""Access tokens for the intranet's own API. Pure.

JWT profile of RFC 9068 as Auth0 issues it: signed by the tenant, for our audience,
with scopes.  An ID token is no access token, whatever it says.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from fabrikam.oidc.errors import IdTokenRejected
from fabrikam.oidc.idtoken import (
    LEEWAY,
    Claims,
    Expected,
    TokenKeys,
    authentication_class,
    authentication_time,
    expiry,
    issuer,
    not_before,
    subject,
    verify_signature,
)

__all__ = ["AccessToken", "verify_access_token"]

_TYPES: Final = {"at+jwt", "application/at+jwt", "JWT"}


@dataclass(frozen=True, slots=True)
class AccessToken:
    """An access token whose signature and claims were verified."""

    subject: str
    scopes: frozenset[str]
    claims: Claims


def verify_access_token(
    raw: str, keys: TokenKeys, *, issuer_url: str, audience: str, now: int
) -> AccessToken:
    """Verify the signature, then every claim; raises IdTokenRejected."""
    claims = verify_signature(raw, keys, "RS256", types=_TYPES)
    for claim in ("iss", "sub", "aud", "exp", "iat"):
        if claim not in claims:
            raise IdTokenRejected(claim, "missing")
    expected = Expected(issuer=issuer_url, client_id=audience, nonce="", now=now)
    for check in (
        issuer,
        subject,
        expiry,
        not_before,
        authentication_class,
        authentication_time,
    ):
        check(claims, expected)
    _for_us(claims, audience)
    _issued(claims, now)
    return AccessToken(claims["sub"], _scopes(claims), MappingProxyType(claims))


def _for_us(claims: Claims, audience: str) -> None:
    # Auth0 also lists its own userinfo endpoint; one of several may be ours
    aud = claims["aud"]
    if aud != audience and not (isinstance(aud, list) and audience in aud):
        raise IdTokenRejected("aud", "mismatch", repr(aud)[:80])
    if "nonce" in claims:
        raise IdTokenRejected("nonce", "mismatch", "an ID token is no access token")


def _issued(claims: Claims, now: int) -> None:
    if type(claims["iat"]) is not int:
        raise IdTokenRejected("iat", "malformed")
    if claims["iat"] > now + LEEWAY:
        raise IdTokenRejected("iat", "early")


def _scopes(claims: Claims) -> frozenset[str]:
    scope = claims.get("scope", "")
    if not isinstance(scope, str):
        raise IdTokenRejected("scope", "malformed")
    return frozenset(scope.split())
