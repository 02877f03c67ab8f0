"""The `user` and `context` of a Rule, made from one `ScriptInput`.

Pure: the same occasion gives the same JSON.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from fabrikam.tenant.scripts.event import PassedMethod, Resume, ScriptInput

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


def rule_user(script_input: ScriptInput) -> Json:
    """Build the `user` of a Rule: metadata only where stored, merged into the root."""
    stored = dict(script_input.user)
    enrolled = (
        {"multifactor": [*script_input.multifactor]} if script_input.multifactor else {}
    )
    return {**stored.get("app_metadata", {}), **stored, **enrolled}


def rule_context(script_input: ScriptInput) -> Json:
    """Build the `context` of a Rule; after a redirect it is a whole new run."""
    context: Json = {
        "tenant": script_input.tenant,
        "clientID": script_input.client_id,
        "clientName": script_input.client_name,
        "clientMetadata": dict(script_input.client_metadata),
        "connectionID": script_input.connection.id,
        "connection": script_input.connection.name,
        "connectionStrategy": script_input.connection.strategy,
        "connectionOptions": dict(script_input.connection.options),
        "connectionMetadata": dict(script_input.connection.metadata),
        "samlConfiguration": {},
        "protocol": script_input.protocol,
        "stats": {"loginsCount": script_input.logins_count},
        "sso": {
            "with_auth0": bool(script_input.session_clients),
            "with_dbconn": script_input.connection.strategy == "auth0",
            "current_clients": [*script_input.session_clients],
        },
        "accessToken": {},
        "idToken": {},
        "request": _rule_request(script_input),
        "authentication": {"methods": [*map(_rule_method, script_input.methods)]},
        "authorization": {"roles": [*script_input.roles]},
        "jwtConfiguration": {},
    }
    if script_input.session_id is not None:
        context["sessionID"] = script_input.session_id
    if script_input.resume is not None:
        context["protocol"] = "redirect-callback"
        context["original_protocol"] = script_input.protocol
    if script_input.risk_assessment is not None:
        context["riskAssessment"] = dict(script_input.risk_assessment)
    if script_input.organization is not None:
        context["organization"] = _without(script_input.organization, "display_name")
    return context


def _rule_request(script_input: ScriptInput) -> Json:
    came = script_input.resume or Resume(
        script_input.method, script_input.query, script_input.body
    )
    query = (
        {} if script_input.query_absent_is_undefined else {"query": dict(came.query)}
    )
    return {
        "userAgent": script_input.user_agent,
        "ip": script_input.ip,
        "hostname": script_input.hostname,
        **query,
        "body": dict(came.body),
        "geoip": {_GEOIP_IN_RULES.get(k, k): v for k, v in script_input.geoip.items()},
    }


def _rule_method(method: PassedMethod) -> Json:
    return {"name": method.name, "timestamp": method.at * 1000}


def _without(values: Mapping[str, Any], key: str) -> Json:
    return {name: value for name, value in values.items() if name != key}
