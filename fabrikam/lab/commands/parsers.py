"""The arguments of the lab's commands; what a command runs is imported when it runs.

stdout is the result, stderr the progress.  Exit codes: 0 nothing fails or all of it is
known, 1 somebody gets in with less or is locked out, 2 wrong usage, 3 could not run.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fabrikam.lab.simulation.side_options import LEVEL, ON_ERROR, STRATEGY_WORDS
from fabrikam.shared.counting import from_nought_up
from fabrikam.shared.lazy import deferred

if TYPE_CHECKING:
    import argparse

    from fabrikam.lab.end_to_end.programs import OpenIntranet

__all__ = ["add_advise", "add_lab", "add_lint"]


def add_lab(commands: Any, open_intranet: OpenIntranet | None = None) -> None:
    """Add `lab` to the subparsers of a command line; `run` takes the parsed words.

    Where the caller says how an intranet is opened, situations are also walked.
    """
    lab = commands.add_parser(
        "lab",
        help="prove what a new tenant folder protects",
        description="Experiments with tenant folders and recorded logins."
        "  Example: python app.py lab compare rules/before rules/after",
    )
    experiments = lab.add_subparsers(required=True, metavar="EXPERIMENT")
    _add_compare(experiments, open_intranet)
    _add_replay(experiments)
    _add_shadow(experiments)
    _add_replay_log(experiments)


def _add_compare(experiments: Any, open_intranet: OpenIntranet | None) -> None:
    compare = experiments.add_parser(
        "compare",
        help="compare two tenant folders in every login situation",
        description="Say in which login situations somebody gets in with less on the"
        " new side, or is locked out.  Example: python app.py lab compare rules/before"
        " rules/after --html report.html",
    )
    compare.add_argument(
        "old", type=Path, metavar="OLD", help="the tenant folder that protects today"
    )
    compare.add_argument(
        "new", type=Path, metavar="NEW", help="the tenant folder that shall replace it"
    )
    _add_application(compare)
    _add_reports(compare)
    _add_extent(compare)
    _add_output(compare)
    compare.set_defaults(
        run=partial(
            deferred("fabrikam.lab.commands.compare:run_compare"), open_intranet
        ),
        keywords={},
    )


def _add_application(compare: Any) -> None:
    for side, usual in (("old", "legacy"), ("new", "modern")):
        compare.add_argument(
            f"--{side}-strategy",
            choices=STRATEGY_WORDS,
            default=usual,
            help=f"how the application asks and checks there ({usual})",
        )
    compare.add_argument("--client", help="the application that asks, by name or id")
    compare.add_argument("--claim", default=LEVEL, help=f"the level's claim ({LEVEL})")
    compare.add_argument(
        "--on-error",
        choices=ON_ERROR,
        default="page",
        help="what the application does when the tenant refuses: show a page, or take"
        " access_denied for a cancelled login and try again (page)",
    )
    compare.add_argument(
        "--door",
        choices=("application", "tenant"),
        default="application",
        help="whose door decides: the application's check, or the tenant alone",
    )


def _add_reports(compare: Any) -> None:
    compare.add_argument("--known", type=Path, help="known differences, in TOML")
    compare.add_argument("--html", type=Path, help="write the report as a page")
    compare.add_argument("--junit", type=Path, help="write the report for a CI server")
    compare.add_argument("--json", action="store_true", help="print the report as JSON")
    compare.add_argument("--cases", type=Path, help="write a case file per difference")


def _add_extent(compare: Any) -> None:
    compare.add_argument(
        "--quick",
        action="store_true",
        help="the main axes only, all others as they ordinarily are",
    )
    compare.add_argument(
        "--seed",
        type=int,
        help="try inputs in another order, the same for the same number",
    )
    compare.add_argument(
        "--walk",
        type=from_nought_up,
        default=5,
        help="situations to walk on each side, 0 for none (5)",
    )


def _add_replay(experiments: Any) -> None:
    again = experiments.add_parser(
        "replay",
        help="run a case file again, step by step",
        description="Tell one situation on both sides: pages, scripts, claims, verdict."
        "  Example: python app.py lab replay cases/01-locked-out.json",
    )
    again.add_argument(
        "case", type=Path, metavar="CASE", help="a file that --cases wrote"
    )
    _add_output(again)
    again.set_defaults(
        run=deferred("fabrikam.lab.commands.replay:run_replay"), keywords={}
    )


def _add_output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--quiet", action="store_true", help="the verdict only")
    parser.add_argument("--no-color", action="store_true", help="plain text")


def _add_shadow(experiments: Any) -> None:
    shadow = experiments.add_parser(
        "shadow",
        help="say what STEP_UP_SHADOW has seen so far",
        description="Sum up where the strategy in the shadow decided otherwise."
        "  Example: python app.py lab shadow --json",
    )
    shadow.add_argument("--json", action="store_true", help="print it as JSON")
    shadow.set_defaults(
        with_settings=deferred("fabrikam.lab.commands.production:run_shadow")
    )


def _add_replay_log(experiments: Any) -> None:
    log = experiments.add_parser(
        "replay-log",
        help="judge recorded logins or ID-token claims by two strategies",
        description="Say how many users two strategies would treat differently."
        "  Example: python app.py lab replay-log tenant-log.jsonl",
    )
    log.add_argument(
        "file",
        type=Path,
        metavar="FILE",
        help="JSON lines: log events of Auth0, or claims of ID tokens",
    )
    for side, usual in (("old", "legacy"), ("new", "modern")):
        log.add_argument(
            f"--{side}-strategy",
            choices=STRATEGY_WORDS,
            default=usual,
            help=f"the strategy on that side ({usual})",
        )
    log.add_argument("--claim", default=LEVEL, help=f"the level's claim ({LEVEL})")
    log.add_argument(
        "--scope", default="step_up", help="the scope that the Rule answers (step_up)"
    )
    log.add_argument("--json", action="store_true", help="print it as JSON")
    log.add_argument("--quiet", action="store_true", help="the verdict only")
    log.set_defaults(run=deferred("fabrikam.lab.commands.production:run_replay_log"))


def add_lint(commands: Any) -> None:
    """Add `lint` to the subparsers of a command line; `run` takes the parsed words."""
    lint = commands.add_parser(
        "lint",
        help="find step-up mistakes in Rules and Actions",
        description="Parse the Rules and Actions of a tenant, and say where step-up"
        " goes wrong, why, and how to write it.  Example: python app.py lint"
        " rules/after",
    )
    lint.add_argument(
        "paths",
        type=Path,
        nargs="+",
        metavar="PATH",
        help="a tenant folder as the Deploy CLI exports it, a folder of such folders or"
        " of scripts, a script, or - for a script on stdin",
    )
    lint.add_argument(
        "--fail-on",
        choices=("error", "warning", "note"),
        default="warning",
        help="the least severity that ends with 1 (warning)",
    )
    lint.add_argument(
        "--fix",
        action="store_true",
        help="mend what one safe edit mends, after showing it as a diff on stderr",
    )
    lint.add_argument("--sarif", type=Path, help="write the findings for code scanning")
    lint.add_argument(
        "--format",
        choices=("text", "github", "markdown"),
        default="text",
        help="text, GitHub's annotations, or the body of one comment (text)",
    )
    lint.add_argument("--json", action="store_true", help="print the findings as JSON")
    _add_output(lint)
    lint.set_defaults(run=deferred("fabrikam.lab.commands.lint:run_lint"), keywords={})


def add_advise(commands: Any) -> None:
    """Add `advise` to the subparsers of a command line."""
    parser = commands.add_parser(
        "advise",
        help="draft the Action for a Rule",
        description="Run a Rule in every login situation, draft the Action for it, and"
        " compare the two.  Example: python app.py advise rules/before/rules/Step-up.js"
        " --out draft.js",
    )
    parser.add_argument("rule", type=Path, metavar="RULE", help="the Rule's .js file")
    parser.add_argument(
        "--strategy",
        choices=STRATEGY_WORDS,
        help="how the application asks and checks (as the Rule serves it)",
    )
    parser.add_argument("--client", help="the application that asks, by name or id")
    parser.add_argument("--claim", help="the level's claim (as the Rule writes it)")
    parser.add_argument(
        "--quick",
        action="store_true",
        help="the main axes only, all others as they ordinarily are",
    )
    parser.add_argument("--out", type=Path, help="write the draft into a file, too")
    parser.add_argument("--json", action="store_true", help="print it as JSON")
    parser.add_argument("--quiet", action="store_true", help="no progress")
    parser.add_argument("--no-color", action="store_true", help="plain text")
    parser.set_defaults(
        run=deferred("fabrikam.lab.commands.advise:run_advise"), keywords={}
    )
