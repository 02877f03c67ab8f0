"""Plant faults and see whether a test fails: `python -m tests.mutation`.

python -m tests.mutation                    every room (`make mutants`)
python -m tests.mutation oidc stepup        some rooms
python -m tests.mutation oidc --write       and put what survives into the list
python -m tests.mutation --share            what one turn of `make test` tries
"""

from __future__ import annotations

import argparse
import datetime
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Final, Literal

from tests.mutation.mutants import Mutant
from tests.mutation.rooms import ROOMS, ROOT, Room
from tests.mutation.survivors import LIST, Survivors, read
from tests.mutation.trials import (
    Bounds,
    Caught,
    Measured,
    Outcome,
    Survived,
    try_mutants,
)

SHARE_SECONDS: Final = 40
LEAST_OF_A_SHARE: Final = 15
PARENTS_WITHOUT_OURS: Final = ("bottle", "jwt", "oauthlib", "requests", "webtest")

Say = Callable[[str], None]


def main(arguments: Sequence[str] | None = None) -> int:
    """Try mutants; the exit code says whether one survived that is not listed."""
    asked = _parser().parse_args(arguments)
    for name in PARENTS_WITHOUT_OURS:  # imported once, for every child
        __import__(name)
    os.chdir(ROOT)
    say = _speaker()
    if asked.share:
        return _share(asked.seed, asked.seconds, say)
    chosen = [room for room in ROOMS if room.name in (asked.rooms or [room.name])]
    return max([_whole(room, asked.at_once, asked.write, say) for room in chosen])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation")
    names = [room.name for room in ROOMS]
    parser.add_argument("rooms", nargs="*", metavar="ROOM", help=", ".join(names))
    parser.add_argument(
        "--write", action="store_true", help="bring the list up to date"
    )
    parser.add_argument("--at-once", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--share", action="store_true", help="a part, by turns")
    parser.add_argument("--seed", default=_seed(), help="which part")
    parser.add_argument("--seconds", type=float, default=SHARE_SECONDS)
    return parser


def _seed() -> str:
    """Return the commit, or the day where there is none: the turn changes with it."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short=12", "HEAD"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    return commit.stdout.strip() or today


def _speaker() -> Say:
    """Write past the silence of the children."""
    descriptor = os.dup(1)

    def say(words: str) -> None:
        os.write(descriptor, words.encode())

    return say


def _whole(room: Room, at_once: int, write: bool, say: Say) -> int:
    began = time.monotonic()
    mutants = room.mutants()
    say(f"{room.name}: {len(mutants)} mutants\n")
    outcomes = _decided(room, mutants, Bounds(at_once), say)
    listed = read(LIST.read_text())
    surviving = [key for key, outcome in outcomes.items() if outcome == "survived"]
    if write:
        LIST.write_text(listed.updated(surviving, room.files()).text())
    minutes = (time.monotonic() - began) / 60
    count = Counter(outcomes.values())
    say(
        f"{room.name}: {len(mutants)} mutants in {minutes:.1f} minutes, "
        f"{count['survived']} rows for those that survive\n"
    )
    for key in listed.stale(surviving, room.files()):
        say(f"stale, take it from the list: {key}\n")
    return _told(listed, surviving, say) if not write else 0


def _share(seed: str, seconds: float, say: Say) -> int:
    """Try some mutants of one room; the seed says which, the clock how many.

    Those that are listed are left to a whole run: each would cost as much as many
    that are caught.
    """
    chance = random.Random(seed)  # noqa: S311, RUF100 - a turn, and no secret
    rooms = [room for room in ROOMS if room.in_turns]
    room = chance.choices(rooms, [len(room.mutants()) for room in rooms])[0]
    listed = read(LIST.read_text())
    mutants = [mutant for mutant in room.mutants() if mutant.key not in listed.reasons]
    chance.shuffle(mutants)
    say(
        f"again: python -m tests.mutation --share --seed {seed} --seconds {seconds:g}\n"
    )
    bounds = Bounds(1, time.monotonic() + seconds, LEAST_OF_A_SHARE)
    outcomes = _decided(room, mutants, bounds, say)
    say(f"{room.name}: {len(outcomes)} of {len(mutants)} mutants that are not listed\n")
    surviving = [key for key, outcome in outcomes.items() if outcome == "survived"]
    return _told(listed, surviving, say)


def _decided(
    room: Room,
    mutants: Sequence[Mutant],
    bounds: Bounds,
    say: Say,
) -> dict[str, Literal["caught", "survived"]]:
    """Ask the near tests, then the far ones about what those let live.

    One row may stand for two mutants of one line: it survives if one of them does.
    """

    def tell(_mutant: Mutant, outcome: Outcome) -> None:
        say("." if isinstance(outcome, Caught) else "S")

    outcomes, measured = try_mutants(mutants, room, room.near, bounds, tell)
    _tell_measured(measured, outcomes, say)
    alive = _alive(outcomes)
    if alive and room.far:
        say(f"{len(alive)} survived the room's own tests, others are asked\n")
        answers, measured = try_mutants(alive, room, room.far, bounds, tell)
        _tell_measured(measured, answers, say)
        undecided = set(alive).difference(answers)
        outcomes = {
            mutant: answers.get(mutant, outcome)
            for mutant, outcome in outcomes.items()
            if mutant not in undecided
        }
    surviving = {mutant.key for mutant in _alive(outcomes)}
    return {
        mutant.key: "survived" if mutant.key in surviving else "caught"
        for mutant in outcomes
    }


def _alive(outcomes: Mapping[Mutant, Outcome]) -> list[Mutant]:
    return [
        mutant for mutant, outcome in outcomes.items() if isinstance(outcome, Survived)
    ]


def _tell_measured(
    measured: Measured, outcomes: Mapping[Mutant, Outcome], say: Say
) -> None:
    late = sum(
        isinstance(outcome, Caught) and outcome.by.startswith("no answer")
        for outcome in outcomes.values()
    )
    say(f"\n{len(measured.seconds)} tests, {len(outcomes)} tried, {late} never ended\n")
    for name in measured.failing:
        say(f"left out, it fails without a mutant: {name}\n")


def _told(listed: Survivors, surviving: Sequence[str], say: Say) -> int:
    unlisted = listed.unlisted(surviving)
    for key in unlisted:
        say(f"survived, and is not listed: {key}\n")
    return 1 if unlisted else 0


if __name__ == "__main__":
    sys.exit(main())
