"""Recovery codes: twenty-four letters that a user writes down; a hash is kept."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Final

__all__ = ["digest_of", "new_recovery_code", "recovery_code_from", "typed_digest"]

_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # no two look alike
_LENGTH: Final = 24


def new_recovery_code() -> str:
    """Make a recovery code by chance."""
    return _spelled(secrets.token_bytes(_LENGTH))


def recovery_code_from(seed: str, device: str) -> str:
    """Make a recovery code of two secrets that lie apart: the same each time."""
    return _spelled(hmac.digest(device.encode(), seed.encode(), hashlib.sha256))


def digest_of(code: str) -> str:
    """Hash a code as it is kept."""
    return hashlib.sha256(code.encode()).hexdigest()


def typed_digest(typed: str) -> str:
    """Hash a code as somebody typed it, with spaces, hyphens or small letters."""
    return digest_of("".join(typed.split()).replace("-", "").upper())


def _spelled(chance: bytes) -> str:
    count = len(_LETTERS)  # 32, so that no letter is likelier than another
    return "".join(_LETTERS[byte % count] for byte in chance[:_LENGTH])
