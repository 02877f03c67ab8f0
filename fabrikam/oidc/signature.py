"""The signature of a token, checked before anything that it says (RFC 7515). Pure.

PyJWT checks it with the algorithm and the key that *we* choose.  Nothing else about
the token is verified here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final, Literal, NoReturn, TypeAlias

import jwt

from fabrikam.oidc.errors import TokenRejected, reject
from fabrikam.oidc.keyset import KeySet

__all__ = ["Algorithm", "TokenKeys", "key_id", "verify_signature"]

Algorithm: TypeAlias = Literal["RS256", "PS256", "HS256"]
TokenKeys: TypeAlias = KeySet | str
"""The tenant's public keys, or the client secret where the client uses HS256."""

_MOST_CHARACTERS: Final = 262_144  # Auth0 lets 100 KB of custom claims into a token
_COMPACT: Final = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)


def verify_signature(
    raw: str, keys: TokenKeys, algorithm: Algorithm, *, types: set[str]
) -> dict[str, Any]:
    """Return the claims of a JWS whose signature holds, none of them checked yet.

    `types` are the values that `typ` may have where the header bears it.
    Raises TokenRejected.
    """
    header = _header(raw)
    if header.get("alg") != algorithm:
        reject("alg", "mismatch", repr(header.get("alg"))[:40])
    if str(header.get("typ", "JWT")).upper() not in {name.upper() for name in types}:
        reject("typ", "mismatch", repr(header["typ"])[:40])
    key = keys if isinstance(keys, str) else keys.find(_kid(header))
    if not key:
        reject("kid", "mismatch", "no key of the tenant bears this name")
    try:
        payload = jwt.PyJWS().decode(raw, key, algorithms=[algorithm])
    except jwt.PyJWTError as error:
        raise TokenRejected("signature", "mismatch", str(error)) from error
    return _json_object(payload)


def key_id(raw: str) -> str | None:
    """Return the `kid` that a token claims to be signed with; raises TokenRejected.

    Nothing is verified yet: it only says which key to look for.
    """
    return _kid(_header(raw))


def _header(raw: str) -> dict[str, Any]:
    # PyJWT lets padding and stray characters through, and one signature would then
    # vouch for many spellings of one token
    if len(raw) > _MOST_CHARACTERS or not _COMPACT.fullmatch(raw):
        reject("token", "malformed", f"{len(raw)} characters")
    try:
        return jwt.get_unverified_header(raw)
    except jwt.PyJWTError as error:
        raise TokenRejected("header", "malformed", str(error)) from error


def _kid(header: Mapping[str, Any]) -> str | None:
    kid = header.get("kid")
    if kid is not None and not isinstance(kid, str):
        reject("kid", "malformed")
    return kid


def _json_object(payload: bytes) -> dict[str, Any]:
    try:
        claims = json.loads(
            payload, object_pairs_hook=_distinct, parse_constant=_no_constant
        )
    except (ValueError, RecursionError) as error:
        raise TokenRejected("payload", "malformed", str(error)[:80]) from error
    if not isinstance(claims, dict):
        reject("payload", "malformed", "not an object")
    return claims


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # two parsers may each believe another of two members with the same name
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a member stands twice")
    return dict(pairs)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
