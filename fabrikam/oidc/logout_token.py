"""Logout tokens: the tenant says that a session has ended. Pure.

A logout token is never an ID token, and an ID token never a logout token: their `typ`
and `events` tell them apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fabrikam.oidc.checks import (
    LEEWAY,
    Check,
    Claims,
    Expected,
    demand,
    expiry,
    instant,
    issue_time,
    issuer,
    rejected_as,
)
from fabrikam.oidc.errors import LogoutTokenRejected, reject
from fabrikam.oidc.idtoken import audience
from fabrikam.oidc.signature import Algorithm, TokenKeys, verify_signature

__all__ = ["CHECKS", "LogoutToken", "verify_logout_token"]

_EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"
_LONGEST_LIFE: Final = 3_600  # the specification advises two minutes


@dataclass(frozen=True, slots=True, kw_only=True)
class LogoutToken:
    """Whose session ended: by `sid` where given, else every session of `subject`.

    `expires_at` is in seconds since the epoch.
    """

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
    """Verify the signature, then every claim; the first failure is raised.

    Raises LogoutTokenRejected.  Implements Back-Channel Logout 1.0 §2.6.
    """
    expected = Expected(issuer=issuer_url, client_id=client_id, nonce="", now=now)
    with rejected_as(LogoutTokenRejected):
        claims = verify_signature(raw, keys, algorithm, types={"logout+jwt", "JWT"})
        for check in CHECKS:
            check(claims, expected)
    return LogoutToken(
        jti=claims["jti"],
        subject=claims.get("sub"),
        sid=claims.get("sid"),
        expires_at=claims["exp"],
    )


def completeness(claims: Claims, expected: Expected) -> None:
    """Back-Channel Logout §2.4: every claim that it demands is there."""
    demand(claims, "iss", "aud", "iat", "exp", "jti", "events")


def short_life(claims: Claims, expected: Expected) -> None:
    """Back-Channel Logout §2.4: `exp` is near; no token is kept for later."""
    if instant(claims, "exp") > expected.now + _LONGEST_LIFE + LEEWAY:
        reject("exp", "malformed", "too far away for a logout token")


def named_session(claims: Claims, expected: Expected) -> None:
    """Back-Channel Logout §2.6 (4): `sub` or `sid` is there, and both are strings."""
    for name in ("sub", "sid", "jti"):
        _text(claims, name)
    if claims.get("sub") is None and claims.get("sid") is None:
        reject("sub", "missing", "neither sub nor sid")
    if claims["jti"] is None:
        reject("jti", "malformed")


def logout_event(claims: Claims, expected: Expected) -> None:
    """Back-Channel Logout §2.6 (5): `events` has the member of a logout."""
    events = claims["events"]
    if not (isinstance(events, dict) and isinstance(events.get(_EVENT), dict)):
        reject("events", "mismatch")


def no_nonce(claims: Claims, expected: Expected) -> None:
    """Back-Channel Logout §2.6 (6): `nonce` is a claim of ID tokens."""
    if "nonce" in claims:
        reject("nonce", "mismatch", "an ID token is not a logout token")


CHECKS: Final[tuple[Check, ...]] = (
    completeness,
    issuer,
    audience,
    issue_time,
    expiry,
    short_life,
    named_session,
    logout_event,
    no_nonce,
)


def _text(claims: Claims, claim: str) -> None:
    value = claims.get(claim)
    if value is not None and not (isinstance(value, str) and value):
        reject(claim, "malformed")
