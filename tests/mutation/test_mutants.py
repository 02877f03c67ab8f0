"""Where faults are planted, where not, and how a mutant is called."""

from __future__ import annotations

import ast

import pytest

from tests.mutation.mutants import mutants_of, mutated
from tests.mutation.rooms import ROOMS, matching

SOURCE = '''\
"""A docstring."""

LEEWAY = 60


class Token:
    def expired(self, now: int, leeway: int = LEEWAY) -> bool:
        """Tell whether it is too late."""
        log.warning("asked at %s", now)
        return now > self.end
'''


@pytest.mark.parametrize(
    "source",
    [
        '"""A module."""',
        '__all__ = ["a"]',
        "from a import b",
        "if TYPE_CHECKING:\n    a = 1",
        'Fault: TypeAlias = Literal["missing", "early"]',
        'Source = Literal["id_token"]',
        'T = TypeVar("T")',
        'class Store(Protocol):\n    """Rows."""\n    def get(self, n: int = 1): ...',
        'def f(a: "int") -> "int":\n    """Say."""',
        "@dataclass(frozen=True)\nclass A:\n    a: int",
        'def f():\n    log.info("done")',
        'def f():\n    self.log.error("lost", exc_info=True)',
        "def f():\n    assert_never(a)",
        "assert a == 1",
    ],
)
def test_what_is_for_readers_is_left_alone(source):
    assert mutants_of("a.py", source) == ()


def test_the_words_of_an_exception_are_for_readers_but_not_its_facts():
    source = 'def f():\n    raise Rejected("exp", "it is too late")'
    operators = {mutant.operator for mutant in mutants_of("a.py", source)}
    assert operators == {"`raise` dropped", "`'exp'` to `''`"}


def test_the_tenants_log_is_no_log_of_ours():
    assert mutants_of("a.py", 'def f():\n    tenant.log.write("seacft")')


def test_a_mutant_is_called_by_function_and_text_of_the_line():
    keys = [mutant.key for mutant in mutants_of("a.py", SOURCE)]
    assert keys == [
        "a.py:<module>: `60` to `61`: LEEWAY = 60",
        "a.py:<module>: `60` to `59`: LEEWAY = 60",
        "a.py:Token.expired: returned `None`: return now > self.end",
        "a.py:Token.expired: `>` to `>=`: return now > self.end",
        "a.py:Token.expired: `>` to `<`: return now > self.end",
    ]


def test_lines_above_change_no_name():
    moved = SOURCE.replace("LEEWAY = 60", "\n\n# seconds\nLEEWAY = 60")
    assert [mutant.key for mutant in mutants_of("a.py", moved)] == [
        mutant.key for mutant in mutants_of("a.py", SOURCE)
    ]


@pytest.mark.parametrize(
    ("source", "at_import"),
    [
        ("A = 1", True),
        ("class A:\n    a: int = 1", True),
        ("def f(a=1): ...", True),
        ("A = field(default_factory=lambda: 1)", True),
        ("def f():\n    return None or 1", False),
    ],
)
def test_what_runs_at_import_is_known(source, at_import):
    assert {mutant.at_import for mutant in mutants_of("a.py", source)} == {at_import}


@pytest.mark.parametrize(
    ("source", "operator", "lines"),
    [
        ("def f():\n    a(\n        1,\n    )", "`1` to `2`", range(2, 4)),
        ("def f():\n    if a:\n        b\n        c", "condition negated", range(2, 3)),
        ("def f():\n    try:\n        a\n    except KeyError:\n        b", "`except` widened", range(4, 5)),
    ],
)  # fmt: skip
def test_the_tests_of_a_mutant_run_its_statement_up_to_the_fault(
    source, operator, lines
):
    chosen = [m for m in mutants_of("a.py", source) if m.operator == operator]
    assert [mutant.lines for mutant in chosen] == [lines]


def test_a_mutant_runs_with_its_fault_and_no_other():
    faults = [
        ast.unparse(mutated(mutant, "A = 1\nB = 1"))
        for mutant in mutants_of("a.py", "A = 1\nB = 1")
    ]
    assert faults == ["A = 2\nB = 1", "A = 0\nB = 1", "A = 1\nB = 2", "A = 1\nB = 0"]


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_every_room_has_mutants_and_tests(room):
    patterns = (*room.sources, *room.near, *room.far, *room.without)
    assert room.mutants()
    assert [pattern for pattern in patterns if not matching((pattern,))] == []
