"""What a replayed log came to: in words, and as JSON.  Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fabrikam.lab.compare.comparison import DIRECTIONS
from fabrikam.lab.production.log_replay import MOST_USERS
from fabrikam.lab.production.shadow_summary import printable
from fabrikam.shared.counting import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fabrikam.lab.production.log_replay import ReplayedLog
    from fabrikam.lab.production.recorded_decision import Judgement

__all__ = ["as_json", "text_of", "verdict_of"]

_MOST_CLIENTS_SHOWN: Final = 10


def text_of(replayed: ReplayedLog, control: str, candidate: str) -> str:
    """Tell it in words, the verdict first; the strategies are named."""
    return "\n".join(
        [
            verdict_of(replayed),
            _counted(replayed),
            *_directions(replayed),
            *_differences(replayed, control, candidate),
            *_clients(replayed),
            *_broken(replayed),
        ]
    )


def verdict_of(replayed: ReplayedLog) -> str:
    """Say in one sentence what matters."""
    if not replayed.compared:
        return "NOTHING COMPARED: no line tells of a login with what it asked for."
    weaker = replayed.directions.get("weaker", 0)
    if weaker:
        users = _users(replayed.users_by["weaker"])
        return f"WEAKER: {counted(weaker, 'login')} of {users} would get in with less."
    return "Nothing is weaker in what was recorded."


def as_json(replayed: ReplayedLog, control: str, candidate: str) -> dict[str, Any]:
    """Give the same as JSON."""
    return {
        "verdict": verdict_of(replayed),
        "control": control,
        "candidate": candidate,
        "lines": replayed.lines,
        "compared": replayed.compared,
        "directions": dict(replayed.directions),
        "users": replayed.users,
        "users_by_direction": dict(replayed.users_by),
        "users_are_counted_up_to": MOST_USERS,
        "clients": {
            name: dict(directions) for name, directions in replayed.clients.items()
        },
        "judgements": [
            {
                **judgement._asdict(),
                "count": count,
                "example_lines": list(replayed.examples[judgement]),
            }
            for judgement, count in replayed.judgements.items()
        ],
        "refused": replayed.refused,
        "other_events": replayed.others,
        "says_too_little": replayed.untold,
        "broken": {
            "count": replayed.broken_lines,
            "first": [{"line": number, "why": why} for number, why in replayed.broken],
        },
    }


def _counted(replayed: ReplayedLog) -> str:
    return (
        f"{counted(replayed.lines, 'line')}: {counted(replayed.compared, 'login')} of"
        f" {_users(replayed.users)} compared, {replayed.refused:,} refused by the"
        f" tenant, {replayed.untold:,} said too little,"
        f" {counted(replayed.others, 'other event')}, {replayed.broken_lines:,} broken"
    )


def _users(count: int) -> str:
    return f"{count:,} or more users" if count >= MOST_USERS else counted(count, "user")


def _directions(replayed: ReplayedLog) -> Iterator[str]:
    for name in DIRECTIONS:
        count = replayed.directions.get(name)
        if count:
            yield f"{count:>10,}  {name:<14}{_users(replayed.users_by[name])}"


def _differences(replayed: ReplayedLog, control: str, candidate: str) -> Iterator[str]:
    for judgement, count in sorted(replayed.judgements.items(), key=_worst_first):
        if judgement.direction == "same":
            continue
        lines = replayed.examples[judgement]
        where = f"line{'' if len(lines) == 1 else 's'} {', '.join(map(str, lines))}"
        yield f"{judgement.direction}: {judgement.why}"
        yield f"    {control}: {judgement.control}; {candidate}: {judgement.candidate}"
        yield f"    {counted(count, 'time')}, as in {where}"


def _worst_first(counted: tuple[Judgement, int]) -> tuple[int, int]:
    return DIRECTIONS.index(counted[0].direction), -counted[1]


def _clients(replayed: ReplayedLog) -> Iterator[str]:
    differing = {
        name: _unlike(directions)
        for name, directions in replayed.clients.items()
        if _unlike(directions)
    }
    shown = sorted(differing, key=lambda name: -sum(differing[name].values()))
    for name in shown[:_MOST_CLIENTS_SHOWN]:
        words = [
            f"{count:,} {direction}" for direction, count in differing[name].items()
        ]
        yield f"client {printable(name) or '(not named)'}: {', '.join(words)}"
    if len(shown) > _MOST_CLIENTS_SHOWN:
        unshown = counted(len(shown) - _MOST_CLIENTS_SHOWN, "more client")
        yield f"and {unshown}; --json has all"


def _unlike(directions: Mapping[Any, int]) -> dict[str, int]:
    return {
        direction: directions[direction]
        for direction in DIRECTIONS
        if direction != "same" and directions.get(direction)
    }


def _broken(replayed: ReplayedLog) -> Iterator[str]:
    for number, why in replayed.broken:
        yield f"line {number}: {why}"
    unshown = replayed.broken_lines - len(replayed.broken)
    if unshown:
        yield f"and {counted(unshown, 'more broken line')}"
