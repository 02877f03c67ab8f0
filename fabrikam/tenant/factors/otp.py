"""One-time passwords of an authenticator app: their secret, their address, their time.

A code fits one step of thirty seconds either side of now.
"""

from __future__ import annotations

import base64
import hmac
import string
from typing import Final
from urllib.parse import quote, urlencode

import pyotp

__all__ = ["as_secret", "enrolment_uri", "step_of"]

_STEP_SECONDS: Final = 30
_BASE32: Final = frozenset(string.ascii_uppercase + "234567")
_WHOLE: Final = (0, 2, 4, 5, 7)  # the letters of whole bytes, modulo 8
_SHORTEST: Final = 23  # letters for 112 bits; libraries refuse less


def as_secret(key: str) -> str | None:
    """Read a key as a secret in base 32, or spell it so; None where it is too short."""
    whole = set(key) <= _BASE32 and len(key) % 8 in _WHOLE
    secret = key if whole else base64.b32encode(key.encode()).decode().rstrip("=")
    return secret if len(secret) >= _SHORTEST else None


def enrolment_uri(issuer: str, email: str, secret: str) -> str:
    """Write what the QR code of an authenticator app says."""
    label = f"{quote(issuer)}:{quote(email)}"
    facts = {"secret": secret, "issuer": issuer, "algorithm": "SHA1"}
    options = urlencode({**facts, "digits": 6, "period": _STEP_SECONDS})
    return f"otpauth://totp/{label}?{options}"


def step_of(secret: str, code: str, now: int) -> int | None:
    """Find the step of time that a code is for, the latest where it fits several."""
    typed = "".join(code.split()).encode()
    present = now // _STEP_SECONDS
    matching = [
        step
        for step in (present - 1, present, present + 1)
        if hmac.compare_digest(pyotp.TOTP(secret).generate_otp(step).encode(), typed)
    ]
    return matching[-1] if matching else None
