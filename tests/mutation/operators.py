"""The closed table of faults that are planted, one at a time.  Pure.

An operator looks at one node of the syntax tree and yields what may stand in its
place, with the change in words.  `OPERATORS` is the list; nothing else plants faults.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

Change: TypeAlias = tuple[str, ast.AST]
Operator: TypeAlias = Callable[[ast.AST], Iterator[Change]]

COMPARISONS: Final[dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
ARITHMETIC: Final[dict[type[ast.operator], type[ast.operator]]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
}
COUNTERPARTS: Final = {
    "all": "any",
    "any": "all",
    "max": "min",
    "min": "max",
    "startswith": "endswith",
    "endswith": "startswith",
}
SYMBOLS: Final = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.In: "in",
    ast.NotIn: "not in",
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
}
LONGEST: Final = 40


def swapped_comparison(node: ast.AST) -> Iterator[Change]:
    """`<` becomes `<=` and `>`, `in` becomes `not in`, and so on."""
    if not isinstance(node, ast.Compare):
        return
    for place, operator in enumerate(node.ops):
        for other in COMPARISONS[type(operator)]:
            changed = copy.deepcopy(node)
            changed.ops[place] = other()
            yield f"`{SYMBOLS[type(operator)]}` to `{SYMBOLS[other]}`", changed


def swapped_connective(node: ast.AST) -> Iterator[Change]:
    """`and` becomes `or`, and the other way."""
    match node:
        case ast.BoolOp(op=ast.And(), values=values):
            yield "`and` to `or`", ast.BoolOp(ast.Or(), values)
        case ast.BoolOp(op=ast.Or(), values=values):
            yield "`or` to `and`", ast.BoolOp(ast.And(), values)


def negated_condition(node: ast.AST) -> Iterator[Change]:
    """What was done if so is done if not; a comparison has its own operator."""
    match node:
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test):
            if not _has_own_negation(test):
                changed = copy.copy(node)
                changed.test = ast.UnaryOp(ast.Not(), test)
                yield "condition negated", changed
        case ast.comprehension(ifs=[_, *_] as conditions):
            for place, test in enumerate(conditions):
                if not _has_own_negation(test):
                    changed = copy.copy(node)
                    changed.ifs = list(conditions)
                    changed.ifs[place] = ast.UnaryOp(ast.Not(), test)
                    yield "condition negated", changed


def _has_own_negation(test: ast.expr) -> bool:
    match test:
        case ast.UnaryOp(op=ast.Not()):
            return True
        case ast.Compare(ops=[ast.Eq() | ast.NotEq() | ast.Is() | ast.IsNot()]):
            return True
        case ast.Compare(ops=[ast.In() | ast.NotIn()]):
            return True
    return False


def dropped_not(node: ast.AST) -> Iterator[Change]:
    """`not x` becomes `x`."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield "`not` dropped", node.operand


def changed_constant(node: ast.AST) -> Iterator[Change]:
    """A number is one off, a text is empty, true is false."""
    match node:
        case ast.Constant(value=bool(value)):
            yield f"`{value}` to `{not value}`", ast.Constant(not value)
        case ast.Constant(value=int(value) | float(value)):
            yield f"`{value}` to `{value + 1}`", ast.Constant(value + 1)
            yield f"`{value}` to `{value - 1}`", ast.Constant(value - 1)
        case ast.Constant(value=str(value)):
            other = "" if value else "planted"
            yield f"{_short(value)} to `{other!r}`", ast.Constant(other)
        case ast.Constant(value=bytes(value)):
            other_bytes = b"" if value else b"planted"
            yield f"{_short(value)} to `{other_bytes!r}`", ast.Constant(other_bytes)


def _short(value: str | bytes) -> str:
    words = repr(value)
    return f"`{words if len(words) <= LONGEST else words[:LONGEST] + '…'}`"


