"""What a shadow's journal comes to: how many sign-ins, which way, whose, and why."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from fabrikam.lab.compare.comparison import DIRECTIONS
from fabrikam.lab.production.shadow import ONE_CLAIM
from fabrikam.shared.counting import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["MEANINGS", "Summary", "Traces", "printable", "summarise", "text_of"]

Traces: TypeAlias = tuple[str, str, str]
"""A direction, what the control said, what the candidate said."""

MEANINGS: Final[Mapping[str, str]] = {
    "weaker": "the candidate would let in whom the control refuses",
    "stronger": "the candidate would refuse whom the control lets in",
    "could not run": "a strategy broke on these claims",
    "same": "both let in, or both refuse",
}
_MOST_SHOWN: Final = 10
_NEEDED: Final = ("direction", "control", "candidate", "subject", "client", "when")


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """One journal, counted.  `users` are those of each direction, told by their hash.

    `lost` sightings were never written, `broken` lines could not be read.
    """

    since: str
    until: str
    directions: Mapping[str, int]
    users: Mapping[str, int]
    clients: Mapping[str, Mapping[str, int]]
    traces: Mapping[Traces, int]
    lost: int
    broken: int

    @property
    def sign_ins(self) -> int:
        """How many sign-ins were seen."""
        return sum(self.directions.values())

    def as_json(self) -> dict[str, Any]:
        """Give the same as JSON."""
        return {
            "since": self.since,
            "until": self.until,
            "sign_ins": self.sign_ins,
            "directions": dict(self.directions),
            "users": dict(self.users),
            "clients": {
                name: dict(directions) for name, directions in self.clients.items()
            },
            "traces": [
                {
                    "direction": direction,
                    "control": control,
                    "candidate": candidate,
                    "count": count,
                    "known": _known(traces),
                }
                for traces, count in self.traces.items()
                for direction, control, candidate in [traces]
            ],
            "lost": self.lost,
            "broken": self.broken,
        }


def summarise(lines: Iterable[Mapping[str, Any] | None]) -> Summary:
    """Count the lines of a journal; None and strange lines count as broken."""
    count = _Count()
    for line in lines:
        count.take(line)
    return count.summary()


class _Count:
    """Takes one line after the other."""

    def __init__(self) -> None:
        self._since = self._until = ""
        self._users: defaultdict[str, set[str]] = defaultdict(set)
        self._clients: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._traces: Counter[Traces] = Counter()
        self._directions: Counter[str] = Counter()
        self._lost = self._broken = 0

    def take(self, line: Mapping[str, Any] | None) -> None:
        if line is not None and type(line.get("lost")) is int:
            self._lost += line["lost"]
        elif line is None or not _is_sighting(line):
            self._broken += 1
        else:
            self._take_sighting(line)

    def _take_sighting(self, line: Mapping[str, Any]) -> None:
        direction = line["direction"]
        self._directions[direction] += 1
        self._users[direction].add(line["subject"])
        self._clients[line["client"]][direction] += 1
        self._traces[direction, line["control"], line["candidate"]] += 1
        self._since = min(self._since or line["when"], line["when"])
        self._until = max(self._until, line["when"])

    def summary(self) -> Summary:
        return Summary(
            since=self._since,
            until=self._until,
            directions=self._directions,
            users={name: len(users) for name, users in self._users.items()},
            clients=self._clients,
            traces=dict(self._traces.most_common()),
            lost=self._lost,
            broken=self._broken,
        )


def text_of(summary: Summary) -> str:
    """Tell a summary in words, the verdict first."""
    return "\n".join(_paragraphs(summary))


def printable(name: str) -> str:
    """Return a name from outside as a terminal may see it."""
    return "".join(
        letter if letter.isprintable() else repr(letter)[1:-1] for letter in name
    )


def _paragraphs(summary: Summary) -> Iterator[str]:
    yield _verdict(summary)
    if summary.sign_ins:
        sign_ins = counted(summary.sign_ins, "sign-in")
        yield f"{sign_ins} from {summary.since} to {summary.until}"
    for direction in _met(summary.directions):
        yield (
            f"{summary.directions[direction]:>8} {direction}: {MEANINGS[direction]}"
            f" ({counted(summary.users[direction], 'user')})"
        )
    yield from _differences(summary)
    if summary.lost:
        lost = counted(summary.lost, "sighting")
        yield f"{lost} lost: too many at once, or a full disk"
    if summary.broken:
        yield f"{counted(summary.broken, 'unreadable line')} in the journal"


def _verdict(summary: Summary) -> str:
    weaker = summary.directions.get("weaker", 0)
    if weaker:
        sign_ins = counted(weaker, "sign-in")
        return f"WEAKER: {sign_ins} would get in that today {_do(weaker)} not."
    if not summary.sign_ins:
        return "Nothing was seen yet."
    return "Nothing is weaker in what was seen."


def _differences(summary: Summary) -> Iterator[str]:
    differing = [traces for traces in summary.traces if traces[0] != "same"]
    for traces in differing[:_MOST_SHOWN]:
        direction, control, candidate = traces
        name = _known(traces)
        yield (
            f"{summary.traces[traces]:>8} {_times(summary.traces[traces])} {direction}:"
            f" the control {_said(control)}, the candidate {_said(candidate)}"
            + (f" [{name}: {ONE_CLAIM.because}]" if name else "")
        )
    for client, directions in summary.clients.items():
        words = [
            f"{directions[word]} {word}" for word in _met(directions) if word != "same"
        ]
        if words:
            yield f"         at {printable(client)}: {', '.join(words)}"


def _do(number: int) -> str:
    return "does" if number == 1 else "do"


def _times(number: int) -> str:
    return "time" if number == 1 else "times"


def _said(answer: str) -> str:
    return answer if answer.startswith(("lets in", "raised")) else f"says {answer}"


def _met(directions: Mapping[str, int]) -> Iterator[str]:
    return (name for name in DIRECTIONS if directions.get(name))


def _known(traces: Traces) -> str | None:
    direction, _, candidate = traces
    facts = {"direction": direction, "candidate": candidate}
    return ONE_CLAIM.name if ONE_CLAIM.applies(facts) else None


def _is_sighting(line: Mapping[str, Any]) -> bool:
    words = all(isinstance(line.get(name), str) for name in _NEEDED)
    return words and line["direction"] in MEANINGS
