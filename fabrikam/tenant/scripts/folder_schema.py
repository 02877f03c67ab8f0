"""What the values of a tenant folder must be: one table for each kind of file.

Only what this tenant reads is listed; everything else in an export is left alone, and
null is taken for absent.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

__all__ = [
    "CLIENT",
    "CONNECTION",
    "GRANT",
    "LOCAL_TENANT",
    "RESOURCE_SERVER",
    "ROLE",
    "RULES_CONFIG",
    "TENANT",
    "USER",
    "Schema",
    "violations",
]

_TEN_YEARS: Final = 315_360_000


@dataclass(frozen=True, slots=True)
class ValueType:
    """What a value must be: the test, and the words for it."""

    holds: Callable[[Any], bool]
    words: str


Schema: TypeAlias = "Mapping[str, ValueType | Schema]"


def violations(
    value: Mapping[str, Any], shapes: Schema, inside: str = ""
) -> Iterator[tuple[str, str]]:
    """Name each key whose value is something else, and what it should be."""
    for key, shape in shapes.items():
        given = value.get(key)
        if given is None:
            continue
        if isinstance(shape, ValueType):
            if not shape.holds(given):
                yield key, f"{inside}{key} is not {shape.words}"
        elif isinstance(given, dict):
            yield from violations(given, shape, f"{inside}{key}.")
        else:
            yield key, f"{inside}{key} is not an object"


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value)


def _one_of(*words: str) -> ValueType:
    *others, last = words
    return ValueType(lambda value: value in words, f"{', '.join(others)} or {last}")


def _list_with(key: str) -> ValueType:
    """Return the shape of a list of objects that have this text."""

    def holds(value: Any) -> bool:
        return isinstance(value, list) and all(
            isinstance(one, dict) and _is_text(one.get(key)) for one in value
        )

    return ValueType(holds, f"a list of objects with a {key}")


_TEXT: Final = ValueType(_is_text, "a string")
_TEXTS: Final = ValueType(_are_texts, "a list of strings")
_TEXT_BY_NAME: Final = ValueType(
    lambda value: isinstance(value, dict) and all(map(_is_text, value.values())),
    "an object of strings",
)
_BOOL: Final = ValueType(lambda value: type(value) is bool, "true or false")
_METADATA: Final = ValueType(lambda value: isinstance(value, dict), "an object")
_PICTURE: Final = ValueType(
    lambda value: _is_text(value) and value.startswith(("https://", "http://")),
    "an address",
)
_SECONDS: Final = ValueType(
    lambda value: type(value) is int and 0 < value <= _TEN_YEARS,
    "a whole number of seconds",
)
_HOURS: Final = ValueType(
    lambda value: _is_number(value) and 0 < value * 3600 <= _TEN_YEARS,
    "a number of hours",
)

TENANT: Final[Schema] = {
    "friendly_name": _TEXT,
    "default_audience": _TEXT,
    "default_directory": _TEXT,
    "allowed_logout_urls": _TEXTS,
    "acr_values_supported": _TEXTS,
    "session_lifetime": _HOURS,
    "idle_session_lifetime": _HOURS,
    "customize_mfa_in_postlogin_action": _BOOL,
    "session_cookie": {"mode": _one_of("persistent", "non-persistent")},
}
LOCAL_TENANT: Final[Schema] = {
    "tenant": _TEXT,
    "network": ValueType(
        lambda value: type(value) is bool or _are_texts(value),
        "true, false or a list of hosts",
    ),
}
CLIENT: Final[Schema] = {
    "name": _TEXT,
    "client_id": _TEXT,
    "client_secret": _TEXT,
    "app_type": _TEXT,
    "callbacks": _TEXTS,
    "allowed_logout_urls": _TEXTS,
    "web_origins": _TEXTS,
    "allowed_origins": _TEXTS,
    "grant_types": _TEXTS,
    "jwt_configuration": {
        "alg": _one_of("RS256", "HS256", "PS256"),
        "lifetime_in_seconds": _SECONDS,
    },
    "oidc_conformant": _BOOL,
    "sso": _BOOL,
    "sso_disabled": _BOOL,
    "is_first_party": _BOOL,
    "token_endpoint_auth_method": _one_of(
        "none", "client_secret_post", "client_secret_basic"
    ),
    "client_metadata": _TEXT_BY_NAME,
    "initiate_login_uri": _TEXT,
    "backchannel_logout_uri": _TEXT,
    "oidc_backchannel_logout": {"backchannel_logout_urls": _TEXTS},
    "oidc_logout": {"backchannel_logout_urls": _TEXTS},
    "require_pushed_authorization_requests": _BOOL,
}
RESOURCE_SERVER: Final[Schema] = {
    "name": _TEXT,
    "identifier": _TEXT,
    "scopes": _list_with("value"),
    "token_lifetime": _SECONDS,
    "token_lifetime_for_web": _SECONDS,
    "token_dialect": _one_of(
        "access_token",
        "access_token_authz",
        "rfc9068_profile",
        "rfc9068_profile_authz",
    ),
    "allow_offline_access": _BOOL,
}
GRANT: Final[Schema] = {
    "client_id": _TEXT,
    "audience": _TEXT,
    "scope": _TEXTS,
    "subject_type": _one_of("client", "user"),
    "allow_all_scopes": _BOOL,
}
ROLE: Final[Schema] = {"name": _TEXT, "permissions": _list_with("permission_name")}
USER: Final[Schema] = {  # all that a program may write about one
    "app_metadata": _METADATA,
    "blocked": _BOOL,
    "email_verified": _BOOL,
    "family_name": _TEXT,
    "given_name": _TEXT,
    "name": _TEXT,
    "nickname": _TEXT,
    "phone_number": _TEXT,
    "phone_verified": _BOOL,
    "picture": _PICTURE,
    "user_metadata": _METADATA,
}
RULES_CONFIG: Final[Schema] = {"key": _TEXT, "value": _TEXT}
CONNECTION: Final[Schema] = {
    "id": _TEXT,
    "name": _TEXT,
    "strategy": _TEXT,
    "metadata": _TEXT_BY_NAME,
    "options": {"tenant_domain": _TEXT, "domain_aliases": _TEXTS},
}
