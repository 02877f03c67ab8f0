"""Promises about the documentation: nothing is missing, stale, or leads nowhere."""

from __future__ import annotations

import ast
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from docs.commands import commands_of
from docs.generate import ROOT, pages
from docs.routes import ANSWERS, address_of, need_words, routes
from fabrikam.cli import command_line
from fabrikam.oidc import Fault, SignInError
from fabrikam.settings import SETTINGS
from fabrikam.web import requirement_of
from fabrikam.web.stores.store import RecordKind
from tests.programs import Program

DOCS = ROOT / "docs"
PAGES = sorted([ROOT / "README.md", *DOCS.rglob("*.md")])
SPECIMENS = ROOT / "rules" / "specimens"
LINKED = [*PAGES, *sorted(SPECIMENS.rglob("*.md"))]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


every_page = pytest.mark.parametrize("page", PAGES, ids=name_of)
README = (ROOT / "README.md").read_text()


def reference(name: str) -> str:
    return (DOCS / "reference" / f"{name}.md").read_text()


def without_code(text: str) -> str:
    return re.sub(r"^( *)```.*?^\1```$", "", text, flags=re.S | re.M)


def test_every_generated_block_is_fresh():
    stale = [
        name_of(path) for path, text in pages().items() if path.read_text() != text
    ]
    assert not stale, "run make docs"


def test_every_route_stands_in_the_readme_with_its_need():
    for route in routes():
        row = f"| `{address_of(route)}` | {need_words(requirement_of(route))} |"
        assert row in README


def test_no_route_is_described_that_is_gone():
    assert set(ANSWERS) == {address_of(route) for route in routes()}


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_every_setting_is_in_the_reference(setting):
    assert f"| `{setting.name}` |" in reference("settings")


@pytest.mark.parametrize(
    "command", [*commands_of(command_line())], ids=lambda one: one.words
)
def test_every_command_and_option_is_in_the_reference(command):
    assert f"| `python app.py {command.usage}` |" in reference("cli")
    for option in command.options:
        assert f"| `{command.words}` | `{option.option_strings[-1]}" in reference("cli")


@pytest.mark.parametrize("fault", get_args(Fault))
def test_every_fault_is_in_the_reference(fault):
    assert f"| `{fault}` |" in reference("faults")


@pytest.mark.parametrize("error", SignInError.__subclasses__())
def test_every_error_of_a_sign_in_is_in_the_reference(error):
    assert f"| `{error.__name__}` |" in reference("faults")


@pytest.mark.parametrize("kind", get_args(RecordKind))
def test_every_kind_of_kept_value_is_told_to_who_runs_redis(kind):
    page = (DOCS / "how-to" / "use-redis.md").read_text()
    assert f"| `fabrikam:{kind}:…` |" in page


def called_with(name: str, place: int) -> set[str]:
    """The texts that the house hands to a function at one place."""
    return {
        node.args[place].value
        for path in [ROOT / "app.py", *ROOT.glob("fabrikam/[ow]*/*.py")]  # oidc, web
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == name
        and len(node.args) > place
        and isinstance(node.args[place], ast.Constant)
    }


def test_every_reason_to_refuse_a_callback_is_in_the_reference():
    reasons = called_with("CallbackRefused", 0) - {"replay"}  # a logout token's
    assert reasons
    for reason in reasons:
        assert f"| `callback-{reason}` |" in reference("faults")


def test_every_code_for_programs_is_in_the_reference():
    codes = called_with("problem", 1)
    assert codes
    for code in codes:
        assert f"| `{code}` |" in reference("faults")


def targets(page: Path) -> list[str]:
    text = without_code(page.read_text())
    found = re.findall(r"\]\(([^)\s]+)\)", text)
    return [target for target in found if not re.match(r"[a-z]+:", target)]


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", without_code(page.read_text()), re.M)
    kept = [re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings]
    return {heading.strip().replace(" ", "-") for heading in kept}


@pytest.mark.parametrize("page", LINKED, ids=name_of)
def test_every_link_leads_to_a_file_and_a_heading(page):
    for target in targets(page):
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), target
        assert not anchor or anchor in anchors(there), target


