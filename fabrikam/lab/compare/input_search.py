"""The search for inputs: what scripts compare is tried, until every condition came out.

It begins with ordinary logins in every flow and session, looks at each condition whose
other outcome nobody has seen, and tries the facts that what was compared there
suggests.  What brings a new outcome about is kept, so a condition behind another is
reached by satisfying the other one first.  Everything that was kept is then tried in
every flow and session.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field, replace
from itertools import islice, product
from random import Random
from typing import TYPE_CHECKING, Any, Final, Self, TypeAlias

from fabrikam.lab.scenarios.axes import axis_named
from fabrikam.lab.scenarios.facts import place_of, with_facts
from fabrikam.lab.scenarios.situation import excluded_by, with_words
from fabrikam.lab.scenarios.suggestions import (
    Operand,
    Operands,
    clock_facts,
    suggested,
    suggested_anywhere,
    truths,
    written,
)
from fabrikam.tenant.scripts import Argued, Compared, Decided, LookedUp

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from fabrikam.lab.javascript.watched import Condition
    from fabrikam.lab.scenarios.facts import Fact
    from fabrikam.lab.scenarios.situation import Situation
    from fabrikam.lab.simulation.observation import Observation
    from fabrikam.lab.simulation.watched_side import (
        ConditionKey,
        WatchedLogin,
        WatchedSide,
    )
    from fabrikam.tenant.scripts import Report

__all__ = ["Coverage", "InputSearch", "Outcome", "base_situations", "is_relevant"]

_PLAIN: Final = "login"
_REQUESTS: Final = ("step-up", _PLAIN)
_USERS: Final = ("authenticator app", "no factor")
_MOST_FACTS: Final = 400  # tried for one outcome
_MOST_LOGINS: Final = 12_000  # watched on both sides together
_MOST_PARENTS: Final = 4
_FULLEST: Final = 3
_VARIED: Final = "varied"

Outcome: TypeAlias = tuple["ConditionKey", str]
Kind: TypeAlias = tuple[Any, ...]


def base_situations() -> tuple[Situation, ...]:
    """Give the ordinary logins: every flow, session and two users, asked and not."""
    bases = []
    flows, sessions = axis_named("flow").words, axis_named("session").words
    for words in product(flows, _REQUESTS, sessions, _USERS):
        names = ("flow", "request", "session", "user")
        base = with_words(dict(zip(names, words, strict=True)))
        if excluded_by(base) is None:
            bases.append(base)
    return tuple(bases)


def is_relevant(control: Observation, claim: str) -> bool:
    """Tell whether the old side asks for a second factor, or sets the level."""
    return control.asked_by is not None or (claim, '"mfa"') in control.claims


@dataclass(slots=True)
class Coverage:
    """Which outcomes of one side's conditions were seen, and in which logins.

    `relevant` counts only logins for which the old side asks or sets the level, each
    by its flow; `elsewhere` all others, and `plain` those of them for which the
    application did not ask and nothing else was out of the ordinary, by flow as well.
    """

    anywhere: dict[Outcome, Situation] = field(default_factory=dict)
    relevant: dict[Outcome, dict[str, Situation]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    met_in: dict[ConditionKey, list[Situation]] = field(
        default_factory=lambda: defaultdict(list)
    )
    plain: set[tuple[Outcome, str]] = field(default_factory=set)
    elsewhere: set[tuple[Outcome, str]] = field(default_factory=set)

    def take(
        self, situation: Situation, login: WatchedLogin, *, relevant: bool
    ) -> bool:
        """Note what came out in a login; tell whether any of it was new."""
        grown = False
        for outcome in outcomes_of(login):
            key = outcome[0]
            if situation.request == _PLAIN and not situation.facts:
                self.plain.add((outcome, situation.flow))
            if not relevant:
                self.elsewhere.add((outcome, situation.flow))
            if outcome not in self.anywhere:
                self.anywhere[outcome] = situation
                grown = True
            if relevant and situation.flow not in self.relevant[outcome]:
                self.relevant[outcome][situation.flow] = situation
                grown = True
            met = self.met_in[key]
            alike = sum(bool(it.facts) == bool(situation.facts) for it in met)
            if alike < _MOST_PARENTS and situation not in met:
                met.append(situation)
        return grown

    def is_new(self, situation: Situation, login: WatchedLogin) -> bool:
        """Tell whether a login brought out what was not seen in its flow so far."""
        return any(
            outcome not in self.anywhere
            or situation.flow not in self.relevant.get(outcome, {})
            for outcome in outcomes_of(login)
        )

    def flows_of(self, key: ConditionKey) -> frozenset[str]:
        """Name the flows in which a condition was met on a relevant login."""
        return frozenset(
            flow
            for (known, _), flows in self.relevant.items()
            if known == key
            for flow in flows
        )


def outcomes_of(login: WatchedLogin) -> Iterator[Outcome]:
    """Give how each condition came out, what was looked up, and each argument."""
    for report in login.reports:
        match report:
            case Decided(file, key, outcome):
                yield (file, key), outcome
            case LookedUp(file, key, name):
                yield (file, key), f"name {name}"
            case Argued(file, key, value):
                yield (file, key), f"value {json.dumps(value, sort_keys=True)}"
            case _:
                pass


class InputSearch:
    """Looks for facts that bring unseen outcomes about, on two watched sides."""

    def __init__(
        self,
        control: WatchedSide,
        candidate: WatchedSide,
        progress: Callable[[str, int, int], None] = lambda *_: None,
        seed: int | None = None,
    ) -> None:
        self.sides = (control, candidate)
        self.coverage = {control: Coverage(), candidate: Coverage()}
        self._progress = progress
        self._dice = None if seed is None else Random(seed)  # noqa: S311  # an order
        self._seeds: dict[tuple[Fact, ...], None] = {}
        self._hopeless: set[tuple[WatchedSide, Outcome]] = set()
        self.asked = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for side in self.sides:
            side.close()

    @property
    def seeds(self) -> tuple[tuple[Fact, ...], ...]:
        """The facts that brought something about which ordinary logins do not."""
        return tuple(self._seeds)

    @property
    def ordinary(self) -> tuple[Situation, ...]:
        """The logins that it began with."""
        return base_situations()

    @property
    def logins(self) -> int:
        """How many logins were watched."""
        return sum(len(side) for side in self.sides)

    @property
    def reached_its_bound(self) -> bool:
        """Tell whether the search ended before it had tried all that it might."""
        return self.logins >= _MOST_LOGINS

    def explore(self) -> None:
        """Go on until no condition has an outcome that is unseen and might be."""
        for situation in base_situations():
            self._visit(situation)
        while not self.reached_its_bound:
            target = next(self._targets(), None)
            if target is None:
                return
            side, outcome = target
            if not self._reach(side, outcome):
                self._hopeless.add(target)
            self._progress("conditions", len(self._hopeless), self._open())

    def failing(
        self,
        kind_of: Callable[[Situation], Kind | None],
        met: Collection[Kind],
    ) -> Iterator[Situation]:
        """Try what was kept in every flow and session; give failing situations."""
        known = {None, *met}
        for facts, base in product(self.seeds, base_situations()):
            situation = replace(base, facts=facts)
            kind = kind_of(situation)
            if kind not in known:
                known.add(kind)
                yield situation

    def _open(self) -> int:
        return len(self._hopeless) + sum(1 for _ in self._targets())

    def _targets(self) -> Iterator[tuple[WatchedSide, Outcome]]:
        """Give the outcomes that nobody has seen, of conditions that somebody met."""
        for side in self.sides:
            coverage = self.coverage[side]
            for key in tuple(coverage.met_in):
                condition = side.by_key.get(key)
                # what is looked up, and an argument, have no end of outcomes
                outcomes = (condition.outcomes or (_VARIED,)) if condition else ()
                for outcome in outcomes:
                    target = side, (key, outcome)
                    if target not in self._hopeless and self._is_open(
                        coverage, (key, outcome)
                    ):
                        yield target

    def _is_open(self, coverage: Coverage, outcome: Outcome) -> bool:
        if outcome not in coverage.anywhere:
            return True
        return not coverage.flows_of(outcome[0]) <= coverage.relevant[outcome].keys()

    def _reach(self, side: WatchedSide, outcome: Outcome) -> bool:
        """Try to bring one outcome about; tell whether it came out."""
        coverage = self.coverage[side]
        for parent in self._parents(coverage, outcome[0]):
            login = side.login(parent)
            condition = side.by_key[outcome[0]]
            narrow = self._knows_whether_it_was_asked(coverage, outcome, parent)
            facts = _facts_for(condition, login, narrow=narrow)
            for fact in self._in_order(islice(facts, _MOST_FACTS)):
                situation = replace(parent, facts=with_facts(parent.facts, fact))
                if self._visit(situation, side) and not self._is_open(
                    coverage, outcome
                ):
                    return True
                if self.reached_its_bound:
                    return False
        return False

    def _in_order(self, facts: Iterator[Fact]) -> Iterator[Fact]:
        """Give the likeliest first, or all in the order of the seed."""
        if self._dice is None:
            yield from facts
            return
        shuffled = list(facts)
        self._dice.shuffle(shuffled)
        yield from shuffled

    def _knows_whether_it_was_asked(
        self, coverage: Coverage, outcome: Outcome, parent: Situation
    ) -> bool:
        """Tell whether it comes out so wherever the application does not ask.

        Then facts are tried only where a comparison names their place.
        """
        return (outcome, parent.flow) in coverage.plain

    def _parents(self, coverage: Coverage, key: ConditionKey) -> Sequence[Situation]:
        relevant = [
            situation
            for (known, _), flows in coverage.relevant.items()
            if known == key
            for situation in flows.values()
        ]
        everywhere = coverage.met_in[key]
        parents = sorted(
            dict.fromkeys((*relevant, *everywhere)), key=lambda it: len(it.facts)
        )
        # the simplest, and those in which most was brought about before
        return list(dict.fromkeys((*parents[:_MOST_PARENTS], *parents[-_FULLEST:])))

    def _visit(self, situation: Situation, only: WatchedSide | None = None) -> bool:
        """Watch a login; tell whether anything new was seen.

        With `only` the other side is watched where there is something new on this one.
        """
        if only is not None:
            login = only.login(situation)
            if not self.coverage[only].is_new(situation, login):
                return False
        control, _ = self.sides
        logins = {side: side.login(situation) for side in self.sides}
        relevant = is_relevant(logins[control].observation, control.side.claim)
        others = any(fact.place.startswith("client.") for fact in situation.facts)
        self.asked = self.asked or (relevant and not others)
        grown = [
            self.coverage[side].take(situation, login, relevant=relevant)
            for side, login in logins.items()
        ]
        if any(grown) and situation.facts and situation.facts not in self._seeds:
            self._seeds[situation.facts] = None
            self._transfer(situation.facts)
        return any(grown)

    def _transfer(self, facts: tuple[Fact, ...]) -> None:
        """Try what was found in every other flow and session."""
        for base in base_situations():
            self._visit(replace(base, facts=facts))


def _facts_for(
    condition: Condition, login: WatchedLogin, *, narrow: bool
) -> Iterator[Fact]:
    """Give the facts that might bring another outcome about, the likeliest first."""
    own: list[Operands] = []
    others: list[Operands] = []
    for report in login.reports:
        at_condition = getattr(report, "key", None) == condition.key
        paths = condition.compared if at_condition else ("", "")
        (own if at_condition else others).extend(_operands(report, paths))
    facts: dict[Fact, None] = {}
    for operands in (*own, *(() if narrow else others)):
        facts |= dict.fromkeys(suggested(operands))
    yield from facts
    if narrow:
        return
    if condition.operand or any(condition.compared):
        # the source says what is asked about: it is a fact's place, or nobody's
        asked_about = (condition.operand, *condition.compared)
        known = [place for path in asked_about if (place := place_of(path)) is not None]
        yield from written(known, condition.literals)
        yield from truths(known)
        return
    places = _places_read(login)
    for operands in (*own, *others):
        yield from suggested_anywhere(operands, places, condition.literals)
    yield from truths(places)
    yield from clock_facts(condition.literals)


def _places_read(login: WatchedLogin) -> tuple[str, ...]:
    places = (place_of(path) for path in reversed(login.reads))
    known = dict.fromkeys(place for place in places if place is not None)
    return tuple(
        place
        for place in known
        if not any(other.startswith(f"{place}.") for other in known)
        and not place.endswith(".length")
    )


def _operands(report: Report, written: tuple[str, str]) -> Iterator[Operands]:
    """Read operands off a report; `written` are the paths that the source says."""
    match report:
        case Compared():
            left, right = written
            yield Operands(
                report.op,
                Operand(report.left, _paths(left, report.left_paths)),
                Operand(report.right, _paths(right, report.right_paths)),
            )
        case LookedUp():
            key = Operand(report.name, report.name_paths)
            for name in report.names:
                yield Operands("===", key, Operand(name))
        case _:
            pass


def _paths(written: str, read: tuple[str, ...]) -> tuple[str, ...]:
    return (written, *read) if written else read
