"""What one check of the linter is: a code, its words, and a pure function."""

from __future__ import annotations

from dataclasses import dataclass
from inspect import getdoc
from typing import TYPE_CHECKING, Final, Generic, TypeAlias, TypeVar

from fabrikam.lab.lint.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fabrikam.lab.javascript.script import Hit, ScriptKind

__all__ = ["ACTION", "BOTH", "RULE", "Kinds", "LintCheck", "check"]

Kinds: TypeAlias = "frozenset[ScriptKind]"
Subject = TypeVar("Subject")

RULE: Final[Kinds] = frozenset({"rule"})
ACTION: Final[Kinds] = frozenset({"action"})
BOTH: Final[Kinds] = RULE | ACTION


@dataclass(frozen=True, slots=True, kw_only=True)
class LintCheck(Generic[Subject]):
    """One mistake that can be found; its title is the docstring of its function."""

    code: str
    severity: Severity
    of: Kinds
    title: str
    why: str
    instead: str
    find: Callable[[Subject], Iterator[Hit]]


def check(
    code: str,
    severity: Severity = "warning",
    *,
    of: Kinds = BOTH,
    why: str,
    instead: str,
) -> Callable[[Callable[[Subject], Iterator[Hit]]], LintCheck[Subject]]:
    """Turn a function that finds a mistake into a check."""

    def named(find: Callable[[Subject], Iterator[Hit]]) -> LintCheck[Subject]:
        title = (getdoc(find) or code).splitlines()[0].rstrip(".")
        return LintCheck(
            code=code,
            severity=severity,
            of=of,
            title=title,
            why=why,
            instead=instead,
            find=find,
        )

    return named
