"""A script that comes without its folder: by its text a Rule, an Action or neither."""

from __future__ import annotations

import re
from typing import Final

from fabrikam.lab.javascript.script import HANDLERS
from fabrikam.tenant.scripts import Action, Module, Rule

__all__ = ["lone_script"]

_ACTION: Final = re.compile("|".join(HANDLERS), re.IGNORECASE)
_COMMENTS: Final = r"(?:\s|//[^\n]*\n|/\*.*?\*/)*"
_RULE: Final = re.compile(  # a function of several parameters, and it comes first
    rf"{_COMMENTS}(?:module\.exports\s*=\s*)?\(?\s*(?:async\b\s*)?"
    r"(?:function\b[\s\w$]*)?\(\s*[\w${][^()]*,",
    re.DOTALL,
)


def lone_script(file: str, source: str) -> Rule | Action | Module:
    """Take a file for what its text says that it is; a module has only to load."""
    if _ACTION.search(source):
        return Action(name=file, file=file, source=source, order=0)
    if _RULE.match(source):
        return Rule(name=file, file=file, source=source, order=1)
    return Module(file, file, source)
