"""`lab compare`, run: the experiment, the search, the walks, and their reports."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any, Final

from fabrikam.lab.commands.failures import CommandFailed, command_failures
from fabrikam.lab.commands.file_access import check_fillable, check_writable
from fabrikam.lab.commands.progress import Meter
from fabrikam.lab.compare.cases import write_cases
from fabrikam.lab.compare.experiment import experiment
from fabrikam.lab.compare.known_differences import KnownRejected, read_known
from fabrikam.lab.compare.record import record
from fabrikam.lab.report import console, junit, page, print_record
from fabrikam.lab.scenarios.regions import main_axes
from fabrikam.lab.simulation.sides import sides_of
from fabrikam.shared.lazy import deferred

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from fabrikam.lab.compare.findings import Findings
    from fabrikam.lab.end_to_end.programs import OpenIntranet
    from fabrikam.lab.simulation.sides import Side

__all__ = ["run_compare"]

# the programs of a walk take half a second to load
_walked: Final = deferred("fabrikam.lab.commands.walks:walked")


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


def _tell_warnings(sides: Iterable[Side]) -> None:
    """Say on stderr what may surprise in the folders: a report is about logins."""
    for side in sides:
        for warning in side.folder.warnings:
            print(f"{side.name}: {warning}", file=sys.stderr)


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
        print_record(console(no_color=asked.no_color), data)


def _findings(
    open_intranet: OpenIntranet | None, asked: argparse.Namespace
) -> Findings:
    meter = Meter(sys.stderr, shown=not asked.quiet)
    with command_failures(KnownRejected), meter:
        _check_places(asked)
        sides = sides_of(
            (asked.old, asked.new),
            (asked.old_strategy, asked.new_strategy),
            asked.claim,
            client=asked.client,
            on_error=asked.on_error,
            keywords=asked.keywords,
        )
        _tell_warnings(sides)
        findings = experiment(
            *sides,
            read_known(asked.known) if asked.known else (),
            door=asked.door,
            within=main_axes() if asked.quick else None,
            seed=asked.seed,
            progress=meter,
        )
        if open_intranet is None or asked.walk < 1:
            return findings
        walked: Findings = _walked(findings, asked.walk, open_intranet, meter)
        return walked
