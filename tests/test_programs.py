"""The programs from outside: how they start, what they say, how they end."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys

import pytest

from tests.programs import ROOT, free_port, running


def run(*arguments, cwd=ROOT, **environ) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, ROOT / "app.py", *arguments],
        env={"PATH": "", "PYTHONPATH": str(ROOT), **environ},
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_intranet_says_three_lines_and_ends_cleanly(tmp_path, number):
    with running(tmp_path / "data") as program:
        printed = program.stop(number)
        assert program.process.returncode == 0
    lines = printed.splitlines()
    assert lines[0] == f"Intranet  {program.url}"
    assert (
        lines[1] == f"Tenant    {program.tenant_url} (local test tenant, rules/during)"
    )
    assert lines[2].startswith("Start     open the intranet")
    assert "otp@fabrikam.example" in lines[2]
    assert "Traceback" not in program.log.read_text()


def test_the_tenant_runs_alone(tmp_path):
    with running(tmp_path / "data", "tenant", TENANT_CONFIG="rules/after") as program:
        printed = program.stop()
    assert printed.splitlines()[0] == (
        f"Tenant    {program.tenant_url} (local test tenant, rules/after)"
    )
    assert program.process.returncode == 0


@pytest.mark.parametrize("setting", ["PORT", "TENANT_PORT"])
def test_a_port_that_is_taken_is_said_in_one_line(tmp_path, setting):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        environ = {"PORT": str(free_port()), "TENANT_PORT": str(free_port())}
        ended = run(DATA_DIR=str(tmp_path), **{**environ, setting: str(port)})
    assert ended.returncode == 3
    assert ended.stderr.splitlines() == [
        f"port {port} is in use: stop the program that uses it, "
        f"or set {setting} to another number"
    ]
    assert ended.stdout == ""


def test_settings_that_cannot_be_used_are_said_one_by_one(tmp_path):
    ended = run(STEP_UP_STRATEGY="modren", PORT="x", DATA_DIR=str(tmp_path))
    assert ended.returncode == 2
    assert [line.split(":")[0] for line in ended.stderr.splitlines()] == [
        "PORT",
        "STEP_UP_STRATEGY",
    ]


def test_a_folder_that_cannot_be_used_is_said(tmp_path):
    ended = run("tenant", "--config", str(tmp_path / "none"), DATA_DIR=str(tmp_path))
    assert ended.returncode == 2
    assert "none" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_word_that_is_no_command_is_said():
    ended = run("srve")
    assert ended.returncode == 2
    assert "srve" in ended.stderr


def test_the_strategy_is_shown_and_chosen(tmp_path):
    shown = run("strategy", cwd=tmp_path)
    assert shown.stdout.splitlines() == [
        "legacy is in use",
        "asks with  scope=openid step_up",
    ]
    chosen = run("strategy", "modern", cwd=tmp_path)
    assert chosen.returncode == 0
    assert (tmp_path / ".env").read_text() == "STEP_UP_STRATEGY=modern\n"
    assert run("strategy", cwd=tmp_path).stdout.startswith("modern is in use")
    assert run("strategy", "moderne", cwd=tmp_path).returncode == 2


def test_a_bad_word_in_the_file_is_mended_by_the_command_itself(tmp_path):
    (tmp_path / ".env").write_text("STEP_UP_STRATEGY=modren\n")
    assert run("strategy", cwd=tmp_path).returncode == 2
    assert run("strategy", "modern", cwd=tmp_path).returncode == 0
    assert run("strategy", cwd=tmp_path).stdout.startswith("modern is in use")


def test_a_variable_of_the_shell_that_wins_is_named(tmp_path):
    chosen = run("strategy", "modern", cwd=tmp_path, STEP_UP_STRATEGY="legacy")
    assert "STEP_UP_STRATEGY=legacy in this shell wins" in chosen.stdout


def test_a_store_that_is_no_database_is_said_in_one_line(tmp_path):
    broken = tmp_path / "sessions.sqlite"
    broken.write_bytes(b"not a database at all" * 500)
    environ = {"DATA_DIR": str(tmp_path / "data"), "SESSION_URL": f"sqlite:///{broken}"}
    for command, code in (("doctor", 1), ("serve", 3)):
        ended = run(
            command, TENANT_PORT=str(free_port()), PORT=str(free_port()), **environ
        )
        assert ended.returncode == code
        assert "Traceback" not in ended.stderr
        assert "not a database" in ended.stdout + ended.stderr


def test_the_doctor_finds_a_tenant_that_is_away(tmp_path):
    environ = {"DATA_DIR": str(tmp_path / "data"), "TENANT_PORT": str(free_port())}
    ended = run("doctor", **environ)
    assert ended.returncode == 1
    assert "no   tenant at" in ended.stdout
    assert "nobody answers there" in ended.stdout
    assert "next: start what does not answer" in ended.stdout
    assert "yes  sessions" in ended.stdout


def test_the_doctor_finds_nothing_wrong_with_a_good_house(tmp_path):
    with running(tmp_path / "data") as program:
        ended = run("doctor", **program.environ)
    assert ended.returncode == 0, ended.stdout


@pytest.mark.promise("14")
@pytest.mark.parametrize(
    ("environ", "warning"),
    [
        ({"STEP_UP_STRATEGY": "either"}, "weaker of two mechanisms"),
        ({"STEP_UP_CLAIM_SOURCE": "userinfo"}, "weaker than id_token"),
    ],
)
def test_a_weaker_choice_is_said_at_the_start(tmp_path, environ, warning):
    with running(tmp_path / "data", **environ) as program:
        assert warning in program.log.read_text()


@pytest.mark.promise("ASVS 13.3.1")
def test_secrets_are_made_once_and_are_private(tmp_path):
    data = tmp_path / "data"
    with running(data):
        first = {
            p.name: p.read_text()
            for p in (data / "client-secret", data / "app-secret-key")
        }
    with running(data):
        for name, text in first.items():
            assert (data / name).read_text() == text
            assert (data / name).stat().st_mode & 0o077 == 0


def test_a_quirk_that_nobody_knows_is_said(tmp_path):
    ended = run("tenant", TENANT_QUIRKS="colour=blue", DATA_DIR=str(tmp_path))
    assert ended.returncode == 2
    assert ended.stderr.startswith("TENANT_QUIRKS: quirk colour: unknown")


MARKED = {
    "tenant.json": '{"friendly_name": "##ENV##"}',
    "rules/Level.json": '{"name": "Level", "script": "./Level.js"}',
    "rules/Level.js": (
        "function (user, context, callback) {\n"
        "  if (@@CLIENTS@@.indexOf(context.clientID) !== -1) {\n"
        "    context.multifactor = { provider: 'any', allowRememberBrowser: false };\n"
        "  }\n"
        "  callback(null, user, context);\n"
        "}\n"
    ),
}


@pytest.mark.parametrize(
    "words",
    [
        ["lint", "FOLDER"],
        ["advise", "FOLDER/rules/Level.js", "--quick", "--quiet"],
        ["lab", "compare", "FOLDER", "FOLDER", "--quick", "--walk", "0"],
    ],
    ids=lambda words: words[0],
)
def test_keywords_reach_every_command_that_reads_a_folder(tmp_path, words):
    for name, text in MARKED.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    asked = [word.replace("FOLDER", str(tmp_path)) for word in words]
    environ = {"PATH": os.environ["PATH"]}
    without = run(*asked, **environ)
    assert without.returncode in (1, 2, 3)  # a mark that stays is no JavaScript
    assert "Traceback" not in without.stderr
    mappings = json.dumps({"CLIENTS": ["fabrikam-intranet"]})
    environ["AUTH0_KEYWORD_REPLACE_MAPPINGS"] = mappings
    given = run(*asked, ENV="test", **environ)
    assert given.returncode in (0, 1), given.stderr
    assert "Traceback" not in given.stderr
    environ["AUTH0_KEYWORD_REPLACE_MAPPINGS"] = "ENV=test"
    assert "not a JSON object" in run(*asked, **environ).stderr
