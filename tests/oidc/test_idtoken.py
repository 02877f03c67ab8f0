"""Which ID tokens are believed: every claim wrong, missing, of a wrong type."""

from __future__ import annotations

import base64
import hmac
import json
from contextlib import suppress
from hashlib import sha256

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabrikam.oidc import (
    IdTokenRejected,
    KeySet,
    ProviderUntrusted,
    access_token,
    idtoken,
    logout_token,
    parse_jwks,
    parse_metadata,
    verify_id_token,
)
from tests.builders import (
    CLIENT_ID,
    ISSUER,
    KID,
    MFA_ACR,
    NOW,
    SECRET,
    claims,
    expected,
    id_token,
    jwk,
    private_key,
)


def keys(*entries) -> KeySet:
    return parse_jwks({"keys": list(entries or [jwk()])})


@pytest.mark.promise("ASVS 9.1.1", "OIDC 3.1.3.7 (6)", "ASVS 6.8.2")
def test_a_good_token_is_believed():
    token = verify_id_token(id_token(), keys(), expected())
    assert token.subject == "auth0|ann"
    assert token.claims["email"] == "ann@fabrikam.example"


def test_the_claims_of_a_token_cannot_be_changed_afterwards():
    token = verify_id_token(id_token(), keys(), expected())
    with pytest.raises(TypeError):
        token.claims["amr"] = ["mfa"]


@pytest.mark.promise("ASVS 2.2.1")
@pytest.mark.parametrize("token", [idtoken, access_token, logout_token])
def test_every_check_names_the_rule_that_it_enforces(token):
    for check in token.CHECKS:
        rule = ("OIDC Core §", "RFC ", "Back-Channel Logout §")
        assert check.__doc__.startswith(rule), check.__name__


@pytest.mark.parametrize("odd", ["\ud800", "\udfff.", "ü"])
def test_half_a_character_is_a_mismatch_and_no_crash(odd):
    with pytest.raises(IdTokenRejected) as rejected:
        verify_id_token(id_token(claims(nonce=odd)), keys(), expected())
    assert (rejected.value.part, rejected.value.fault) == ("nonce", "mismatch")
    with pytest.raises(IdTokenRejected) as rejected:
        verify_id_token(
            id_token(claims(at_hash="x")), keys(), expected(access_token=odd)
        )
    assert rejected.value.part == "at_hash"


ODD_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip
KEY_MEMBERS = st.sampled_from(["kty", "use", "alg", "kid", "n", "e", "x5c"])
ENDPOINTS = st.sampled_from(["authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"])  # fmt: skip
ODD_ADDRESSES = ODD_JSON | st.sampled_from(["https://[x", "//", "http://tenant.example:99999/x", "http://tenant.example/x"])  # fmt: skip


@given(st.lists(st.dictionaries(KEY_MEMBERS, ODD_JSON | st.just("RSA"), max_size=7), max_size=3) | ODD_JSON)  # fmt: skip
def test_any_document_is_a_set_of_keys_or_refused(entries):
    with suppress(ProviderUntrusted):
        parse_jwks({"keys": entries})


@given(st.dictionaries(ENDPOINTS, ODD_ADDRESSES))
def test_any_document_is_metadata_or_refused(document):
    with suppress(ProviderUntrusted):
        parse_metadata({"issuer": ISSUER, **document}, ISSUER)


@pytest.mark.promise("OIDC 3.1.3.7 (4)", "47")
@pytest.mark.parametrize(
    "changes",
    [
        {"aud": [CLIENT_ID]},
        {"azp": CLIENT_ID},
        {"exp": NOW - 59},
        {"iat": NOW + 60},
        {"iat": NOW - 360},
        {"nbf": NOW + 60},
        {"auth_time": NOW + 60},
        {"auth_time": 0},
        {"acr": MFA_ACR},
        {"amr": "whatever: the strategy reads it, not the door"},
        {"sub": "a" * 255},
    ],
)
def test_what_the_specification_allows_is_believed(changes):
    assert verify_id_token(id_token(claims(**changes)), keys(), expected())


