"""The commands: result on stdout, nothing else there, and the exit code that fits."""

from __future__ import annotations

import argparse
import io
import json
import re

import pytest

from fabrikam.cli import command_line, main
from fabrikam.company import Company
from fabrikam.lab.commands import add_lab
from fabrikam.lab.commands.lint import run_lint
from fabrikam.lab.commands.progress import Meter, line
from tests.lab.builders import RULES
from tests.lab.intranet import opener
from tests.tenant.scripts.builders import action, actions, write

BEFORE, AFTER = str(RULES / "before"), str(RULES / "after")
R_ACR = str(RULES / "specimens" / "rule-by-acr-values")
A_EQ = str(RULES / "specimens" / "array-compared-with-string")
QUICK = ("--quick",)


def run(*words, open_intranet=None):
    """Run one command of the lab."""
    parser = argparse.ArgumentParser(prog="app.py")
    add_lab(parser.add_subparsers(required=True), open_intranet)
    asked = parser.parse_args(["lab", *words])
    return asked.run(asked)


def test_a_pair_that_protects_ends_with_nought(capsys):
    assert run("compare", BEFORE, AFTER, *QUICK) == 0
    captured = capsys.readouterr()
    assert captured.out.startswith(f"{AFTER} protects what {BEFORE} did")
    assert captured.err == ""


def test_a_pair_that_locks_out_ends_with_one(capsys):
    sides = (R_ACR, A_EQ, "--old-strategy", "modern")
    assert run("compare", *sides, *QUICK, "--quiet") == 1
    assert capsys.readouterr().out.count("\n") == 1


def test_every_report_is_written(tmp_path, capsys):
    html, xml, cases = tmp_path / "a.html", tmp_path / "a.xml", tmp_path / "cases"
    where = ("--html", str(html), "--junit", str(xml), "--cases", str(cases))
    sides = (R_ACR, A_EQ, "--old-strategy", "modern")
    assert run("compare", *sides, *QUICK, *where, "--json") == 1
    data = json.loads(capsys.readouterr().out)
    assert data["verdict"]["exit_code"] == 1
    assert html.read_text().startswith("<!doctype html>")
    assert xml.read_text().startswith("<?xml")
    assert len(list(cases.iterdir())) == len(data["differences"])


def test_a_case_is_replayed_and_fails_as_it_did(tmp_path, capsys):
    sides = (R_ACR, A_EQ, "--old-strategy", "modern")
    run("compare", *sides, *QUICK, "--quiet", "--cases", str(tmp_path / "cases"))
    case = sorted((tmp_path / "cases").iterdir())[0]
    capsys.readouterr()
    assert run("replay", str(case), "--no-color") == 1
    out = capsys.readouterr().out
    assert out.startswith("locked out: ")
    assert "rules/Step-up.js:6" in out
    assert run("replay", str(case), "--quiet") == 1
    assert capsys.readouterr().out == "locked out\n"


def test_a_known_difference_ends_with_nought(tmp_path, capsys):
    known = tmp_path / "known.toml"
    known.write_text(
        '[[known]]\nname = "loop"\nbecause = "we know"\nowner = "ann"\n'
        'matches = { direction = "locked out" }\n'
    )
    sides = (R_ACR, A_EQ, "--old-strategy", "modern")
    assert run("compare", *sides, *QUICK, "--known", str(known)) == 0
    assert "known: loop (ann)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words",                                                "code", "said"),
    [
        (("compare", "nowhere", AFTER),                          2,  "nowhere: there is no such folder"),
        (("compare", BEFORE, AFTER, "--known", "nowhere.toml"),  2,  "nowhere.toml"),
        (("replay", "nowhere.json"),                             2,  "nowhere.json"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_said_on_stderr(capsys, words, code, said):
    assert run(*words) == code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert said in captured.err


@pytest.mark.parametrize(
    ("option",   "place"),
    [
        ("--html",  "nowhere/report.html"),
        ("--html",  "."),
        ("--junit", "nowhere/report.xml"),
        ("--cases", "a-file"),
        ("--cases", "a-file/cases"),
    ],
)  # fmt: skip
def test_a_report_that_cannot_be_written_is_said_before_the_run(
    option, place, tmp_path, capsys, monkeypatch
):
    (tmp_path / "a-file").touch()
    monkeypatch.setattr("fabrikam.lab.commands.compare.experiment", never)
    assert run("compare", BEFORE, AFTER, option, str(tmp_path / place)) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1


def never(*_, **__):
    """Nothing may have been run yet."""
    raise AssertionError("the experiment was run")


def test_the_result_is_printed_even_if_a_report_cannot_be_written_in_the_end(
    tmp_path, capsys, monkeypatch
):
    def full(*_):
        raise OSError(28, "No space left on device", "a.html")

    monkeypatch.setattr("fabrikam.lab.commands.compare.page", full)
    html = ("--html", str(tmp_path / "a.html"))
    assert run("compare", BEFORE, AFTER, *QUICK, "--quiet", *html) == 2
    captured = capsys.readouterr()
    assert captured.out.startswith(f"{AFTER} protects")
    assert captured.err == "a.html: no space left on device\n"


def test_who_interrupts_meets_one_line_and_130(capsys, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("fabrikam.lab.commands.compare.run_compare", interrupted)
    assert main(["lab", "compare", BEFORE, AFTER], lambda *_: None) == 130
    assert capsys.readouterr().err == "interrupted\n"


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("serve",), ("tenant",), ("strategy",), ("doctor",), ("lint",), ("advise",),
        ("lab",), ("lab", "compare"), ("lab", "replay"), ("lab", "replay-log"),
        ("lab", "shadow"),
    ],
)  # fmt: skip
def test_help_explains_every_word_and_gives_an_example(words, capsys):
    with pytest.raises(SystemExit):
        command_line().parse_args([*words, "--help"])
    told = capsys.readouterr().out
    assert not words or "Example: python app.py " in " ".join(told.split())
    bare = re.findall(r"^  (?:-\S+|[A-Z]+)$(?!\n {4})", told, re.MULTILINE)
    assert bare == []


def test_a_noisy_control_ends_with_three(workshop, capsys):
    noisy = workshop.scripted(
        "exports.onExecutePostLogin = async (event, api) => {\n"
        '  if (Math.random() < 0.5) api.access.deny("by chance");\n'
        "};"
    )
    assert run("compare", str(noisy), AFTER, *QUICK) == 3
    assert "does not agree with itself" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ("compare", BEFORE),
        ("compare", BEFORE, AFTER, "--new-strategy", "by pigeon"),
        ("compare", BEFORE, AFTER, "--examples", "0"),
        ("compare", BEFORE, AFTER, "--walk", "-3"),
        (),
    ],
)
def test_wrong_usage_ends_with_two(words, capsys):
    with pytest.raises(SystemExit) as ended:
        run(*words)
    assert ended.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_walks_are_told_in_the_report(tmp_path, capsys):
    company = Company.open(tmp_path / "company.sqlite")
    words = ("--walk", "1", "--json")
    code = run("compare", BEFORE, AFTER, *QUICK, *words, open_intranet=opener(company))
    effort = json.loads(capsys.readouterr().out)["effort"]
    assert code == 0
    assert effort["walked"] >= 2


