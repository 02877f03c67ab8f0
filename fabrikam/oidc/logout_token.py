"""Logout tokens: the tenant says that a session has ended. Pure.

Implements OpenID Connect Back-Channel Logout 1.0 §2.6.  A logout token is never an ID
token, and an ID token never a logout token: their `typ` and `events` tell them apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, NoReturn

from fabrikam.oidc.errors import Fault, IdTokenRejected
from fabrikam.oidc.idtoken import (
    LEEWAY,
    Algorithm,
    Claims,
    Expected,
    TokenKeys,
    audience,
    expiry,
    issue_time,
    issuer,
    verify_signature,
)

__all__ = ["LogoutToken", "verify_logout_token"]

_EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"
_LONGEST_LIFE: Final = 3_600  # the specification advises two minutes


@dataclass(frozen=True, slots=True, kw_only=True)
class LogoutToken:
    """Whose session ended: by `sid` where given, else every session of `subject`."""

    jti: str
    subject: str | None
    sid: str | None
    expires_at: int


def verify_logout_token(
    raw: str,
    keys: TokenKeys,
    *,
    issuer_url: str,
    client_id: str,
    algorithm: Algorithm,
    now: int,
) -> LogoutToken:
    """Verify the signature, then every claim; raises IdTokenRejected."""
    claims = verify_signature(raw, keys, algorithm, types={"logout+jwt", "JWT"})
    for claim in ("iss", "aud", "iat", "exp", "jti", "events"):
        if claim not in claims:
            _reject(claim, "missing")
    expected = Expected(issuer=issuer_url, client_id=client_id, nonce="", now=now)
    for check in (issuer, audience, issue_time, expiry):
        check(claims, expected)
    if claims["exp"] > now + _LONGEST_LIFE + LEEWAY:
        _reject("exp", "malformed", "too far away for a logout token")
    if "nonce" in claims:
        _reject("nonce", "mismatch", "an ID token is not a logout token")
    if not (isinstance(claims["events"], dict) and _is_logout(claims["events"])):
        _reject("events", "mismatch")
    return _logout_token(claims)


def _is_logout(events: dict[str, Any]) -> bool:
    return isinstance(events.get(_EVENT), dict)


def _logout_token(claims: Claims) -> LogoutToken:
    subject, sid = _text(claims, "sub"), _text(claims, "sid")
    if subject is None and sid is None:
        _reject("sub", "missing", "neither sub nor sid")
    jti = _text(claims, "jti")
    if jti is None:
        _reject("jti", "malformed")
    return LogoutToken(jti=jti, subject=subject, sid=sid, expires_at=claims["exp"])


def _text(claims: Claims, claim: str) -> str | None:
    value = claims.get(claim)
    if value is not None and not (isinstance(value, str) and value):
        _reject(claim, "malformed")
    return value


def _reject(part: str, fault: Fault, detail: str = "") -> NoReturn:
    raise IdTokenRejected(part, fault, detail)
