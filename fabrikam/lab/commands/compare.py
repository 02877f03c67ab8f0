"""`lab compare`, run: the experiment, the search, the walks, and their reports."""

from __future__ import annotations

import importlib
import json
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fabrikam.lab.commands.failures import CommandFailed, command_failures, console
from fabrikam.lab.commands.file_access import check_fillable, check_writable
from fabrikam.lab.commands.progress import Meter
from fabrikam.lab.compare.cases import write_cases
from fabrikam.lab.compare.experiment import experiment
from fabrikam.lab.compare.known_differences import read_known
from fabrikam.lab.end_to_end.walk import walk_through, walkable
from fabrikam.lab.javascript.literals import vocabulary
from fabrikam.lab.report import junit, page, print_record, record
from fabrikam.lab.scenarios.regions import main_axes
from fabrikam.lab.scenarios.situation import situations
from fabrikam.lab.simulation.sides import sides_of

if TYPE_CHECKING:
    import argparse

    from fabrikam.lab.compare.experiment import Findings, Search
    from fabrikam.lab.end_to_end.programs import OpenIntranet
    from fabrikam.lab.simulation.sides import Side

__all__ = ["run_compare"]


def run_compare(open_intranet: OpenIntranet | None, asked: argparse.Namespace) -> int:
    """Compare as the words of the command line say; return the exit code."""
    try:
        findings = _findings(open_intranet, asked)
        data = record(findings)
        _print(asked, data)
        with command_failures():
            _write(asked, findings, data)
    except CommandFailed as refused:
        print(refused, file=sys.stderr)
        return refused.code
    return int(data["verdict"]["exit_code"])


def _check_places(asked: argparse.Namespace) -> None:
    """Look, before a minute of work, where reports are to be; raises OSError."""
    for file in (asked.html, asked.junit):
        if file is not None:
            check_writable(file)
    if asked.cases is not None:
        check_fillable(asked.cases)


def _write(asked: argparse.Namespace, findings: Findings, data: dict[str, Any]) -> None:
    if asked.cases is not None:
        write_cases(
            asked.cases, findings.control, findings.candidate, findings.differences
        )
    if asked.html is not None:
        asked.html.write_text(page(data), "utf-8")
    if asked.junit is not None:
        asked.junit.write_text(junit(data), "utf-8")


def _print(asked: argparse.Namespace, data: dict[str, Any]) -> None:
    if asked.json:
        print(json.dumps(data, indent=2))
    elif asked.quiet:
        print(data["verdict"]["sentence"])
    else:
        print_record(console(asked), data)


def _findings(
    open_intranet: OpenIntranet | None, asked: argparse.Namespace
) -> Findings:
    meter = Meter(sys.stderr, shown=not asked.quiet)
    with command_failures(), meter:
        _check_places(asked)
        sides = sides_of(
            (asked.old, asked.new),
            (asked.old_strategy, asked.new_strategy),
            asked.claim,
            client=asked.client,
            on_error=asked.on_error,
            keywords=asked.keywords,
        )
        findings = experiment(
            *sides,
            read_known(asked.known) if asked.known else (),
            door=asked.door,
            within=main_axes() if asked.quick else None,
            search=_search(asked, sides),
            progress=meter,
        )
        if open_intranet is None or asked.walk < 1:
            return findings
        return _walked(findings, asked.walk, open_intranet, meter)


def _search(asked: argparse.Namespace, sides: tuple[Side, Side]) -> Search | None:
    if asked.seed is None:
        return None
    # only who searches needs Hypothesis, and it takes a second to load
    module = importlib.import_module("fabrikam.lab.compare.random_search")
    words = vocabulary(*(side.folder for side in sides))
    search: Search = module.RandomSearch(asked.seed, asked.examples, words)
    return search


def _walked(
    findings: Findings, most: int, open_intranet: OpenIntranet, meter: Meter
) -> Findings:
    """Walk a sample, and what is reported, through the real houses."""
    everything = [one for one in situations() if walkable(one)]
    chosen = everything[:: max(1, len(everything) // most)][:most]
    chosen += [found.smallest for found in findings.differences[:most]]
    walked = sum(
        walk_through(side, chosen, open_intranet, meter)
        for side in (findings.control, findings.candidate)
    )
    return replace(findings, walked=walked)
