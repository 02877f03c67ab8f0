"""The only door for tokens: `verify_id_token` makes an `IdToken`, nothing else does.

PyJWT checks the signature with the algorithm and the key that *we* choose.  The
claims go through `CHECKS`, in the order of OpenID Connect Core §3.1.3.7, with their
types, since a boolean or a string is not a time.  Pure: `now` is an argument.
"""

from __future__ import annotations

import hmac
import json
import re
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Final, Literal, NoReturn, TypeAlias

import jwt

from fabrikam.oidc.errors import Fault, IdTokenRejected
from fabrikam.oidc.keyset import KeySet

__all__ = [
    "CHECKS",
    "Algorithm",
    "Claims",
    "Expected",
    "IdToken",
    "TokenKeys",
    "key_id",
    "recall_id_token",
    "verify_id_token",
    "verify_signature",
]

Claims: TypeAlias = Mapping[str, Any]
Algorithm: TypeAlias = Literal["RS256", "PS256", "HS256"]
TokenKeys: TypeAlias = KeySet | str
"""The tenant's public keys, or the client secret where the client uses HS256."""

LEEWAY: Final = 60
"""Seconds by which the clocks of tenant and application may differ."""

_LONGEST_LIFE: Final = 366 * 86_400  # later than that is not a time in seconds
_MOST_CHARACTERS: Final = 262_144  # Auth0 lets 100 KB of custom claims into a token
_COMPACT: Final = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)
_SUBJECT_LIMIT: Final = 255


@dataclass(frozen=True, slots=True)
class IdToken:
    """An ID token whose signature and claims were verified."""

    subject: str
    claims: Claims


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What the token must say to belong to this sign-in.

    `now` is in seconds since the epoch, `token_age` the seconds that may lie between
    its issue and its receipt.  `access_token` is the one that came with it, if any.
    """

    issuer: str
    client_id: str
    nonce: str
    now: int
    algorithm: Algorithm = "RS256"
    access_token: str | None = None
    token_age: int = 300


Check: TypeAlias = Callable[[Claims, Expected], None]


def verify_id_token(raw: str, keys: TokenKeys, expected: Expected) -> IdToken:
    """Verify the signature, then every claim; the first failure is raised.

    Raises IdTokenRejected.  Implements OpenID Connect Core §3.1.3.7.
    """
    claims = verify_signature(raw, keys, expected.algorithm, types={"JWT"})
    for check in CHECKS:
        check(claims, expected)
    return IdToken(subject=claims["sub"], claims=MappingProxyType(claims))


def recall_id_token(claims: Claims) -> IdToken:
    """Return a token that we verified earlier and whose claims we kept ourselves."""
    return IdToken(subject=claims["sub"], claims=MappingProxyType(dict(claims)))


def verify_signature(
    raw: str, keys: TokenKeys, algorithm: Algorithm, *, types: set[str]
) -> dict[str, Any]:
    """Return the claims of a JWS whose signature holds, none of them checked yet.

    `types` are the values that `typ` may have where the header bears it.
    Raises IdTokenRejected.
    """
    header = _header(raw)
    if header.get("alg") != algorithm:
        _reject("alg", "mismatch", repr(header.get("alg"))[:40])
    if str(header.get("typ", "JWT")).upper() not in {name.upper() for name in types}:
        _reject("typ", "mismatch", repr(header["typ"])[:40])
    key = keys if isinstance(keys, str) else keys.find(_kid(header))
    if not key:
        _reject("kid", "mismatch", "no key of the tenant bears this name")
    try:
        payload = jwt.PyJWS().decode(raw, key, algorithms=[algorithm])
    except jwt.PyJWTError as error:
        raise IdTokenRejected("signature", "mismatch", str(error)) from error
    return _json_object(payload)


def key_id(raw: str) -> str | None:
    """Return the `kid` that a token claims to be signed with; raises IdTokenRejected.

    Nothing is verified yet: it only says which key to look for.
    """
    return _kid(_header(raw))


def completeness(claims: Claims, expected: Expected) -> None:  # noqa: ARG001
    """OIDC Core §2: `iss`, `sub`, `aud`, `exp` and `iat` are there."""
    for claim in ("iss", "sub", "aud", "exp", "iat"):
        if claim not in claims:
            _reject(claim, "missing")


def issuer(claims: Claims, expected: Expected) -> None:
    """OIDC Core §3.1.3.7 (2): `iss` is exactly the tenant's."""
    if claims["iss"] != expected.issuer:
        _reject("iss", "mismatch", repr(claims["iss"]))


def subject(claims: Claims, expected: Expected) -> None:  # noqa: ARG001
    """OIDC Core §2: `sub` is a string of 1 to 255 ASCII characters."""
    sub = claims["sub"]
    if not (isinstance(sub, str) and sub.isascii() and 1 <= len(sub) <= _SUBJECT_LIMIT):
        _reject("sub", "malformed")


