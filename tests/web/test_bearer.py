"""Programs with an access token, and the client that reads their challenges."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabrikam.oidc import AccessToken, StepUpChallenge, read_challenge
from fabrikam.stepup import (
    LOGIN,
    MFA_ACR,
    MULTI_FACTOR,
    Granted,
    Legacy,
    Modern,
    judge_token,
)
from tests.builders import (
    CLIENT_ID,
    ISSUER,
    NOW,
    SECRET,
    changed,
    id_token,
    private_key,
)

AUDIENCE = "https://intranet.fabrikam.example/api"


def access_token(*, key=None, alg="RS256", typ="at+jwt", **changes) -> str:
    claims = {
        "iss": ISSUER,
        "sub": "auth0|ann",
        "aud": [AUDIENCE, ISSUER + "userinfo"],
        "iat": NOW,
        "exp": NOW + 600,
        "scope": "openid read:customers read:employees",
    }
    return id_token(changed(claims, changes), key=key, alg=alg, typ=typ)


@pytest.fixture
def ask(make_intranet):
    intranet = make_intranet(api_audience=AUDIENCE)

    def get(address, token, status="*"):
        headers = {"Authorization": f"Bearer {token}"}
        return intranet.new_browser().get(address, headers=headers, status=status)

    return get


def test_a_token_with_the_scope_reads_customers(ask):
    assert ask("/api/customers", access_token(), 200).json["total"] == 200


def test_a_token_with_the_class_of_a_second_factor_reads_employees(ask):
    assert ask("/api/employees", access_token(acr=MFA_ACR), 200).json["total"] == 300


@pytest.mark.promise("RFC 9470 3", "ASVS 10.3.4")
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"amr": ["mfa"]},
        {"acr": "urn:other"},
        {"acr": MFA_ACR + "/"},
        {"authentication_level": "mfa"},
    ],
)
def test_a_token_without_it_is_told_what_to_ask_for(ask, changes):
    response = ask("/api/employees", access_token(**changes), 401)
    challenge = read_challenge(response.headers["WWW-Authenticate"])
    assert challenge == StepUpChallenge(acr_values=(MFA_ACR,))
    assert response.json["type"].endswith("step-up-required")


@pytest.mark.promise("RFC 9470 3")
def test_a_token_that_is_too_old_is_told_how_young_it_must_be(make_intranet):
    intranet = make_intranet(api_audience=AUDIENCE, max_age=60)
    old = access_token(acr=MFA_ACR, auth_time=NOW - 61)
    headers = {"Authorization": f"Bearer {old}"}
    response = intranet.browser.get("/api/employees", headers=headers, status=401)
    challenge = read_challenge(response.headers["WWW-Authenticate"])
    assert challenge == StepUpChallenge(acr_values=(MFA_ACR,), max_age=60)


@pytest.mark.promise("RFC 9470 3")
def test_the_legacy_mechanism_asks_for_its_scope(make_intranet):
    intranet = make_intranet(strategy=Legacy(), api_audience=AUDIENCE)
    headers = {"Authorization": f"Bearer {access_token(acr=MFA_ACR)}"}
    response = intranet.browser.get("/api/employees", headers=headers, status=401)
    challenge = read_challenge(response.headers["WWW-Authenticate"])
    assert challenge == StepUpChallenge(scope=("openid", "step_up"))
    headers = {"Authorization": f"bearer {access_token(authentication_level='mfa')}"}
    assert intranet.browser.get("/api/employees", headers=headers, status=200)


@pytest.mark.promise("ASVS 10.3.2")
def test_a_token_without_the_scope_is_told_which(ask):
    response = ask("/api/customers", access_token(scope="openid"), 403)
    assert 'error="insufficient_scope"' in response.headers["WWW-Authenticate"]
    assert 'scope="read:customers"' in response.headers["WWW-Authenticate"]


@pytest.mark.promise("ASVS 10.3.1", "ASVS 10.3.3")
@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "https://other.example/api"},
        {"aud": ISSUER + "userinfo"},
        {"aud": AUDIENCE + "/v2"},
        {"aud": [AUDIENCE + "/v2"]},
        {"aud": 7},
        {"aud": CLIENT_ID, "nonce": "n"},
        {"nonce": "n"},
        {"iss": "http://evil.example/"},
        {"exp": NOW - 61},
        {"exp": "later"},
        {"iat": NOW + 61},
        {"iat": True},
        {"sub": ...},
        {"sub": ""},
        {"scope": ["read:customers"]},
        {"acr": [MFA_ACR]},
        {"auth_time": "now"},
        {"nbf": NOW + 61},
        {"typ": "logout+jwt"},
        {"key": private_key("evil")},
        {"key": SECRET, "alg": "HS256"},
    ],
)
def test_a_token_that_is_not_good_is_refused(ask, changes):
    response = ask("/api/customers", access_token(**changes), 401)
    assert 'error="invalid_token"' in response.headers["WWW-Authenticate"]


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é", "x" * 10_000])
def test_what_is_no_token_is_refused(ask, token):
    token = token.encode().decode("latin-1")
    assert ask("/api/customers", token).status_code == 401


@pytest.mark.promise("ASVS 9.2.2", "48")
def test_an_id_token_is_no_access_token(ask):
    assert ask("/api/customers", id_token(), 401)


@pytest.mark.promise("35")
def test_pages_take_no_tokens(ask):
    assert ask("/customers", access_token()).status_code == 303


@pytest.mark.promise("ASVS 10.3.1")
def test_without_an_audience_no_token_is_taken(intranet):
    headers = {"Authorization": f"Bearer {access_token()}"}
    response = intranet.browser.get("/api/customers", headers=headers, status=401)
    assert response.json["type"].endswith("invalid-token")


@pytest.mark.promise("ASVS 10.3.4", "RFC 9470 6")
@pytest.mark.parametrize(
    ("need", "claims", "granted"),
    [
        (LOGIN,                           {},                                      True),
        (LOGIN.within(minutes=5),         {"auth_time": NOW - 300},                True),
        (LOGIN.within(minutes=5),         {"auth_time": NOW - 301},                False),
        (LOGIN.within(minutes=5),         {},                                      False),
        (MULTI_FACTOR.within(minutes=5),  {"acr": MFA_ACR, "auth_time": NOW},      True),
        (MULTI_FACTOR.within(minutes=5),  {"acr": MFA_ACR},                        False),
        (MULTI_FACTOR.within(minutes=5),  {"auth_time": NOW},                      False),
        (MULTI_FACTOR | LOGIN,            {},                                      True),
    ],
)  # fmt: skip
def test_a_token_is_weighed_like_evidence(need, claims, granted):
    token = AccessToken("auth0|ann", frozenset(), claims)
    verdict = judge_token(need, token, by=Modern(), now=NOW)
    assert (verdict == Granted()) is granted


# --- the client's side -----------------------------------------------------------


@pytest.mark.promise("RFC 9470 4")
@pytest.mark.parametrize(
    ("header", "challenge"),
    [
        ('Bearer error="insufficient_user_authentication", acr_values="a b", max_age="5"',
         StepUpChallenge(acr_values=("a", "b"), max_age=5)),
        ('Bearer error="insufficient_user_authentication", max_age=0',
         StepUpChallenge(max_age=0)),
        ('Basic realm="x, y", Bearer realm="z", error="insufficient_user_authentication"',
         StepUpChallenge()),
        ('bearer ERROR=insufficient_user_authentication, scope="openid step_up"',
         StepUpChallenge(scope=("openid", "step_up"))),
        ('Bearer error="insufficient_user_authentication", max_age="-5"',
         StepUpChallenge()),
        ('Bearer error="invalid_token"',                                   None),
        ('Bearer',                                                         None),
        ('Basic error="insufficient_user_authentication"',                 None),
        ('',                                                               None),
    ],
)  # fmt: skip
def test_a_challenge_is_read(header, challenge):
    assert read_challenge(header) == challenge


@pytest.mark.promise("RFC 9470 4")
@pytest.mark.parametrize(
    ("challenge", "asked"),
    [
        (StepUpChallenge(),                                 {}),
        (StepUpChallenge(acr_values=("a", "b"), max_age=0), {"acr_values": "a b", "max_age": "0"}),
        (StepUpChallenge(scope=("read:x",)),                {"scope": "openid read:x"}),
        (StepUpChallenge(scope=("openid", "step_up")),      {"scope": "openid step_up"}),
    ],
)  # fmt: skip
def test_a_challenge_says_what_to_ask_the_tenant(challenge, asked):
    assert dict(challenge.ask()) == asked


@given(
    st.text(alphabet=st.sampled_from('Bearer=", abc_insufficient\\\x00é'), max_size=80)
)
def test_no_header_however_odd_breaks_the_reader(header):
    read_challenge(header)
    read_challenge(f'Bearer error="insufficient_user_authentication", {header}')
