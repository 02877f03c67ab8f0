"""Which faults are planted: each operator by what it makes of a line."""

from __future__ import annotations

import ast

import pytest

from tests.mutation.mutants import mutants_of, mutated
from tests.mutation.operators import COMPARISONS, OPERATORS


def planted(line: str) -> set[str]:
    """Every mutant of a line in a function, as source again."""
    tree = ast.parse(line)
    return {
        ast.unparse(changed)
        for node in ast.walk(tree)
        for operator in OPERATORS
        for _, changed in operator(node)
    }


@pytest.mark.parametrize(
    ("line", "faults"),
    [
        ("a < b",                   {"a <= b", "a > b"}),
        ("a >= b",                  {"a > b", "a <= b"}),
        ("a == b",                  {"a != b"}),
        ("a is not b",              {"a is b"}),
        ("a in b",                  {"a not in b"}),
        ("a and b",                 {"a or b"}),
        ("a or b",                  {"a and b"}),
        ("not a",                   {"a"}),
        ("a if b else c",           {"a if not b else c"}),
        ("a if b == c else d",      {"b != c"}),
        ("[a for a in b if c]",     {" for a in b if not c"}),
        ("60",                      {"61", "59"}),
        ("True",                    {"False"}),
        ("'mfa'",                   {"''"}),
        ("''",                      {"'planted'"}),
        ("b'key'",                  {"b''"}),
        ("None",                    set()),
        ("return a",                {"return None"}),
        ("return (a, b)",           {"return None", "return ()"}),
        ("return [a for a in b]",   {"return None", "return []"}),
        ("return None",             set()),
        ("return",                  set()),
        ("send(a)",                 {"pass"}),
        ("raise a",                 {"pass"}),
        ("a.b = c",                 {"pass"}),
        ("a = b",                   set()),
        ("a += b",                  {"pass", "a -= b"}),
        ("del a[b]",                {"pass"}),
        ("a = read(b, leeway=c)",   {"read(b)"}),
        ("a + b",                   {"a - b"}),
        ("a // b",                  {"a * b"}),
        ("a | b",                   set()),
        ("a = any(b)",              {"all(b)"}),
        ("a = b.startswith(c)",     {"b.endswith(c)"}),
    ],
)  # fmt: skip
def test_an_operator_changes_one_thing(line, faults):
    assert planted(line) == faults


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("if a:\n    b = c", "if not a:\n    b = c"),
        ("while a:\n    continue", "while a:\n    pass"),
        ("while a:\n    break", "while a:\n    pass"),
        (
            "try:\n    a\nexcept KeyError:\n    b",
            "try:\n    a\nexcept Exception:\n    b",
        ),
        (
            "match a:\n    case b:\n        c",
            "match a:\n    case b if False:\n        c",
        ),
        (
            "match a:\n    case b if c:\n        d",
            "match a:\n    case b if not c:\n        d",
        ),
    ],
)
def test_a_branch_is_taken_for_the_other_or_never(source, fault):
    faults = [ast.unparse(mutated(m, source)) for m in mutants_of("a.py", source)]
    assert fault in faults


@pytest.mark.parametrize(
    "source",
    [
        "try:\n    a\nexcept Exception:\n    b",
        "match a:\n    case b:\n        assert_never(b)",
    ],
)
def test_what_could_change_nothing_is_left(source):
    assert mutants_of("a.py", source) == ()


def test_every_comparison_has_another():
    assert set(COMPARISONS) == set(ast.cmpop.__subclasses__())
