"""Hostile accidents: the worker may die, the login is refused, the next one works."""

from __future__ import annotations

import os
import time

import pytest

from fabrikam.tenant.scripts import Engine, read_folder
from tests.tenant.scripts.builders import (
    action,
    actions,
    rule,
    rules,
    script_input,
)
from tests.tenant.scripts.processes import (
    BAD,
    COUNTING,
    PASS,
    when_bad,
    workers_of,
)


@pytest.mark.promise("F13", "11")
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
    assert running.run(script_input()).failure is None

    started = time.monotonic()
    outcome = running.run(BAD)
    assert time.monotonic() - started < 15
    assert (outcome.failure.kind, outcome.failure.script) == (kind, "Rule 1")
    assert outcome.failure.file == "rules/1.js"
    assert message in outcome.failure.message
    assert outcome.denial.error == "access_denied"

    assert running.run(script_input()).failure is None


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
    assert running.run(script_input()).failure is None


def test_the_script_that_was_running_is_the_one_that_is_charged(tmp_path, engine):
    root = actions(rules(tmp_path, rule(PASS)), action("while (true);"))
    failure = engine(root, time_limit=0.5).run(script_input()).failure
    assert (failure.script, failure.file) == ("Action 1", "actions/1/code.js")


def test_an_endless_loop_while_an_action_loads_is_charged_to_it(tmp_path, engine):
    root = actions(tmp_path, "while (true);")
    failure = engine(root, time_limit=0.5).run(script_input()).failure
    assert (failure.script, failure.kind) == ("Action 1", "timeout")


def test_a_deep_recursion_leaves_the_worker_alive(tmp_path, engine):
    running = engine(rules(tmp_path, when_bad("(function f() { f(); })();")))
    outcome = running.run(BAD)
    assert (outcome.failure.kind, outcome.failure.line) == ("thrown", 2)
    assert running.run(script_input()).failure is None


@pytest.mark.promise("ASVS 15.2.5")
@pytest.mark.parametrize(
    ("attempt", "answer"),
    [
        ("require('fs').readFileSync('/etc/passwd')",              "ERR_ACCESS_DENIED"),
        ("require('fs').readFileSync('/proc/self/environ')",       "ERR_ACCESS_DENIED"),
        ("require('fs').writeFileSync('here.txt', 'x')",           "ERR_ACCESS_DENIED"),
        ("require('fs').mkdirSync('/var/there')",                  "ERR_ACCESS_DENIED"),
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
        ("require('os').setPriority(process.ppid, 5) || 'reniced'",
         "Error: the priority of process PARENT is not allowed by this tenant"),
        ("process.env.PATH || 'none'",                             "none"),
        ("process.env.HOME || 'none'",                             "none"),
        ("require('fs').readFileSync('rules/1.js').length > 0",    True),
    ],
)  # fmt: skip
def test_what_the_process_may_not_do(tmp_path, engine, attempt, answer):
    source = rule(f"try {{ user.got = {attempt}; }} catch (error) {{"
                  f" user.got = error.code || String(error); }} {PASS}")  # fmt: skip
    outcome = engine(rules(tmp_path, source)).run(script_input())
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
    failure = engine(rules(tmp_path, source)).run(script_input()).failure
    assert "127.0.0.1 is not allowed by this tenant" in failure.message


