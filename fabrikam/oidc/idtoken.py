"""The only door for ID tokens: `verify_id_token` makes an `IdToken`, nothing else does.

The claims go through `CHECKS`, in the order of OpenID Connect Core §3.1.3.7, with their
types, since a boolean or a string is not a time.  Pure: `now` is an argument.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from types import MappingProxyType
from typing import Final

from fabrikam.oidc.checks import (
    Check,
    Claims,
    Expected,
    authentication_class,
    authentication_time,
    demand,
    expiry,
    issue_time,
    issuer,
    not_before,
    rejected_as,
    subject,
)
from fabrikam.oidc.errors import IdTokenRejected, reject
from fabrikam.oidc.signature import TokenKeys, verify_signature

__all__ = ["CHECKS", "IdToken", "recall_id_token", "verify_id_token"]


@dataclass(frozen=True, slots=True)
class IdToken:
    """An ID token whose signature and claims were verified."""

    subject: str
    claims: Claims


def verify_id_token(raw: str, keys: TokenKeys, expected: Expected) -> IdToken:
    """Verify the signature, then every claim; the first failure is raised.

    Raises IdTokenRejected.  Implements OpenID Connect Core §3.1.3.7.
    """
    with rejected_as(IdTokenRejected):
        claims = verify_signature(raw, keys, expected.algorithm, types={"JWT"})
        for check in CHECKS:
            check(claims, expected)
    return IdToken(subject=claims["sub"], claims=MappingProxyType(claims))


def recall_id_token(claims: Claims) -> IdToken:
    """Return a token that we verified earlier and whose claims we kept ourselves."""
    return IdToken(subject=claims["sub"], claims=MappingProxyType(dict(claims)))


def completeness(claims: Claims, expected: Expected) -> None:
    """OIDC Core §2: `iss`, `sub`, `aud`, `exp` and `iat` are there."""
    demand(claims, "iss", "sub", "aud", "exp", "iat")


def audience(claims: Claims, expected: Expected) -> None:
    """OIDC Core §3.1.3.7 (3): `aud` is this client, and nobody we do not know."""
    if claims["aud"] not in (expected.client_id, [expected.client_id]):
        reject("aud", "mismatch", repr(claims["aud"]))


def authorized_party(claims: Claims, expected: Expected) -> None:
    """OIDC Core §3.1.3.7 (5): `azp`, where present, is this client."""
    if "azp" in claims and claims["azp"] != expected.client_id:
        reject("azp", "mismatch", repr(claims["azp"]))


def nonce(claims: Claims, expected: Expected) -> None:
    """OIDC Core §3.1.3.7 (11): `nonce` is the one that we sent."""
    sent_back = claims.get("nonce")
    if not isinstance(sent_back, str):
        reject("nonce", "missing" if sent_back is None else "malformed")
    if not hmac.compare_digest(_bytes(sent_back), _bytes(expected.nonce)):
        reject("nonce", "mismatch")


def access_token_hash(claims: Claims, expected: Expected) -> None:
    """OIDC Core §3.1.3.8: `at_hash`, where present, belongs to the access token."""
    if "at_hash" not in claims or expected.access_token is None:
        return
    half = sha256(_bytes(expected.access_token)).digest()[:16]
    if claims["at_hash"] != urlsafe_b64encode(half).decode().rstrip("="):
        reject("at_hash", "mismatch")


CHECKS: Final[tuple[Check, ...]] = (
    completeness,
    issuer,
    subject,
    audience,
    authorized_party,
    expiry,
    issue_time,
    not_before,
    nonce,
    authentication_class,
    authentication_time,
    access_token_hash,
)


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogatepass")  # JSON may hold half a character
