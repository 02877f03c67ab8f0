"""Signed tokens: claims of the pure rooms, a key, and the faults that tests ask for."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from fabrikam.tenant.decisions.grants import claims_for
from fabrikam.tenant.storage.database import new_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fabrikam.tenant.context import TenantContext
    from fabrikam.tenant.decisions.facts import RegisteredClient
    from fabrikam.tenant.decisions.grants import Grant

__all__ = ["access_token", "id_token", "logout_token", "verified_hint"]

_LOGOUT_EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"
_LOGOUT_SECONDS: Final = 120


def id_token(
    tenant: TenantContext, grant: Grant, client: RegisteredClient, access: str
) -> str:
    """Sign what the client may know about the login."""
    said = claims_for(grant, client, tenant.now()).id_token
    claims = {**said, "at_hash": _half_hash(access)}
    return _signed(tenant, client, _at_fault(tenant, claims), "JWT")


def access_token(tenant: TenantContext, grant: Grant) -> str:
    """Make an access token: signed for an API of the tenant, else opaque."""
    client = tenant.client(grant.client_id)
    said = claims_for(grant, client, tenant.now()).access_token if client else None
    if said is None:
        return new_key()
    kind = "at+jwt" if grant.dialect.startswith("rfc9068") else "JWT"
    machine = {"gty": "client-credentials"} if grant.for_a_machine else {}
    claims = {**said, "jti": new_key(), "client_id": grant.client_id, **machine}
    return _by_key(tenant, claims, "RS256", kind)


def logout_token(
    tenant: TenantContext, client: RegisteredClient, subject: str, sid: str
) -> str:
    """Sign that a session is over, for a client that wants to know."""
    now = tenant.now()
    claims = {
        "iss": tenant.issuer,
        "aud": client.client_id,
        "iat": now,
        "exp": now + _LOGOUT_SECONDS,
        "jti": new_key(),
        "sub": subject,
        "sid": sid,
        "events": {_LOGOUT_EVENT: {}},
    }
    return _signed(tenant, client, claims, "logout+jwt")


def verified_hint(tenant: TenantContext, token: str) -> Mapping[str, Any] | None:
    """Read an ID token that we signed ourselves, however old it is."""
    try:
        header = jwt.get_unverified_header(token)
        loose = jwt.decode(token, options={"verify_signature": False})
        audience = loose.get("aud")  # anybody's word so far, so of any kind
        client = tenant.client(audience) if isinstance(audience, str) else None
        if client is None:
            return None
        return _verified(tenant, client, token, header.get("kid"))
    except (jwt.PyJWTError, TypeError, ValueError):
        return None


def _verified(
    tenant: TenantContext, client: RegisteredClient, token: str, kid: object
) -> Mapping[str, Any] | None:
    key = _verifying_key(tenant, client, kid)
    if key is None:
        return None
    verified: Mapping[str, Any] = jwt.decode(
        token,
        key,
        algorithms=[client.algorithm],
        audience=client.client_id,
        issuer=tenant.issuer,
        options={
            "require": ["sub", "exp"],
            "verify_exp": False,
            "verify_iat": False,
        },
    )
    return verified if type(verified["exp"]) is int else None


def _verifying_key(
    tenant: TenantContext, client: RegisteredClient, kid: object
) -> str | rsa.RSAPublicKey | None:
    if client.algorithm == "HS256":
        return client.secret
    return tenant.keys.public(kid, client.algorithm)


def _signed(
    tenant: TenantContext,
    client: RegisteredClient,
    claims: Mapping[str, Any],
    kind: str,
) -> str:
    if client.algorithm == "HS256" and client.secret is not None:
        secret = new_key() if tenant.faults.find("unknown_key") else client.secret
        return jwt.encode(
            dict(claims), secret, algorithm="HS256", headers={"typ": kind}
        )
    algorithm = "RS256" if client.algorithm == "HS256" else client.algorithm
    return _by_key(tenant, claims, algorithm, kind)


def _by_key(
    tenant: TenantContext, claims: Mapping[str, Any], algorithm: str, kind: str
) -> str:
    key = tenant.keys.current
    private, kid = key.private, key.name_for(algorithm)
    if tenant.faults.find("unknown_key"):
        private = rsa.generate_private_key(public_exponent=65537, key_size=3072)
        kid = f"unknown-{new_key()[:8]}"
    headers = {"kid": kid, "typ": kind}
    return jwt.encode(dict(claims), private, algorithm=algorithm, headers=headers)


def _at_fault(tenant: TenantContext, claims: Mapping[str, Any]) -> Mapping[str, Any]:
    faults, changed = tenant.faults, dict(claims)
    if faults.find("drop_amr"):
        changed = {n: v for n, v in changed.items() if n not in ("amr", "acr")}
    if faults.find("amr_as_string") and "amr" in changed:
        changed["amr"] = "mfa"
    if faults.find("old_auth_time"):
        changed["auth_time"] = tenant.now() - int(faults.find("old_auth_time"))
    if faults.find("other_subject"):
        changed["sub"] = str(faults.find("other_subject"))
    if faults.find("wrong_nonce"):
        changed["nonce"] = new_key()
    return changed


def _half_hash(token: str) -> str:
    digest = hashlib.sha256(token.encode()).digest()
    return base64.urlsafe_b64encode(digest[:16]).decode().rstrip("=")
