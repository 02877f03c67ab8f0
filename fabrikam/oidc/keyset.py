"""The tenant's public keys, read from a JWKS document (RFC 7517). Pure.

Only RSA keys for signatures are taken, of 2048 bits or more: a symmetric key has no
business in a public document, and a short one proves little.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt import InvalidKeyError
from jwt.algorithms import RSAAlgorithm

from fabrikam.oidc.errors import ProviderUntrusted

__all__ = ["KeySet", "parse_jwks"]

_MINIMUM_BITS: Final = 2048
_MOST_KEYS: Final = 50


@dataclass(frozen=True, slots=True)
class KeySet:
    """Verification keys by `kid`; a key without one is filed under ``""``."""

    keys: Mapping[str, RSAPublicKey]

    def find(self, kid: str | None) -> RSAPublicKey | None:
        """Return the key that a token names, or the only one if it names none."""
        if kid is not None:
            return self.keys.get(kid)
        return next(iter(self.keys.values())) if len(self.keys) == 1 else None


def parse_jwks(document: object) -> KeySet:
    """Take the usable signature keys of a JWKS; raises ProviderUntrusted."""
    entries = document.get("keys") if isinstance(document, Mapping) else None
    if not isinstance(entries, list) or len(entries) > _MOST_KEYS:
        raise ProviderUntrusted("JWKS: not a list of keys")
    signing = [entry for entry in entries if _is_for_signatures(entry)]
    names = Counter(entry.get("kid", "") for entry in signing)
    return KeySet(
        {
            entry.get("kid", ""): key
            for entry in signing
            if names[entry.get("kid", "")] == 1  # of two keys with one name, neither
            and (key := _rsa_key(entry)) is not None
        }
    )


def _is_for_signatures(entry: object) -> bool:
    return (
        isinstance(entry, Mapping)
        and entry.get("kty") == "RSA"
        and entry.get("use", "sig") == "sig"
        and entry.get("alg", "RS256") in ("RS256", "PS256")
        and isinstance(entry.get("kid", ""), str)
    )


def _rsa_key(entry: dict[str, Any]) -> RSAPublicKey | None:
    try:
        key = RSAAlgorithm.from_jwk(entry)
    except (InvalidKeyError, ValueError, TypeError):
        return None  # an unreadable key verifies nothing; the others still do
    if isinstance(key, RSAPublicKey) and key.key_size >= _MINIMUM_BITS:
        return key
    return None