@pytest.mark.promise(
    "47",
    "ASVS 2.2.1",
    "ASVS 9.2.1",
    "ASVS 9.2.3",
    "ASVS 10.5.1",
    "ASVS 10.5.4",
    "ASVS 15.3.5",
    "OIDC 3.1.3.7 (2)",
    "OIDC 3.1.3.7 (3)",
    "OIDC 3.1.3.7 (5)",
    "OIDC 3.1.3.7 (9)",
    "OIDC 3.1.3.7 (10)",
    "OIDC 3.1.3.7 (11)",
    "OIDC 3.1.3.7 (13)",
    "OIDC 3.1.3.8",
    "29",
)
@pytest.mark.parametrize(
    ("changes", "part", "fault"),
    [
        ({"iss": ...},                           "iss",       "missing"),
        ({"sub": ...},                           "sub",       "missing"),
        ({"aud": ...},                           "aud",       "missing"),
        ({"exp": ...},                           "exp",       "missing"),
        ({"iat": ...},                           "iat",       "missing"),
        ({"nonce": ...},                         "nonce",     "missing"),
        ({"iss": ISSUER.rstrip("/")},            "iss",       "mismatch"),
        ({"iss": ISSUER + "x"},                  "iss",       "mismatch"),
        ({"iss": [ISSUER]},                      "iss",       "mismatch"),
        ({"sub": ""},                            "sub",       "malformed"),
        ({"sub": 7},                             "sub",       "malformed"),
        ({"sub": ["auth0|ann"]},                 "sub",       "malformed"),
        ({"sub": "a" * 256},                     "sub",       "malformed"),
        ({"sub": "auth0|änn"},                   "sub",       "malformed"),
        ({"aud": "another"},                     "aud",       "mismatch"),
        ({"aud": [CLIENT_ID, "another"]},        "aud",       "mismatch"),
        ({"aud": []},                            "aud",       "mismatch"),
        ({"aud": {CLIENT_ID: True}},             "aud",       "mismatch"),
        ({"azp": "another"},                     "azp",       "mismatch"),
        ({"azp": None},                          "azp",       "mismatch"),
        ({"exp": NOW - 60},                      "exp",       "expired"),
        ({"exp": str(NOW + 60)},                 "exp",       "malformed"),
        ({"exp": True},                          "exp",       "malformed"),
        ({"exp": NOW + 60.5},                    "exp",       "malformed"),
        ({"exp": None},                          "exp",       "malformed"),
        ({"exp": NOW * 1000},                    "exp",       "malformed"),
        ({"iat": NOW + 61},                      "iat",       "early"),
        ({"iat": NOW - 361},                     "iat",       "expired"),
        ({"iat": str(NOW)},                      "iat",       "malformed"),
        ({"iat": False},                         "iat",       "malformed"),
        ({"nbf": NOW + 61},                      "nbf",       "early"),
        ({"nbf": "soon"},                        "nbf",       "malformed"),
        ({"nonce": "another"},                   "nonce",     "mismatch"),
        ({"nonce": 7},                           "nonce",     "malformed"),
        ({"nonce": "ünicode"},                   "nonce",     "mismatch"),
        ({"auth_time": NOW + 61},                "auth_time", "early"),
        ({"auth_time": str(NOW)},                "auth_time", "malformed"),
        ({"auth_time": True},                    "auth_time", "malformed"),
        ({"acr": [MFA_ACR]},                     "acr",       "malformed"),
        ({"at_hash": "abc"},                     "at_hash",   "mismatch"),
        ({"at_hash": None},                      "at_hash",   "mismatch"),
    ],
)  # fmt: skip
def test_a_claim_that_is_wrong_is_named(changes, part, fault):
    raw = id_token(claims(**changes))
    with pytest.raises(IdTokenRejected) as rejected:
        verify_id_token(raw, keys(), expected(access_token="the access token"))
    assert (rejected.value.part, rejected.value.fault) == (part, fault)


@pytest.mark.promise("OIDC 3.1.3.8")
def test_the_hash_of_the_access_token_is_recognised():
    half = sha256(b"the access token").digest()[:16]
    at_hash = base64.urlsafe_b64encode(half).decode().rstrip("=")
    raw = id_token(claims(at_hash=at_hash))
    assert verify_id_token(raw, keys(), expected(access_token="the access token"))


def rejected_part(raw, keyset=None, **changes) -> str:
    with pytest.raises(IdTokenRejected) as rejected:
        verify_id_token(raw, keys() if keyset is None else keyset, expected(**changes))
    return rejected.value.part


