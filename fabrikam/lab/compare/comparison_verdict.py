"""The verdict of an experiment: one sentence, what qualifies it, and the exit code."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from fabrikam.lab.compare.comparison import FAILING
from fabrikam.lab.simulation.application import CLIENT_ID
from fabrikam.shared.exit_codes import (
    AS_FAR_AS_COMPARED,
    COULD_NOT_RUN,
    FOUND,
    PASSED,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from fabrikam.lab.compare.comparison import Direction
    from fabrikam.lab.compare.findings import Difference, Findings
    from fabrikam.lab.simulation.application import Application

__all__ = ["ComparisonVerdict", "VerdictKind", "verdict_of"]

VerdictKind: TypeAlias = Literal[
    "protects", "fails", "could not be judged", "protects as far as compared"
]

_KINDS: Final[Mapping[int, VerdictKind]] = {
    PASSED: "protects",
    FOUND: "fails",
    COULD_NOT_RUN: "could not be judged",
    AS_FAR_AS_COMPARED: "protects as far as compared",
}
_MOST_TOLD: Final = 8


@dataclass(frozen=True, slots=True)
class ComparisonVerdict:
    """Which of the four verdicts it is, its sentence, more sentences, the exit code."""

    kind: VerdictKind
    sentence: str
    more: tuple[str, ...]
    exit_code: int


def verdict_of(findings: Findings) -> ComparisonVerdict:
    """Judge an experiment."""
    exit_code = _exit_code(findings)
    return ComparisonVerdict(
        kind=_KINDS[exit_code],
        sentence=" ".join(_first(findings)),
        more=tuple(_more(findings)),
        exit_code=exit_code,
    )


def _exit_code(findings: Findings) -> int:
    if _asked_nobody(findings):
        return COULD_NOT_RUN
    if findings.counting("weaker", "locked out"):
        return FOUND
    if findings.unjudged or findings.counting("could not run"):
        return COULD_NOT_RUN
    if findings.open_questions or findings.bounded:
        return AS_FAR_AS_COMPARED
    return PASSED


def _asked_nobody(findings: Findings) -> bool:
    """Tell whether the old side protected nothing, as far as it could be run."""
    return not findings.asked and not _met(findings, "could not run")


def _first(findings: Findings) -> Iterator[str]:
    old, new = findings.control.name, findings.candidate.name
    failing, known = [*_failing(findings)], _known(findings)
    if _asked_nobody(findings):
        who = findings.control.application.name
        yield (
            f"Nothing to protect: {old} asks nobody who signs in to {who!r} for a"
            " second factor, so this proves nothing; is this the right folder and"
            " application?"
        )
    elif findings.unjudged and not failing:
        yield f"{new} could not be judged: {'; '.join(findings.unjudged)}."
    elif not failing and (findings.open_questions or findings.bounded):
        yield (
            f"{new} protects what {old} did{_at(findings)} as far as compared:"
            f" {_open(findings)}."
        )
    elif not failing:
        yield f"{new} protects what {old} did{_at(findings)}{_but_for(findings, known)}"
    yield from failing
    if known and failing:
        yield f"Known besides: {known}."
    if findings.compared < findings.census.remaining:
        yield (
            f"This is a sample and no proof: {findings.compared:,} of"
            f" {findings.census.remaining:,} situations were looked at."
        )


def _open(findings: Findings) -> str:
    """Say what kept the comparison from its end."""
    number = len(findings.open_questions)
    if number == 0:
        return "the search for inputs came to its bound"
    conditions = "one condition" if number == 1 else f"{number} conditions"
    return f"{conditions} never came out otherwise, and it would matter"


def _but_for(findings: Findings, known: str) -> str:
    if known:
        return f" but for what is known: {known}."
    return (
        f": {_in(findings.judged)} nobody gets in with less, and nobody is locked out."
    )


def _at(findings: Findings) -> str:
    return "" if findings.door == "application" else " at the tenant's door"


def _failing(findings: Findings) -> Iterator[str]:
    old, new = findings.control.name, findings.candidate.name
    weaker, locked, unrun = (_met(findings, direction) for direction in FAILING)
    if weaker:
        who = "somebody gets in with less"
        yield f"{new} is weaker than {old}{_at(findings)}: {_in(weaker)} {who}."
    if locked:
        who = "somebody who got in before does not any more"
        yield f"{new} locks people out: {_in(locked)} {who}."
    if unrun:
        yield f"{new} could not be judged: {_in(unrun)} a script could not be run."


def _known(findings: Findings) -> str:
    """Tell what would fail if it had no name: its direction, how often, its name."""
    met: Counter[tuple[Direction, str]] = Counter()
    for difference in findings.differences:
        comparison = difference.comparison
        direction, known = comparison.at(findings.door), comparison.known
        if known is not None and direction in FAILING and not difference.doubts:
            met[direction, f"{known.name}, {known.owner}"] += difference.count
    return "; ".join(
        f"{direction} {_in(count)} ({name})" for (direction, name), count in met.items()
    )


def _more(findings: Findings) -> Iterator[str]:
    yield from _applications(findings)
    yield from _unseen(findings)
    known = [
        difference for difference in findings.differences if difference.comparison.known
    ]
    if known:
        yield (
            f"{_differences(len(known))} known, with a name and an owner;"
            f" {_situations(_sum(known))}."
        )
    exposed = [difference for difference in _exposed(findings) if not difference.doubts]
    if exposed:
        yield (
            f"{_in(_sum(exposed)).capitalize()} the tenant itself asks for less than"
            " before, and the application's own check holds the door;"
            " --door tenant judges there."
        )
    doubtful = [difference for difference in findings.differences if difference.doubts]
    if doubtful:
        names = ", ".join(
            sorted({name for difference in doubtful for name in difference.doubts})
        )
        yield (
            f"{_differences(len(doubtful))} met only if Auth0 answers a doubt"
            f" otherwise than the model does ({names})."
        )
    if findings.stale:
        names = ", ".join(entry.name for entry in findings.stale)
        yield f"Known, but never met any more: {names}."


def _applications(findings: Findings) -> Iterator[str]:
    """Say which application asks, unless it is the intranet itself on both sides."""
    asking = (findings.control.application, findings.candidate.application)
    if all(
        application.client_id == CLIENT_ID and not application.id_from
        for application in asking
    ):
        return
    described = dict.fromkeys(map(_application, asking))
    yield f"The application that asks is {'; on the new side '.join(described)}."


def _unseen(findings: Findings) -> Iterator[str]:
    """Say what nobody saw: what would follow where it matters, else a number."""
    for unseen in findings.open_questions[:_MOST_TOLD]:
        condition, consequence = unseen.condition, unseen.consequence
        place = f"{unseen.side}/{condition.file}:{condition.line}"
        why = consequence.why if consequence else ""
        yield (
            f"No login brought `{condition.text}` ({place}) to {unseen.outcome!r};"
            f" if it ever comes out so, {why}."
        )
    others = len(findings.unseen) - len(findings.open_questions)
    if others:
        outcomes = "1 outcome" if others == 1 else f"{others} outcomes"
        yield f"{outcomes} of conditions never seen would make nothing worse."


def _application(application: Application) -> str:
    named = f"{application.name!r}, client id {application.client_id}"
    match application.id_from:
        case "":
            return named
        case "made up":
            return f"{named} (made up: no folder and no script has its id)"
        case place:
            return f"{named} (as {place} has it)"


def _exposed(findings: Findings) -> Iterable[Difference]:
    if findings.door == "tenant":
        return ()
    return (
        difference
        for difference in findings.differences
        if difference.comparison.exposed
    )


def _met(findings: Findings, direction: Direction) -> int:
    return _sum(findings.counting(direction))


def _sum(differences: Iterable[Difference]) -> int:
    return sum(difference.count for difference in differences)


def _in(count: int) -> str:
    return f"in {_situations(count)}"


def _situations(count: int) -> str:
    return "1 situation" if count == 1 else f"{count:,} situations"


def _differences(count: int) -> str:
    return "1 difference is" if count == 1 else f"{count} differences are"
