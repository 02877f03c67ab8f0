"""The list of survivors: read, held against a run, and brought up to date."""

from __future__ import annotations

import pytest

from tests.mutation.survivors import LIST, Unreadable, read

TEXT = """\
# The head.

a.py:f: `<` to `<=`: return a < b — both are never equal
a.py:g: call dropped: send("a — b") — to do
b.py:h: `not` dropped: return not a — to do
"""
BOUNDARY, DASHED, DROPPED = read(TEXT).reasons


def test_a_row_is_a_key_and_a_reason():
    assert read(TEXT).reasons[BOUNDARY] == "both are never equal"
    assert DASHED == 'a.py:g: call dropped: send("a — b")'


def test_what_is_read_is_written_as_it_was():
    assert read(TEXT).text() == TEXT


def test_a_row_without_a_reason_is_no_row():
    with pytest.raises(Unreadable):
        read("a.py:f: `<` to `<=`: return a < b\n")


def test_a_survivor_that_is_not_listed_is_told():
    assert read(TEXT).unlisted([BOUNDARY, "a.py:new", "a.py:new"]) == ["a.py:new"]


def test_a_listed_mutant_that_is_caught_is_stale_if_its_file_was_tried():
    assert read(TEXT).stale([BOUNDARY], ["a.py"]) == [DASHED]


def test_a_list_brought_up_to_date_keeps_reasons_and_what_was_not_tried():
    listed = read(TEXT).updated([BOUNDARY, "a.py:new"], ["a.py"])
    assert listed.head == ("# The head.", "")
    assert listed.reasons == {
        BOUNDARY: "both are never equal",
        "a.py:new": "to do",
        DROPPED: "to do",
    }


def test_the_list_of_this_repository_can_be_read():
    assert read(LIST.read_text()).text() == LIST.read_text()
