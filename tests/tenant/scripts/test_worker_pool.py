"""The worker pool: workers shared by threads, replaced, started, forked and ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from fabrikam.tenant.scripts import read_folder
from tests.tenant.scripts.builders import (
    asking,
    rule,
    rules,
    script_input,
)
from tests.tenant.scripts.processes import (
    AT_THE_GATE,
    BAD,
    COUNTING,
    PASS,
    Gate,
    ticks_of,
    until,
    when_bad,
    workers_of,
)


def test_threads_share_a_worker_and_never_an_answer(tmp_path, engine):
    echo = rule(
        "setTimeout(function () { user.q = context.request.query.scope;" + PASS + "});"
    )
    running = engine(rules(tmp_path, echo), workers=2, time_limit=10)
    words = [f"word-{number}" for number in range(60)]
    with ThreadPoolExecutor(8) as threads:
        outcomes = threads.map(lambda word: running.run(asking(scope=word)), words)
        assert [outcome.user["q"] for outcome in outcomes] == words


def test_waiting_for_a_worker_has_its_own_limit(tmp_path, engine):
    gate = Gate()
    running = engine(rules(tmp_path, when_bad(AT_THE_GATE)), users=gate, patience=0.1)
    with ThreadPoolExecutor(1) as threads:
        busy = threads.submit(running.run, BAD)
        gate.reached.wait()
        assert running.run(script_input()).failure.message == "no worker became free"
        gate.opened.set()
        assert busy.result().failure is None
    assert running.run(script_input()).failure is None


def test_a_worker_that_was_killed_while_it_waited_costs_no_login(tmp_path, engine):
    running = engine(rules(tmp_path, rule("user.at = process.pid; " + PASS)))
    waiting = running.run(script_input()).user["at"]
    os.kill(waiting, signal.SIGKILL)
    os.waitid(os.P_PID, waiting, os.WEXITED | os.WNOWAIT)
    outcome = running.run(script_input())
    assert outcome.failure is None
    assert outcome.user["at"] != waiting


def test_a_loop_after_the_end_of_a_login_costs_the_next_one_a_second_and_no_more(
    tmp_path, engine
):
    late = "user.at = process.pid; setTimeout(function () { while (true); }, 20);"
    running = engine(rules(tmp_path, when_bad(late)), time_limit=60)
    looping = running.run(BAD).user["at"]
    until(lambda: ticks_of(looping) > 20)
    started = time.monotonic()
    assert running.run(script_input()).failure is None
    assert time.monotonic() - started < 30


def test_a_worker_is_not_for_ever(tmp_path, engine, monkeypatch):
    monkeypatch.setattr("fabrikam.tenant.scripts.worker._MOST_LOGINS", 5)
    monkeypatch.setattr("fabrikam.tenant.scripts.worker._WEIGHED_EVERY", 5)
    running = engine(rules(tmp_path, COUNTING))
    seen = [running.run(script_input()).user["n"] for _ in range(7)]
    assert seen == [1, 2, 3, 4, 5, 1, 2]


def test_another_folder_is_used_from_the_next_login_on(tmp_path, engine):
    first = rules(tmp_path / "a", rule("user.at = 'a'; " + PASS))
    second = rules(tmp_path / "b", rule("user.at = 'b'; " + PASS))
    running = engine(first)
    assert running.run(script_input()).user["at"] == "a"
    running.use(read_folder(second))
    assert running.run(script_input()).user["at"] == "b"


def test_a_login_under_way_ends_with_the_folder_it_began_with(tmp_path, engine):
    gate = Gate()
    first = rules(tmp_path / "a", when_bad(AT_THE_GATE), rule("user.at = 'a';" + PASS))
    second = rules(tmp_path / "b", rule("user.at = 'b'; " + PASS))
    running = engine(first, users=gate)
    with ThreadPoolExecutor(1) as threads:
        under_way = threads.submit(running.run, BAD)
        gate.reached.wait()
        running.use(read_folder(second))
        assert running.run(script_input()).user["at"] == "b"
        gate.opened.set()
        assert under_way.result().user["at"] == "a"


def test_no_login_is_refused_while_folders_change(tmp_path, engine):
    folders = [
        read_folder(rules(tmp_path / name, rule(f"user.at = '{name}'; " + PASS)))
        for name in "ab"
    ]
    running = engine(tmp_path / "a", workers=2, time_limit=20)
    with ThreadPoolExecutor(4) as threads:
        logins = [threads.submit(running.run, script_input()) for _ in range(40)]
        for number in range(6):
            running.use(folders[number % 2])
            logins += [threads.submit(running.run, script_input()) for _ in range(10)]
    outcomes = [login.result() for login in logins]
    assert [each.failure for each in outcomes if each.failure] == []
    assert {each.user["at"] for each in outcomes} <= {"a", "b"}


def test_a_closed_engine_leaves_no_process_and_refuses(tmp_path, engine):
    before = workers_of(os.getpid())
    running = engine(rules(tmp_path, rule(PASS)))
    running.run(script_input())
    running.run(script_input())
    assert workers_of(os.getpid()) > before
    running.close()
    running.close()
    assert workers_of(os.getpid()) == before
    assert running.run(script_input()).failure.message == "the engine is closed"


def test_closing_ends_a_login_that_loops(tmp_path, engine):
    gate = Gate()
    gate.opened.set()
    loop = AT_THE_GATE.replace(PASS, "while (true);")
    running = engine(rules(tmp_path, when_bad(loop)), users=gate, time_limit=30)
    with ThreadPoolExecutor(1) as threads:
        looping = threads.submit(running.run, BAD)
        gate.reached.wait()
        running.close()
        assert looping.result(timeout=10).failure.kind == "died"


def test_a_folder_without_scripts_needs_no_process(tmp_path, engine):
    before = workers_of(os.getpid())
    outcome = engine(tmp_path).run(script_input())
    assert (outcome.failure, outcome.multifactor, outcome.user) == (None, None, None)
    assert workers_of(os.getpid()) == before


@pytest.mark.parametrize("node", ["/no/such/node", "/bin/false", "/bin/cat"])
def test_a_node_that_does_not_start_is_a_failure_that_says_so(tmp_path, engine, node):
    running = engine(rules(tmp_path, rule(PASS)), node=Path(node))
    outcome = running.run(script_input())
    assert outcome.failure.kind == "died"
    assert outcome.denial.error == "access_denied"
    (problem,) = running.check()
    assert problem.message == outcome.failure.message


def test_a_looping_worker_ends_with_a_killed_parent(tmp_path):
    root = rules(tmp_path, rule("while (true);"))
    program = (
        "from pathlib import Path\n"
        "from fabrikam.tenant.scripts import Engine, read_folder\n"
        "from tests.tenant.scripts.builders import script_input\n"
        f"Engine(read_folder(Path({str(root)!r})), time_limit=60).run(script_input())\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", program])
    until(lambda: workers_of(parent.pid))
    (worker,) = workers_of(parent.pid)
    until(lambda: ticks_of(worker) > 50)  # more than a start takes: the script loops
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    until(lambda: not Path(f"/proc/{worker}").exists())


@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
def test_a_fork_starts_workers_of_its_own(tmp_path, engine):
    running = engine(rules(tmp_path, rule("user.at = process.pid; " + PASS)))
    ours = running.run(script_input()).user["at"]
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writing, str(running.run(script_input()).user["at"]).encode())
            running.close()
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    os.close(writing)
    theirs = os.read(reading, 20)
    os.close(reading)
    assert int(theirs) != ours
    assert running.run(script_input()).user["at"] == ours
