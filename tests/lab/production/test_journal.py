"""The journal: complete where it can be, bounded always, in nobody's way."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fabrikam.lab.production import journal as journals
from fabrikam.lab.production.journal import Journal, files_of, lines_of
from fabrikam.lab.production.shadow import Sighting, StrategyAnswer
from fabrikam.lab.production.shadow_summary import summarise, text_of

NOW = 1_795_320_000


def sighting(number: int = 0, **changes) -> Sighting:
    """A sign-in of one of ten users that is stronger on the candidate's side."""
    told = {
        "subject": f"auth0|{number % 10}",
        "client": "fabrikam-intranet",
        "issued_at": number,
        "token": "ID token",
        "control": StrategyAnswer(),
        "candidate": StrategyAnswer(("amr missing",)),
    }
    return Sighting(**{**told, **changes})


WEAKER = {
    "control": StrategyAnswer(("authentication_level missing",)),
    "candidate": StrategyAnswer(),
}


def journal(path: Path, **options) -> Journal:
    return Journal(path, secret="s", **{"clock": lambda: NOW, **options})


def written(path: Path, *sightings: Sighting, **options) -> list[dict]:
    """What stands in the journal when these were written."""
    with journal(path, **options) as book:
        for one in sightings:
            book.write(one)
    return list(lines_of(path))


def test_a_line_says_when_which_way_what_and_whose(tmp_path):
    (line,) = written(tmp_path / "shadow.jsonl", sighting(3))
    subject = line.pop("subject")
    assert line == {
        "when": "2026-11-22T04:00:00Z",
        "direction": "stronger",
        "token": "ID token",
        "control": "lets in",
        "candidate": "amr missing",
        "client": "fabrikam-intranet",
    }
    assert len(subject) == 16


def test_no_subject_stands_in_it_and_one_user_is_told_from_another(tmp_path):
    path = tmp_path / "shadow.jsonl"
    lines = written(path, sighting(1), sighting(2), sighting(11))
    assert b"auth0|" not in path.read_bytes()
    first, second, again = (line["subject"] for line in lines)
    assert first == again != second


def test_the_hash_is_keyed(tmp_path):
    (mine,) = written(tmp_path / "one", sighting())
    with Journal(tmp_path / "two", secret="another", clock=lambda: NOW) as book:
        book.write(sighting())
    (other,) = lines_of(tmp_path / "two")
    assert mine["subject"] != other["subject"]


def test_only_the_owner_may_read_it(tmp_path):
    written(tmp_path / "shadow.jsonl", sighting())
    assert (tmp_path / "shadow.jsonl").stat().st_mode & 0o777 == 0o600


def test_a_sign_in_that_opens_many_pages_is_one_line(tmp_path):
    lines = written(tmp_path / "j", *[sighting(1)] * 50, sighting(2), sighting(1))
    assert len(lines) == 2


