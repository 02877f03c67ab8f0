"""The report as JUnit XML: one test for each kind of request, for a CI server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from fabrikam.lab.report.record_fields import case_words, fails

if TYPE_CHECKING:
    from fabrikam.lab.report.record_fields import Record

__all__ = ["junit"]

_UNPROVED: Final = ("could not be judged", "protects as far as compared")


def junit(data: Record) -> str:
    """Write an experiment as a suite of tests."""
    door = data["verdict"]["door"]
    rows = [row["name"] for row in data["map"]["rows"]]
    failing = {row: _failing(data, row, door) for row in rows}
    known = {
        row: [difference for difference in failing[row] if difference["known"]]
        for row in rows
    }
    failed = {
        row: [difference for difference in failing[row] if not difference["known"]]
        for row in rows
    }
    unproved = data["verdict"]["kind"] in _UNPROVED
    suite = Element(
        "testsuite",
        name=f"lab compare {data['old']['folder']} {data['new']['folder']}",
        tests=str(len(rows) + unproved),
        failures=str(sum(map(bool, failed.values()))),
        errors=str(int(unproved)),
        skipped=str(sum(bool(known[row]) and not failed[row] for row in rows)),
        time=str(data["effort"]["seconds"]),
    )
    if unproved:
        name = data["verdict"]["kind"]
        test = SubElement(suite, "testcase", classname="lab.compare", name=name)
        SubElement(test, "error", message=data["verdict"]["sentence"])
    for row in rows:
        _test(suite, row, failed[row], known[row])
    sentences = (data["verdict"]["sentence"], *data["verdict"]["more"])
    SubElement(suite, "system-out").text = "\n".join(sentences)
    indent(suite)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(suite, "unicode")


def _test(
    suite: Element, row: str, failures: list[Record], known: list[Record]
) -> None:
    test = SubElement(suite, "testcase", classname="lab.compare", name=row)
    if failures:
        kinds = ", ".join(dict.fromkeys(each["direction"] for each in failures))
        kind = failures[0]["direction"]
        failure = SubElement(test, "failure", message=kinds, type=kind)
        failure.text = "\n".join(map(_words, failures))
    elif known:
        named = "; ".join(dict.fromkeys(map(_name, known)))
        SubElement(test, "skipped", message=f"known: {named}")


def _name(difference: Record) -> str:
    known = difference["known"]
    return f"{difference['direction']}, {known['name']} ({known['owner']})"


def _failing(data: Record, row: str, door: str) -> list[Record]:
    return [
        difference
        for difference in data["differences"]
        if _row(difference) == row and fails(difference, door)
    ]


def _row(difference: Record) -> str:
    words = difference["situation"]
    return f"{words.get('flow', 'page')}: {words.get('request', 'login')}"


def _words(difference: Record) -> str:
    return (
        f"{difference['direction']} in {difference['count']} situations, the smallest: "
        f"{case_words(difference['situation'])}. {difference['why']}."
        f" Old: {difference['old']['verdict']}. New: {difference['new']['verdict']}."
    )
