"""Children: each answers, dies or is late, and leaves nothing behind."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from tests.mutation.forking import Broken, Job, Late, in_child, in_children

ENOUGH = 60


def test_a_child_answers_and_its_folder_is_gone():
    folder = in_child(lambda folder: (folder / "a").mkdir() or folder, ENOUGH)
    assert not folder.exists()


def test_what_a_child_changes_stays_with_it():
    names: list[str] = []
    assert in_child(lambda _: names.append("a") or names, ENOUGH) == ["a"]
    assert names == []


def test_every_job_is_answered_by_name():
    jobs = [Job(number, lambda _, n=number: n * n, ENOUGH) for number in range(7)]
    assert dict(in_children(jobs, at_once=3)) == {n: n * n for n in range(7)}


def test_a_large_answer_comes_in_whole():
    assert len(in_child(lambda _: b"a" * 3_000_000, ENOUGH)) == 3_000_000


def test_a_child_that_raises_says_what():
    with pytest.raises(Broken, match="ZeroDivisionError"):
        in_child(lambda _: 1 / 0, ENOUGH)


def test_a_child_that_dies_is_known():
    with pytest.raises(Broken, match="died"):
        in_child(lambda _: os._exit(3), ENOUGH)


def _forever(_folder) -> None:
    while True:
        time.sleep(ENOUGH)


def test_a_child_that_never_ends_is_late():
    with pytest.raises(Late):
        in_child(_forever, 0.05)


def test_a_late_one_does_not_keep_the_others():
    jobs = [
        Job("late", _forever, 0.05),
        *(Job(n, lambda _: "done", ENOUGH) for n in "ab"),
    ]
    answers = dict(in_children(jobs, at_once=2))
    assert isinstance(answers.pop("late"), Late)
    assert answers == {"a": "done", "b": "done"}


def test_what_a_child_started_ends_with_it():
    def start(_folder):
        program = subprocess.Popen(
            [sys.executable, "-c", "input()"], stdin=subprocess.PIPE
        )
        return program.pid

    pid = in_child(start, ENOUGH)
    assert not _runs(pid)


def _runs(pid: int) -> bool:
    """Whether a process still does something; init may not have buried it yet."""
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    return bool(state) and not state.startswith("Z")
