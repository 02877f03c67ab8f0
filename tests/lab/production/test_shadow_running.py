"""The programs as they run, with a shadow behind the strategy in use."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from urllib.parse import urljoin

import pytest
import requests
from bs4 import BeautifulSoup

from tests.programs import ROOT, Program, code_on_the_phone, running

USER = "otp@fabrikam.example"


def sent(browser: requests.Session, page: requests.Response, **fields: str):
    """Fill the first form of a page in, and send it."""
    form = BeautifulSoup(page.text, "html.parser").find("form", method="post")
    hidden = {
        field["name"]: field.get("value", "")
        for field in form.find_all("input")
        if field.get("type") == "hidden"
    }
    return browser.post(
        urljoin(page.url, form.get("action") or page.url),
        data={**hidden, "action": "default", **fields},
        timeout=20,
    )


def step_up(program: Program) -> tuple[requests.Session, int]:
    """Go to the salaries as a person does; return the browser and the last status."""
    browser = requests.Session()
    browser.trust_env = False
    page = browser.get(f"{program.url}/employees", timeout=20)
    page = sent(browser, page, username=USER, password="fabrikam")
    code = code_on_the_phone(program, USER).replace(" ", "")
    page = sent(browser, page, code=code)
    assert page.url.startswith(program.url), page.text
    return browser, page.status_code


def sightings(program: Program) -> list[tuple[str, str, str]]:
    path = Path(program.environ["DATA_DIR"], "shadow.jsonl")
    lines = map(json.loads, path.read_text().splitlines())
    return [(line["direction"], line["control"], line["candidate"]) for line in lines]


NO_LEVEL = "authentication_level missing"


@pytest.mark.parametrize(
    ("strategies", "folder", "status", "lines"),
    [
        (("legacy", "modern"), "rules/during", 200,
            [("same", "authentication_level mismatch", "amr missing"),
             ("same", "lets in", "lets in")]),
        (("modern", "legacy"), "rules/after", 200,
            [("same", "amr missing", NO_LEVEL),
             ("stronger", "lets in", NO_LEVEL)]),
        (("both", "modern"), "rules/after", 403,
            [("same", f"{NO_LEVEL}, amr missing", "amr missing"),
             ("weaker", NO_LEVEL, "lets in")]),
    ],
)  # fmt: skip
def test_the_strategy_in_use_decides_and_the_shadow_writes_one_line_a_sign_in(
    tmp_path, strategies, folder, status, lines
):
    control, shadow = strategies
    environ = {
        "STEP_UP_STRATEGY": control,
        "STEP_UP_SHADOW": shadow,
        "TENANT_CONFIG": folder,
    }
    with running(tmp_path / "data", **environ) as program:
        browser, ended = step_up(program)
        compared = browser.get(f"{program.url}/compare", timeout=20).text
        browser.get(f"{program.url}/employees", timeout=20)
        program.stop()
        assert sightings(program) == lines
    assert ended == status
    assert f'strategy-in-use" aria-labelledby="strategy-{control}"' in compared
    assert "tag-shadow" in compared


def test_the_summary_of_the_journal_is_a_command(tmp_path):
    environ = {
        "STEP_UP_STRATEGY": "both",
        "STEP_UP_SHADOW": "modern",
        "TENANT_CONFIG": "rules/after",
    }
    with running(tmp_path / "data", **environ) as program:
        step_up(program)
        program.stop()
        ended = subprocess.run(
            [sys.executable, ROOT / "app.py", "lab", "shadow"],
            env=program.environ,
            capture_output=True,
            text=True,
            check=False,
        )
    assert ended.returncode == 1
    assert ended.stdout.startswith("WEAKER: 1 sign-in would get in")
    assert ended.stderr == ""
