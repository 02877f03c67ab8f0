"""Hostile accidents: the worker may die, the login is refused, the next one works."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from fabrikam.tenant.pipeline import Engine, read_folder
from tests.tenant.pipeline.builders import (
    action,
    actions,
    asking,
    occasion,
    rule,
    rules,
)

PASS = "callback(null, user, context);"
BAD = asking(scope="bad")


def when_bad(body):
    """A Rule that does this when the scope is `bad`, and otherwise passes."""
    return rule(f"if (context.request.query.scope === 'bad') {{ {body} }}\n{PASS}")


def workers_of(process):
    """The processes that a process has started and that still run."""
    return {
        int(status.parent.name)
        for status in Path("/proc").glob("[0-9]*/status")
        if is_running_child(status, process)
    }


def is_running_child(status, process):
    try:
        lines = status.read_text().splitlines()
    except OSError:  # it has just ended
        return False
    facts = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
    return facts["PPid"] == str(process) and not facts["State"].startswith("Z")


@pytest.mark.promise("F13", "11")
def ticks_of(process):
    """The processor time of a process, in hundredths of a second."""
    after_name = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2]
    return int(after_name.split()[11])


def until(condition, seconds=20):
    """Wait for what another process does."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        threading.Event().wait(0.01)


class Gate:
    """Users at whom a Rule has to wait until a test lets it through."""

    def __init__(self):
        self.reached = threading.Event()
        self.opened = threading.Event()

    def update_user_metadata(self, *_):
        self.reached.set()
        self.opened.wait()


AT_THE_GATE = (
    "auth0.users.updateUserMetadata(user.user_id, {})"
    f".then(function () {{ {PASS} }}, callback); return;"
)


@pytest.mark.parametrize(
    ("body", "kind", "message"),
    [
        ("while (true);",                                    "timeout",  "within 1 s"),
        ("/^(a+)+$/.test('a'.repeat(40) + 'b');",            "timeout",  "within 1 s"),
        ("(function f() { Promise.resolve().then(f); })(); return;",
                                                             "timeout",  "within 1 s"),
        ("setInterval(function () {}, 5); return;",          "timeout",  "within 1 s"),
        ("Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);",
                                                             "timeout",  "within 1 s"),
        ("process.exit(3);",                                 "died",     "code 3"),
        ("process.abort();",                                 "died",     "SIGABRT"),
        ("process.kill(process.pid, 'SIGKILL');",            "died",     "SIGKILL"),
        ("process.reallyExit(0);",                           "died",     "code 0"),
    ],
)  # fmt: skip
def test_a_worker_that_is_lost_refuses_one_login_only(
    tmp_path, engine, body, kind, message
):
    running = engine(rules(tmp_path, when_bad(body)), time_limit=1)
    assert running.run(occasion()).failure is None

    started = time.monotonic()
    outcome = running.run(BAD)
    assert time.monotonic() - started < 15
    assert (outcome.failure.kind, outcome.failure.script) == (kind, "Rule 1")
    assert outcome.failure.file == "rules/1.js"
    assert message in outcome.failure.message
    assert outcome.denial.error == "access_denied"

    assert running.run(occasion()).failure is None


@pytest.mark.promise("ASVS 15.2.5")
@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("var a = []; while (true) a.push(new Array(1e5).fill({}));", "heap"),
        (
            "var b = []; (function f() { b.push(Buffer.alloc(2e7, 1));"
            " setImmediate(f); })(); return;",
            "256 MiB",
        ),
        (
            "var c = []; while (true) c.push(Buffer.alloc(2e7, 1));",
            "256 MiB",
        ),
    ],
)
def test_memory_is_bounded_inside_the_heap_and_out_of_it(
    tmp_path, engine, body, message
):
    running = engine(
        rules(tmp_path, when_bad(body)), time_limit=60, memory_limit=256 * 2**20
    )
    outcome = running.run(BAD)
    assert outcome.failure.kind == "died"
    assert message in outcome.failure.message
    assert running.run(occasion()).failure is None


def test_the_script_that_was_running_is_the_one_that_is_charged(tmp_path, engine):
    root = actions(rules(tmp_path, rule(PASS)), action("while (true);"))
    failure = engine(root, time_limit=0.5).run(occasion()).failure
    assert (failure.script, failure.file) == ("Action 1", "actions/1/code.js")


