"""The verdict of an experiment: one sentence, what qualifies it, and the exit code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fabrikam.lab.compare import Direction
    from fabrikam.lab.experiment import Difference, Findings

__all__ = ["FOUND", "PASSED", "Verdict", "verdict_of"]

PASSED: Final = 0
FOUND: Final = 1


@dataclass(frozen=True, slots=True)
class Verdict:
    """The sentence that stands first, the sentences after it, the exit code."""

    sentence: str
    more: tuple[str, ...]
    exit_code: int


def verdict_of(findings: Findings) -> Verdict:
    """Judge an experiment."""
    failing = findings.counting("weaker", "locked out", "could not run")
    return Verdict(
        sentence=" ".join(_first(findings)),
        more=tuple(_more(findings)),
        exit_code=FOUND if failing else PASSED,
    )


def _first(findings: Findings) -> Iterator[str]:
    old, new = findings.control.name, findings.candidate.name
    weaker = _met(findings, "weaker")
    locked = _met(findings, "locked out")
    unrun = _met(findings, "could not run")
    door = "" if findings.door == "application" else " at the tenant's door"
    if weaker:
        who = "somebody gets in with less"
        yield f"{new} is weaker than {old}{door}: {_in(weaker)} {who}."
    if locked:
        who = "somebody who got in before does not any more"
        yield f"{new} locks people out: {_in(locked)} {who}."
    if unrun:
        yield f"{new} could not be judged: {_in(unrun)} a script could not be run."
    if not (weaker or locked or unrun):
        yield (
            f"{new} protects what {old} did{door}: {_in(findings.judged)} nobody"
            " gets in with less, and nobody is locked out."
        )


def _more(findings: Findings) -> Iterator[str]:
    known = [one for one in findings.differences if one.comparison.known]
    if known:
        yield (
            f"{_differences(len(known))} known, with a name and an owner;"
            f" {_situations(_sum(known))}."
        )
    exposed = [one for one in _exposed(findings) if not one.doubts]
    if exposed:
        yield (
            f"{_in(_sum(exposed)).capitalize()} the tenant itself asks for less than"
            " before, and the application's own check holds the door;"
            " --door tenant judges there."
        )
    doubtful = [one for one in findings.differences if one.doubts]
    if doubtful:
        names = ", ".join(sorted({name for one in doubtful for name in one.doubts}))
        yield (
            f"{_differences(len(doubtful))} met only if Auth0 answers a doubt"
            f" otherwise than the model does ({names})."
        )
    if findings.stale:
        names = ", ".join(one.name for one in findings.stale)
        yield f"Known, but never met any more: {names}."


def _exposed(findings: Findings) -> Iterable[Difference]:
    if findings.door == "tenant":
        return ()
    return (one for one in findings.differences if one.comparison.exposed)


def _met(findings: Findings, direction: Direction) -> int:
    return _sum(findings.counting(direction))


def _sum(differences: Iterable[Difference]) -> int:
    return sum(one.count for one in differences)


def _in(count: int) -> str:
    return f"in {_situations(count)}"


def _situations(count: int) -> str:
    return "1 situation" if count == 1 else f"{count:,} situations"


def _differences(count: int) -> str:
    return "1 difference is" if count == 1 else f"{count} differences are"
