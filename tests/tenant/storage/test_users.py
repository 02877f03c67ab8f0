"""Users: their names, their passwords, what scripts keep with them."""

from __future__ import annotations

import pytest

from fabrikam.tenant.storage.authenticators import Authenticators
from fabrikam.tenant.storage.rate_limits import RateLimits
from fabrikam.tenant.storage.users import NewUser, Users
from tests.tenant.builders import NOW


@pytest.fixture
def rate_limits(tmp_path):
    return RateLimits(tmp_path)


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
