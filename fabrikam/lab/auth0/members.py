"""Everything that Auth0 documents about `user`, `context`, `event` and `api`.

A line names an object and its members; `*` after a name says that anything may stand
below it.  What is not listed here does not exist, and a script that reads it gets
`undefined` without a word.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from fabrikam.lab.auth0.counterparts import GLOBALS, READS, WRITES
from fabrikam.lab.javascript.names import EACH

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fabrikam.lab.javascript.names import Path

__all__ = [
    "ACTION_OPTIONS",
    "ACTION_WORDS",
    "CLIENT_IDS",
    "FACTORS",
    "LISTS",
    "MAY_BE_EMPTY",
    "OPTIONAL",
    "PROVIDERS",
    "RESTRICTED_CLAIMS",
    "RULE_OPTIONS",
    "RULE_WORDS",
    "STRINGS",
    "SURFACE",
    "closest",
    "members",
    "nearest",
    "slip",
]

_OBJECTS: Final = """
event: agent* authentication authorization client configuration* connection
event: custom_domain* organization prompt* refresh_token* request resource_server
event: secrets* security_context* session session_transfer_token* stats tenant
event: transaction user
event.authentication: methods riskAssessment*
event.authentication.methods.[]: name timestamp type
event.authorization: roles
event.client: client_id metadata* name
event.connection: id metadata* name strategy
event.organization: display_name id metadata* name
event.request: asn body* geoip hostname ip language method query* user_agent
event.request.geoip: cityName continentCode countryCode countryCode3 countryName
event.request.geoip: latitude longitude subdivisionCode subdivisionName timeZone
event.resource_server: identifier
event.session: authenticated_at clients cookie created_at device* expires_at id
event.session: idle_expires_at last_interacted_at metadata* updated_at user_id
event.session.clients.[]: client_id
event.session.cookie: mode
event.stats: logins_count
event.tenant: id
event.transaction: acr_values correlation_id id linking_id locale login_hint metadata*
event.transaction: prompt protocol redirect_uri requested_authorization_details
event.transaction: requested_scopes response_mode response_type state ui_locales
event.user: app_metadata* created_at email email_verified enrolledFactors family_name
event.user: given_name identities last_password_reset multifactor name nickname
event.user: phone_number phone_verified picture updated_at user_id user_metadata*
event.user: username
event.user.enrolledFactors.[]: options* type
event.user.identities.[]: connection isSocial profileData* provider userId user_id
api: access accessToken authentication cache idToken multifactor prompt* redirect
api: refreshToken* rules samlResponse* session* transaction user validation
api.access: deny
api.accessToken: addScope removeScope setCustomClaim
api.authentication: challengeWith challengeWithAny enrollWith enrollWithAny recordMethod
api.authentication: setPrimaryUser
api.cache: delete get set
api.idToken: setCustomClaim
api.multifactor: enable
api.redirect: canRedirect encodeToken sendUserTo validateToken
api.rules: wasExecuted
api.transaction: setMetadata
api.user: setAppMetadata setUserMetadata
api.validation: error
context: accessToken* authentication authorization clientID clientMetadata* clientName
context: connection connectionID connectionMetadata* connectionOptions
context: connectionStrategy idToken* jwtConfiguration multifactor organization
context: original_protocol primaryUser protocol redirect request riskAssessment*
context: samlConfiguration* sessionID sso stats tenant
context.authentication: methods
context.authentication.methods.[]: name timestamp
context.authorization: roles
context.connectionOptions: domain_aliases tenant_domain
context.jwtConfiguration: lifetimeInSeconds scopes*
context.multifactor: allowRememberBrowser host ignoreCookie ikey issuer key provider
context.multifactor: providerOptions* skey username
context.organization: id metadata* name
context.redirect: url
context.request: body* geoip hostname ip query* userAgent
context.request.geoip: city_name continent_code country_code country_code3 country_name
context.request.geoip: latitude longitude subdivision_code
context.request.geoip: subdivision_name time_zone
context.sso: current_clients with_auth0 with_dbconn
context.stats: loginsCount
user: app_metadata* blocked created_at email email_verified emails* family_name
user: given_name group* groups* identities last_ip last_login last_password_reset
user: locale logins_count multifactor name nickname permissions phone_number
user: phone_verified picture role* roles* updated_at user_id user_metadata* username
user.identities.[]: access_token connection isSocial profileData* provider user_id
"""

_OPEN: Final = ("*",)


def _read(lines: str) -> Mapping[Path, tuple[str, ...]]:
    members_of: dict[Path, tuple[str, ...]] = {}
    for line in lines.strip().splitlines():
        parent, _, names = line.partition(": ")
        path = tuple(parent.split("."))
        for name in names.split():
            if name.endswith("*"):
                members_of[(*path, name.removesuffix("*"))] = _OPEN
            members_of[path] = (*members_of.get(path, ()), name.removesuffix("*"))
    return members_of


SURFACE: Final = _read(_OBJECTS)

LISTS: Final[frozenset[Path]] = frozenset(
    tuple(path.split("."))
    for path in (
        "context.authentication.methods",
        "context.authorization.roles",
        "context.sso.current_clients",
        "event.authentication.methods",
        "event.authorization.roles",
        "event.session.clients",
        "event.transaction.acr_values",
        "event.transaction.prompt",
        "event.transaction.requested_authorization_details",
        "event.transaction.requested_scopes",
        "event.transaction.response_type",
        "event.transaction.ui_locales",
        "event.user.enrolledFactors",
        "event.user.identities",
        "event.user.multifactor",
        "user.identities",
        "user.multifactor",
    )
)

STRINGS: Final[frozenset[Path]] = frozenset(
    tuple(path.split("."))
    for path in (
        "context.request.body.scope",
        "context.request.query.acr_values",
        "context.request.query.prompt",
        "context.request.query.scope",
        "event.request.body.scope",
        "event.request.query.acr_values",
        "event.request.query.prompt",
        "event.request.query.scope",
    )
)

# What is not there in some ordinary login, so that reading further throws.
OPTIONAL: Final[frozenset[Path]] = frozenset(
    tuple(path.split("."))
    for path in (
        "context.authentication",
        "context.organization",
        "event.authentication",
        "event.authorization",
        "event.organization",
        "event.refresh_token",
        "event.resource_server",
        "event.session",
        "event.transaction.acr_values",
        "user.app_metadata",
        "user.multifactor",
        "user.user_metadata",
    )
) | frozenset(STRINGS)

CLIENT_IDS: Final[frozenset[Path]] = frozenset(
    {("event", "client", "client_id"), ("context", "clientID")}
)

# Lists that hold nothing in some ordinary login: their first element is undefined.
MAY_BE_EMPTY: Final[frozenset[Path]] = frozenset(
    {
        ("event", "authentication", "methods"),
        ("event", "user", "enrolledFactors"),
        ("event", "transaction", "acr_values"),
    }
)

PROVIDERS: Final = ("any", "duo", "google-authenticator", "guardian", "none")
ACTION_OPTIONS: Final = ("allowRememberBrowser", "providerOptions")
RULE_OPTIONS: Final = SURFACE["context", "multifactor"]
FACTORS: Final = (
    "email",
    "otp",
    "phone",
    "push-notification",
    "recovery-code",
    "webauthn-platform",
    "webauthn-roaming",
)

_RESTRICTED: Final = """
acr act active amr at_hash ath attest aud auth_time authorization_details azp c_hash
client_id cnf cty dest entitlements events exp groups gty htm htu iat internalService
iss jcard jku jti jwe jwk kid may_act mky nbf nonce object_id org_id org_name orig
origid permissions roles rph s_hash sid sip_callid sip_cseq_num sip_date sip_from_tag
sip_via_branch sub sub_jwk toe txn typ uuid vot vtm x5t#S256
"""
RESTRICTED_CLAIMS: Final = frozenset(_RESTRICTED.split())

RULE_WORDS: Final[Mapping[Path, str]] = {
    tuple(counterpart.rule.split(".")): counterpart.said
    for counterpart in (*WRITES.values(), *READS.values(), *GLOBALS.values())
    if counterpart.said and (counterpart.rule in GLOBALS or "." in counterpart.rule)
}
"""A Rule's word, and what an Action calls the same thing."""

