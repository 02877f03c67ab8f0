"""Advice on one Rule: what it touches, a draft of its Action, and the lab's verdict.

The draft never leaves this room without the verdict beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from fabrikam.lab.advise.draft import draft_of
from fabrikam.lab.advise.rule_in_folder import read_rule_in_folder
from fabrikam.lab.advise.traced_rule import traced
from fabrikam.lab.advise.unused_declarations import tidied
from fabrikam.lab.auth0.counterparts import READS, read_of, write_of
from fabrikam.lab.compare.comparison_verdict import verdict_of
from fabrikam.lab.compare.experiment import experiment
from fabrikam.lab.scenarios.regions import main_axes
from fabrikam.lab.simulation.application import applications
from fabrikam.lab.simulation.side_options import LEVEL
from fabrikam.lab.simulation.sides import side_with
from fabrikam.tenant.scripts import NO_KEYWORDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from fabrikam.lab.advise.draft import Draft
    from fabrikam.lab.compare.findings import Findings
    from fabrikam.lab.simulation.side_simulator import Progress
    from fabrikam.tenant.scripts import Access

__all__ = ["Advice", "Touch", "advise"]

RULE: Final = "the Rule"
DRAFT: Final = "the draft"
_EVERY: Final = 97  # of the situations in which a quick look traces the Rule


@dataclass(frozen=True, slots=True)
class Touch:
    """One thing that the Rule read or wrote, and what it becomes.

    `becomes` is None where an Action has no counterpart; `note` then says why.
    """

    kind: str
    path: str
    becomes: str | None
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """All that is said about one Rule.

    `untested` is what it read and what no situation of the lab differs in.
    """

    name: str
    touches: tuple[Touch, ...]
    untested: tuple[str, ...]
    draft: Draft
    source: str
    followers: tuple[str, ...]
    findings: Findings

    @property
    def sentence(self) -> str:
        """The verdict in one sentence, and what else stands in the way."""
        verdict = verdict_of(self.findings).sentence
        gaps = len(self.draft.gaps)
        if not gaps:
            return verdict
        places = "1 place is" if gaps == 1 else f"{gaps} places are"
        return f"{verdict} The draft is not whole: {places} not carried over."

    @property
    def exit_code(self) -> int:
        """1 where the draft protects less, locks out, is not whole; 3 for no proof."""
        return max(verdict_of(self.findings).exit_code, bool(self.draft.gaps))


def advise(
    file: Path,
    *,
    strategy: str | None = None,
    claim: str | None = None,
    client: str | None = None,
    quick: bool = False,
    progress: Progress = lambda *_: None,
    keywords: Mapping[str, Any] = NO_KEYWORDS,
) -> Advice:
    """Trace a Rule, draft its Action, and compare the two.

    Without a strategy, the one that the Rule serves is taken; a quick look compares
    the main axes only.  Raises RuleRejected,
    FolderRejected, ApplicationUnclear, OSError, NotDeterministic and ScriptsStuck.
    """
    subject = read_rule_in_folder(file, keywords)
    draft = draft_of(subject.script)
    source = tidied(draft.source)
    asking = applications(subject.folder, subject.folder, client)[0]
    usual = side_with(subject.folder, RULE, "modern", application=asking)
    traced_rule = traced(
        usual, subject.rule.name, sample=_EVERY if quick else 1, progress=progress
    )
    word, named = _served(traced_rule.accesses)
    word, named = strategy or word, claim or named
    candidate = subject.with_action(source, draft.dependencies)
    return Advice(
        name=subject.rule.name,
        touches=tuple(_touches(traced_rule.accesses)),
        untested=traced_rule.constant,
        draft=draft,
        source=source,
        followers=subject.followers,
        findings=experiment(
            side_with(subject.folder, RULE, word, named, asking),
            side_with(candidate, DRAFT, word, named, asking),
            within=main_axes() if quick else None,
            progress=progress,
        ),
    )


def _served(touched: tuple[Access, ...]) -> tuple[str, str]:
    """Say which strategy reads what the Rule writes, and under which claim."""
    written = [access.path for access in touched if access.kind == "write"]
    for word, place in (("legacy", "context.idToken."), ("legacy-userinfo", "user.")):
        for path in written:
            if path.startswith(place) and path.endswith(LEVEL):
                return word, path.removeprefix(place)
    return "modern", LEVEL


def _touches(touched: tuple[Access, ...]) -> Iterator[Touch]:
    for access in touched:
        path = tuple(access.path.split("."))
        if access.kind == "read" and not _is_a_way(access, touched):
            yield _reading(access.path, path)
        elif access.kind in ("write", "delete"):
            yield _writing(access.kind, access.path, path)


def _is_a_way(access: Access, touched: tuple[Access, ...]) -> bool:
    """Tell whether something was read only on the way to what lies in it."""
    below = f"{access.path}."
    return any(other.path.startswith(below) for other in touched)


def _reading(named: str, path: tuple[str, ...]) -> Touch:
    counterpart = read_of(path)
    if counterpart is None:
        return Touch("read", named, None, "it is not among what an Action sees")
    if counterpart.action is None or path in READS:
        return Touch("read", named, counterpart.action, counterpart.note)
    deeper = named.removeprefix(counterpart.rule)
    return Touch("read", named, counterpart.action + deeper, counterpart.note)


def _writing(kind: str, named: str, path: tuple[str, ...]) -> Touch:
    counterpart = write_of(path)
    if counterpart is None or kind == "delete":
        return Touch(kind, named, None, "an Action cannot take it back")
    return Touch(kind, named, counterpart.action, counterpart.note)
