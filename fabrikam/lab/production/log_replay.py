"""The real world through two strategies: who would be treated differently.

Rule 1: any number of lines in bounded memory: what grows has a cap that is named.
Rule 2: a broken line is counted and shown; it ends nothing.
"""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, assert_never

from fabrikam.lab.production.log_events import (
    Broken,
    Entry,
    FactorPassed,
    LineRejected,
    LoggedLogin,
    Other,
    RecordedClaims,
    entries_of,
)
from fabrikam.lab.production.recorded_decision import Judge, Judgement, Sides

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import BinaryIO

    from fabrikam.lab.compare.comparison import Direction

__all__ = [
    "MOST_CLIENTS",
    "MOST_USERS",
    "OTHERS",
    "ReplayedLog",
    "lines_of",
    "replay_lines",
]

MOST_USERS: Final = 100_000
"""So many users are told apart in each direction; beyond, "or more" is said."""

MOST_CLIENTS: Final = 1_000
"""So many clients are counted by name, the others together."""

OTHERS: Final = "(other clients)"
_LONGEST_LINE: Final = 1_000_000
_MOST_EXAMPLES: Final = 3
_MOST_BROKEN: Final = 10
_MOST_WAITING: Final = 10_000
_FACTOR_SECONDS: Final = 600  # between the factor's own event and the login's
_CHUNK: Final = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayedLog:
    """All that one file came to.

    `untold` logins are those whose event does not say what was asked for; `broken` has
    the first broken lines with their numbers and reasons.
    """

    lines: int
    directions: Mapping[Direction, int]
    users: int
    users_by: Mapping[Direction, int]
    clients: Mapping[str, Mapping[Direction, int]]
    judgements: Mapping[Judgement, int]
    examples: Mapping[Judgement, tuple[int, ...]]
    others: int
    refused: int
    untold: int
    broken_lines: int
    broken: tuple[tuple[int, str], ...]

    @property
    def compared(self) -> int:
        """How many logins were judged by both."""
        return sum(self.directions.values())


def lines_of(
    file: BinaryIO, read: Callable[[int], None] = lambda _: None
) -> Iterator[bytes | None]:
    """Give a file line by line; None stands for a line that is longer than any event.

    `read` is told how many bytes were read.
    """
    while line := file.readline(_LONGEST_LINE):
        read(len(line))
        if len(line) < _LONGEST_LINE or line.endswith(b"\n"):
            yield line
            continue
        while (rest := file.readline(_CHUNK)) and not rest.endswith(b"\n"):
            read(len(rest))
        yield None


def replay_lines(lines: Iterable[bytes | None], sides: Sides) -> ReplayedLog:
    """Judge every login of some lines by both strategies."""
    tally = _Tally(sides)
    for number, line in enumerate(lines, start=1):
        tally.lines = number
        if line is None:
            tally.take(number, Broken("longer than a million bytes"))
        elif line.strip():
            for entry in entries_of(line):
                tally.take(number, entry)
    return tally.replayed()


class _Tally:
    """Takes one entry after the other."""

    def __init__(self, sides: Sides) -> None:
        self._judge = Judge(sides)
        self._factors = _Factors()
        self._users = _Users()
        self._users_by: defaultdict[Direction, _Users] = defaultdict(_Users)
        self._clients: dict[str, Counter[Direction]] = {}
        self._judgements: Counter[Judgement] = Counter()
        self._examples: defaultdict[Judgement, list[int]] = defaultdict(list)
        self._broken: list[tuple[int, str]] = []
        self._broken_lines = self._others = self._refused = self._untold = 0
        self.lines = 0

    def take(self, number: int, entry: Entry) -> None:
        match entry:
            case LoggedLogin():
                self._take_login(number, entry)
            case RecordedClaims():
                self._count(number, entry, self._judge.claims(entry))
            case FactorPassed():
                self._factors.keep(entry)
            case LineRejected():
                self._refused += 1
            case Other():
                self._others += 1
            case Broken():
                self._take_broken(number, entry)
            case _:
                assert_never(entry)

    def _take_login(self, number: int, login: LoggedLogin) -> None:
        factor = self._factors.take(login) or login.factor
        if login.scopes is None:
            self._untold += 1
            return
        self._count(number, login, self._judge.login(login, factor=factor))

    def _take_broken(self, number: int, broken: Broken) -> None:
        self._broken_lines += 1
        if len(self._broken) < _MOST_BROKEN:
            self._broken.append((number, broken.why))

    def _count(
        self, number: int, recorded: LoggedLogin | RecordedClaims, judgement: Judgement
    ) -> None:
        self._judgements[judgement] += 1
        self._users.add(recorded.user)
        self._users_by[judgement.direction].add(recorded.user)
        self._client(recorded.client)[judgement.direction] += 1
        if len(self._examples[judgement]) < _MOST_EXAMPLES:
            self._examples[judgement].append(number)

    def _client(self, name: str) -> Counter[Direction]:
        known = name in self._clients or len(self._clients) < MOST_CLIENTS
        return self._clients.setdefault(name if known else OTHERS, Counter())

    def replayed(self) -> ReplayedLog:
        directions: Counter[Direction] = Counter()
        for judgement, count in self._judgements.items():
            directions[judgement.direction] += count
        return ReplayedLog(
            lines=self.lines,
            directions=directions,
            users=len(self._users),
            users_by={name: len(users) for name, users in self._users_by.items()},
            clients=self._clients,
            judgements=dict(self._judgements.most_common()),
            examples={
                judgement: tuple(lines) for judgement, lines in self._examples.items()
            },
            others=self._others,
            refused=self._refused,
            untold=self._untold,
            broken_lines=self._broken_lines,
            broken=tuple(self._broken),
        )


class _Users:
    """How many users there are; told apart by a hash, up to a cap."""

    def __init__(self) -> None:
        self._hashes: set[int] = set()

    def __len__(self) -> int:
        return len(self._hashes)

    def add(self, user: str) -> None:
        if user and len(self._hashes) < MOST_USERS:
            self._hashes.add(hash(user))


class _Factors:
    """Second factors that were passed, waiting for the login that they belong to."""

    def __init__(self) -> None:
        self._at: OrderedDict[str, float] = OrderedDict()

    def keep(self, passed: FactorPassed) -> None:
        if passed.user:
            self._at[passed.user] = passed.at
            self._at.move_to_end(passed.user)
        if len(self._at) > _MOST_WAITING:
            self._at.popitem(last=False)

    def take(self, login: LoggedLogin) -> bool:
        """Tell whether a factor was passed just before a login at a page."""
        if login.flow != "page":
            return False
        at = self._at.pop(login.user, None)
        return at is not None and 0 <= login.at - at <= _FACTOR_SECONDS
