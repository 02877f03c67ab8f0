"""What other people wrote does not steer a terminal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabrikam.shared.terminal import printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Zürich\tGenève 💶 日本",  "Zürich\tGenève 💶 日本"),
        ("\x1b[31mred",            "\\x1b[31mred"),
        ("a\nb\rc\x00\x07\x7f",    "a\\x0ab\\x0dc\\x00\\x07\\x7f"),
        ("\x85\x9b31m",            "\\x85\\x9b31m"),
        ("user\u202enimda\u2066",  "user\\u202enimda\\u2066"),
        ("a\u2028b\u2029\u061c",   "a\\u2028b\\u2029\\u061c"),
        ("\ud83d alone",           "\\ud83d alone"),
        ("tag \U000e0041",         "tag \\U000e0041"),
    ],
)  # fmt: skip
def test_what_hides_or_steers_is_escaped_and_nothing_else(text, shown):
    assert printable(text) == shown


@given(st.text())
def test_whatever_stands_there_is_one_line_that_can_be_encoded(text):
    shown = printable(text)
    assert len(shown.splitlines()) <= 1
    shown.encode()