def shown_commands(page: Path) -> list[str]:
    """What follows `python app.py` in the blocks of a page that people copy from."""
    fenced = re.findall(r"^ *```\w*\n(.*?)^ *```$", page.read_text(), re.S | re.M)
    lines = "\n".join(fenced).replace("\\\n", " ").splitlines()
    command = re.compile(r"(\$ )?([A-Z0-9_]+=\S+ )*python app\.py\b(.*)")
    return [found[3] for line in lines if (found := command.match(line.strip()))]


COMMANDS = {line for page in PAGES for line in shown_commands(page)}


@pytest.mark.parametrize("line", sorted(COMMANDS))
def test_every_command_shown_is_one_that_the_program_knows(line):
    words = shlex.split(line.partition("#")[0])
    command_line().parse_args(words or ["serve"])


def test_a_start_prints_what_readme_and_tutorial_show(tmp_path):
    program = Program(tmp_path / "data")
    program.start()
    printed = program.stop()
    for port, default in ((program.port, 3000), (program.tenant_port, 3001)):
        printed = printed.replace(f":{port}", f":{default}")
    tutorial = (DOCS / "tutorials" / "first-step-up.md").read_text()
    assert printed.startswith("Intranet  http://localhost:3000")
    assert printed in README
    assert printed in tutorial


def consoles(page: Path) -> list[str]:
    """The console blocks of a page whose commands need nothing that runs elsewhere."""
    found = re.findall(r"^ *```console\n(.*?)^ *```$", page.read_text(), re.S | re.M)
    return [block for block in found if OFFLINE.match(block)]


OFFLINE = re.compile(
    r"\$ (AUTH0_DOMAIN=|([A-Z_]+=\S+ )*python app\.py (strategy|lint|lab compare) ?)"
)
CONSOLES = dict.fromkeys(block for page in PAGES for block in consoles(page))


@pytest.mark.parametrize(
    "block", [*CONSOLES], ids=lambda block: block.split("\n")[0][2:]
)
def test_every_output_shown_is_what_the_program_prints(block, tmp_path):
    (tmp_path / "rules").symlink_to(ROOT / "rules")
    for shown in re.split(r"^\$ ", block, flags=re.M)[1:]:
        command, _, output = shown.partition("\n")
        printed = unsampled(command, printed_by(command, tmp_path))
        assert uncounted(printed) == uncounted(output)


def unsampled(command: str, printed: str) -> str:
    """These tests look quickly; what the page shows looked at everything."""
    if "--quick" in command:
        return printed
    return re.sub(r" This is a sample and no proof: .* were looked at\.", "", printed)


def uncounted(text: str) -> str:
    """How many situations there are changes with every axis of the lab."""
    return re.sub(r"[\d,]+(?= situations)", "some", text)


def printed_by(command: str, folder: Path) -> str:
    words = shlex.split(command)
    if "compare" in words and "--quick" not in words:
        words += ["--quick"]  # the lab's own tests take every situation
    start = words.index("python")
    environ = dict(word.split("=", 1) for word in words[:start])
    finished = subprocess.run(
        [sys.executable, ROOT / "app.py", *words[start + 2 :]],
        cwd=folder,
        env={"PATH": os.environ["PATH"], **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )
    return finished.stdout


@every_page
def test_every_page_says_early_whom_it_is_for(page):
    blocks = page.read_text().split("\n\n")
    assert blocks[0].startswith("# ")
    assert any(block.startswith("For ") for block in blocks[1:3])


SENTENCE_END = re.compile(r"[a-z0-9`)\"*][.?!]\)? +(?=[A-Z`\"(])")
SHORTENED = re.compile(r"\b(e\.g|i\.e|etc|vs|approx)\. ")


@every_page
def test_no_line_of_prose_has_two_sentences(page):
    prose = [
        line
        for line in without_code(page.read_text()).splitlines()
        if line and not line.startswith(("|", "#", "<"))
    ]
    crowded = [
        line
        for line in prose
        if SENTENCE_END.search(SHORTENED.sub("", re.sub(r"^\s*\d+\. ", "", line)))
    ]
    assert not crowded


def test_the_pictures_are_small_enough_for_a_page():
    pictures = sorted((DOCS / "pictures").glob("*.png"))
    assert len(pictures) == 5
    assert all(picture.stat().st_size < 150_000 for picture in pictures)
