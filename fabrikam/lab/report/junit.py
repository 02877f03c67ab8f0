"""The report as JUnit XML: one test for each kind of request, for a CI server."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from fabrikam.lab.report.record_fields import case_words, fails
from fabrikam.shared.exit_codes import COULD_NOT_RUN

if TYPE_CHECKING:
    from fabrikam.lab.report.record_fields import Record

__all__ = ["junit"]


def junit(data: Record) -> str:
    """Write an experiment as a suite of tests."""
    door = data["verdict"]["door"]
    rows = [row["name"] for row in data["map"]["rows"]]
    found = {row: _failing(data, row, door) for row in rows}
    known = {row: [one for one in found[row] if one["known"]] for row in rows}
    failed = {row: [one for one in found[row] if not one["known"]] for row in rows}
    vain = data["verdict"]["exit_code"] == COULD_NOT_RUN
    suite = Element(
        "testsuite",
        name=f"lab compare {data['old']['folder']} {data['new']['folder']}",
        tests=str(len(rows) + vain),
        failures=str(sum(map(bool, failed.values()))),
        errors=str(int(vain)),
        skipped=str(sum(bool(known[row]) and not failed[row] for row in rows)),
        time=str(data["effort"]["seconds"]),
    )
    if vain:
        test = SubElement(
            suite, "testcase", classname="lab.compare", name="something to protect"
        )
        SubElement(test, "error", message=data["verdict"]["sentence"])
    for row in rows:
        _test(suite, row, failed[row], known[row])
    told = (data["verdict"]["sentence"], *data["verdict"]["more"])
    SubElement(suite, "system-out").text = "\n".join(told)
    indent(suite)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(suite, "unicode")


def _test(
    suite: Element, row: str, failures: list[Record], known: list[Record]
) -> None:
    test = SubElement(suite, "testcase", classname="lab.compare", name=row)
    if failures:
        kinds = ", ".join(dict.fromkeys(one["direction"] for one in failures))
        kind = failures[0]["direction"]
        failure = SubElement(test, "failure", message=kinds, type=kind)
        failure.text = "\n".join(map(_words, failures))
    elif known:
        named = "; ".join(dict.fromkeys(map(_name, known)))
        SubElement(test, "skipped", message=f"known: {named}")


def _name(found: Record) -> str:
    known = found["known"]
    return f"{found['direction']}, {known['name']} ({known['owner']})"


def _failing(data: Record, row: str, door: str) -> list[Record]:
    return [
        found
        for found in data["differences"]
        if _row(found) == row and fails(found, door)
    ]


def _row(found: Record) -> str:
    words = found["situation"]
    return f"{words.get('flow', 'page')}: {words.get('request', 'login')}"


def _words(found: Record) -> str:
    return (
        f"{found['direction']} in {found['count']} situations, the smallest: "
        f"{case_words(found['situation'])}. {found['why']}."
        f" Old: {found['old']['verdict']}. New: {found['new']['verdict']}."
    )
