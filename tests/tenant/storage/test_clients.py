"""Clients, as a folder or the Management API prints them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabrikam.tenant.storage.clients import client_from

MASTER = b"m" * 32


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
