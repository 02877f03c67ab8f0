"""Which sources are mutated, and which tests should notice.

`near` are the tests of the room itself: they are quick, and the share of CI asks them
first.  `far` are asked about what they let live.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.mutation.mutants import Mutant, mutants_of

ROOT: Final = Path(__file__).parents[2]


def matching(patterns: tuple[str, ...]) -> frozenset[str]:
    """Find the files that some patterns mean."""
    return frozenset(
        path.relative_to(ROOT).as_posix()
        for pattern in patterns
        for path in ROOT.glob(pattern)
    )


@dataclass(frozen=True, slots=True)
class Room:
    """Sources and the tests that stand for them.

    `shared` names fixtures of a whole session that mutants may have in common, because
    tests only read them.
    """

    name: str
    sources: tuple[str, ...]
    near: tuple[str, ...]
    far: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    in_turns: bool = True

    def files(self) -> tuple[str, ...]:
        """List the sources, each by its path."""
        return tuple(sorted(matching(self.sources) - matching(self.without)))

    def mutants(self) -> tuple[Mutant, ...]:
        """List every mutant of the room."""
        return tuple(
            mutant
            for path in self.files()
            for mutant in mutants_of(path, (ROOT / path).read_text())
        )


ROOMS: Final[tuple[Room, ...]] = (
    Room(
        "oidc",
        sources=("fabrikam/oidc/*.py",),
        near=("tests/oidc", "tests/web/test_sign_in.py", "tests/web/test_bearer.py"),
        far=("tests/web",),
        shared=("company",),
        in_turns=False,
    ),
    Room(
        "stepup",
        sources=("fabrikam/stepup/*.py",),
        near=("tests/stepup", "tests/web/test_bearer.py"),
        far=("tests/web/test_sign_in.py", "tests/web/test_routes.py"),
        shared=("company",),
    ),
    Room(
        "web",
        sources=("fabrikam/web/**/*.py",),
        without=("fabrikam/web/explanations/*.py",),
        near=("tests/web",),
        shared=("company",),
        in_turns=False,
    ),
    Room(
        "decisions",
        sources=("fabrikam/tenant/decisions/**/*.py",),
        without=(  # tables: every entry is a line of its own in the documentation
            "fabrikam/tenant/decisions/assumptions.py",
        ),
        near=("tests/tenant/decisions",),
        far=("tests/tenant/token_endpoint", "tests/tenant/universal_login"),
        shared=("seeded",),
        in_turns=False,
    ),
    Room(
        "token_endpoint",
        sources=("fabrikam/tenant/token_endpoint/**/*.py",),
        near=("tests/tenant/token_endpoint",),
        far=("tests/tenant/endpoints", "tests/tenant/universal_login"),
        shared=("seeded",),
        in_turns=False,
    ),
    Room(
        "comparison",
        sources=("fabrikam/lab/compare/comparison.py",),
        near=(
            "tests/lab/compare/test_comparison.py",
            "tests/lab/compare/test_known_differences.py",
        ),
        far=("tests/lab/compare/test_comparison_verdict.py",),
    ),
)
