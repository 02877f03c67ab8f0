"""Promises about the source itself."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOUSE = ROOT / "fabrikam"
SOURCES = sorted([*HOUSE.rglob("*.py"), ROOT / "app.py"])


def trees(folder: Path = HOUSE):
    for path in folder.rglob("*.py"):
        yield path, ast.parse(path.read_text())


def callers_of(name: str) -> set[str]:
    return {
        path.relative_to(HOUSE).as_posix()
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == name
    }


@pytest.mark.promise("ASVS 6.8.2")
def test_only_the_verifier_makes_id_tokens():
    assert callers_of("IdToken") == {"oidc/idtoken.py"}


@pytest.mark.promise("ASVS 8.3.1", "37")
def test_only_the_judge_grants_and_only_the_sessions_recall_tokens():
    assert callers_of("Granted") == {"stepup/judge.py"}
    assert "web/sessions.py" in callers_of("recall_id_token")
    assert not {
        path for path in callers_of("recall_id_token") if path.startswith("oidc")
    }


PURE = [
    "oidc/errors.py",
    "oidc/keyset.py",
    "oidc/idtoken.py",
    "oidc/logout_token.py",
    "oidc/evidence.py",
    "stepup/verdict.py",
    "stepup/strategies.py",
    "stepup/judge.py",
    "web/explanations/verdict_texts.py",
    "web/explanations/error_texts.py",
    *(
        f"tenant/decisions/{path.name}"
        for path in (HOUSE / "tenant/decisions").glob("*.py")
    ),
]
TOUCHING = {
    "os",
    "random",
    "requests",
    "secrets",
    "socket",
    "sqlite3",
    "subprocess",
    "time",
}


@pytest.mark.parametrize("name", PURE)
def test_the_pure_rooms_touch_nothing(name):
    tree = ast.parse((HOUSE / name).read_text())
    imported = {
        (node.module if isinstance(node, ast.ImportFrom) else alias.name).split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert not imported & TOUCHING


@pytest.mark.promise("ASVS 1.2.1", "ASVS 3.2.2")
def test_no_page_lets_markup_through():
    pages = [*ROOT.glob("views/*.tpl"), *HOUSE.rglob("*.tpl")]
    unescaped = {
        found
        for path in pages
        for found in re.findall(r"\{\{!(.*?)\}\}", path.read_text())
    }
    # the page inside its frame, and the tenant's two fixed scripts
    assert unescaped == {"base", "script"}


@pytest.mark.promise("ASVS 12.3.2", "ASVS 1.5.2", "ASVS 1.2.5")
@pytest.mark.parametrize("word", ["verify=False", "pickle", "yaml.load", "shell=True"])
def test_what_must_never_be_written_is_not(word):
    assert not [path for path in SOURCES if word in path.read_text()]


def test_nobody_below_the_roof_imports_it():
    importing = [
        path.name
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        and "app" in {getattr(node, "module", None), *(n.name for n in node.names)}
    ]
    assert importing == []