class Terminal(io.StringIO):
    """A stream that is watched by somebody."""

    def isatty(self):
        return True


def test_progress_is_one_line_that_goes_away():
    stream, times = Terminal(), iter((0.0, 1.0, 2.0))
    with Meter(stream, clock=lambda: next(times)) as meter:
        meter("old against new", 0, 1024)
        meter("old against new", 512, 1024)
    assert "old against new: 512 of 1,024 (50%, 1 s left)" in stream.getvalue()
    assert stream.getvalue().endswith("\r\x1b[2K")


def test_progress_is_silent_where_nobody_watches():
    stream = io.StringIO()
    with Meter(stream) as meter:
        meter("old against new", 0, 10)
    assert stream.getvalue() == ""


@pytest.mark.parametrize(
    ("done", "of", "seconds", "words"),
    [
        (0,   100, 0.0, "walking: 0 of 100 (0%)"),
        (25,  100, 5.0, "walking: 25 of 100 (25%, 15 s left)"),
        (100, 100, 9.0, "walking: 100 of 100 (100%, 0 s left)"),
        (0,   0,   0.0, "walking: 0 of 0 (100%, 0 s left)"),
    ],
)  # fmt: skip
def test_progress_says_count_share_and_time_left(done, of, seconds, words):
    assert line("walking", done, of, seconds) == words


def lint(root, capsys, **keywords):
    asked = command_line().parse_args(["lint", str(root), "--quiet"])
    code = run_lint(argparse.Namespace(**{**vars(asked), "keywords": keywords}))
    return code, capsys.readouterr().err.splitlines()


def test_a_mistake_elsewhere_does_not_stop_the_linter(tmp_path, capsys):
    root = write(actions(tmp_path, action("")), {"clients/a.json": "{"})
    code, (line,) = lint(root, capsys)
    assert line.startswith(f"{root}/clients/a.json:1: not JSON")
    assert code < 2


def test_a_script_that_is_not_there_is_no_script_without_findings(tmp_path, capsys):
    root = actions(tmp_path, action(""))
    (root / "actions/1/code.js").unlink()
    code, (line,) = lint(root, capsys)
    assert line.endswith("actions/1/code.js is not there")
    assert code == 2


def test_a_list_of_secrets_may_come_from_the_mappings(tmp_path, capsys):
    source = action("if (event.secrets.KEY) api.multifactor.enable('any');")
    root = actions(tmp_path, source, secrets="@@SECRETS@@")
    code, lines = lint(root, capsys, SECRETS=[{"name": "KEY"}])
    assert (code < 2, lines) == (True, [])


def test_an_action_of_the_marketplace_is_said_not_to_run(tmp_path, capsys):
    root = actions(tmp_path, action("api.multifactor.enable('any');"))
    bound = [{"action_name": name} for name in ("Action 1", "Risk Service")]
    write(root, {"triggers/triggers.json": {"post-login": bound}})
    run("compare", str(root), str(root), *QUICK, "--quiet")
    first, second = capsys.readouterr().err.splitlines()
    assert first == second
    assert "'Risk Service' is bound and not in the export" in first