def test_an_endless_loop_while_an_action_loads_is_charged_to_it(tmp_path, engine):
    root = actions(tmp_path, "while (true);")
    failure = engine(root, time_limit=0.5).run(occasion()).failure
    assert (failure.script, failure.kind) == ("Action 1", "timeout")


def test_a_deep_recursion_leaves_the_worker_alive(tmp_path, engine):
    running = engine(rules(tmp_path, when_bad("(function f() { f(); })();")))
    outcome = running.run(BAD)
    assert (outcome.failure.kind, outcome.failure.line) == ("thrown", 2)
    assert running.run(occasion()).failure is None


@pytest.mark.promise("ASVS 15.2.5")
@pytest.mark.parametrize(
    ("attempt", "answer"),
    [
        ("require('fs').readFileSync('/etc/passwd')",              "ERR_ACCESS_DENIED"),
        ("require('fs').readFileSync('/proc/self/environ')",       "ERR_ACCESS_DENIED"),
        ("require('fs').writeFileSync('here.txt', 'x')",           "ERR_ACCESS_DENIED"),
        ("require('fs').mkdirSync('/tmp/there')",                  "ERR_ACCESS_DENIED"),
        ("require('child_process').execSync('id')",                "ERR_ACCESS_DENIED"),
        ("require('child_process').spawn('id')",                   "ERR_ACCESS_DENIED"),
        ("new (require('worker_threads').Worker)('1', { eval: true })",
                                                                   "ERR_ACCESS_DENIED"),
        ("process.binding('fs')",                                  "ERR_ACCESS_DENIED"),
        ("process.chdir('/')",                                     "ERR_ACCESS_DENIED"),
        ("require('v8').writeHeapSnapshot()",                      "ERR_ACCESS_DENIED"),
        ("require('node:sqlite')",                     "ERR_UNKNOWN_BUILTIN_MODULE"),
        ("process.kill(process.ppid, 0)",
         "Error: a signal to process PARENT is not allowed by this tenant"),
        ("process.env.PATH || 'none'",                             "none"),
        ("process.env.HOME || 'none'",                             "none"),
        ("require('fs').readFileSync('rules/1.js').length > 0",    True),
    ],
)  # fmt: skip
def test_what_the_process_may_not_do(tmp_path, engine, attempt, answer):
    source = rule(f"try {{ user.got = {attempt}; }} catch (error) {{"
                  f" user.got = error.code || String(error); }} {PASS}")  # fmt: skip
    outcome = engine(rules(tmp_path, source)).run(occasion())
    assert outcome.failure is None
    parent = str(os.getpid())
    got = outcome.user["got"]
    assert (got.replace(parent, "PARENT") if isinstance(got, str) else got) == answer


@pytest.mark.promise("ASVS 15.2.5")
@pytest.mark.parametrize(
    "attempt",
    [
        "require('http').get('http://127.0.0.1:1/')",
        "require('https').get('https://127.0.0.1:1/')",
        "require('net').connect(1, '127.0.0.1')",
        "require('tls').connect(1, '127.0.0.1')",
        "require('http2').connect('http://127.0.0.1:1/')",
    ],
)
def test_the_network_is_shut_with_one_clear_error(tmp_path, engine, attempt):
    source = rule(f"{attempt}.on('error', callback);")
    failure = engine(rules(tmp_path, source)).run(occasion()).failure
    assert "127.0.0.1 is not allowed by this tenant" in failure.message


@pytest.mark.promise("ASVS 15.2.5")
@pytest.mark.parametrize(
    "attempt",
    [
        "fetch('http://127.0.0.1:9999/')",
        "require('dns').promises.resolve('a.example')",
        "new Promise(() => require('net').createServer().listen(0))",
        "new Promise(() => require('dgram').createSocket('udp4').send('x', 1))",
    ],
)
def test_every_way_out_is_shut(tmp_path, engine, attempt):
    source = rule(
        f"Promise.resolve().then(() => {attempt}).catch((e) => callback(e.cause || e));"
    )
    failure = engine(rules(tmp_path, source)).run(occasion()).failure
    assert "is not allowed by this tenant" in failure.message


def test_a_host_that_the_folder_names_is_reached(tmp_path, engine):
    root = rules(tmp_path, rule("require('http').get('http://127.0.0.1:1/')"
                                ".on('error', callback);"))  # fmt: skip
    (root / "local-tenant.json").write_text('{"network": ["127.0.0.1"]}')
    assert "ECONNREFUSED" in engine(root).run(occasion()).failure.message


