"""A team's file of known differences: what it says, and every mistake in it at once."""

from __future__ import annotations

import pytest

from fabrikam.lab.compare.comparison import Known
from fabrikam.lab.compare.known_differences import FACTS, KnownRejected, read_known

GOOD = """
[[known]]
name = "refresh no longer steps up"
because = "no client of ours refreshes for a second factor"
owner = "ann@fabrikam.example"
matches = { flow = "refresh", "new.error" = ["", "mfa_required"] }
"""


def written(tmp_path, text):
    """A file with this text."""
    file = tmp_path / "known.toml"
    file.write_text(text)
    return file


def test_an_entry_has_a_name_a_reason_an_owner_and_what_it_matches(tmp_path):
    (known,) = read_known(written(tmp_path, GOOD))
    assert known == Known(
        name="refresh no longer steps up",
        because="no client of ours refreshes for a second factor",
        owner="ann@fabrikam.example",
        matches={"flow": ("refresh",), "new.error": ("", "mfa_required")},
    )


def test_an_empty_file_knows_nothing(tmp_path):
    assert read_known(written(tmp_path, "")) == ()


@pytest.mark.parametrize(
    ("change",                                       "problem"),
    [
        (('owner = "ann@fabrikam.example"', ""),         "entry 1: owner is missing"),
        (('name = "refresh no longer steps up"', 'name = " "'), "entry 1: name is missing"),
        (("because", "reason"),                          "entry 1: because is missing"),
        (("matches", "match"),                           "entry 1: matches is missing; without it everything would be known"),
        (('flow = "refresh", ', "flow = 3, "),           "entry 1: matches: flow is neither a word nor a list of words"),
        (("[[known]]", "[known]"),                       "known: write [[known]] above each entry"),
        (("[[known]]", "[[knwon]]"),                     "knwon: only [[known]] is read"),
    ],
)  # fmt: skip
def test_a_mistake_is_named(tmp_path, change, problem):
    with pytest.raises(KnownRejected) as rejected:
        read_known(written(tmp_path, GOOD.replace(*change)))
    assert problem in rejected.value.problems


def test_an_unknown_fact_is_answered_with_those_that_are_known(tmp_path):
    with pytest.raises(KnownRejected) as rejected:
        read_known(written(tmp_path, GOOD.replace("flow =", "flwo =")))
    (problem,) = rejected.value.problems
    assert "no fact is called flwo" in problem
    assert all(fact in problem for fact in FACTS)


def test_all_mistakes_are_said_at_once(tmp_path):
    twice = GOOD + GOOD.replace('owner = "ann@fabrikam.example"', "")
    with pytest.raises(KnownRejected) as rejected:
        read_known(written(tmp_path, twice))
    assert rejected.value.problems == (
        "entry 1: another entry has the same name",
        "entry 2: owner is missing",
        "entry 2: another entry has the same name",
    )


@pytest.mark.parametrize("text", ["[[known", "\x00", "known = 1", "known = [1]"])
def test_what_is_not_such_a_file_is_refused(tmp_path, text):
    with pytest.raises(KnownRejected):
        read_known(written(tmp_path, text))
