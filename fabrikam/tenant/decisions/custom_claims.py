"""Which claims a script may write, and how large they may grow.

Names of the protocol itself are ignored without a word, as on Auth0, so that neither a
Rule nor an Action can forge `amr` or `acr`.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fabrikam.tenant.scripts.outcome import Outcome

__all__ = ["RESTRICTED", "STANDARD", "custom_claims", "oversized_token"]

_RESTRICTED_NAMES: Final = """
    acr act active amr at_hash ath attest aud auth_time authorization_details azp c_hash
    client_id cnf cty dest entitlements events exp groups gty htm htu iat
    internalService iss jcard jku jti jwe jwk kid may_act mky nbf nonce object_id org_id
    org_name orig origid permissions roles rph s_hash sid sip_callid sip_cseq_num
    sip_date sip_from_tag sip_via_branch sub sub_jwk toe txn typ uuid vot vtm x5t#S256
"""

_PROFILE_NAMES: Final = """
    name family_name given_name middle_name nickname preferred_username profile
    picture website gender birthdate zoneinfo locale updated_at
"""

RESTRICTED: Final = frozenset(_RESTRICTED_NAMES.split())

STANDARD: Final[Mapping[str, str]] = {
    **dict.fromkeys(_PROFILE_NAMES.split(), "profile"),
    "email": "email",
    "email_verified": "email",
    "phone_number": "phone",
    "phone_number_verified": "phone",
    "address": "address",
}

_OWN_NAMESPACES: Final = re.compile(
    r"https?://([^/]*\.)?(auth0\.com|webtask\.io|webtask\.run)(/|$)|urn:auth0(:|$)"
)
_MAX_BYTES: Final = 100 * 1024


def custom_claims(claims: Mapping[str, Any], scopes: tuple[str, ...]) -> dict[str, Any]:
    """Keep what a script may add; a standard profile claim still needs its scope."""
    return {
        name: value
        for name, value in claims.items()
        if not _is_restricted(name) and STANDARD.get(name) in (None, *scopes)
    }


def oversized_token(outcome: Outcome) -> str | None:
    """Name the token whose custom claims are too many, if one is."""
    if _size(outcome.id_token_claims) > _MAX_BYTES:
        return "ID token"
    return "access token" if _size(outcome.access_token_claims) > _MAX_BYTES else None


def _is_restricted(name: str) -> bool:
    return name in RESTRICTED or _OWN_NAMESPACES.match(name) is not None


def _size(claims: Mapping[str, Any]) -> int:
    return len(json.dumps(dict(claims)).encode())
