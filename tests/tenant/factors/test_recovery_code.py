"""Recovery codes: letters that can be read, and the hash that is kept."""

from __future__ import annotations

import pytest

from fabrikam.tenant.factors.recovery_code import (
    digest_of,
    new_recovery_code,
    recovery_code_from,
    typed_digest,
)


def test_a_code_has_letters_that_nobody_confuses():
    codes = {new_recovery_code() for _ in range(200)}
    assert len(codes) == 200
    assert {len(code) for code in codes} == {24}
    assert not set("".join(codes)) & set("01IO")


def test_a_code_of_two_secrets_is_the_same_each_time():
    code = recovery_code_from("seed", "device")
    assert code == recovery_code_from("seed", "device")
    assert (
        len({code, recovery_code_from("d", "device"), recovery_code_from("seed", "d")})
        == 3
    )


@pytest.mark.parametrize("typed", ["ABCD2345", "abcd2345", " abcd 2345\n", "ABCD-2345"])
def test_a_code_is_read_as_people_write_it(typed):
    assert typed_digest(typed) == digest_of("ABCD2345")
