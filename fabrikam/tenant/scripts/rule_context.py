"""The `user` and `context` of a Rule, made from one `Occasion`.

Pure: the same occasion gives the same JSON.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from fabrikam.tenant.scripts.event import Occasion, PassedMethod, Resume

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["rule_context", "rule_user"]

Json: TypeAlias = dict[str, Any]

_GEOIP_IN_RULES: Final = {
    "countryCode": "country_code",
    "countryCode3": "country_code3",
    "countryName": "country_name",
    "cityName": "city_name",
    "timeZone": "time_zone",
    "continentCode": "continent_code",
    "subdivisionCode": "subdivision_code",
    "subdivisionName": "subdivision_name",
}


def rule_user(occasion: Occasion) -> Json:
    """Build the `user` of a Rule: metadata only where stored, merged into the root."""
    stored = dict(occasion.user)
    enrolled = {"multifactor": [*occasion.multifactor]} if occasion.multifactor else {}
    return {**stored.get("app_metadata", {}), **stored, **enrolled}


def rule_context(occasion: Occasion) -> Json:
    """Build the `context` of a Rule; after a redirect it is a whole new run."""
    context: Json = {
        "tenant": occasion.tenant,
        "clientID": occasion.client_id,
        "clientName": occasion.client_name,
        "clientMetadata": dict(occasion.client_metadata),
        "connectionID": occasion.connection.id,
        "connection": occasion.connection.name,
        "connectionStrategy": occasion.connection.strategy,
        "connectionOptions": dict(occasion.connection.options),
        "connectionMetadata": dict(occasion.connection.metadata),
        "samlConfiguration": {},
        "protocol": occasion.protocol,
        "stats": {"loginsCount": occasion.logins_count},
        "sso": {
            "with_auth0": bool(occasion.session_clients),
            "with_dbconn": occasion.connection.strategy == "auth0",
            "current_clients": [*occasion.session_clients],
        },
        "accessToken": {},
        "idToken": {},
        "request": _rule_request(occasion),
        "authentication": {"methods": [*map(_rule_method, occasion.methods)]},
        "authorization": {"roles": [*occasion.roles]},
        "jwtConfiguration": {},
    }
    if occasion.session_id is not None:
        context["sessionID"] = occasion.session_id
    if occasion.resume is not None:
        context["protocol"] = "redirect-callback"
        context["original_protocol"] = occasion.protocol
    if occasion.risk_assessment is not None:
        context["riskAssessment"] = dict(occasion.risk_assessment)
    if occasion.organization is not None:
        context["organization"] = _without(occasion.organization, "display_name")
    return context


def _rule_request(occasion: Occasion) -> Json:
    came = occasion.resume or Resume(occasion.method, occasion.query, occasion.body)
    query = {} if occasion.query_absent_is_undefined else {"query": dict(came.query)}
    return {
        "userAgent": occasion.user_agent,
        "ip": occasion.ip,
        "hostname": occasion.hostname,
        **query,
        "body": dict(came.body),
        "geoip": {_GEOIP_IN_RULES.get(k, k): v for k, v in occasion.geoip.items()},
    }


def _rule_method(method: PassedMethod) -> Json:
    return {"name": method.name, "timestamp": method.at * 1000}


def _without(values: Mapping[str, Any], key: str) -> Json:
    return {name: value for name, value in values.items() if name != key}
