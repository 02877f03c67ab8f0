"""`lint PATH…`, run: findings on stdout, what cannot be read on stderr.

Exit codes: 0 nothing is open that weighs as much as `--fail-on` says, 1 something is,
2 a path holds nothing to lint or a script cannot be read, 3 there is no Node that could
say which scripts compile.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from fabrikam.lab.commands.file_access import check_writable, why_not
from fabrikam.lab.lint.accepted_findings import NO_REASON, UNUSED
from fabrikam.lab.lint.finding import SEVERITIES
from fabrikam.lab.lint.findings_text import as_json, report_text, verdict
from fabrikam.lab.lint.linter import CHECKS, lint_file, lint_folder, linted_scripts
from fabrikam.lab.lint.lone_script import lone_script
from fabrikam.lab.lint.mends import diff, mended
from fabrikam.lab.report.annotations import github_annotations
from fabrikam.lab.report.diagnostic import Diagnostic, DiagnosticRule, Location
from fabrikam.lab.report.markdown import markdown_comment
from fabrikam.lab.report.sarif import sarif
from fabrikam.shared.exit_codes import COULD_NOT_RUN, FOUND, MISUSED, PASSED
from fabrikam.shared.terminal import printable
from fabrikam.tenant.scripts import (
    Folder,
    NodeMissing,
    replaced,
    survey_folder,
    uncompiled,
)

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator, Mapping

    from fabrikam.lab.lint.finding import Finding, Severity
    from fabrikam.tenant.scripts import Action, Module, Problem, Rule

__all__ = ["MARKER", "run_lint"]

MARKER: Final = "fabrikam-lint"
_STDIN: Final = "-"
_EXPECTED: Final = (
    "holds no tenant: expected tenant.json, rules/, actions/ or clients/ in it, or"
    " scripts that end with .js"
)
_SCRIPTS: Final = frozenset({".cjs", ".js"})
_PACKAGES: Final = "node_modules"


class _Unusable(Exception):
    """A path that cannot be linted, in words."""


@dataclass(frozen=True, slots=True)
class _Linted:
    """What was found under one path; `sources` are its scripts by their whole path."""

    findings: tuple[Finding, ...]
    sources: Mapping[str, str]
    unread: bool = False


@dataclass(frozen=True, slots=True)
class _Target:
    """A tenant folder or one script, and the path before the names of its files."""

    path: str
    subject: Folder | Rule | Action | Module

    def scripts(self) -> list[Rule | Action | Module]:
        """Give its scripts, each by its whole path."""
        if not isinstance(self.subject, Folder):
            return [self.subject]
        return [
            replace(script, file=self.joined(script.file))
            for script in linted_scripts(self.subject)
        ]

    def linted(self, problems: Mapping[str, Problem]) -> _Linted:
        """Lint it, with what V8 says of scripts by their whole path."""
        sources = {script.file: script.source for script in self.scripts()}
        if not isinstance(self.subject, Folder):
            return _Linted(lint_file(self.subject, problems.values()), sources)
        folder = self.subject
        own = [
            replace(problems[self.joined(script.file)], file=script.file)
            for script in linted_scripts(folder)
            if self.joined(script.file) in problems
        ]
        findings = tuple(
            replace(finding, file=self.joined(finding.file))
            for finding in lint_folder(folder, own)
        )
        return _Linted(findings, sources, unread=bool(folder.script_problems))

    def joined(self, file: str) -> str:
        """Give the whole path of a file under it."""
        return str(PurePosixPath(self.path, file))


def run_lint(asked: argparse.Namespace) -> int:
    """Lint as the words of the command line say; return the exit code."""
    try:
        if asked.sarif is not None:
            check_writable(asked.sarif)
        if asked.fix and Path(_STDIN) in asked.paths:
            raise _Unusable("--fix writes files, and stdin is none")  # noqa: TRY301 - one way out for all misuses
        targets = _all_targets(asked)
        for target in targets:
            _tell(target, quiet=asked.quiet)
        linted = _lint(targets)
        if asked.fix and _mend(linted):
            linted = _lint(_all_targets(asked))
    except _Unusable as unusable:
        return _ended(MISUSED, str(unusable))
    except OSError as error:
        return _ended(MISUSED, why_not(error))
    except NodeMissing as missing:
        return _ended(COULD_NOT_RUN, str(missing))
    findings = tuple(finding for each in linted for finding in each.findings)
    _report(findings, asked)
    if any(each.unread for each in linted):  # a script that nobody read has no findings
        return MISUSED
    return (
        FOUND if any(_fails(finding, asked.fail_on) for finding in findings) else PASSED
    )


def _tell(target: _Target, *, quiet: bool) -> None:
    """Say on stderr what the reader of a folder says; quietly, only what is wrong."""
    if not isinstance(target.subject, Folder):
        return
    folder = target.subject
    for notice in (*folder.problems, *(() if quiet else folder.warnings)):
        placed = replace(notice, file=target.joined(notice.file))
        whole = f"{target.path}: {notice}" if notice.file == "." else str(placed)
        print(printable(whole), file=sys.stderr)


def _fails(finding: Finding, least: Severity) -> bool:
    failing = SEVERITIES[: SEVERITIES.index(least) + 1]
    return finding.severity in failing and finding.accepted is None


def _report(findings: tuple[Finding, ...], asked: argparse.Namespace) -> None:
    diagnostics = [_diagnostic(finding) for finding in findings]
    if asked.sarif is not None:
        asked.sarif.write_text(sarif(diagnostics), "utf-8")
    if asked.json:
        print(json.dumps(as_json(findings), indent=2))
    elif asked.format == "github":
        print(github_annotations(diagnostics), end="")
    elif asked.format == "markdown":
        print(markdown_comment(diagnostics, marker=MARKER, heading="Step-up"), end="")
    elif asked.quiet:
        print(verdict(findings))
    else:
        plain = asked.no_color or bool(os.environ.get("NO_COLOR"))
        colours = sys.stdout.isatty() and not plain
        print(report_text(findings, colours=colours), end="")


def _all_targets(asked: argparse.Namespace) -> list[_Target]:
    return [target for path in asked.paths for target in _targets(path, asked)]


def _lint(targets: list[_Target]) -> list[_Linted]:
    """Lint targets; one Node compiles all that they hold."""
    scripts = [script for target in targets for script in target.scripts()]
    problems = {problem.file: problem for problem in uncompiled(scripts)}
    return [target.linted(problems) for target in targets]


def _targets(path: Path, asked: argparse.Namespace) -> Iterator[_Target]:
    """Give a file, a tenant folder, or what lies in a folder of several."""
    if str(path) == _STDIN:
        yield _file("stdin", sys.stdin.read(), asked.keywords)
    elif path.is_file() and path.suffix in _SCRIPTS:
        yield _file(path.as_posix(), _text(path), asked.keywords)
    elif path.is_dir():
        within = tuple(_within(path, asked))
        if not within:
            raise _Unusable(f"{path} {_EXPECTED}")
        yield from within
    elif path.exists():
        raise _Unusable(f"{path}: neither a folder nor a file that ends with .js")
    else:
        raise _Unusable(f"{path}: there is no such file or folder")


def _within(path: Path, asked: argparse.Namespace) -> Iterator[_Target]:
    folder = survey_folder(path, replacements=asked.keywords)
    if folder.problems or _is_a_tenant(folder):
        yield _Target(path.as_posix(), folder)
        return
    for entry in sorted(path.iterdir()):
        if entry.is_dir() and entry.name != _PACKAGES and entry.name[:1] != ".":
            yield from _within(entry, asked)
        elif entry.is_file() and entry.suffix in _SCRIPTS:
            yield _file(entry.as_posix(), _text(entry), asked.keywords)


def _file(file: str, written: str, keywords: Mapping[str, Any]) -> _Target:
    return _Target("", lone_script(file, replaced(written, keywords)))


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _Unusable(f"{path}: not in UTF-8") from error


def _is_a_tenant(folder: Folder) -> bool:
    """Say whether a folder holds anything that makes up a tenant."""
    scripts = (*folder.rules, *folder.actions, *folder.modules)
    return bool(scripts or folder.tenant or folder.clients or folder.factors)


def _mend(linted: Iterable[_Linted]) -> bool:
    """Write each safe edit, after its diff; say whether anything was written."""
    written = [
        _mended_file(Path(file), source, each.findings)
        for each in linted
        for file, source in each.sources.items()
    ]
    return any(written)


def _mended_file(file: Path, source: str, findings: Iterable[Finding]) -> bool:
    own = [finding for finding in findings if finding.file == file.as_posix()]
    after = mended(source, own)
    if after == source or not file.is_file():
        return False
    if file.read_bytes() != source.encode():  # keywords stand in it, or a mark
        print(printable(f"{file}: not mended, it holds keywords"), file=sys.stderr)
        return False
    if uncompiled((replace(lone_script(str(file), source), source=after),)):
        return False
    print(diff(file.as_posix(), source, after), file=sys.stderr)
    file.write_bytes(after.encode())
    return True


def _diagnostic(finding: Finding) -> Diagnostic:
    return Diagnostic(
        rule=DiagnosticRule(
            id=finding.code,
            title=_titles()[finding.code],
            help=f"{finding.why} Instead: {finding.instead}.",
            level=finding.severity,
        ),
        message=finding.title,
        location=Location(
            file=finding.file,
            line=finding.line,
            column=finding.column,
            length=finding.length,
            excerpt=finding.excerpt,
        ),
        accepted=None if finding.accepted is None else finding.accepted.reason,
    )


def _titles() -> dict[str, str]:
    titles = {check.code: check.title for check in CHECKS}
    return titles | {finding.code: finding.title for finding in (NO_REASON, UNUSED)}


def _ended(code: int, why: str) -> int:
    print(printable(why), file=sys.stderr)
    return code
