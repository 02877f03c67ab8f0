"""Step-up authentication for web applications, and the house around it.

What an application needs can be imported from here; each name loads its module when
it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from fabrikam.stepup import LOGIN as LOGIN
    from fabrikam.stepup import MULTI_FACTOR as MULTI_FACTOR
    from fabrikam.stepup import NOTHING as NOTHING
    from fabrikam.stepup import Legacy as Legacy
    from fabrikam.stepup import Modern as Modern
    from fabrikam.web import StepUp as StepUp

__version__ = "0.1.0"

_HOMES: Final = {
    "LOGIN": "fabrikam.stepup",
    "MULTI_FACTOR": "fabrikam.stepup",
    "NOTHING": "fabrikam.stepup",
    "Legacy": "fabrikam.stepup",
    "Modern": "fabrikam.stepup",
    "StepUp": "fabrikam.web",
}

__all__ = ["LOGIN", "MULTI_FACTOR", "NOTHING", "Legacy", "Modern", "StepUp"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
