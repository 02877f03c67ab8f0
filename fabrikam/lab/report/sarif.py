"""Diagnostics as SARIF 2.1.0, for code scanning: data in, text out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fabrikam.lab.report.diagnostic import Diagnostic, DiagnosticRule, Location

__all__ = ["sarif"]

Json: TypeAlias = dict[str, Any]

_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif(diagnostics: Iterable[Diagnostic]) -> str:
    """Write diagnostics as one run; a rule is described where it has a result."""
    listed = tuple(diagnostics)
    rules = {diagnostic.rule.id: diagnostic.rule for diagnostic in listed}
    places = {name: place for place, name in enumerate(sorted(rules))}
    driver = {
        "name": "fabrikam",
        "rules": [_rule(rules[name]) for name in places],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(diagnostic, places) for diagnostic in listed],
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2) + "\n"


def _rule(rule: DiagnosticRule) -> Json:
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.title},
        "help": {"text": rule.help},
        "defaultConfiguration": {"level": rule.level},
    }


def _result(diagnostic: Diagnostic, places: Mapping[str, int]) -> Json:
    result: Json = {
        "ruleId": diagnostic.rule.id,
        "ruleIndex": places[diagnostic.rule.id],
        "level": diagnostic.rule.level,
        "message": {"text": diagnostic.message},
        "locations": [_location(diagnostic.location)],
    }
    if diagnostic.flow:
        steps = [{"location": _location(step)} for step in diagnostic.flow]
        result["codeFlows"] = [{"threadFlows": [{"locations": steps}]}]
    if diagnostic.accepted is not None:
        accepted = {"kind": "inSource", "justification": diagnostic.accepted}
        result["suppressions"] = [accepted]
    return result


def _location(place: Location) -> Json:
    region: Json = {
        "startLine": place.line,
        "startColumn": place.column,
        "endColumn": place.column + place.length,
    }
    if place.excerpt:
        region["snippet"] = {"text": place.excerpt}
    where: Json = {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(place.file)},
            "region": region,
        }
    }
    if place.message:
        where["message"] = {"text": place.message}
    return where
