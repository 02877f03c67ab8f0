"""Requests that are read, however odd they are."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fabrikam.tenant import MFA_ACR, AuthorizeRequest, Refuse, read_request

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
