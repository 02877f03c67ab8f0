"""Keywords of the Deploy CLI: which are replaced, in which order, by which spelling."""

from __future__ import annotations

import json
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fabrikam.tenant.scripts.keywords import left_over, plain_text, replaced
from fabrikam.tenant.scripts.node import find_node

VALUES = {
    "ENV": 'te"st',
    "LIST": ["a", 1],
    "N": 3,
    "ON": True,
    "NO": None,
    "my-key": "m",
}


@pytest.mark.parametrize(
    ("written", "becomes"),
    [
        ("@@ENV@@",             '"te\\"st"'),
        ('"@@ENV@@"',           '"te\\"st"'),
        ("'@@ENV@@'",           '"te\\"st"'),
        ("\"@@ENV@@'",          '""te\\"st"\''),
        ("'##ENV##'",           "'te\"st'"),
        ("@@LIST@@",            '["a",1]'),
        ("##LIST##",            "a,1"),
        ("@@ON@@ ##ON##",       "true true"),
        ("@@NO@@ ##NO##",       "null null"),
        ("@@N@@ ##N##",         "3 3"),
        ("@@my-key@@",          '"m"'),
        ("@@OTHER@@ ##OTHER##", "@@OTHER@@ ##OTHER##"),
        ("@@@ENV@@@ ####",      '@"te\\"st"@ ####'),
    ],
)  # fmt: skip
def test_a_keyword_becomes_its_value(written, becomes):
    assert replaced(written, VALUES) == becomes


def test_json_keywords_come_first_so_that_their_values_may_hold_plain_ones():
    values = {"A": "##B##", "B": "inner @@A@@"}
    assert replaced("@@A@@ ##B##", values) == '"inner @@A@@" inner @@A@@'


def test_a_value_is_taken_as_it_is_also_where_it_looks_like_a_pattern():
    assert replaced("##A##", {"A": r"$& \1 \g<0>"}) == r"$& \1 \g<0>"


def test_only_the_names_of_the_text_are_looked_up():
    asked = set()

    class Watched(dict):
        def __contains__(self, key):
            asked.add(key)
            return super().__contains__(key)

    replaced("@@A@@ ##B##", Watched(A=1, SECRET=2))
    assert asked == {"A", "B"}


def test_what_is_left_over_is_found_with_its_line():
    text = "a\u2028b\n@@ONE@@ x ##TWO##\r\n\n'##three-3##'"
    assert list(left_over(text)) == [
        (2, "@@ONE@@"),
        (2, "##TWO##"),
        (4, "##three-3##"),
    ]


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "b", "ü"]), inner, max_size=2)
    ),
    max_leaves=6,
)
_JAVASCRIPT = """
const told = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
const said = told.map((one) => [String(one), JSON.stringify(one)]);
process.stdout.write(JSON.stringify(said));
"""


@settings(max_examples=5, deadline=None)
@given(st.lists(JSON, min_size=40, max_size=60))
def test_values_are_spelled_as_javascript_spells_them(values):
    spoken = subprocess.run(
        [find_node(), "-e", _JAVASCRIPT],
        input=json.dumps(values),
        capture_output=True,
        check=True,
        text=True,
    )
    ours = [[plain_text(one), replaced("@@V@@", {"V": one})] for one in values]
    assert ours == json.loads(spoken.stdout)


@given(
    st.lists(
        st.sampled_from(["@@", "##", "A", "B-b", '"', "'", "\n", " ", "@", "#"]),
        max_size=20,
    ).map("".join),
    st.dictionaries(st.sampled_from(["A", "B-b", "AA"]), JSON),
)
def test_no_text_however_odd_stops_the_replacement(text, values):
    list(left_over(replaced(text, values)))
    if not any(f"{mark}{key}{mark}" in text for key in values for mark in ("@@", "##")):
        assert replaced(text, values) == text
