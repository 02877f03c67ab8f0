"""What a login tells its scripts: the parts that are only there sometimes."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from fabrikam.tenant.scripts import PassedMethod, Resume
from fabrikam.tenant.scripts.event import SessionFacts, action_event
from fabrikam.tenant.scripts.rule_context import rule_context, rule_user
from tests.tenant.scripts.builders import ANN, NOW, asking, script_input

RISK = {"confidence": "low", "version": "1", "assessments": {}}
ORGANIZATION = {"id": "org_1", "name": "f", "display_name": "Fabrikam", "metadata": {}}
FULL = script_input(
    geoip={"countryCode": "CH", "countryCode3": "CHE", "latitude": 47.4},
    logins_count=4,
    methods=(PassedMethod("pwd", NOW - 60), PassedMethod("mfa", NOW, "otp")),
    organization=ORGANIZATION,
    resource_server="https://api.example/",
    risk_assessment=RISK,
    roles=("payroll",),
    session_clients=("other",),
    session_created_at=NOW - 60,
)
BARE = script_input(session_id=None, multifactor=())


def test_a_rule_has_its_own_words():
    context = rule_context(FULL)
    assert context["clientID"] == "fabrikam-intranet"
    assert context["connection"] == "people"
    assert context["connectionStrategy"] == "auth0"
    assert context["protocol"] == "oidc-basic-profile"
    assert context["stats"] == {"loginsCount": 4}
    assert context["sso"]["current_clients"] == ["other"]
    assert context["sessionID"] == "session-1"
    assert context["authorization"] == {"roles": ["payroll"]}
    assert context["request"]["geoip"] == {
        "country_code": "CH",
        "country_code3": "CHE",
        "latitude": 47.4,
    }


def test_a_rule_counts_the_time_in_milliseconds():
    assert rule_context(FULL)["authentication"]["methods"] == [
        {"name": "pwd", "timestamp": (NOW - 60) * 1000},
        {"name": "mfa", "timestamp": NOW * 1000},
    ]


def test_a_rule_knows_an_organization_without_its_display_name():
    organization = rule_context(FULL)["organization"]
    assert organization == {"id": "org_1", "name": "f", "metadata": {}}


def test_a_user_without_a_factor_has_no_multifactor_in_a_rule_and_none_in_an_action():
    assert "multifactor" not in rule_user(BARE)
    assert action_event(BARE)["user"]["multifactor"] == []


def test_an_action_knows_session_organization_and_api():
    event = action_event(FULL)
    assert event["organization"] == ORGANIZATION
    assert event["resource_server"] == {"identifier": "https://api.example/"}
    assert event["session"] == {
        "authenticated_at": "2023-11-14T22:12:20.000Z",
        "clients": [{"client_id": "other"}],
        "created_at": "2023-11-14T22:12:20.000Z",
        "id": "session-1",
        "metadata": {},
        "user_id": "auth0|ann",
    }


def test_an_action_knows_how_long_a_session_lasts_and_from_where_it_began():
    facts = SessionFacts(
        expires_at=NOW + 60,
        idle_expires_at=NOW + 30,
        last_interacted_at=NOW,
        metadata={"a": "b"},
        cookie_mode="persistent",
        began_from=("192.0.2.1", "Browser"),
    )
    session = action_event(script_input(session_facts=facts, user_agent="B"))["session"]
    assert session["expires_at"] == "2023-11-14T22:14:20.000Z"
    assert session["idle_expires_at"] == "2023-11-14T22:13:50.000Z"
    assert session["last_interacted_at"] == "2023-11-14T22:13:20.000Z"
    assert (session["cookie"], session["metadata"]) == (
        {"mode": "persistent"},
        {"a": "b"},
    )
    assert session["device"] == {
        "initial_ip": "192.0.2.1",
        "initial_user_agent": "Browser",
        "last_ip": "127.0.0.1",
        "last_user_agent": "B",
    }


def test_risk_is_told_only_where_it_is_assessed():
    assert rule_context(FULL)["riskAssessment"] == RISK
    assert action_event(FULL)["authentication"]["riskAssessment"] == RISK
    assert "riskAssessment" not in rule_context(BARE)
    assert "riskAssessment" not in action_event(BARE)["authentication"]


def test_what_is_not_there_has_no_key():
    absent = {"organization", "original_protocol", "sessionID"}
    assert not absent & rule_context(BARE).keys()
    absent = {
        "agent",
        "custom_domain",
        "organization",
        "prompt",
        "refresh_token",
        "resource_server",
        "security_context",
        "session",
    }
    assert not absent & action_event(BARE).keys()


def test_a_rule_at_the_token_endpoint_may_find_no_query():
    body = {"grant_type": "refresh_token"}
    refresh = script_input(query={}, body=body, protocol="oauth2-refresh-token")
    assert rule_context(refresh)["request"]["query"] == {}
    undefined = replace(refresh, query_absent_is_undefined=True)
    assert "query" not in rule_context(undefined)["request"]
    assert action_event(undefined)["request"]["query"] == {}


def test_a_correlation_id_of_the_request_is_told():
    transaction = action_event(asking(correlation_id="c-1"))["transaction"]
    assert transaction["correlation_id"] == "c-1"
    assert "correlation_id" not in action_event(asking())["transaction"]


def test_identities_reach_an_action_without_their_tokens():
    identity = {"connection": "g", "provider": "g", "user_id": "1", "access_token": "s"}
    login = script_input(user={**ANN, "identities": [identity]})
    assert "access_token" in rule_user(login)["identities"][0]
    assert "access_token" not in action_event(login)["user"]["identities"][0]


def test_a_resumed_rule_run_has_another_protocol_and_request():
    login = script_input(resume=Resume("POST", {"state": "s"}, {"answer": "yes"}))
    context = rule_context(login)
    assert context["protocol"] == "redirect-callback"
    assert context["original_protocol"] == "oidc-basic-profile"
    assert context["request"]["query"] == {"state": "s"}
    assert context["request"]["body"] == {"answer": "yes"}


@given(st.text())
def test_acr_values_are_the_words_of_the_request(raw):
    acr_values = action_event(asking(acr_values=raw))["transaction"]["acr_values"]
    assert acr_values == raw.split()
    assert rule_context(asking(acr_values=raw))["request"]["query"]["acr_values"] == raw
