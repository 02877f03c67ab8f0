"""Which claim appears where: two pipelines, every scope, `amr` only where it is earned."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabrikam.tenant import (
    MFA_ACR,
    Assumptions,
    RegisteredClient,
    RememberedBrowser,
    ResourceServer,
    TenantSettings,
    claims_for,
    grant_for,
)
from fabrikam.tenant.decisions.custom_claims import RESTRICTED
from fabrikam.tenant.scripts import Outcome, PassedMethod
from tests.tenant.builders import (
    ANN,
    CLIENT_ID,
    ISSUER,
    NOW,
    a_login,
    a_session,
    asks_mfa,
)

LEGACY = RegisteredClient(client_id=CLIENT_ID, name="Old", conformant=False)
MODERN = RegisteredClient(client_id=CLIENT_ID, name="New")
MFA = (PassedMethod("pwd", NOW), PassedMethod("mfa", NOW, "otp"))
LEVEL = Outcome(user={**ANN.profile, "authentication_level": "mfa"})


def tokens(client=MODERN, **changes):
    """The claims of a finished login of Ann."""
    usual = {"user": ANN, "session": a_session(), "outcome": Outcome()}
    login = a_login(client=client, **{**usual, **changes})
    return claims_for(grant_for(login, NOW), client, NOW)


@pytest.mark.parametrize(
    ("client", "scopes", "jwt_scopes", "in_id_token", "in_userinfo"),
    [
        (LEGACY, "openid",                      {}, False, True),
        (LEGACY, "openid step_up",              {}, False, True),
        (LEGACY, "openid profile",              {}, True,  True),
        (LEGACY, "openid authentication_level", {}, True,  True),
        (LEGACY, "openid step_up",
         {"step_up": ("authentication_level",)},    True,  True),
        (MODERN, "openid profile",              {}, False, False),
        (MODERN, "openid authentication_level", {}, False, False),
    ],
)  # fmt: skip
def test_where_an_attribute_that_a_rule_set_becomes_visible(
    client, scopes, jwt_scopes, in_id_token, in_userinfo
):
    outcome = replace(LEVEL, jwt_scopes=jwt_scopes)
    said = tokens(client, scopes=tuple(scopes.split()), outcome=outcome)
    assert ("authentication_level" in said.id_token) is in_id_token
    assert ("authentication_level" in said.userinfo) is in_userinfo


def test_one_audience_is_enough_for_the_conformant_pipeline():
    said = tokens(
        LEGACY,
        outcome=LEVEL,
        scopes=("openid", "profile"),
        audience=f"{ISSUER}userinfo",
    )
    assert "authentication_level" not in said.userinfo


def test_a_default_audience_is_enough_as_well():
    settings = TenantSettings(issuer=ISSUER, default_audience=f"{ISSUER}userinfo")
    said = tokens(LEGACY, outcome=LEVEL, settings=settings)
    assert "authentication_level" not in said.userinfo


@pytest.mark.parametrize("client", [LEGACY, MODERN])
def test_a_custom_claim_shows_in_both_pipelines(client):
    outcome = Outcome(id_token_claims={"authentication_level": "mfa"})
    said = tokens(client, outcome=outcome)
    assert said.id_token["authentication_level"] == "mfa"
    assert said.userinfo["authentication_level"] == "mfa"


@pytest.mark.promise("33", "10")
@pytest.mark.parametrize(
    ("situation", "changes", "vouched"),
    [
        ("challenge passed",       {"passed": MFA},                           True),
        ("password only",          {"passed": MFA[:1]},                       False),
        ("silent after MFA",       {"session": a_session(methods=MFA)},       False),
        ("refresh",                {"protocol": "oauth2-refresh-token"},      False),
        ("MFA API",                {"protocol": "oauth2-password", "passed": MFA}, False),
        ("remembered browser",
         {"outcome": asks_mfa(remember=True),
          "remembered": RememberedBrowser(ANN.user_id, NOW, NOW, "x")},              False),
    ],
)  # fmt: skip
def test_amr_and_acr_appear_only_where_the_factor_was_passed(
    situation, changes, vouched
):
    said = tokens(**changes).id_token
    assert said.get("amr") == (["mfa"] if vouched else None), situation
    assert said.get("acr") == (MFA_ACR if vouched else None), situation


SWITCHED_ON = pytest.mark.parametrize(
    ("assumptions", "changes"),
    [
        (Assumptions(amr_when_session_has_mfa="present"),
         {"session": a_session(methods=MFA)}),
        (Assumptions(amr_when_remembered="present"),
         {"outcome": asks_mfa(remember=True),
          "remembered": RememberedBrowser(ANN.user_id, NOW, NOW, ANN.fingerprint)}),
    ],
)  # fmt: skip


@SWITCHED_ON
def test_named_quirks_vouch_for_more(assumptions, changes):
    said = tokens(
        settings=TenantSettings(issuer=ISSUER, assumptions=assumptions), **changes
    )
    assert said.id_token["amr"] == ["mfa"]


@SWITCHED_ON
def test_no_switch_gives_amr_to_a_silent_login(assumptions, changes):
    settings = TenantSettings(issuer=ISSUER, assumptions=assumptions)
    said = tokens(settings=settings, prompt=("none",), **changes)
    assert "amr" not in said.id_token


def test_the_session_quirk_needs_a_second_factor_in_the_session():
    assumptions = Assumptions(amr_when_session_has_mfa="present")
    said = tokens(settings=TenantSettings(issuer=ISSUER, assumptions=assumptions))
    assert "amr" not in said.id_token


def test_a_remembered_quirk_needs_a_demand_and_a_trusted_browser():
    assumptions = Assumptions(amr_when_remembered="present")
    stranger = RememberedBrowser("auth0|bob", NOW, NOW, "other factors")
    said = tokens(
        settings=TenantSettings(issuer=ISSUER, assumptions=assumptions),
        remembered=stranger,
    )
    assert "amr" not in said.id_token


@pytest.mark.promise("35")
@pytest.mark.parametrize("client", [LEGACY, MODERN])
def test_neither_access_token_nor_userinfo_carries_amr(client):
    settings = TenantSettings(
        issuer=ISSUER, apis=(ResourceServer(identifier="urn:api"),)
    )
    said = tokens(client, passed=MFA, audience="urn:api", settings=settings)
    assert said.access_token is not None
    assert {"amr", "acr"}.isdisjoint(said.access_token)
    assert {"amr", "acr"}.isdisjoint(said.userinfo)


@pytest.mark.promise("7")
@pytest.mark.parametrize("client", [LEGACY, MODERN])
@given(claims=st.dictionaries(st.sampled_from(sorted(RESTRICTED)), st.just("forged")))
def test_no_script_forges_a_claim_of_the_protocol(client, claims):
    outcome = Outcome(
        id_token_claims=claims,
        access_token_claims=claims,
        user={**ANN.profile, **claims},
    )
    settings = TenantSettings(
        issuer=ISSUER, apis=(ResourceServer(identifier="urn:api"),)
    )
    everything = ("openid", "profile", "email", *claims)
    said = tokens(
        client,
        outcome=outcome,
        scopes=everything,
        audience="urn:api",
        settings=settings,
    )
    protocol = {"amr", "acr", "iss", "sub", "aud", "exp", "iat", "auth_time", "nonce"}
    for token in (said.id_token, said.access_token or {}):
        assert not [name for name in protocol if token.get(name) == "forged"]
    assert said.userinfo["sub"] == ANN.user_id


def test_no_attribute_of_a_user_is_taken_for_a_claim_of_the_protocol():
    forged = {"amr": ["mfa"], "acr": MFA_ACR, "auth_time": NOW, "azp": CLIENT_ID}
    outcome = Outcome(user={**ANN.profile, **forged})
    for scopes in (("openid", "profile"), ("openid", *forged)):
        said = tokens(LEGACY, outcome=outcome, scopes=scopes)
        assert forged.keys().isdisjoint(said.id_token)
        assert forged.keys().isdisjoint(said.userinfo)


def test_no_claim_of_a_script_is_taken_for_one_of_the_protocol():
    forged = {"amr": ["mfa"], "acr": MFA_ACR, "auth_time": NOW, "azp": CLIENT_ID}
    for client in (LEGACY, MODERN):
        said = tokens(client, outcome=Outcome(id_token_claims=forged))
        assert forged.keys().isdisjoint(said.id_token)


@pytest.mark.parametrize(
    "name",
    [
        "https://auth0.com/level",
        "https://x.auth0.com/level",
        "https://webtask.io/level",
    ],
)
def test_namespaces_of_auth0_are_ignored(name):
    said = tokens(outcome=Outcome(id_token_claims={name: "mfa"}))
    assert name not in said.id_token


def test_a_namespace_of_ones_own_is_kept():
    name = "https://fabrikam.example/level"
    assert (
        tokens(outcome=Outcome(id_token_claims={name: "mfa"})).id_token[name] == "mfa"
    )


def test_a_standard_claim_of_a_script_still_needs_its_scope():
    outcome = Outcome(id_token_claims={"email": "changed@fabrikam.example"})
    assert "email" not in tokens(outcome=outcome).id_token
    said = tokens(outcome=outcome, scopes=("openid", "email"))
    assert said.id_token["email"] == "changed@fabrikam.example"


@pytest.mark.parametrize(
    ("scopes", "names"),
    [
        (("openid",), set()),
        (("openid", "profile"), {"name", "nickname"}),
        (("openid", "email"), {"email", "email_verified"}),
    ],
)
def test_conformant_profile_claims_follow_the_scopes(scopes, names):
    said = tokens(scopes=scopes)
    assert set(said.userinfo) == names | {"sub"}


def test_legacy_userinfo_is_not_filtered():
    assert tokens(LEGACY).userinfo == {**ANN.profile, "sub": ANN.user_id}


def test_legacy_email_scope_shows_the_address_and_its_state():
    said = tokens(LEGACY, scopes=("openid", "email")).id_token
    assert said["email"] == ANN.profile["email"]
    assert said["email_verified"] is True


def test_an_access_token_is_opaque_without_an_api():
    assert tokens().access_token is None
    assert tokens(audience=f"{ISSUER}userinfo").access_token is None


def test_an_api_gets_a_token_with_its_scopes_and_its_lifetime():
    api = ResourceServer(
        identifier="urn:api", scopes=("read:pay",), web_token_seconds=7200
    )
    settings = TenantSettings(issuer=ISSUER, apis=(api,))
    scopes = ("openid", "read:pay", "write:pay")
    said = tokens(settings=settings, audience="urn:api", scopes=scopes)
    assert said.access_token == {
        "iss": ISSUER,
        "sub": ANN.user_id,
        "aud": ["urn:api", f"{ISSUER}userinfo"],
        "azp": CLIENT_ID,
        "scope": "openid read:pay",
        "iat": NOW,
        "exp": NOW + 7200,
    }


@pytest.mark.parametrize(
    ("audience", "kept"),
    [
        (f"{ISSUER}api/v2/", {"https://fabrikam.example/level"}),
        (f"{ISSUER}mfa/",    {"https://fabrikam.example/level"}),
        ("urn:api",          {"https://fabrikam.example/level", "level"}),
    ],
)  # fmt: skip
def test_the_tenants_own_apis_take_claims_with_a_namespace_only(audience, kept):
    written = {"https://fabrikam.example/level": "mfa", "level": "mfa"}
    said = tokens(
        outcome=Outcome(access_token_claims=written),
        settings=TenantSettings(
            issuer=ISSUER, apis=(ResourceServer(identifier=audience),)
        ),
        audience=audience,
    )
    assert set(written) & set(said.access_token) == kept


def test_an_api_alone_is_the_only_audience():
    settings = TenantSettings(
        issuer=ISSUER, apis=(ResourceServer(identifier="urn:api"),)
    )
    said = tokens(settings=settings, audience="urn:api", scopes=("read:pay",))
    assert said.access_token is not None
    assert said.access_token["aud"] == "urn:api"


@pytest.mark.promise("ASVS 10.4.11")
@pytest.mark.parametrize(
    ("outcome", "granted"),
    [
        (Outcome(),                                          ("openid", "email")),
        (Outcome(access_token_scope=("a", "b", "a")),        ("a", "b")),
        (Outcome(added_scopes=("extra",)),                   ("openid", "email", "extra")),
        (Outcome(removed_scopes=("email",)),                 ("openid",)),
    ],
)  # fmt: skip
def test_scripts_change_the_granted_scopes(outcome, granted):
    login = a_login(
        user=ANN, outcome=outcome, scopes=("openid", "email", "step_up"), passed=MFA
    )
    assert grant_for(login, NOW).granted == granted


@pytest.mark.parametrize(
    ("grant_types", "allowed", "offline"),
    [
        (("refresh_token",), None, True),
        (("authorization_code",), None, False),
        (("refresh_token",), True, True),
        (("refresh_token",), False, False),
    ],
)
def test_offline_access_needs_the_grant_and_the_apis_leave(
    grant_types, allowed, offline
):
    client = replace(MODERN, grant_types=grant_types)
    api = ResourceServer(identifier="urn:api", allow_offline_access=allowed is True)
    login = a_login(
        client=client,
        user=ANN,
        scopes=("offline_access",),
        settings=TenantSettings(issuer=ISSUER, apis=(api,)),
        audience=None if allowed is None else "urn:api",
    )
    assert ("offline_access" in grant_for(login, NOW).granted) is offline


@pytest.mark.parametrize(
    ("changes", "auth_time"),
    [
        ({},                                                    None),
        ({"max_age": 1000},                                     NOW - 600),
        ({"prompt": ("login",), "passed": MFA},                 NOW),
        ({"prompt": ("login",), "passed": (PassedMethod("pwd", NOW - 5),)}, NOW - 5),
        ({"max_age": 1, "passed": (PassedMethod("mfa", NOW),)}, NOW - 600),
    ],
)  # fmt: skip
def test_auth_time_is_that_of_the_password_and_only_where_asked_for(changes, auth_time):
    assert tokens(**changes).id_token.get("auth_time") == auth_time


@pytest.mark.parametrize(("client", "present"), [(LEGACY, False), (MODERN, True)])
def test_sid_is_a_claim_of_the_conformant_pipeline(client, present):
    assert ("sid" in tokens(client).id_token) is present


@pytest.mark.parametrize(
    ("client", "seconds"), [(LEGACY, 60), (MODERN, MODERN.id_token_seconds)]
)
def test_a_rule_sets_the_lifetime_of_the_legacy_id_token(client, seconds):
    said = tokens(client, outcome=Outcome(jwt_seconds=60)).id_token
    assert said["exp"] - said["iat"] == seconds


def test_a_rule_may_change_the_primary_user():
    assert tokens(outcome=Outcome(primary_user="auth0|main")).id_token["sub"] == (
        "auth0|main"
    )


def test_lifetimes_are_the_clients():
    said = tokens(replace(MODERN, id_token_seconds=3600)).id_token
    assert said["exp"] - said["iat"] == 3600
