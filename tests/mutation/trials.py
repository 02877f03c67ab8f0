"""Mutants before the tests: which tests run a line, and whether one of them fails.

Tests are collected once, in a child.  It measures which test runs which line, and then
forks for every mutant: the fault goes into the functions that are already there.  What
runs at import cannot be replaced so; such a mutant is imported in a child that has
imported nothing of ours yet.
"""

from __future__ import annotations

import gc
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, Final, Literal, TypeAlias

import coverage
import pytest
from _pytest.runner import runtestprotocol
from hypothesis import HealthCheck, Phase, settings

from tests.mutation.forking import Broken, Job, Late, in_child, in_children
from tests.mutation.mutants import Mutant, mutated
from tests.mutation.rooms import ROOT, Room

LONGEST_RUN: Final = 24 * 3600.0
FEWEST_SECONDS: Final = 10
SLACK: Final = 6  # a loaded machine is slow, and a fault that never ends is rare
SETUP_SECONDS: Final = 20
MOST_TESTS: Final = 120  # of those that run a line; hundreds pass through some

ARGUMENTS: Final = (
    "--quiet",
    "--capture=no",
    "--tb=no",
    "--show-capture=no",
    "--no-header",
    "-p", "no:xdist",
    "-p", "no:cacheprovider",
    "-W", "ignore::pytest.PytestAssertRewriteWarning",  # what is imported before
    "--hypothesis-profile=mutation",
)  # fmt: skip

# found without chance, not made small, and not kept for the next run
settings.register_profile(
    "mutation",
    database=None,
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)


@dataclass(frozen=True, slots=True)
class Caught:
    """A test failed; a fault that never ends fails it too."""

    by: str


@dataclass(frozen=True, slots=True)
class Survived:
    """So many tests ran the line, and all passed."""

    tests: int


Outcome: TypeAlias = Caught | Survived