def changed_result(node: ast.AST) -> Iterator[Change]:
    """A function returns nothing, or an empty collection."""
    match node:
        case ast.Return(value=None | ast.Constant(value=None)):
            return
        case ast.Return(value=value):
            yield "returned `None`", ast.Return(ast.Constant(None))
            match value:
                case ast.Tuple(elts=[_, *_]):
                    yield "returned empty", ast.Return(ast.Tuple([], ast.Load()))
                case ast.List(elts=[_, *_]) | ast.ListComp():
                    yield "returned empty", ast.Return(ast.List([], ast.Load()))
                case ast.Dict(keys=[_, *_]) | ast.DictComp():
                    yield "returned empty", ast.Return(ast.Dict([], []))


def dropped_statement(node: ast.AST) -> Iterator[Change]:
    """What is done for its effect is not done."""
    match node:
        case ast.Expr(value=ast.Call()):
            yield "call dropped", ast.Pass()
        case ast.Expr(value=ast.Await() | ast.Yield() | ast.YieldFrom()):
            return
        case ast.Raise():
            yield "`raise` dropped", ast.Pass()
        case ast.Break():
            yield "`break` dropped", ast.Pass()
        case ast.Continue():
            yield "`continue` dropped", ast.Pass()
        case ast.Delete():
            yield "`del` dropped", ast.Pass()
        case ast.AugAssign():
            yield "assignment dropped", ast.Pass()
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            yield "assignment dropped", ast.Pass()


def dropped_keyword(node: ast.AST) -> Iterator[Change]:
    """A call leaves a keyword to its default."""
    if not isinstance(node, ast.Call):
        return
    for place, keyword in enumerate(node.keywords):
        changed = copy.copy(node)
        changed.keywords = [*node.keywords[:place], *node.keywords[place + 1 :]]
        yield f"`{keyword.arg or '**'}=` dropped", changed


def swapped_arithmetic(node: ast.AST) -> Iterator[Change]:
    """`+` becomes `-`, and so on."""
    if isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in ARITHMETIC:
        other = ARITHMETIC[type(node.op)]
        changed = copy.copy(node)
        changed.op = other()
        yield f"`{SYMBOLS[type(node.op)]}` to `{SYMBOLS[other]}`", changed


def swapped_call(node: ast.AST) -> Iterator[Change]:
    """`any` becomes `all`, `min` becomes `max`, `startswith` becomes `endswith`."""
    match node:
        case ast.Call(func=ast.Name(id=name)) if name in COUNTERPARTS:
            called: ast.expr = ast.Name(COUNTERPARTS[name], ast.Load())
        case ast.Call(func=ast.Attribute(attr=name, value=owner)) if (
            name in COUNTERPARTS
        ):
            called = ast.Attribute(owner, COUNTERPARTS[name], ast.Load())
        case _:
            return
    changed = copy.copy(node)
    changed.func = called
    yield f"`{name}` to `{COUNTERPARTS[name]}`", changed


def widened_except(node: ast.AST) -> Iterator[Change]:
    """Every exception is caught where one was meant."""
    match node:
        case ast.ExceptHandler(type=None | ast.Name(id="Exception")):
            return
        case ast.ExceptHandler():
            changed = copy.copy(node)
            changed.type = ast.Name("Exception", ast.Load())
            yield "`except` widened", changed


def dropped_case(node: ast.AST) -> Iterator[Change]:
    """A `case` never matches; what must never happen stays where it is."""
    match node:
        case ast.match_case(
            body=[ast.Expr(value=ast.Call(func=ast.Name(id=name)))]
        ) if name == "assert_never":
            return
        case ast.match_case():
            changed = copy.copy(node)
            changed.guard = ast.Constant(False)
            yield "`case` dropped", changed
            if node.guard is not None:
                unguarded = copy.copy(node)
                unguarded.guard = ast.UnaryOp(ast.Not(), node.guard)
                yield "guard negated", unguarded


OPERATORS: Final[tuple[Operator, ...]] = (
    swapped_comparison,
    swapped_connective,
    negated_condition,
    dropped_not,
    changed_constant,
    changed_result,
    dropped_statement,
    dropped_keyword,
    swapped_arithmetic,
    swapped_call,
    widened_except,
    dropped_case,
)