@pytest.mark.promise("ASVS 15.3.6")
@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("Object.prototype.evil = 1;", "Object.prototype"),
        ("Array.prototype.map = function () { return []; };", "Array.prototype"),
        ("callback.constructor.prototype.call = null;", "Function.prototype"),
        ("JSON.parse = null;", "JSON"),
        ("Promise.prototype.then = Promise.prototype.then.bind(null);", "Promise"),
        ("globalThis.Date = null;", "Date"),
        ("delete String.prototype.trim;", "String.prototype"),
    ],
)
def test_a_login_that_bends_the_language_is_the_worker_s_last(
    tmp_path, engine, body, name
):
    running = engine(
        rules(tmp_path, when_bad(body), rule("user.at = process.pid;" + PASS))
    )
    before = running.run(occasion()).user["at"]
    outcome = running.run(BAD)
    texts = [line.text for line in outcome.lines if line.level == "warning"]
    assert outcome.failure is not None or any(name in text for text in texts)
    after = running.run(occasion())
    assert after.failure is None
    assert after.user["at"] != before


COUNTING = rule("global.n = (global.n || 0) + 1; user.n = global.n; " + PASS)


@pytest.mark.parametrize(
    ("isolation", "seen"), [("reuse", [1, 2, 3]), ("process", [1, 1, 1])]
)
def test_global_is_shared_by_logins_unless_each_has_its_process(
    tmp_path, engine, isolation, seen
):
    running = engine(rules(tmp_path, COUNTING), isolation=isolation)
    assert [running.run(occasion()).user["n"] for _ in seen] == seen


def test_what_a_login_does_after_its_end_is_told_as_late(tmp_path, engine):
    late = when_bad("setTimeout(function () { console.log('still here'); }, 30);")
    wait = rule("setTimeout(function () { " + PASS + " }, 80);")
    running = engine(rules(tmp_path, late, wait))
    assert running.run(BAD).failure is None
    lines = running.run(occasion()).lines
    assert all(line.level == "late" for line in lines)


def test_an_error_after_the_end_is_never_charged_to_the_next_login(tmp_path, engine):
    late = when_bad("setTimeout(function () { throw new Error('mine'); }, 30);")
    wait = rule("setTimeout(function () { " + PASS + " }, 60);")
    running = engine(rules(tmp_path, wait, late))
    assert running.run(BAD).failure is None
    outcome = running.run(occasion())
    assert outcome.failure is None
    assert [(line.level, line.text) for line in outcome.lines] == [
        ("late", "broke after its answer: mine")
    ]


def test_rubbish_on_standard_output_is_no_frame(tmp_path, engine):
    source = when_bad("require('fs').writeSync(1, 'x'.repeat(300000));")
    running = engine(rules(tmp_path, source))
    assert running.run(BAD).failure is None
    assert running.run(occasion()).failure is None


def test_rubbish_on_the_socket_is_a_breach_of_protocol(tmp_path, engine):
    source = when_bad(
        "for (var fd = 3; fd < 64; fd++) {"
        " try { require('fs').writeSync(fd, 'rubbish!'); } catch (e) {} } while (true);"
    )
    running = engine(rules(tmp_path, source))
    failure = running.run(BAD).failure
    assert failure.kind in {"protocol", "died", "timeout"}
    assert running.run(occasion()).failure is None


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
        assert running.run(occasion()).failure.message == "no worker became free"
        gate.opened.set()
        assert busy.result().failure is None
    assert running.run(occasion()).failure is None


def test_a_worker_that_was_killed_while_it_waited_costs_no_login(tmp_path, engine):
    running = engine(rules(tmp_path, rule("user.at = process.pid; " + PASS)))
    waiting = running.run(occasion()).user["at"]
    os.kill(waiting, signal.SIGKILL)
    os.waitid(os.P_PID, waiting, os.WEXITED | os.WNOWAIT)
    outcome = running.run(occasion())
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
    assert running.run(occasion()).failure is None
    assert time.monotonic() - started < 30


def test_a_worker_is_not_for_ever(tmp_path, engine, monkeypatch):
    monkeypatch.setattr("fabrikam.tenant.pipeline.worker._MOST_LOGINS", 5)
    monkeypatch.setattr("fabrikam.tenant.pipeline.worker._WEIGHED_EVERY", 5)
    running = engine(rules(tmp_path, COUNTING))
    seen = [running.run(occasion()).user["n"] for _ in range(7)]
    assert seen == [1, 2, 3, 4, 5, 1, 2]


