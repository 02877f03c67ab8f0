"""Access tokens for the intranet's own API. Pure.

JWT profile of RFC 9068 as Auth0 issues it: signed by the tenant, for our audience,
with scopes.  An ID token is no access token, whatever it says.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from fabrikam.oidc.checks import (
    LEEWAY,
    Check,
    Claims,
    Expected,
    authentication_class,
    authentication_time,
    demand,
    expiry,
    instant,
    issuer,
    not_before,
    rejected_as,
    subject,
)
from fabrikam.oidc.errors import AccessTokenRejected, reject
from fabrikam.oidc.signature import TokenKeys, verify_signature

__all__ = ["CHECKS", "AccessToken", "verify_access_token"]

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
    """Verify the signature, then every claim; the first failure is raised.

    Raises AccessTokenRejected.  Implements RFC 9068 §4.
    """
    expected = Expected(issuer=issuer_url, client_id=audience, nonce="", now=now)
    with rejected_as(AccessTokenRejected):
        claims = verify_signature(raw, keys, "RS256", types=_TYPES)
        for check in CHECKS:
            check(claims, expected)
    scopes = frozenset(claims.get("scope", "").split())
    return AccessToken(claims["sub"], scopes, MappingProxyType(claims))


def completeness(claims: Claims, expected: Expected) -> None:
    """RFC 9068 §2.2: `iss`, `sub`, `aud`, `exp` and `iat` are there."""
    demand(claims, "iss", "sub", "aud", "exp", "iat")


def our_audience(claims: Claims, expected: Expected) -> None:
    """RFC 9068 §4: `aud` names our API, perhaps among others."""
    # Auth0 also lists its own userinfo endpoint
    aud, ours = claims["aud"], expected.client_id
    if aud != ours and not (isinstance(aud, list) and ours in aud):
        reject("aud", "mismatch", repr(aud)[:80])


def no_nonce(claims: Claims, expected: Expected) -> None:
    """RFC 9068 §2.2: `nonce` is a claim of ID tokens."""
    if "nonce" in claims:
        reject("nonce", "mismatch", "an ID token is no access token")


def issued_before(claims: Claims, expected: Expected) -> None:
    """RFC 9068 §2.2: `iat` is not in the future."""
    if instant(claims, "iat") > expected.now + LEEWAY:
        reject("iat", "early")


def words_of_scope(claims: Claims, expected: Expected) -> None:
    """RFC 9068 §2.2.3: `scope`, where present, is a string of words."""
    if not isinstance(claims.get("scope", ""), str):
        reject("scope", "malformed")


CHECKS: Final[tuple[Check, ...]] = (
    completeness,
    issuer,
    subject,
    our_audience,
    no_nonce,
    expiry,
    issued_before,
    not_before,
    authentication_class,
    authentication_time,
    words_of_scope,
)
