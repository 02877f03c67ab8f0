"""The tenant's signing keys: made at first start, kept private, rotated with overlap.

A rotated key signs no more, but stays in the key set while tokens it signed may live.
"""

from __future__ import annotations

import base64
import datetime
import hashlib
import hmac
import json
import os
import threading
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

__all__ = ["Keyring", "SigningKey", "derived", "write_privately"]

_BITS: Final = 3072  # the least with 128 bits of strength
_KEPT: Final = 3  # the key in use and two before it


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One RSA key with its public name."""

    kid: str
    pem: bytes
    certificate: bytes

    @property
    def private(self) -> rsa.RSAPrivateKey:
        """The key itself."""
        return _loaded(self.pem)

    def name_for(self, algorithm: str) -> str:
        """The name that a token gives: libraries hold a key to one algorithm."""
        return self.kid if algorithm == "RS256" else f"{self.kid}-{algorithm.lower()}"

    def public_jwk(self, algorithm: str) -> dict[str, Any]:
        """The public half, as the key set shows it for one algorithm."""
        jwk = jwt.algorithms.RSAAlgorithm.to_jwk(
            self.private.public_key(), as_dict=True
        )
        der = x509.load_pem_x509_certificate(self.certificate)
        raw = der.public_bytes(serialization.Encoding.DER)
        return {
            "kty": "RSA",
            "use": "sig",
            "alg": algorithm,
            "kid": self.name_for(algorithm),
            "n": jwk["n"],
            "e": jwk["e"],
            "x5c": [base64.b64encode(raw).decode()],
            "x5t": _base64url(hashlib.sha1(raw, usedforsecurity=False).digest()),
        }


class Keyring:
    """The keys in their file, the newest first."""

    def __init__(self, data_dir: Path, name: str, now: int) -> None:
        self._path = data_dir / "signing-keys.json"
        self._name = name
        self._lock = threading.Lock()
        self._keys = self._read() or self._written((_new_key(name, now),))

    @property
    def current(self) -> SigningKey:
        """The key that signs."""
        return self._keys[0]

    def jwks(self, algorithms: Sequence[str]) -> Mapping[str, Any]:
        """The key set that the tenant publishes for algorithms that are in use."""
        return {
            "keys": [key.public_jwk(one) for one in algorithms for key in self._keys]
        }

    def public(self, kid: object, algorithm: str) -> rsa.RSAPublicKey | None:
        """Find the public half of a key that may still be believed."""
        named = (key for key in self._keys if key.name_for(algorithm) == kid)
        return next((key.private.public_key() for key in named), None)

    def rotate(self, now: int) -> SigningKey:
        """Sign with a new key from now on; the last ones stay published."""
        with self._lock:
            fresh = _new_key(self._name, now)
            self._keys = self._written((fresh, *self._keys)[:_KEPT])
            return fresh

    def _read(self) -> tuple[SigningKey, ...]:
        if not self._path.exists():
            return ()
        rows = json.loads(self._path.read_text())
        return tuple(
            SigningKey(row["kid"], row["pem"].encode(), row["certificate"].encode())
            for row in rows
        )

    def _written(self, keys: tuple[SigningKey, ...]) -> tuple[SigningKey, ...]:
        rows = [
            {"kid": k.kid, "pem": k.pem.decode(), "certificate": k.certificate.decode()}
            for k in keys
        ]
        write_privately(self._path, json.dumps(rows))
        return keys


@lru_cache(maxsize=2 * _KEPT)
def _loaded(pem: bytes) -> rsa.RSAPrivateKey:
    # reading it proves that it is a key, which takes a fifth of a second each time
    key = serialization.load_pem_private_key(pem, password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("signing keys: not an RSA key")
    return key


def write_privately(path: Path, text: str) -> None:
    """Write a file that only its owner may read, wholly or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".new")
    beside.touch(mode=0o600, exist_ok=True)
    beside.write_text(text)
    os.replace(beside, path)


def derived(master: bytes, purpose: str) -> str:
    """Make a secret for one purpose of the secret that others are made of."""
    digest = hmac.digest(master, purpose.encode("utf-8", "replace"), hashlib.sha256)
    return _base64url(digest)


def _new_key(name: str, now: int) -> SigningKey:
    private = rsa.generate_private_key(public_exponent=65537, key_size=_BITS)
    certificate = _certificate(private, name, now)
    thumbprint = hashlib.sha256(certificate).digest()
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return SigningKey(_base64url(thumbprint)[:24], pem, certificate)


def _certificate(private: rsa.RSAPrivateKey, name: str, now: int) -> bytes:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    start = datetime.datetime.fromtimestamp(now, datetime.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + datetime.timedelta(days=3650))
    )
    certificate = builder.sign(private, hashes.SHA256())
    return certificate.public_bytes(serialization.Encoding.PEM)


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
