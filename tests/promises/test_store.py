"""Faults of the store: full, locked, away, cut off; and many who write at once."""

from __future__ import annotations

import json
import multiprocessing
import resource
import shutil
import signal
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from fabrikam.web import SessionLifetimes
from fabrikam.web.sessions import Sessions
from fabrikam.web.stores.sqlite_store import SqliteStore
from tests.builders import NOW, evidence

SECRET = "a secret of this application"


@contextmanager
def full_disk(path: Path):
    """Let no file grow beyond what the largest of a folder has now."""
    largest = max(file.stat().st_size for file in path.iterdir())
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # then a write fails with EFBIG
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (min(largest, 4_096), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def locked(path: Path):
    """Hold the write lock of a store, as a stuck program would."""
    with closing(sqlite3.connect(path, isolation_level=None)) as stuck:
        stuck.execute("BEGIN IMMEDIATE")
        yield
        stuck.execute("ROLLBACK")


@pytest.mark.promise("F4", "ASVS 16.5.2")
def test_on_a_full_disk_sessions_are_read_and_nobody_is_let_in(intranet, tmp_path):
    intranet.sign_in()
    intranet.step_up(amr=["mfa"])
    with full_disk(tmp_path):
        for second in range(3):
            intranet.later(second)
            assert intranet.browser.get("/employees", status=200)
        refused = intranet.new_browser().get("/login", status=503, expect_errors=True)
        assert "storage does not answer" in refused
    intranet.later(1)
    assert intranet.sign_in(intranet.new_browser()).status_int == 303
    assert intranet.browser.get("/employees", status=200)


@pytest.mark.promise("F4", "F5")
def test_a_disk_that_fills_in_the_middle_of_a_sign_in_gives_nothing(intranet, tmp_path):
    departure = intranet.browser.get("/login")
    with full_disk(tmp_path):
        answer = intranet.tenant.answer(departure.location)
        page = intranet.browser.get("/callback", answer, status=503, expect_errors=True)
        assert "nothing was changed" in page
    assert "intranet_session" not in intranet.browser.cookies
    assert intranet.sign_in().status_int == 303


@pytest.mark.promise("F5", "ASVS 16.5.3")
def test_behind_a_stuck_lock_pages_go_on_and_sign_ins_are_refused_in_time(
    intranet, tmp_path
):
    intranet.sign_in()
    with locked(tmp_path / "intranet.sqlite"):
        began = time.monotonic()
        assert intranet.browser.get("/customers", status=200)
        page = intranet.new_browser().get("/login", status=503, expect_errors=True)
        assert time.monotonic() - began < 6  # three seconds each
        assert "storage does not answer" in page
        intranet.later(1)
        assert intranet.browser.get("/customers", status=200)
    began = time.monotonic()
    assert intranet.new_browser().get("/login", status=303)
    assert time.monotonic() - began < 1


@pytest.mark.promise("F5")
def test_a_store_that_was_replaced_by_an_empty_one_asks_for_a_sign_in(
    make_intranet, tmp_path
):
    intranet = make_intranet()
    intranet.sign_in()
    for file in tmp_path.glob("intranet.sqlite*"):
        file.unlink()
    fresh = make_intranet()
    session = intranet.browser.cookies["intranet_session"]
    header = {"Cookie": f"intranet_session={session}"}
    assert fresh.browser.get("/customers", headers=header, status=303)


@pytest.mark.promise("F3")
def test_a_log_that_was_cut_off_anywhere_opens_at_a_commit(tmp_path):
    whole = tmp_path / "whole"
    store = SqliteStore(whole / "store.sqlite")
    for number in range(8):
        store.put("session", f"s{number}", str(number), now=NOW, expires_at=NOW + 99)
    store.drop("session", "s0")
    log = (whole / "store.sqlite-wal").read_bytes()
    file = (whole / "store.sqlite").read_bytes()
    seen = set()
    for cut in range(0, len(log), max(1, len(log) // 150)):
        folder = tmp_path / f"cut{cut}"
        folder.mkdir()
        (folder / "store.sqlite").write_bytes(file)
        (folder / "store.sqlite-wal").write_bytes(log[: len(log) - cut])
        seen.add(present(SqliteStore(folder / "store.sqlite")))
        shutil.rmtree(folder)
    commits = {tuple(range(count)) for count in range(9)} | {tuple(range(1, 8))}
    assert seen <= commits
    assert len(seen) > 3


def present(store: SqliteStore) -> tuple[int, ...]:
    """Which of the eight sessions there are."""
    store.ping()
    return tuple(
        number
        for number in range(8)
        if store.get("session", f"s{number}", now=NOW) is not None
    )


def touches(path: Path, session_id: str, worker: int, count: int) -> None:
    """Use one session so many times, hardly ever twice in one second."""
    clock = (NOW + (worker + 7 * number) % 50 for number in range(count))
    sessions = Sessions(
        SqliteStore(path),
        secret=SECRET,
        clock=lambda: next(clock),
        lifetimes=SessionLifetimes(idle=100_000, absolute=200_000),
    )
    opened = [sessions.current([session_id]) for _ in range(count)]
    if not all(opened):
        raise AssertionError("a session was lost")


@pytest.mark.promise("F11", "ASVS 15.4.1")
def test_eight_processes_touch_one_session_a_thousand_times_each(tmp_path):
    path = tmp_path / "store.sqlite"
    store = SqliteStore(path)
    sessions = Sessions(
        store,
        secret=SECRET,
        clock=lambda: NOW,
        lifetimes=SessionLifetimes(idle=100_000, absolute=200_000),
    )
    session_id, before = sessions.begin(evidence(amr=["mfa"]), None)
    workers = [
        multiprocessing.get_context("spawn").Process(
            target=touches, args=(path, session_id, number, 1_000)
        )
        for number in range(8)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)
    assert [worker.exitcode for worker in workers] == [0] * 8
    after = sessions.current([session_id])
    assert after.evidence == before.evidence
    assert after.started_at == NOW


@pytest.mark.promise("F11", "ASVS 15.4.1")
def test_a_sign_out_wins_over_every_touch_at_the_same_time(tmp_path):
    store = SqliteStore(tmp_path / "store.sqlite")
    ticks = iter(range(NOW, NOW + 100_000))
    lock = threading.Lock()

    def clock() -> int:
        with lock:
            return next(ticks)

    lifetimes = SessionLifetimes(idle=200_000, absolute=400_000)
    sessions = Sessions(store, secret=SECRET, clock=clock, lifetimes=lifetimes)
    for _ in range(20):
        session_id, _ = sessions.begin(evidence(), None)
        with ThreadPoolExecutor(8) as pool:
            for _ in range(40):
                pool.submit(sessions.current, [session_id])
            pool.submit(sessions.end, [session_id])
            for _ in range(40):
                pool.submit(sessions.current, [session_id])
        assert sessions.current([session_id]) is None


@pytest.mark.promise("F11", "ASVS 2.3.4")
def test_of_two_thousand_values_each_is_kept_and_taken_once(tmp_path):
    store = SqliteStore(tmp_path / "store.sqlite")

    def put_and_take(number: int) -> str | None:
        store.put("form", str(number), str(number), now=NOW, expires_at=NOW + 9)
        return store.take("form", str(number), now=NOW)

    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(put_and_take, range(2_000)))
    assert taken == [str(number) for number in range(2_000)]


@pytest.mark.promise("F15", "F12")
def test_a_long_run_keeps_what_is_alive_and_nothing_else(tmp_path):
    path = tmp_path / "store.sqlite"
    store = SqliteStore(path)
    sizes = []
    for hour in range(20):
        now = NOW + hour * 3_600
        for number in range(100):
            key = f"{hour}-{number}"
            value = json.dumps(["x" * 500])
            tags = (f"sub:{number}",)
            store.put("session", key, value, now=now, expires_at=now + 60, tags=tags)
        sizes.append(sum(file.stat().st_size for file in tmp_path.iterdir()))
    assert store.tagged("session", "sub:1", now=now) == ("19-1",)
    assert sizes[-1] < sizes[4] * 1.5


@pytest.mark.promise("F14")
def test_another_secret_asks_for_a_new_sign_in(make_intranet):
    before = make_intranet()
    departure = before.browser.get("/login")
    before.sign_in()
    cookies = before.browser.cookies
    header = {"Cookie": "; ".join(f"{name}={v}" for name, v in cookies.items())}
    after = make_intranet(secret="another secret of this application")
    assert after.browser.get("/customers", headers=header, status=303)
    answer = before.tenant.answer(departure.location)
    assert after.browser.get("/callback", answer, headers=header, status=400)
    assert after.sign_in().status_int == 303


@pytest.mark.promise("F14", "65")
def test_two_intranets_on_one_store_know_the_same_sessions(make_intranet):
    one, other = make_intranet(), make_intranet()
    one.sign_in()
    cookie = {"Cookie": f"intranet_session={one.browser.cookies['intranet_session']}"}
    assert other.browser.get("/customers", headers=cookie, status=200)
    one.browser.get("/logout")
    assert other.browser.get("/customers", headers=cookie, status=303)
