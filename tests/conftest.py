"""What holds for every test: how properties are tried, and the table of promises."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

from tests.promises.table import KeptBy, outcomes

# a slow machine is no reason to fail; what does fail prints how to try it again
settings.register_profile(
    "house",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
)
settings.load_profile("house")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--promises", action="store_true", help="print which promises were kept"
    )


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if not config.getoption("--promises"):
        return
    terminalreporter.section("promises")
    for promise, word in outcomes(_outcomes_by_test(terminalreporter)):
        terminalreporter.write_line(f"{promise.id:<20} {word:<8} {promise.words}")


def _outcomes_by_test(reporter: pytest.TerminalReporter) -> dict[KeptBy, str]:
    found: dict[KeptBy, str] = {}
    for outcome in ("passed", "failed", "error"):
        for report in reporter.stats.get(outcome, []):
            file, _, test = report.nodeid.removeprefix("tests/").partition("::")
            name = KeptBy(file, test.partition("[")[0])
            found[name] = "failed" if outcome == "error" else outcome
    return found