@dataclass(slots=True)
class Measured:
    """Which tests run which lines, how long each takes, and which fail as it is."""

    tests_of: dict[tuple[str, int], set[str]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    failing: list[str] = field(default_factory=list)
    run_at_import: set[tuple[str, int]] = field(default_factory=set)

    def tests_for(self, mutant: Mutant) -> list[str]:
        """List the tests that run the mutant's lines."""
        lines = ((mutant.path, line) for line in mutant.lines)
        return self._chosen(set().union(*(self.tests_of.get(at, ()) for at in lines)))

    def tests_of_file(self, path: str) -> list[str]:
        """List the tests that run anything of a file, or else every test."""
        touching = (tests for (file, _), tests in self.tests_of.items() if file == path)
        return self._chosen(set().union(*touching) or set(self.seconds))

    def runs_at_import(self, mutant: Mutant) -> bool:
        """Tell whether the fault shows before any test begins."""
        lines = {(mutant.path, line) for line in mutant.lines}
        return mutant.at_import or bool(lines & self.run_at_import)

    def limit(self, tests: Sequence[str]) -> float:
        """How long these tests may take with a mutant."""
        return FEWEST_SECONDS + SLACK * sum(self.seconds[name] for name in tests)

    def _chosen(self, names: set[str]) -> list[str]:
        """Take the quick ones first, and of each test one case before another."""
        cases: Counter[str] = Counter()
        places: dict[str, int] = {}
        for name in sorted(names, key=lambda name: (self.seconds.get(name, 0), name)):
            test = name.partition("[")[0]
            places[name] = cases[test]
            cases[test] += 1
        passing = set(self.seconds).difference(self.failing)
        quickest = sorted(
            names & passing, key=lambda name: (places[name], self.seconds[name], name)
        )
        return quickest[:MOST_TESTS]


Tell = Callable[[Mutant, Outcome], None]


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many children at once, and when no further one is started."""

    at_once: int
    until: float = float("inf")
    least: int = 0

    def leave(self, jobs: Iterable[Job[Mutant]]) -> Iterator[Job[Mutant]]:
        """Give out jobs as long as there is time, and the least in any case."""
        for place, job in enumerate(jobs):
            if place >= self.least and time.monotonic() > self.until:
                return
            yield job


def try_mutants(
    mutants: Sequence[Mutant],
    room: Room,
    folders: Sequence[str],
    bounds: Bounds,
    tell: Tell,
) -> tuple[dict[Mutant, Outcome], Measured]:
    """Try mutants on the tests of some folders, in their order.

    What came of each is told as soon as it is known, be it in a child.
    """
    collected = _Collected(mutants, room, bounds, tell)
    measured, outcomes = in_child(
        lambda folder: collected.run(folders, folder), LONGEST_RUN
    )
    left = [mutant for mutant in mutants if outcomes.get(mutant) == "only at import"]
    for mutant, outcome in _imported_anew(left, measured, bounds):
        outcomes[mutant] = outcome
        tell(mutant, outcome)
    decided = {
        mutant: outcome
        for mutant, outcome in outcomes.items()
        if isinstance(outcome, Caught | Survived)
    }
    return decided, measured


class _Collected:
    """A run of pytest that is stopped after collecting, and goes on in children."""

    def __init__(
        self, mutants: Sequence[Mutant], room: Room, bounds: Bounds, tell: Tell
    ) -> None:
        self.mutants = mutants
        self.room = room
        self.bounds = bounds
        self.tell = tell
        self.measured = Measured()
        self.outcomes: dict[Mutant, Outcome | Literal["only at import"]] = {}
        self.coverage = coverage.Coverage(
            data_file=None,
            config_file=False,
            include=[str(ROOT / path) for path in room.files()],
        )

    def run(self, folders: Sequence[str], scratch: Path) -> tuple[Measured, Any]:
        """Collect and try, and return what came of it."""
        self.coverage.start()
        status = pytest.main(
            [*ARGUMENTS, f"--basetemp={scratch / 'base'}", *folders], [self]
        )
        if status not in (0, 5):
            raise Broken(f"pytest ended with {status!r} in {' '.join(folders)}")
        return self.measured, self.outcomes

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Try every mutant instead of running every test."""
        _set_up_shared(session, self.room.shared)
        self.measured = in_child(
            lambda _: _measure(session, self.coverage), LONGEST_RUN
        )
        self.coverage.stop()
        items = {item.nodeid: item for item in session.items}
        functions = _functions_by_file()
        gc.freeze()  # pages that no collection touches stay shared with the children
        jobs = self.bounds.leave(self._jobs(items, functions))
        for mutant, answer in in_children(jobs, self.bounds.at_once):
            outcome = _outcome(answer)
            self.outcomes[mutant] = outcome
            self.tell(mutant, outcome)
        return True

    def _jobs(
        self, items: Mapping[str, pytest.Item], functions: Functions
    ) -> Iterator[Job[Mutant]]:
        for mutant in self.mutants:
            tests = self.measured.tests_for(mutant)
            if not tests and not self.measured.runs_at_import(mutant):
                self.outcomes[mutant] = Survived(0)
                self.tell(mutant, Survived(0))
                continue
            code = _compiled(mutant)
            replacing = _replacements(code, functions[code.co_filename])
            if not tests or not replacing or mutant.at_import:
                self.outcomes[mutant] = "only at import"
                continue
            chosen = [items[name] for name in tests]
            do = partial(_run_replaced, replacing, chosen)
            yield Job(mutant, do, self.measured.limit(tests))


def _set_up_shared(session: pytest.Session, names: Sequence[str]) -> None:
    """Run a test for each shared fixture; the session keeps what it made."""
    for name in names:
        asking = (item for item in session.items if name in item.fixturenames)
        if item := next(asking, None):
            runtestprotocol(item, nextitem=session, log=False)


def _measure(session: pytest.Session, measuring: coverage.Coverage) -> Measured:
    measured = Measured()
    for item, following in zip(session.items, [*session.items[1:], None], strict=True):
        measuring.switch_context(item.nodeid)
        began = time.monotonic()
        reports = runtestprotocol(item, nextitem=following or session, log=False)
        measured.seconds[item.nodeid] = time.monotonic() - began
        if any(report.failed for report in reports):
            measured.failing.append(item.nodeid)
    measuring.stop()
    lines = measuring.get_data()
    for file in lines.measured_files():
        path = Path(file).relative_to(ROOT).as_posix()
        for line, tests in lines.contexts_by_lineno(file).items():
            measured.tests_of[path, line] = {name for name in tests if name}
            if "" in tests:
                measured.run_at_import.add((path, line))
    return measured


Functions: TypeAlias = Mapping[str, Mapping[Hashable, list[FunctionType]]]


def _functions_by_file() -> Functions:
    """Find every function that there is, by the file and the place of its code."""
    found: defaultdict[str, defaultdict[Hashable, list[FunctionType]]]
    found = defaultdict(lambda: defaultdict(list))
    for function in gc.get_objects():
        if type(function) is FunctionType:
            code = function.__code__
            found[code.co_filename][_position(code)].append(function)
    return found


def _position(code: CodeType) -> Hashable:
    return code.co_qualname, code.co_firstlineno


def _compiled(mutant: Mutant) -> CodeType:
    path = ROOT / mutant.path
    tree = mutated(mutant, path.read_text())
    return compile(tree, str(path), "exec", dont_inherit=True)


def _replacements(
    module: CodeType, functions: Mapping[Hashable, list[FunctionType]]
) -> list[tuple[FunctionType, CodeType]]:
    """Pair the functions that the fault is in with the code that has it."""
    return [
        (function, code)
        for code in _codes_in(module)
        for function in functions.get(_position(code), ())
        if function.__code__ != code
        and function.__code__.co_freevars == code.co_freevars
        and code.co_name != "<lambda>"
    ]


def _codes_in(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _codes_in(constant)


def _run_replaced(
    replacing: Sequence[tuple[FunctionType, CodeType]],
    items: Sequence[pytest.Item],
    scratch: Path,
) -> Outcome:
    for function, code in replacing:
        function.__code__ = code
    # folders of tests go where they are removed with the child
    items[0].config._tmp_path_factory._basetemp = scratch  # noqa: SLF001, RUF100
    session = items[0].session
    for item, following in zip(items, [*items[1:], None], strict=True):
        reports = runtestprotocol(item, nextitem=following or session, log=False)
        if any(report.failed for report in reports):
            return Caught(item.nodeid)
    return Survived(len(items))


def _imported_anew(
    mutants: Sequence[Mutant], measured: Measured, bounds: Bounds
) -> Iterator[tuple[Mutant, Outcome]]:
    jobs = bounds.leave(_jobs_of_imports(mutants, measured))
    for mutant, answer in in_children(jobs, bounds.at_once):
        yield mutant, _outcome(answer)


def _jobs_of_imports(
    mutants: Sequence[Mutant], measured: Measured
) -> Iterator[Job[Mutant]]:
    for mutant in mutants:
        tests = measured.tests_for(mutant) or measured.tests_of_file(mutant.path)
        do = partial(_run_imported, mutant, tests)
        yield Job(mutant, do, SETUP_SECONDS + measured.limit(tests))


def _run_imported(mutant: Mutant, tests: Sequence[str], scratch: Path) -> Outcome:
    _import_instead(ROOT / mutant.path, _compiled(mutant))
    files = dict.fromkeys(name.partition("::")[0] for name in tests)
    arguments = [*ARGUMENTS, "-x", f"--basetemp={scratch / 'base'}", *files]
    status = pytest.main(arguments, [_Chosen(tests)])
    if status in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        return Survived(len(tests))
    return Caught(f"{status.name.lower().replace('_', ' ')} in {' '.join(files)}")


def _import_instead(path: Path, code: CodeType) -> None:
    usual = SourceFileLoader.get_code

    def get_code(loader: SourceFileLoader, name: str) -> CodeType | None:
        return code if Path(loader.path) == path else usual(loader, name)

    SourceFileLoader.get_code = get_code


class _Chosen:
    """Of what is collected, only some tests, in their order."""

    def __init__(self, names: Sequence[str]) -> None:
        self.places = {name: place for place, name in enumerate(names)}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep what was chosen."""
        items[:] = sorted(
            (item for item in items if item.nodeid in self.places),
            key=lambda item: self.places[item.nodeid],
        )


def _outcome(answer: Outcome | Late | Broken) -> Outcome:
    match answer:
        case Late() | Broken():
            return Caught(str(answer))
    return answer
