"""Diagnostics as GitHub's workflow commands, shown beside the lines of a change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fabrikam.lab.report.diagnostic import Diagnostic

__all__ = ["github_annotations"]

_COMMANDS: Final = {"error": "error", "warning": "warning", "note": "notice"}
_MESSAGE: Final = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY: Final = {**_MESSAGE, **str.maketrans({":": "%3A", ",": "%2C"})}


def github_annotations(diagnostics: Iterable[Diagnostic]) -> str:
    """Write one command for each diagnostic that nobody has accepted."""
    return "".join(map(_command, diagnostics))


def _command(diagnostic: Diagnostic) -> str:
    if diagnostic.accepted is not None:
        return ""
    place, rule = diagnostic.location, diagnostic.rule
    properties = {
        "file": place.file,
        "line": str(place.line),
        "col": str(place.column),
        "endColumn": str(place.column + place.length),
        "title": rule.id,
    }
    written = ",".join(
        f"{name}={value.translate(_PROPERTY)}" for name, value in properties.items()
    )
    message = f"{diagnostic.message}\n{rule.help}".translate(_MESSAGE)
    return f"::{_COMMANDS[rule.level]} {written}::{message}\n"
