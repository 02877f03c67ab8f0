"""One good example of everything; a test shows only what differs."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from fabrikam.oidc import Evidence, Expected, recall_id_token

NOW = 1_800_000_000
ISSUER = "http://tenant.example/"
CLIENT_ID = "fabrikam-intranet"
SECRET = "a client secret of more than thirty-two bytes"
NONCE = "n-0S6_WzA2Mj"
KID = "first"
MFA_ACR = "http://schemas.openid.net/pape/policies/2007/06/multi-factor"


def private_key(name: str = KID, bits: int = 2048) -> rsa.RSAPrivateKey:
    """An RSA key by name; the same one for the whole run."""
    return _private_key(name, bits)


@cache
def _private_key(name: str, bits: int) -> rsa.RSAPrivateKey:
    del name
    return rsa.generate_private_key(public_exponent=65_537, key_size=bits)


def jwk(name: str = KID, bits: int = 2048, **changes: Any) -> dict[str, Any]:
    """The public face of a key, as a JWKS entry."""
    public = private_key(name, bits).public_key()
    entry = jwt.algorithms.RSAAlgorithm.to_jwk(public, as_dict=True)
    return changed({**entry, "kid": name, "use": "sig", "alg": "RS256"}, changes)


def claims(**changes: Any) -> dict[str, Any]:
    """The claims of a plain login; a claim changed to `...` is left out."""
    login = {
        "iss": ISSUER,
        "sub": "auth0|ann",
        "aud": CLIENT_ID,
        "iat": NOW,
        "exp": NOW + 36_000,
        "nonce": NONCE,
        "name": "Ann Otieno",
        "email": "ann@fabrikam.example",
    }
    return changed(login, changes)


def changed(values: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Return the values with some of them changed; `...` leaves one out."""
    merged = {**values, **changes}
    return {name: value for name, value in merged.items() if value is not ...}


def id_token(
    payload: dict[str, Any] | None = None,
    *,
    key: Any = None,
    alg: str = "RS256",
    **header: Any,
) -> str:
    """A signed ID token."""
    return jwt.PyJWS().encode(
        json.dumps(claims() if payload is None else payload).encode(),
        private_key() if key is None else key,
        algorithm=alg,
        headers=changed({"kid": KID, "typ": "JWT"}, header),
    )


def expected(**changes: Any) -> Expected:
    """What a token of `claims()` must say."""
    ours = {"issuer": ISSUER, "client_id": CLIENT_ID, "nonce": NONCE, "now": NOW}
    return Expected(**{**ours, **changes})


def evidence(
    *,
    received_at: int = NOW,
    userinfo: dict[str, Any] | None = None,
    asked_by: str = "modern",
    **changes: Any,
) -> Evidence:
    """What a plain login proved; claims may be changed."""
    return Evidence(recall_id_token(claims(**changes)), received_at, userinfo, asked_by)
