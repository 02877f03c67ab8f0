"""The report as JUnit XML: one test for each kind of request, for a CI server."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from fabrikam.lab.compare import FAILING

if TYPE_CHECKING:
    from fabrikam.lab.report.record import Record

__all__ = ["junit"]


def junit(data: Record) -> str:
    """Write an experiment as a suite of tests."""
    rows = [row["name"] for row in data["map"]["rows"]]
    found = {row: _failures(data, row) for row in rows}
    suite = Element(
        "testsuite",
        name=f"lab compare {data['old']['folder']} {data['new']['folder']}",
        tests=str(len(rows)),
        failures=str(sum(bool(failures) for failures in found.values())),
        errors="0",
        time=str(data["effort"]["seconds"]),
    )
    for row, failures in found.items():
        _test(suite, row, failures)
    SubElement(suite, "system-out").text = data["verdict"]["sentence"]
    indent(suite)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(suite, "unicode")


def _test(suite: Element, row: str, failures: list[Record]) -> None:
    test = SubElement(suite, "testcase", classname="lab.compare", name=row)
    if not failures:
        return
    kinds = ", ".join(dict.fromkeys(one["direction"] for one in failures))
    failure = SubElement(test, "failure", message=kinds, type=failures[0]["direction"])
    failure.text = "\n".join(map(_words, failures))


def _failures(data: Record, row: str) -> list[Record]:
    return [
        found
        for found in data["differences"]
        if _row(found) == row and _fails(found, data["verdict"]["door"])
    ]


def _fails(found: Record, door: str) -> bool:
    direction = found["at_tenant" if door == "tenant" else "direction"]
    return direction in FAILING and not found["known"] and not found["doubts"]


def _row(found: Record) -> str:
    words = found["situation"]
    return f"{words.get('flow', 'page')}: {words.get('request', 'login')}"


def _words(found: Record) -> str:
    case = ", ".join(f"{name}: {word}" for name, word in found["situation"].items())
    return (
        f"{found['direction']} in {found['count']} situations, the smallest: "
        f"{case or 'an ordinary login'}. {found['why']}."
        f" Old: {found['old']['verdict']}. New: {found['new']['verdict']}."
    )
