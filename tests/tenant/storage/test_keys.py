"""Signing keys: kept, rotated, published with overlap."""

from __future__ import annotations

from fabrikam.tenant.storage.keys import Keyring
from tests.tenant.builders import NOW


def test_a_key_survives_a_restart_and_only_three_are_kept(tmp_path):
    first = Keyring(tmp_path, "t", NOW)
    again = Keyring(tmp_path, "t", NOW)
    assert again.current == first.current
    kids = [again.current.kid, *(again.rotate(NOW).kid for _ in range(3))]
    published = [key["kid"] for key in again.jwks(["RS256"])["keys"]]
    assert published == kids[:0:-1]
    assert again.public(kids[0], "RS256") is None