@pytest.mark.promise("ASVS 15.2.5")
@pytest.mark.parametrize(
    "attempt",
    [
        "fetch('http://127.0.0.1:9999/')",
        "require('dns').promises.resolve('a.example')",
        "require('dns').promises.lookup('a.example')",
        "new Promise((_, no) => require('dns').lookup('a.example', no))",
        "new Promise((_, no) => require('dns').lookup('a.example', { all: true }, no))",
        "new (require('dns').Resolver)().resolve4('a.example', () => {})",
        "new (require('dns').promises.Resolver)().resolve4('a.example')",
        "new (require('dns').promises.Resolver)().reverse('192.0.2.1')",
        "import('node:dns').then(({ resolve }) => resolve('a.example', () => {}))",
        "import('node:dns/promises').then(({ lookup }) => lookup('a.example'))",
        "new Promise(() => require('net').createServer().listen(0))",
        "new Promise(() => require('dgram').createSocket('udp4').send('x', 1))",
    ],
)
def test_every_way_out_is_shut(tmp_path, engine, attempt):
    source = rule(
        f"Promise.resolve().then(() => {attempt}).catch((e) => callback(e.cause || e));"
    )
    failure = engine(rules(tmp_path, source)).run(script_input()).failure
    assert "is not allowed by this tenant" in failure.message


def test_the_address_of_a_host_that_the_folder_names_is_told(tmp_path, engine):
    root = rules(tmp_path, rule("require('dns').lookup('127.0.0.1', (no, address) =>"
                                " callback(new Error(`${no} ${address}`)));"))  # fmt: skip
    (root / "local-tenant.json").write_text('{"network": ["127.0.0.1"]}')
    assert "null 127.0.0.1" in engine(root).run(script_input()).failure.message


def test_a_host_that_the_folder_names_is_reached(tmp_path, engine):
    root = rules(tmp_path, rule("require('http').get('http://127.0.0.1:1/')"
                                ".on('error', callback);"))  # fmt: skip
    (root / "local-tenant.json").write_text('{"network": ["127.0.0.1"]}')
    assert "ECONNREFUSED" in engine(root).run(script_input()).failure.message


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
    before = running.run(script_input()).user["at"]
    outcome = running.run(BAD)
    texts = [line.text for line in outcome.lines if line.level == "warning"]
    assert outcome.failure is not None or any(name in text for text in texts)
    after = running.run(script_input())
    assert after.failure is None
    assert after.user["at"] != before


@pytest.mark.parametrize(
    ("isolation", "seen"), [("reuse", [1, 2, 3]), ("process", [1, 1, 1])]
)
def test_global_is_shared_by_logins_unless_each_has_its_process(
    tmp_path, engine, isolation, seen
):
    running = engine(rules(tmp_path, COUNTING), isolation=isolation)
    assert [running.run(script_input()).user["n"] for _ in seen] == seen


def test_what_a_login_does_after_its_end_is_told_as_late(tmp_path, engine):
    late = when_bad("setTimeout(function () { console.log('still here'); }, 30);")
    wait = rule("setTimeout(function () { " + PASS + " }, 80);")
    running = engine(rules(tmp_path, late, wait))
    assert running.run(BAD).failure is None
    lines = running.run(script_input()).lines
    assert all(line.level == "late" for line in lines)


def test_an_error_after_the_end_is_never_charged_to_the_next_login(tmp_path, engine):
    late = when_bad("setTimeout(function () { throw new Error('mine'); }, 30);")
    wait = rule("setTimeout(function () { " + PASS + " }, 60);")
    running = engine(rules(tmp_path, wait, late))
    assert running.run(BAD).failure is None
    outcome = running.run(script_input())
    assert outcome.failure is None
    assert [(line.level, line.text) for line in outcome.lines] == [
        ("late", "broke after its answer: mine")
    ]


def test_rubbish_on_standard_output_is_no_frame(tmp_path, engine):
    source = when_bad("require('fs').writeSync(1, 'x'.repeat(300000));")
    running = engine(rules(tmp_path, source))
    assert running.run(BAD).failure is None
    assert running.run(script_input()).failure is None


def test_rubbish_on_the_socket_is_a_breach_of_protocol(tmp_path, engine):
    source = when_bad(
        "for (var fd = 3; fd < 64; fd++) {"
        " try { require('fs').writeSync(fd, 'rubbish!'); } catch (e) {} } while (true);"
    )
    running = engine(rules(tmp_path, source))
    failure = running.run(BAD).failure
    assert failure.kind in {"protocol", "died", "timeout"}
    assert running.run(script_input()).failure is None


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
