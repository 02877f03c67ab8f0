"""Small values: requests that are read, clients of a folder, tries, clocks, quirks."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabrikam.tenant import (
    DOUBTS,
    MFA_ACR,
    Assumptions,
    AuthorizeRequest,
    Refuse,
    assumptions_from,
    read_request,
)
from fabrikam.tenant.storage.adjustable_clock import AdjustableClock
from fabrikam.tenant.storage.authenticators import Authenticators, enrolment_uri
from fabrikam.tenant.storage.clients import client_from
from fabrikam.tenant.storage.keys import Keyring
from fabrikam.tenant.storage.rate_limits import Limit, RateLimits
from fabrikam.tenant.storage.users import NewUser, Users
from tests.tenant.builders import NOW

MASTER = b"m" * 32
NAMES = st.sampled_from(
    [
        "response_type",
        "response_mode",
        "scope",
        "prompt",
        "max_age",
        "acr_values",
        "audience",
        "code_challenge",
        "code_challenge_method",
        "nonce",
        "state",
        "request",
    ]
)
VALUES = st.sampled_from(
    [
        "",
        " ",
        "code",
        "none",
        "login",
        "-1",
        "1",
        "\u0661",
        "9" * 30,
        "S256",
        "plain",
        "a b",
    ]
)


@given(st.dictionaries(NAMES, VALUES))
def test_no_query_however_odd_makes_the_reader_raise(query):
    read = read_request({"client_id": "c", "redirect_uri": "http://x/", **query})
    assert isinstance(read, AuthorizeRequest | Refuse)


def test_a_request_is_read_into_lists_and_numbers():
    read = read_request(
        {
            "client_id": "c",
            "response_type": "code",
            "scope": "openid  step_up openid",
            "acr_values": f"urn:x {MFA_ACR}",
            "max_age": "60",
            "prompt": "login consent",
        }
    )
    assert isinstance(read, AuthorizeRequest)
    assert read.scopes == ("openid", "step_up")
    assert read.wants_mfa_class
    assert read.max_age == 60
    assert read.prompt == ("login", "consent")
    assert not read.silent


JSON = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(), st.lists(st.text())
)


@given(
    st.dictionaries(
        st.sampled_from(
            [
                "name",
                "client_id",
                "client_secret",
                "callbacks",
                "grant_types",
                "oidc_conformant",
                "jwt_configuration",
                "client_metadata",
                "is_first_party",
            ]
        ),
        JSON,
    )
)
def test_no_client_however_odd_makes_the_reader_raise(said):
    client = client_from(said, MASTER)
    assert client.client_id
    assert client.secret


@pytest.mark.parametrize(
    ("said", "field", "value"),
    [
        ({},                                     "conformant",     True),
        ({"oidc_conformant": False},             "conformant",     False),
        ({"oidc_conformant": False},             "single_sign_on", False),
        ({"oidc_conformant": False, "sso": True}, "single_sign_on", True),
        ({"sso": False},                         "single_sign_on", True),
        ({"sso_disabled": True},                 "single_sign_on", False),
        ({"is_first_party": False},              "first_party",    False),
        ({"jwt_configuration": {"alg": "HS256"}}, "algorithm",     "HS256"),
        ({"jwt_configuration": {"alg": "none"}}, "algorithm",      "RS256"),
        ({"token_endpoint_auth_method": "none"}, "secret",         None),
        ({"oidc_logout": {"backchannel_logout_urls": ["http://a/"]}},
         "backchannel_logout_url", "http://a/"),
    ],
)  # fmt: skip
def test_a_client_as_the_management_api_prints_it(said, field, value):
    assert getattr(client_from({"name": "A", **said}, MASTER), field) == value


def test_a_client_without_a_secret_gets_the_same_one_at_every_start():
    first, second = (client_from({"name": "A"}, MASTER) for _ in range(2))
    assert first == second
    assert client_from({"name": "A"}, b"another").secret != first.secret


THREE = Limit("three", 3, 60)


@pytest.fixture
def rate_limits(tmp_path):
    return RateLimits(tmp_path)


def test_tries_are_counted_until_their_window_ends(rate_limits):
    for second in range(3):
        assert rate_limits.begin(THREE, "ann", NOW + second)
    assert rate_limits.begin(THREE, "ann", NOW + 3) is None
    assert rate_limits.begin(THREE, "bob", NOW + 3)
    assert rate_limits.begin(THREE, "ann", NOW + 60)
    assert rate_limits.begin(THREE, "ann", NOW + 60) is None


def test_a_right_try_is_taken_back(rate_limits):
    for _ in range(10):
        rate_limits.take_back(rate_limits.begin(THREE, "ann", NOW))
    assert rate_limits.begin(THREE, "ann", NOW)


def test_parallel_tries_count_each(rate_limits):
    with ThreadPoolExecutor(10) as pool:
        begun = list(
            pool.map(lambda _: rate_limits.begin(THREE, "ann", NOW), range(10))
        )
    assert sum(attempt is not None for attempt in begun) == 3


@pytest.fixture
def directory(tmp_path, rate_limits):
    return Users(tmp_path, rate_limits, Authenticators(tmp_path, rate_limits))


def test_a_name_is_taken_once(directory):
    directory.add(NewUser(email="Ann@x.example", password="p" * 8), NOW)
    with pytest.raises(ValueError, match="exists already"):
        directory.add(NewUser(email="ann@X.example", password="p" * 8), NOW)


def test_metadata_is_merged_and_none_removes(directory):
    ann = directory.add(NewUser(email="ann@x.example", password="p" * 8), NOW)
    assert "app_metadata" not in ann.profile
    directory.update_app_metadata(ann.user_id, {"a": 1, "b": 2})
    directory.update_app_metadata(ann.user_id, {"b": None, "c": {"d": 3}})
    directory.update_user_metadata(ann.user_id, {"x": "y"})
    directory.update_user_metadata("nobody", {"x": "y"})
    profile = directory.find(ann.user_id).profile
    assert profile["app_metadata"] == {"a": 1, "c": {"d": 3}}
    assert profile["user_metadata"] == {"x": "y"}


def test_passwords_are_kept_as_argon2id(directory, tmp_path):
    directory.add(NewUser(email="ann@x.example", password="a-canary-pass"), NOW)
    raw = b"".join(p.read_bytes() for p in tmp_path.glob("people.sqlite*"))
    assert b"$argon2id$" in raw
    assert b"a-canary-pass" not in raw


def test_an_address_that_guesses_many_names_is_locked(directory):
    for number in range(100):
        answer = directory.password(f"n{number}@x", "wrong", "10.0.0.1", NOW)
        assert answer == "wrong"
    assert directory.password("other@x", "wrong", "10.0.0.1", NOW) == "locked"
    assert directory.password("other@x", "wrong", "10.0.0.2", NOW) == "wrong"


def test_a_fingerprint_changes_with_password_and_factors(
    directory, tmp_path, rate_limits
):
    factors = Authenticators(tmp_path, rate_limits)
    ann = directory.add(NewUser(email="ann@x.example", password="p" * 8), NOW)
    seen = {ann.fingerprint}
    directory.set_password(ann.user_id, "q" * 8)
    seen.add(directory.find(ann.user_id).fingerprint)
    factors.confirm(factors.propose(ann.user_id, "otp", NOW).id, NOW)
    seen.add(directory.find(ann.user_id).fingerprint)
    factors.new_recovery_code(ann.user_id, NOW)
    seen.add(directory.find(ann.user_id).fingerprint)
    assert len(seen) == 4


def test_the_text_of_a_qr_code_is_what_apps_read():
    uri = enrolment_uri("Fabrikam & Co", "a b@x.example", "SECRET")
    assert uri == (
        "otpauth://totp/Fabrikam%20%26%20Co:a%20b%40x.example"
        "?secret=SECRET&issuer=Fabrikam+%26+Co&algorithm=SHA1&digits=6&period=30"
    )


def test_a_clock_moves_stops_and_comes_back():
    clock = AdjustableClock(lambda: NOW + 0.9)
    clock.advance(10)
    assert clock.now() == NOW + 10
    clock.freeze(5)
    clock.advance(-2)
    assert clock.now() == 3
    clock.reset()
    assert clock.now() == NOW


def test_a_key_survives_a_restart_and_only_three_are_kept(tmp_path):
    first = Keyring(tmp_path, "t", NOW)
    again = Keyring(tmp_path, "t", NOW)
    assert again.current == first.current
    kids = [again.current.kid, *(again.rotate(NOW).kid for _ in range(3))]
    published = [key["kid"] for key in again.jwks(["RS256"])["keys"]]
    assert published == kids[:0:-1]
    assert again.public(kids[0], "RS256") is None


@pytest.mark.parametrize("name", DOUBTS)
def test_every_doubt_has_its_default_first_and_every_word_is_accepted(name):
    doubt = DOUBTS[name]
    assert getattr(Assumptions(), name) == doubt.words[0]
    for word in doubt.words:
        assert getattr(assumptions_from({name: word}), name) == word


def test_an_unknown_quirk_says_which_are_known():
    with pytest.raises(ValueError, match="known are acr_values_absent"):
        assumptions_from({"amr": "present"})
    with pytest.raises(ValueError, match="write empty or undefined"):
        assumptions_from({"acr_values_absent": "null"})
