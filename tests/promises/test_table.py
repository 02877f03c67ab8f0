"""Every promise is kept by a test that names it, or stands among those that are not."""

from __future__ import annotations

import pytest

from tests.promises.table import (
    PAGE,
    SECTIONS,
    kept,
    not_kept,
    outcomes,
    page,
    promises,
)


def all_ids() -> list[str]:
    return [promise.id for section in SECTIONS for promise in promises(section)]


@pytest.mark.parametrize("section", SECTIONS)
def test_every_promise_is_kept_or_its_reason_is_said(section):
    tests, reasons = kept(), not_kept()
    open_ones = [
        promise.id
        for promise in promises(section)
        if promise.id not in tests and promise.id not in reasons
    ]
    assert open_ones == []


def test_no_promise_is_both_kept_and_not_kept():
    assert set(not_kept()) & set(kept()) == set()


def test_tests_name_only_promises_that_were_made():
    assert set(kept()) | set(not_kept()) <= set(all_ids())


def test_every_promise_is_made_once():
    assert len(all_ids()) == len(set(all_ids()))


def test_every_attack_of_the_list_is_there():
    numbers = [promise.id for promise in promises("attacks")]
    assert numbers == [str(number) for number in range(1, 79)]


def test_the_page_of_promises_is_fresh():
    assert PAGE.read_text() == page(), "stale; run: python -m tests.promises.table"


def test_a_promise_is_kept_where_its_tests_passed():
    passed = {test: "passed" for tests in kept().values() for test in tests}
    words = {promise.id: word for promise, word in outcomes(passed)}
    assert list(words) == all_ids()
    assert {words[promise] for promise in kept()} == {"kept"}
    assert {words[promise] for promise in not_kept()} <= {"open"}


@pytest.mark.parametrize(
    ("of_test", "word"),
    [({}, "not run"), ("passed", "kept"), ("failed", "broken")],
)
def test_a_promise_is_broken_where_a_test_of_it_failed(of_test, word):
    (test, *_) = kept()["53"]
    words = dict(outcomes({test: of_test} if of_test else {}))
    assert words[next(promise for promise in words if promise.id == "53")] == word
