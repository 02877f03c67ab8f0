"""The mutants of a source: where `OPERATORS` may plant a fault.  Pure.

Left alone: what is for readers and type checkers (docstrings, annotations, aliases,
protocols, `__all__`), what is for the log, decorators, and the words of an exception.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from tests.mutation.operators import OPERATORS

TYPING_CALLS: Final = {"TypeVar", "NewType", "ParamSpec", "cast", "assert_never"}
TYPING_BASES: Final = {"Protocol", "TypedDict", "NamedTuple"}
LEVELS: Final = {"debug", "info", "warning", "error", "exception", "critical"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One planted fault.

    `key` names it in the list of survivors: by function and text of the line, so that
    it stays the same when lines above come and go.
    """

    path: str
    number: int  # among the mutants of its file
    function: str
    operator: str
    text: str
    lines: range  # a test that runs one of these may notice
    at_import: bool  # the fault is where a module or class body runs

    @property
    def key(self) -> str:
        """The mutant as the list of survivors has it."""
        return f"{self.path}:{self.function}: {self.operator}: {self.text}"


@dataclass(frozen=True, slots=True)
class _Place:
    function: str
    in_function: bool
    statement: ast.stmt | None
    in_raise: bool


@dataclass(frozen=True, slots=True)
class _Edit:
    place: _Place
    node: ast.AST
    words: str
    apply: Callable[[], None]


def mutants_of(path: str, source: str) -> tuple[Mutant, ...]:
    """List every mutant of a file."""
    lines = source.splitlines()
    return tuple(
        Mutant(
            path=path,
            number=number,
            function=edit.place.function,
            operator=edit.words,
            text=lines[_line(edit.node, edit.place) - 1].strip(),
            lines=_lines(edit),
            at_import=not edit.place.in_function,
        )
        for number, edit in enumerate(_edits(ast.parse(source)))
    )


def mutated(mutant: Mutant, source: str) -> ast.Module:
    """Parse the source with the one fault in it."""
    tree = ast.parse(source)
    edit = next(islice(_edits(tree), mutant.number, None))
    edit.apply()
    return ast.fix_missing_locations(tree)


def _line(node: ast.AST, place: _Place) -> int:
    return getattr(node, "lineno", None) or _start_of(node) or place.statement.lineno


def _start_of(node: ast.AST) -> int | None:
    lines = [child.lineno for child in ast.walk(node) if hasattr(child, "lineno")]
    return min(lines, default=None)


def _lines(edit: _Edit) -> range:
    statement, node = edit.place.statement, edit.node
    first = statement.lineno if statement else _line(node, edit.place)
    match node:
        case ast.If() | ast.While():
            last = node.test.end_lineno
        case ast.ExceptHandler():
            first = last = node.lineno
        case ast.match_case():
            last = node.pattern.end_lineno
        case _:
            last = getattr(node, "end_lineno", None) or _line(node, edit.place)
    return range(first, last + 1)


def _edits(tree: ast.Module) -> Iterator[_Edit]:
    yield from _inside(tree, _Place("<module>", False, None, False))


def _inside(parent: ast.AST, place: _Place) -> Iterator[_Edit]:
    for field, value in ast.iter_fields(parent):
        children = (
            list(enumerate(value)) if isinstance(value, list) else [(None, value)]
        )
        for position, node in children:
            if isinstance(node, ast.AST) and not _is_left_alone(parent, field, node):
                yield from _at(
                    parent, field, position, node, _within(place, parent, field, node)
                )


def _at(
    parent: ast.AST, field: str, position: int | None, node: ast.AST, place: _Place
) -> Iterator[_Edit]:
    if not _is_wording(node, place):
        for operator in OPERATORS:
            for words, changed in operator(node):
                apply = _applying(parent, field, position, node, changed)
                yield _Edit(place, node, words, apply)
    yield from _inside(node, place)


def _applying(
    parent: ast.AST, field: str, position: int | None, node: ast.AST, changed: ast.AST
) -> Callable[[], None]:
    def apply() -> None:
        if hasattr(node, "lineno"):
            ast.copy_location(changed, node)
        if position is None:
            setattr(parent, field, changed)
        else:
            getattr(parent, field)[position] = changed

    return apply


def _within(place: _Place, parent: ast.AST, field: str, node: ast.AST) -> _Place:
    match parent:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) if (
            field == "body"
        ):
            place = replace(place, function=_joined(place, name), in_function=True)
        case ast.ClassDef(name=name) if field == "body":
            place = replace(place, function=_joined(place, name))
        case ast.Lambda() if field == "body" and not place.in_function:
            place = replace(place, in_function=False)  # it was copied at import
    if isinstance(node, ast.stmt):
        place = replace(place, statement=node)
    return replace(place, in_raise=place.in_raise or isinstance(node, ast.Raise))


def _joined(place: _Place, name: str) -> str:
    return name if place.function == "<module>" else f"{place.function}.{name}"


def _is_wording(node: ast.AST, place: _Place) -> bool:
    """What an exception says to a developer is no behaviour."""
    return (
        place.in_raise
        and isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and " " in node.value.strip()
    )


def _is_left_alone(parent: ast.AST, field: str, node: ast.AST) -> bool:
    if field in {
        "annotation",
        "returns",
        "decorator_list",
        "type_params",
        "format_spec",
    }:
        return True
    match node:
        case ast.Expr(value=ast.Constant()):  # a docstring, or `...`
            return True
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr=name, value=owner))):
            return name in LEVELS and ast.unparse(owner).rpartition(".")[2] in {
                "log",
                "logger",
            }
        case ast.Call(func=ast.Name(id=name)):
            return name in TYPING_CALLS
        case ast.Expr(value=ast.Call(func=ast.Name(id="assert_never"))):
            return True
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
        case ast.Import() | ast.ImportFrom() | ast.Assert():
            return True
        case ast.AnnAssign(annotation=ast.Name(id="TypeAlias")):
            return True
        case ast.Subscript(value=ast.Name(id="Literal")):
            return True
        case ast.Assign(targets=[ast.Name(id="__all__" | "__slots__")]):
            return True
        case ast.ClassDef(bases=bases):
            return any(_base_name(base) in TYPING_BASES for base in bases)
    return isinstance(parent, ast.JoinedStr) and _is_blank(node)


def _is_blank(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and not str(node.value).strip()


def _base_name(base: ast.expr) -> str:
    base = base.value if isinstance(base, ast.Subscript) else base
    return ast.unparse(base).rpartition(".")[2]