@pytest.mark.promise("39", "ASVS 9.1.2", "OIDC 3.1.3.7 (7)", "OIDC 3.1.3.7 (8)")
def test_the_algorithm_is_ours_to_choose_not_the_tokens():
    by_secret = id_token(key=SECRET, alg="HS256")
    assert rejected_part(by_secret) == "alg"
    assert rejected_part(id_token(), SECRET, algorithm="HS256") == "alg"
    assert verify_id_token(by_secret, SECRET, expected(algorithm="HS256"))


def test_a_key_of_the_tenant_is_no_secret_to_sign_with():
    n = jwk()["n"]
    forged = id_token(key=n.ljust(64, "A"), alg="HS256")
    assert rejected_part(forged) == "alg"


@pytest.mark.promise("40", "41", "ASVS 9.1.2")
@pytest.mark.parametrize("alg", ["none", "None", "nOnE", "", None, 7, ["RS256"]])
def test_a_token_without_a_signature_is_refused(alg):
    header = {"alg": alg, "kid": KID, "typ": "JWT"}
    raw = f"{_encoded(header)}.{_encoded(claims())}."
    assert rejected_part(raw) == "token"
    assert rejected_part(raw + "AAAA") in {"alg", "header"}


def test_an_empty_secret_vouches_for_nothing():
    payload = json.dumps(claims()).encode()
    first = _encoded({"alg": "HS256"}) + "." + _encoded_bytes(payload)
    signature = hmac.digest(b"", first.encode(), "sha256")
    raw = f"{first}.{_encoded_bytes(signature)}"
    assert rejected_part(raw, "", algorithm="HS256") == "kid"


@pytest.mark.promise("42", "OIDC 3.1.3.7 (7)")
@pytest.mark.parametrize("alg", ["RS384", "RS512", "PS256"])
def test_another_algorithm_of_the_same_key_is_refused(alg):
    assert rejected_part(id_token(alg=alg)) == "alg"


@pytest.mark.promise("ASVS 9.1.1", "OIDC 3.1.3.7 (6)")
def test_a_signature_by_another_key_is_refused():
    assert rejected_part(id_token(key=private_key("another"))) == "signature"


@pytest.mark.promise("ASVS 9.1.1", "ASVS 6.8.2")
def test_a_payload_that_was_changed_is_refused():
    header, _, signature = id_token().split(".")
    forged = f"{header}.{_encoded(claims(amr=['mfa']))}.{signature}"
    assert rejected_part(forged) == "signature"


@pytest.mark.promise("43", "45", "48")
@pytest.mark.parametrize(
    ("header", "part"),
    [
        ({"kid": "unknown"},                                 "kid"),
        ({"kid": "../../etc/passwd"},                        "kid"),
        ({"kid": "' OR 1=1 --"},                             "kid"),
        ({"typ": "at+jwt"},                                  "typ"),
        ({"typ": "logout+jwt"},                              "typ"),
        ({"crit": ["exp"]},                                  "header"),
        ({"crit": []},                                       "header"),
        ({"crit": ["b64"], "b64": True},                     "header"),
    ],
)  # fmt: skip
def test_a_header_that_is_odd_is_refused(header, part):
    assert rejected_part(id_token(**header)) == part


@pytest.mark.promise("43")
@pytest.mark.parametrize("kid", [7, ["first"], {"a": 1}, True])
def test_a_key_name_that_is_no_string_is_refused(kid):
    raw = _signed(json.dumps(claims()).encode(), kid=kid)
    assert rejected_part(raw) == "header"


@pytest.mark.parametrize("typ", ["JWT", "jwt", ...])
def test_the_type_of_an_id_token_may_be_spelled_or_left_out(typ):
    assert verify_id_token(id_token(typ=typ), keys(), expected())


@pytest.mark.promise("44", "ASVS 9.1.3")
def test_keys_that_a_token_brings_along_are_ignored():
    own = jwk("another")
    raw = id_token(key=private_key("another"), jwk=own, jku="http://evil.example/jwks")
    assert rejected_part(raw) == "signature"


@pytest.mark.promise("31")
def test_methods_in_the_header_prove_nothing():
    token = verify_id_token(id_token(amr=["mfa"]), keys(), expected())
    assert "amr" not in token.claims


def test_a_single_key_serves_tokens_that_name_none():
    assert verify_id_token(id_token(kid=...), keys(), expected())
    two = keys(jwk(), jwk("second"))
    assert rejected_part(id_token(kid=...), two) == "kid"


