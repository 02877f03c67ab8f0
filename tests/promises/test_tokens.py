"""Attacks 38 to 52: tokens that are forged, confused, replayed or endless."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from fabrikam.oidc import IdTokenRejected, parse_jwks, verify_id_token
from tests.builders import KID, SECRET, claims, expected, id_token, jwk, private_key

PUBLIC = private_key().public_key()
PEM = PUBLIC.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
PKCS1 = PUBLIC.public_bytes(Encoding.PEM, PublicFormat.PKCS1)
DER = PUBLIC.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
MODULUS = PUBLIC.public_numbers().n
SPELLINGS = {
    "PEM": PEM,
    "PEM without the last line's end": PEM.rstrip(),
    "PEM with other ends of lines": PEM.replace(b"\n", b"\r\n"),
    "PEM of one line": PEM.replace(b"\n", b""),
    "body of the PEM": b"".join(PEM.splitlines()[1:-1]),
    "PKCS 1": PKCS1,
    "PKCS 1 without the last line's end": PKCS1.rstrip(),
    "DER": DER,
    "JWK": json.dumps(jwk()).encode(),
    "JWK without spaces": json.dumps(jwk(), separators=(",", ":")).encode(),
    "modulus as in the JWK": jwk()["n"].encode(),
    "modulus as bytes": MODULUS.to_bytes(256, "big"),
    "modulus as a number": str(MODULUS).encode(),
    "exponent": b"AQAB",
    "nothing": b"",
}


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def signed_by(secret: bytes, alg: str = "HS256", **header) -> str:
    """A token with a MAC, made by hand since the library would refuse the key."""
    head = {"alg": alg, "typ": "JWT", "kid": KID, **header}
    body = ".".join(encoded(json.dumps(part).encode()) for part in (head, claims()))
    mac = hmac.digest(secret, body.encode(), hashlib.sha256)
    return f"{body}.{encoded(mac)}"


def rejected_part(raw: str, keys=None, **changes) -> str:
    ours = parse_jwks({"keys": [jwk()]})
    with pytest.raises(IdTokenRejected) as rejected:
        verify_id_token(raw, keys or ours, expected(**changes))
    return rejected.value.part


@pytest.mark.promise("ASVS 9.1.2", "OIDC 3.1.3.7 (7)")
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_038_the_public_key_however_it_is_spelled_is_no_secret(spelling):
    forged = signed_by(SPELLINGS[spelling])
    assert rejected_part(forged) == "alg"
    assert rejected_part(signed_by(SPELLINGS[spelling], "RS256")) == "signature"
    assert rejected_part(forged, SECRET, algorithm="HS256") == "signature"


def test_044_keys_that_a_token_brings_along_are_not_even_fetched(intranet):
    evil = "http://evil.example/keys"
    forged = id_token(
        key=private_key("evil"), jku=evil, x5u=evil, jwk=jwk("evil"), kid="evil"
    )
    intranet.tenant.spoil = lambda _: forged
    assert intranet.sign_in().status_int == 502
    assert set(intranet.tenant.asked) <= {"discovery", "jwks", "token"}


@pytest.mark.promise("ASVS 1.3.12")
@pytest.mark.parametrize("size", [100_000, 900_000])
def test_049_a_huge_token_is_refused_at_once(intranet, size):
    intranet.tenant.spoil = lambda _: "A." * (size // 2)
    assert intranet.sign_in().status_int == 502


@pytest.mark.promise("OIDC 3.1.3.7 (1)")
def test_049_an_encrypted_token_is_refused():
    five_parts = ".".join([encoded(b'{"alg":"RSA-OAEP","enc":"A256GCM"}')] * 5)
    assert rejected_part(five_parts) == "token"


def test_051_a_flood_of_unknown_keys_by_logout_tokens_is_bounded_too(intranet):
    intranet.sign_in()
    asked_before = intranet.tenant.asked.count("jwks")
    for number in range(50):
        forged = id_token(key=private_key("evil"), kid=f"evil-{number}")
        sent = {"logout_token": forged}
        intranet.new_browser().post("/backchannel-logout", sent, status=400)
    assert intranet.tenant.asked.count("jwks") - asked_before == 1
    intranet.tenant.keys = [jwk("second")]
    intranet.later(60)
    second = id_token(
        claims(nonce="", iat=intranet.tenant.now, exp=intranet.tenant.now + 60),
        key=private_key("second"),
        kid="second",
    )
    sent = {"logout_token": second}
    intranet.new_browser().post("/backchannel-logout", sent, status=400)
    assert intranet.tenant.asked.count("jwks") - asked_before == 2


def test_052_the_token_of_an_earlier_step_up_is_refused(intranet):
    intranet.sign_in()
    seen = []
    intranet.tenant.spoil = lambda raw: seen.append(raw) or raw
    intranet.step_up(amr=["mfa"])
    intranet.tenant.spoil = lambda _: seen[0]
    intranet.browser.get("/logout")
    assert intranet.sign_in().status_int == 502
    assert intranet.browser.get("/customers", status=303)
