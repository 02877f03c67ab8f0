"""Codes of an authenticator app: when they fit, and which secrets will do."""

from __future__ import annotations

import pyotp
import pytest

from fabrikam.tenant.factors.otp import as_secret, enrolment_uri, step_of
from tests.tenant.builders import NOW

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
STEP = NOW // 30


@pytest.mark.parametrize(
    ("shown", "step"),
    [(-2, None), (-1, STEP - 1), (0, STEP), (1, STEP + 1), (2, None)],
)
def test_a_code_fits_one_step_either_side(shown, step):
    code = pyotp.TOTP(SECRET).generate_otp(STEP + shown)
    assert step_of(SECRET, code, NOW) == step
    assert step_of(SECRET, f"{code[:3]} {code[3:]}", NOW) == step


@pytest.mark.parametrize("typed", ["", "000", "\uff11\uff12\uff13\uff14\uff15\uff16"])
def test_what_is_no_code_fits_no_step(typed):
    assert step_of(SECRET, typed, NOW) is None


@pytest.mark.parametrize(
    ("key", "secret"),
    [
        ("JBSWY3DPEHPK3PXPJBSWY3DP", "JBSWY3DPEHPK3PXPJBSWY3DP"),
        ("a key of my own",          "MEQGWZLZEBXWMIDNPEQG653O"),
        ("JBSWY3DPEHPK3PXP",         None),
        ("",                         None),
    ],
)  # fmt: skip
def test_a_key_is_a_secret_or_becomes_one(key, secret):
    assert as_secret(key) == secret


def test_the_text_of_a_qr_code_is_what_apps_read():
    uri = enrolment_uri("Fabrikam & Co", "a b@x.example", "SECRET")
    assert uri == (
        "otpauth://totp/Fabrikam%20%26%20Co:a%20b%40x.example"
        "?secret=SECRET&issuer=Fabrikam+%26+Co&algorithm=SHA1&digits=6&period=30"
    )
