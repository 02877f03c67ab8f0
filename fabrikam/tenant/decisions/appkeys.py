"""The secret that a Rule may choose for an authenticator app, in base 32."""

from __future__ import annotations

import base64
import string
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from fabrikam.tenant.decisions.login import Login

__all__ = ["chosen_secret"]

_LETTERS: Final = frozenset(string.ascii_uppercase + "234567")
_WHOLE: Final = (0, 2, 4, 5, 7)  # the letters of whole bytes, modulo 8
_SHORTEST: Final = 23  # letters for 112 bits; libraries refuse less


def chosen_secret(login: Login, factor: str) -> str | None:
    """Take `context.multifactor.key`, which is for `google-authenticator` only."""
    asked = login.outcome.multifactor if login.outcome else None
    if asked is None or (asked.provider, factor) != ("google-authenticator", "otp"):
        return None
    key = asked.options.get("key")
    if not isinstance(key, str):
        return None
    whole = set(key) <= _LETTERS and len(key) % 8 in _WHOLE
    secret = key if whole else base64.b32encode(key.encode()).decode().rstrip("=")
    return secret if len(secret) >= _SHORTEST else None
