"""Frames and keywords: whatever arrives in whatever pieces."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabrikam.tenant.scripts.framing import FrameBroken, Frames, packed
from fabrikam.tenant.scripts.keywords import left_over, replaced

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
FRAMES = st.dictionaries(st.sampled_from("abc"), VALUES).map(
    lambda frame: {"type": "x", **frame}
)


@given(st.lists(FRAMES), st.integers(1, 40))
def test_frames_survive_any_cutting(sent, size):
    stream = b"".join(map(packed, sent))
    frames = Frames()
    pieces = [stream[at : at + size] for at in range(0, len(stream), size)]
    assert [frame for piece in pieces for frame in frames.feed(piece)] == sent


@given(st.binary(min_size=4))
def test_rubbish_is_refused_or_waited_for_and_never_anything_else(rubbish):
    try:
        frames = [*Frames().feed(rubbish)]
    except FrameBroken:
        frames = []
    assert all(isinstance(frame["type"], str) for frame in frames)


@pytest.mark.parametrize(
    "body",
    [
        *(
            b"{}",
            b"[]",
            b'{"type": 7}',
            b"nonsense",
            b"\xff",
            b"[" * 100_000,
            b"7",
            b"",
        ),
        b'{"type": "x", "v": ' + b"[" * 100 + b"]" * 100 + b"}",
    ],
)
def test_what_is_no_frame_is_refused(body):
    with pytest.raises(FrameBroken):
        list(Frames().feed(len(body).to_bytes(4, "little") + body))


def test_a_number_that_node_cannot_read_is_not_sent():
    with pytest.raises(ValueError, match="JSON compliant"):
        packed({"type": "x", "v": float("nan")})


def test_a_frame_that_is_too_long_is_refused_before_it_has_arrived():
    with pytest.raises(FrameBroken, match="bytes"):
        list(Frames().feed(b"rubbish"))


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (r'"\ud83d"',        "\ufffd"),
        (r'"a\uDC00b\uD800"', "a\ufffdb\ufffd"),
        (r'"\\ud800"',       r"\ud800"),
        (r'"\\\ud800"',      "\\\ufffd"),
        ('"\U0001f600"',     "\U0001f600"),
    ],
)  # fmt: skip
def test_half_a_character_becomes_the_sign_for_one(sent, read):
    body = f'{{"type": "x", "v": {sent}}}'.encode()
    (frame,) = Frames().feed(len(body).to_bytes(4, "little") + body)
    assert frame["v"] == read


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("@@A@@",           '"x"'),
        ('"@@A@@"',         '"x"'),
        ("'@@A@@'",         '"x"'),
        ("\"@@A@@'",        "\"\"x\"'"),
        ('"a @@A@@"',       '"a "x""'),
        ("##A##",           "x"),
        ('"##A##"',         '"x"'),
        ("@@LIST@@",        "[1,2]"),
        ("@@B@@ ##B##",     "@@B@@ ##B##"),
        ("##A## is ##A##",  "x is x"),
    ],
)  # fmt: skip
def test_keywords_are_replaced_as_the_deploy_cli_does(text, result):
    assert replaced(text, {"A": "x", "LIST": [1, 2]}) == result


@given(st.text(), st.dictionaries(st.sampled_from(["A", "B"]), st.text()))
def test_text_without_keywords_is_left_alone(text, values):
    plain = text.replace("@@", "").replace("##", "")
    assert replaced(plain, values) == plain
    assert not [*left_over(plain)]


@given(st.text(st.characters(codec="utf-8")))
def test_a_literal_is_always_json(value):
    assert json.loads(replaced("@@A@@", {"A": value})) == value


def test_left_over_keywords_have_lines():
    assert [*left_over("a\n@@B@@ and ##C##\n")] == [(2, "@@B@@"), (2, "##C##")]