def audience(claims: Claims, expected: Expected) -> None:
    """OIDC Core §3.1.3.7 (3): `aud` is this client, and nobody we do not know."""
    if claims["aud"] not in (expected.client_id, [expected.client_id]):
        _reject("aud", "mismatch", repr(claims["aud"]))


def authorized_party(claims: Claims, expected: Expected) -> None:
    """OIDC Core §3.1.3.7 (5): `azp`, where present, is this client."""
    if "azp" in claims and claims["azp"] != expected.client_id:
        _reject("azp", "mismatch", repr(claims["azp"]))


def expiry(claims: Claims, expected: Expected) -> None:
    """OIDC Core §3.1.3.7 (9): the current time is before `exp`."""
    expires_at = _instant(claims, "exp")
    if expected.now - LEEWAY >= expires_at:
        _reject("exp", "expired", f"{expires_at}, our clock says {expected.now}")
    if expires_at > expected.now + _LONGEST_LIFE:
        _reject("exp", "malformed", f"{expires_at} is not a time in seconds")


def issue_time(claims: Claims, expected: Expected) -> None:
    """OIDC Core §3.1.3.7 (10): `iat` is neither in the future nor long ago."""
    issued_at = _instant(claims, "iat")
    if issued_at > expected.now + LEEWAY:
        _reject("iat", "early", f"{issued_at}, our clock says {expected.now}")
    if issued_at < expected.now - expected.token_age - LEEWAY:
        _reject("iat", "expired", f"{issued_at}, our clock says {expected.now}")


def not_before(claims: Claims, expected: Expected) -> None:
    """RFC 7519 §4.1.5: `nbf`, where present, has passed."""
    if "nbf" in claims and _instant(claims, "nbf") > expected.now + LEEWAY:
        _reject("nbf", "early", f"{claims['nbf']}, our clock says {expected.now}")


def nonce(claims: Claims, expected: Expected) -> None:
    """OIDC Core §3.1.3.7 (11): `nonce` is the one that we sent."""
    sent_back = claims.get("nonce")
    if not isinstance(sent_back, str):
        _reject("nonce", "missing" if sent_back is None else "malformed")
    if not hmac.compare_digest(sent_back.encode(), expected.nonce.encode()):
        _reject("nonce", "mismatch")


def authentication_class(claims: Claims, expected: Expected) -> None:  # noqa: ARG001
    """OIDC Core §2: `acr`, where present, is a string."""
    if "acr" in claims and not isinstance(claims["acr"], str):
        _reject("acr", "malformed", repr(claims["acr"]))


def authentication_time(claims: Claims, expected: Expected) -> None:
    """OIDC Core §2: `auth_time`, where present, is a time that has passed."""
    if "auth_time" in claims and _instant(claims, "auth_time") > expected.now + LEEWAY:
        detail = f"{claims['auth_time']}, our clock says {expected.now}"
        _reject("auth_time", "early", detail)


def access_token_hash(claims: Claims, expected: Expected) -> None:
    """OIDC Core §3.1.3.8: `at_hash`, where present, belongs to the access token."""
    if "at_hash" not in claims or expected.access_token is None:
        return
    half = sha256(expected.access_token.encode()).digest()[:16]
    if claims["at_hash"] != urlsafe_b64encode(half).decode().rstrip("="):
        _reject("at_hash", "mismatch")


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


def _header(raw: str) -> dict[str, Any]:
    # PyJWT lets padding and stray characters through, and one signature would then
    # vouch for many spellings of one token
    if len(raw) > _MOST_CHARACTERS or not _COMPACT.fullmatch(raw):
        _reject("token", "malformed", f"{len(raw)} characters")
    try:
        return jwt.get_unverified_header(raw)
    except jwt.PyJWTError as error:
        raise IdTokenRejected("header", "malformed", str(error)) from error


def _kid(header: Mapping[str, Any]) -> str | None:
    kid = header.get("kid")
    if kid is not None and not isinstance(kid, str):
        _reject("kid", "malformed")
    return kid


def _json_object(payload: bytes) -> dict[str, Any]:
    try:
        claims = json.loads(
            payload, object_pairs_hook=_distinct, parse_constant=_no_constant
        )
    except (ValueError, RecursionError) as error:
        raise IdTokenRejected("payload", "malformed", str(error)[:80]) from error
    if not isinstance(claims, dict):
        _reject("payload", "malformed", "not an object")
    return claims


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # two parsers may each believe another of two members with the same name
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a member stands twice")
    return dict(pairs)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _instant(claims: Claims, claim: str) -> int:
    value = claims[claim]
    if type(value) is not int:  # a bool is an int, and NaN is before nothing
        _reject(claim, "malformed", repr(value)[:40])
    return int(value)


def _reject(part: str, fault: Fault, detail: str = "") -> NoReturn:
    raise IdTokenRejected(part, fault, detail)
