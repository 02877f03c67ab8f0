"""Promises that are kept by how the source is written."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import ssl
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from urllib3.util.ssl_ import create_urllib3_context

ROOT = Path(__file__).parents[2]
SOURCES = [*(ROOT / "fabrikam").rglob("*.py"), ROOT / "app.py"]
PAGES = [*ROOT.glob("views/**/*"), *(ROOT / "fabrikam").rglob("views/**/*")]
SQL = re.compile(r"\b(SELECT|INSERT|UPDATE|DELETE|PRAGMA)\b")


def nodes(kind: type):
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, kind):
                yield path.relative_to(ROOT).as_posix(), node


@pytest.mark.promise("ASVS 1.2.4")
def test_statements_are_put_together_from_our_own_words_only():
    built = {
        (path, ast.unparse(part.value))
        for path, text in nodes(ast.JoinedStr)
        if SQL.search(ast.unparse(text))
        for part in text.values
        if isinstance(part, ast.FormattedValue)
    }
    ours = {
        ("fabrikam/shared/sqlite.py", "max(0, int(seconds * 1000))"),
        ("fabrikam/tenant/storage/users.py", "change"),  # written in the same file
        ("fabrikam/tenant/storage/users.py", "column"),
    }
    others = {found for found in built - ours if "company" not in found[0]}
    assert others == set()


@pytest.mark.promise("ASVS 1.3.2", "ASVS 1.5.2")
def test_nothing_is_evaluated():
    called = {
        ast.unparse(call.func)
        for _, call in nodes(ast.Call)
        if ast.unparse(call.func)
        in {"eval", "exec", "compile", "__import__", "pickle.loads", "marshal.loads"}
    }
    assert called == set()


@pytest.mark.promise("ASVS 11.2.4")
def test_secrets_are_compared_in_constant_time():
    secret = re.compile(r"(^|[._])(secret|nonce|csrf|verifier|state|password)$")
    compared = {
        (path, ast.unparse(test))
        for path, test in nodes(ast.Compare)
        if any(isinstance(op, ast.Eq | ast.NotEq) for op in test.ops)
        and all(
            secret.search(ast.unparse(side)) for side in (test.left, *test.comparators)
        )
    }
    assert compared == set()
    text = {path.relative_to(ROOT).as_posix(): path.read_text() for path in SOURCES}
    for path in ("fabrikam/web/csrf.py", "fabrikam/oidc/party.py"):
        assert "compare_digest" in text[path]


@pytest.mark.promise("ASVS 14.3.3")
def test_nothing_is_kept_in_the_browsers_storage():
    shown = [path.read_text() for path in PAGES if path.suffix in (".tpl", ".js")]
    assert shown
    for word in ("localStorage", "sessionStorage", "indexedDB", "document.cookie"):
        assert not any(word in text for text in shown)


@pytest.mark.promise("ASVS 12.1.1")
def test_tls_is_of_version_1_2_or_newer():
    context = create_urllib3_context()
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
    assert context.verify_mode == ssl.CERT_REQUIRED


@pytest.mark.promise("ASVS 15.1.2")
def test_all_parts_are_listed_with_their_versions():
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    pins = [Requirement(line.rstrip(" \\")) for line in lines if line[:1].isalpha()]
    listed = [pin for pin in pins if pin.marker is None or pin.marker.evaluate()]
    assert {str(one.specifier)[:2] for one in listed} == {"=="}
    names = {plain(one.name) for one in listed}
    for name in names:
        for text in importlib.metadata.requires(name) or ():
            needed = Requirement(text)
            if needed.marker is None or needed.marker.evaluate({"extra": ""}):
                assert plain(needed.name) in names


def plain(name: str) -> str:
    return name.lower().replace("_", "-")
