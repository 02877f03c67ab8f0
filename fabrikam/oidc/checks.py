"""Checks that every kind of token passes, each one claim and one rule. Pure.

A check raises TokenRejected; `rejected_as` says of which kind of token that was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from fabrikam.oidc.errors import TokenRejected, reject
from fabrikam.oidc.signature import Algorithm

__all__ = [
    "LEEWAY",
    "Check",
    "Claims",
    "Expected",
    "authentication_class",
    "authentication_time",
    "demand",
    "expiry",
    "instant",
    "issue_time",
    "issuer",
    "not_before",
    "rejected_as",
    "subject",
]

Claims: TypeAlias = Mapping[str, Any]

LEEWAY: Final = 60
"""Seconds by which the clocks of tenant and application may differ."""

_LONGEST_LIFE: Final = 366 * 86_400  # later than that is not a time in seconds
_SUBJECT_LIMIT: Final = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a token must say to belong to us, and to this sign-in.

    `now` is in seconds since the epoch, `token_age` the seconds that may lie between
    its issue and its receipt.  `access_token` is the one that came with it, if any.
    """

    issuer: str
    client_id: str
    nonce: str
    now: int
    algorithm: Algorithm = "RS256"
    access_token: str | None = None
    token_age: int = 300


Check: TypeAlias = Callable[[Claims, Expected], None]


@contextmanager
def rejected_as(kind: type[TokenRejected]) -> Iterator[None]:
    """Raise what a check found wrong as the rejection of one kind of token."""
    try:
        yield
    except TokenRejected as error:
        raise kind(error.part, error.fault, error.detail) from error


def demand(claims: Claims, *names: str) -> None:
    """Reject a token that lacks one of these claims."""
    for name in names:
        if name not in claims:
            reject(name, "missing")


def issuer(claims: Claims, expected: Expected) -> None:
    """OIDC Core §3.1.3.7 (2): `iss` is exactly the tenant's."""
    if claims["iss"] != expected.issuer:
        reject("iss", "mismatch", repr(claims["iss"]))


def subject(claims: Claims, expected: Expected) -> None:
    """OIDC Core §2: `sub` is a string of 1 to 255 ASCII characters."""
    sub = claims["sub"]
    if not (isinstance(sub, str) and sub.isascii() and 1 <= len(sub) <= _SUBJECT_LIMIT):
        reject("sub", "malformed")


def expiry(claims: Claims, expected: Expected) -> None:
    """OIDC Core §3.1.3.7 (9): the current time is before `exp`."""
    expires_at = instant(claims, "exp")
    if expected.now - LEEWAY >= expires_at:
        reject("exp", "expired", f"{expires_at}, our clock says {expected.now}")
    if expires_at > expected.now + _LONGEST_LIFE:
        reject("exp", "malformed", f"{expires_at} is not a time in seconds")


def issue_time(claims: Claims, expected: Expected) -> None:
    """OIDC Core §3.1.3.7 (10): `iat` is neither in the future nor long ago."""
    issued_at = instant(claims, "iat")
    if issued_at > expected.now + LEEWAY:
        reject("iat", "early", f"{issued_at}, our clock says {expected.now}")
    if issued_at < expected.now - expected.token_age - LEEWAY:
        reject("iat", "expired", f"{issued_at}, our clock says {expected.now}")


def not_before(claims: Claims, expected: Expected) -> None:
    """RFC 7519 §4.1.5: `nbf`, where present, has passed."""
    if "nbf" in claims and instant(claims, "nbf") > expected.now + LEEWAY:
        reject("nbf", "early", f"{claims['nbf']}, our clock says {expected.now}")


def authentication_class(claims: Claims, expected: Expected) -> None:
    """OIDC Core §2: `acr`, where present, is a string."""
    if "acr" in claims and not isinstance(claims["acr"], str):
        reject("acr", "malformed", repr(claims["acr"]))


def authentication_time(claims: Claims, expected: Expected) -> None:
    """OIDC Core §2: `auth_time`, where present, is a time that has passed."""
    if "auth_time" in claims and instant(claims, "auth_time") > expected.now + LEEWAY:
        detail = f"{claims['auth_time']}, our clock says {expected.now}"
        reject("auth_time", "early", detail)


def instant(claims: Claims, claim: str) -> int:
    """Read a claim that is a time, in whole seconds since the epoch."""
    value = claims[claim]
    if type(value) is not int:  # a bool is an int, and NaN is before nothing
        reject(claim, "malformed", repr(value)[:40])
    return int(value)