@pytest.mark.promise("46")
@pytest.mark.parametrize(
    "entry",
    [
        jwk(use="enc"),
        jwk(kty="oct", k="c2VjcmV0"),
        jwk(alg="RSA-OAEP"),
        jwk(n=7),
        jwk(n="AQAB"),
        jwk(n=...),
        jwk(kid=7),
        jwk(bits=1024),
        "first",
        None,
    ],
)  # fmt: skip
def test_a_key_that_is_not_for_this_is_no_key(entry):
    assert parse_jwks({"keys": [entry]}).find(KID) is None


@pytest.mark.promise("46")
def test_of_two_keys_with_one_name_neither_counts():
    other = jwk("another") | {"kid": KID}
    assert parse_jwks({"keys": [jwk(), other]}).find(KID) is None


def test_a_list_of_keys_without_measure_is_not_trusted():
    assert parse_jwks({"keys": [jwk()] + [jwk("odd", kty="odd")] * 49}).find(KID)
    with pytest.raises(ProviderUntrusted):
        parse_jwks({"keys": [jwk()] + [jwk("odd", kty="odd")] * 50})


@pytest.mark.promise("32", "49", "ASVS 1.5.3")
@pytest.mark.parametrize(
    "payload",
    [
        b'{"amr": ["pwd"], "amr": ["mfa"]}',
        b'{"exp": NaN}',
        b'{"exp": Infinity}',
        b"[]",
        b'"text"',
        b"\xff\xfe",
        b"[" * 100_000,
    ],
)
def test_a_payload_that_is_no_plain_json_object_is_refused(payload):
    assert rejected_part(_signed(payload)) == "payload"


@pytest.mark.promise("49", "50")
@pytest.mark.parametrize(
    "spoil",
    [
        lambda raw: raw + "==",
        lambda raw: raw + " ",
        lambda raw: raw + "\n",
        lambda raw: raw.rsplit(".", 1)[0],
        lambda raw: raw + "." + raw,
        lambda raw: "",
        lambda raw: "garbage",
        lambda raw: raw.split(".")[0] + ".." + raw.split(".")[2],
        lambda raw: raw.replace(".", "..", 1),
        lambda raw: "A" * 2_000_000,
        lambda raw: json.dumps({"payload": raw.split(".")[1], "signatures": []}),
    ],
)  # fmt: skip
def test_what_is_no_compact_token_is_refused(spoil):
    assert rejected_part(spoil(id_token())) == "token"


def test_a_token_without_measure_is_not_even_read():
    assert verify_id_token(id_token(claims(more="m" * 100_000)), keys(), expected())
    assert rejected_part(id_token(claims(more="m" * 300_000))) == "token"


@pytest.mark.promise("49")
@given(st.text(max_size=300))
def test_no_text_however_odd_passes_or_breaks_the_door(text):
    with pytest.raises(IdTokenRejected):
        verify_id_token(text, keys(), expected())


@pytest.mark.promise("47", "ASVS 15.3.5")
@given(
    st.sampled_from(["iss", "sub", "aud", "exp", "iat", "nonce", "auth_time", "nbf"]),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False),
        lambda inner: st.lists(inner, max_size=3),
        max_leaves=4,
    ),
)
def test_no_value_however_odd_is_taken_for_a_claim_of_another_type(claim, value):
    good = claims(auth_time=NOW)
    raw = id_token({**good, claim: value})
    try:
        token = verify_id_token(raw, keys(), expected())
    except IdTokenRejected:
        return
    assert type(token.claims[claim]) is int
    assert claim in {"exp", "iat", "auth_time", "nbf"}


def _signed(payload: bytes, **header: object) -> str:
    if not header:
        return jwt.PyJWS().encode(payload, private_key(), "RS256", {"kid": KID})
    first = _encoded({"alg": "RS256", **header}) + "." + _encoded_bytes(payload)
    key = jwt.algorithms.RSAAlgorithm(jwt.algorithms.RSAAlgorithm.SHA256)
    signature = key.sign(first.encode(), private_key())
    return f"{first}.{_encoded_bytes(signature)}"


def _encoded(value: object) -> str:
    return _encoded_bytes(json.dumps(value).encode())


def _encoded_bytes(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")