def test_a_sign_in_that_goes_on_is_one_line_however_many_come_after_it(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(journals, "_REMEMBERED", 5)
    goes_on = (one for number in range(1, 9) for one in (sighting(number), sighting(0)))
    lines = written(tmp_path / "j", sighting(0), *goes_on)
    assert len(lines) == 9


def test_one_sign_in_is_told_in_the_singular(tmp_path):
    lines = written(tmp_path / "j", sighting(1, **WEAKER))
    text = text_of(summarise(lines))
    assert "1 sign-in from " in text
    assert "(1 user)" in text
    assert "1 time weaker" in text


def test_many_threads_write_whole_lines_and_lose_none(tmp_path):
    path = tmp_path / "shadow.jsonl"
    with journal(path) as book:
        threads = [
            threading.Thread(
                target=lambda start=start: [
                    book.write(sighting(number)) for number in range(start, start + 50)
                ]
            )
            for start in range(0, 400, 50)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    summary = summarise(lines_of(path))
    assert summary.sign_ins == 400
    assert (summary.lost, summary.broken) == (0, 0)
    assert summary.users == {"stronger": 10}


def test_it_never_holds_more_than_two_files_of_its_size(tmp_path):
    path = tmp_path / "shadow.jsonl"
    written(path, *map(sighting, range(200)), most_bytes=4_000)
    assert len(files_of(path)) == 2
    assert all(file.stat().st_size <= 4_000 for file in files_of(path))
    newest = list(lines_of(path))
    assert 10 < len(newest) < 60
    assert all(line["direction"] == "stronger" for line in newest)


def test_it_goes_on_where_an_earlier_run_stopped(tmp_path):
    path = tmp_path / "shadow.jsonl"
    written(path, sighting(1))
    assert len(written(path, sighting(2))) == 2


class Stuck:
    """A clock that stands in the writer's way until it is let go."""

    def __init__(self) -> None:
        self.reached, self.go_on = threading.Event(), threading.Event()

    def __call__(self) -> float:
        self.reached.set()
        assert self.go_on.wait(10)
        return NOW


def test_when_too_many_wait_the_lost_are_counted_and_nobody_waits(tmp_path):
    clock = Stuck()
    with journal(tmp_path / "j", clock=clock, most_waiting=5) as book:
        book.write(sighting(0))
        assert clock.reached.wait(10)
        for number in range(1, 21):
            book.write(sighting(number))
        clock.go_on.set()
    summary = summarise(lines_of(tmp_path / "j"))
    assert (summary.sign_ins, summary.lost) == (6, 15)


def test_a_disk_that_is_full_stops_nobody_and_is_said_once(tmp_path, caplog):
    path = tmp_path / "shadow.jsonl"
    path.mkdir()  # what cannot be opened for writing, also by root
    with journal(path) as book:
        for number in range(30):
            book.write(sighting(number))
    assert caplog.text.count("shadow journal cannot be written") == 1


def test_what_a_full_disk_swallowed_is_counted_when_there_is_room_again(tmp_path):
    path = tmp_path / "shadow.jsonl"
    path.mkdir()
    asked = iter(range(100))

    def clock() -> float:
        if next(asked) == 1:  # when it comes to write down that one was lost
            path.rmdir()
        return NOW

    written(path, sighting(0), clock=clock)
    summary = summarise(lines_of(path))
    assert (summary.sign_ins, summary.lost) == (0, 1)
    assert "1 sighting lost" in text_of(summary)


def test_a_missing_folder_is_made(tmp_path):
    assert len(written(tmp_path / "new" / "folder" / "j", sighting())) == 1


def test_a_journal_that_never_was_is_empty(tmp_path):
    assert list(lines_of(tmp_path / "none")) == []
    assert text_of(summarise([])) == "Nothing was seen yet."


BROKEN = [
    b"\xff\xfe\n",
    b"[1, 2]\n",
    b'{"direction": "sideways"}\n',
    b'{"when": "2026-11',
    b"[" * 100_000 + b"\n",
]


@pytest.mark.parametrize("line", BROKEN)
def test_a_broken_line_is_counted_and_the_others_are_read(tmp_path, line):
    path = tmp_path / "shadow.jsonl"
    written(path, sighting(1))
    with path.open("ab") as file:
        file.write(line)
    summary = summarise(lines_of(path))
    assert (summary.sign_ins, summary.broken) == (1, 1)
    assert "1 unreadable line in the journal" in text_of(summary)


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_whatever_break_the_reader(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("journal") / "shadow.jsonl"
    path.write_bytes(data)
    summary = summarise(lines_of(path))
    assert text_of(summary)
    assert json.dumps(summary.as_json())


def test_the_summary_says_what_is_weaker_first(tmp_path):
    lines = written(
        tmp_path / "j",
        *map(sighting, range(5)),
        sighting(6, **WEAKER, client="other"),
        sighting(7, control=StrategyAnswer(raised="TypeError")),
        sighting(8, candidate=StrategyAnswer()),
    )
    summary = summarise(lines)
    text = text_of(summary).splitlines()
    assert text[0].startswith("WEAKER: 1 sign-in would get in that today does not.")
    assert summary.directions == {
        "stronger": 5,
        "weaker": 1,
        "could not run": 1,
        "same": 1,
    }
    assert summary.clients["other"] == {"weaker": 1}
    assert any("5 times stronger: the control lets in" in line for line in text)
    assert any("the tenant writes one claim" in line for line in text)
    assert any("at other: 1 weaker" in line for line in text)
    assert any("control raised TypeError" in line for line in text)


def test_what_a_terminal_must_not_see_is_spelled_out(tmp_path):
    lines = written(tmp_path / "j", sighting(client="a\x1b[2J\ud800"))
    assert "at a\\x1b[2J\\ud800: 1 stronger" in text_of(summarise(lines))


def test_the_json_of_a_summary_names_the_known_difference(tmp_path):
    lines = written(tmp_path / "j", sighting(1), sighting(2, **WEAKER))
    found = summarise(lines).as_json()
    known = {trace["direction"]: trace["known"] for trace in found["traces"]}
    assert known == {"stronger": "the tenant writes one claim", "weaker": None}
    assert found["since"] == found["until"] == "2026-11-22T04:00:00Z"