def test_another_folder_is_used_from_the_next_login_on(tmp_path, engine):
    first = rules(tmp_path / "a", rule("user.at = 'a'; " + PASS))
    second = rules(tmp_path / "b", rule("user.at = 'b'; " + PASS))
    running = engine(first)
    assert running.run(occasion()).user["at"] == "a"
    running.use(read_folder(second))
    assert running.run(occasion()).user["at"] == "b"


def test_a_login_under_way_ends_with_the_folder_it_began_with(tmp_path, engine):
    gate = Gate()
    first = rules(tmp_path / "a", when_bad(AT_THE_GATE), rule("user.at = 'a';" + PASS))
    second = rules(tmp_path / "b", rule("user.at = 'b'; " + PASS))
    running = engine(first, users=gate)
    with ThreadPoolExecutor(1) as threads:
        under_way = threads.submit(running.run, BAD)
        gate.reached.wait()
        running.use(read_folder(second))
        assert running.run(occasion()).user["at"] == "b"
        gate.opened.set()
        assert under_way.result().user["at"] == "a"


def test_no_login_is_refused_while_folders_change(tmp_path, engine):
    folders = [
        read_folder(rules(tmp_path / name, rule(f"user.at = '{name}'; " + PASS)))
        for name in "ab"
    ]
    running = engine(tmp_path / "a", workers=2, time_limit=20)
    with ThreadPoolExecutor(4) as threads:
        logins = [threads.submit(running.run, occasion()) for _ in range(40)]
        for number in range(6):
            running.use(folders[number % 2])
            logins += [threads.submit(running.run, occasion()) for _ in range(10)]
    outcomes = [login.result() for login in logins]
    assert [each.failure for each in outcomes if each.failure] == []
    assert {each.user["at"] for each in outcomes} <= {"a", "b"}


def test_a_closed_engine_leaves_no_process_and_refuses(tmp_path, engine):
    before = workers_of(os.getpid())
    running = engine(rules(tmp_path, rule(PASS)))
    running.run(occasion())
    running.run(occasion())
    assert workers_of(os.getpid()) > before
    running.close()
    running.close()
    assert workers_of(os.getpid()) == before
    assert running.run(occasion()).failure.message == "the engine is closed"


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
    outcome = engine(tmp_path).run(occasion())
    assert (outcome.failure, outcome.multifactor, outcome.user) == (None, None, None)
    assert workers_of(os.getpid()) == before


@pytest.mark.parametrize("node", ["/no/such/node", "/bin/false", "/bin/cat"])
def test_a_node_that_does_not_start_is_a_failure_that_says_so(tmp_path, engine, node):
    running = engine(rules(tmp_path, rule(PASS)), node=Path(node))
    outcome = running.run(occasion())
    assert outcome.failure.kind == "died"
    assert outcome.denial.error == "access_denied"
    (problem,) = running.check()
    assert problem.message == outcome.failure.message


def test_a_looping_worker_ends_with_a_killed_parent(tmp_path):
    root = rules(tmp_path, rule("while (true);"))
    program = (
        "from pathlib import Path\n"
        "from fabrikam.tenant.pipeline import Engine, read_folder\n"
        "from tests.tenant.pipeline.builders import occasion\n"
        f"Engine(read_folder(Path({str(root)!r})), time_limit=60).run(occasion())\n"
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
    ours = running.run(occasion()).user["at"]
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writing, str(running.run(occasion()).user["at"]).encode())
            running.close()
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    os.close(writing)
    theirs = os.read(reading, 20)
    os.close(reading)
    assert int(theirs) != ours
    assert running.run(occasion()).user["at"] == ours


@pytest.mark.promise("F13", "11")
def test_twenty_endless_loops_leave_no_process_and_no_descriptor_behind(tmp_path):
    folder = read_folder(rules(tmp_path, when_bad("while (true);")))
    before = workers_of(os.getpid())
    with Engine(folder, time_limit=0.05) as running:
        running.run(BAD)
        opened = len(os.listdir("/proc/self/fd"))
        for _ in range(20):
            assert running.run(BAD).failure.kind == "timeout"
        assert len(os.listdir("/proc/self/fd")) <= opened + 6
    assert workers_of(os.getpid()) == before