ACTION_WORDS: Final[Mapping[Path, str]] = {
    tuple(action.split(".")): ".".join(rule) for rule, action in RULE_WORDS.items()
}


def members(path: Path) -> tuple[str, ...] | None:
    """Give the members of an object; None where anything goes or nothing is known."""
    names = SURFACE.get(path)
    return None if names == _OPEN else names


def slip(path: Path, likeness: float = 0.6) -> str | None:
    """Give the member of the same object that a wrong name most resembles."""
    close = get_close_matches(path[-1], members(path[:-1]) or (), 1, likeness)
    return ".".join((*path[:-1], close[0])) if close else None


def nearest(path: Path, likeness: float = 0.6) -> str | None:
    """Give the documented name that a wrong one most resembles, or has elsewhere."""
    return slip(path, likeness) or next(_elsewhere(path), None)


def closest(word: str, known: tuple[str, ...]) -> str:
    """Name a wrong word together with the right one that it most resembles."""
    close = get_close_matches(word, known, 1)
    return f"{word}; the nearest is {close[0]}" if close else word


def _elsewhere(path: Path) -> Iterator[str]:
    """Look for the very name anywhere below the same root."""
    for parent, names in SURFACE.items():
        if parent[0] == path[0] and EACH not in parent and path[-1] in names:
            yield ".".join((*parent, path[-1]))
