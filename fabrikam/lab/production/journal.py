"""The journal of a shadow: one JSON line for each sign-in, on the disk of the intranet.

Rule 1: whoever writes into it never waits and never fails; what is lost is counted.
Rule 2: no token and no subject stands in it, only a keyed hash that tells users apart.
Rule 3: it holds at most two files of a given size: when one is full, the older goes.
"""

from __future__ import annotations

import datetime
import hashlib
import hmac
import json
import logging
import os
import queue
import threading
from collections import OrderedDict
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from fabrikam.lab.production.shadow import Sighting

__all__ = ["JOURNAL", "Journal", "files_of", "lines_of"]

log = logging.getLogger(__name__)

JOURNAL: Final = "shadow.jsonl"
"""Its name under `DATA_DIR`."""

_MOST_BYTES: Final = 8_000_000
_MOST_WAITING: Final = 1_000
_REMEMBERED: Final = 10_000  # sign-ins; a page that is shown again is no new one
_SECONDS_TO_END: Final = 5


class Journal:
    """Takes sightings and writes them in a thread of its own.

    `secret` keys the hash of the subject.  Close it, or use it in a `with`.
    """

    def __init__(
        self,
        path: Path,
        *,
        secret: str,
        clock: Callable[[], float],
        most_bytes: int = _MOST_BYTES,
        most_waiting: int = _MOST_WAITING,
    ) -> None:
        self._path = path
        self._key = hashlib.sha256(f"shadow journal:{secret}".encode()).digest()
        self._clock = clock
        self._most_bytes = most_bytes
        self._waiting: queue.Queue[Sighting | None] = queue.Queue(most_waiting)
        self._known: OrderedDict[Sighting, None] = OrderedDict()
        self._lost = _Tally()
        self._is_away = False
        self._writer = threading.Thread(
            target=self._work, name="shadow journal", daemon=True
        )
        self._writer.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def write(self, sighting: Sighting) -> None:
        """Take one sighting; when too many wait already, count it as lost."""
        try:
            self._waiting.put_nowait(sighting)
        except queue.Full:
            self._lost.add(1)

    def close(self) -> None:
        """Write what is waiting, and end."""
        with suppress(queue.Full):
            self._waiting.put(None, timeout=_SECONDS_TO_END)
        self._writer.join(_SECONDS_TO_END)

    def _work(self) -> None:
        for sighting in iter(self._waiting.get, None):
            if not self._is_known(sighting):
                self._append(self._line(sighting), worth=1)
            self._append_lost()
        self._append_lost()

    def _is_known(self, sighting: Sighting) -> bool:
        known = sighting in self._known
        self._known[sighting] = None
        self._known.move_to_end(sighting)  # who is seen again is forgotten last
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return known

    def _append_lost(self) -> None:
        lost = self._lost.take()
        if lost:
            self._append({"when": _instant(self._clock()), "lost": lost}, worth=lost)

    def _append(self, line: dict[str, Any], *, worth: int) -> None:
        data = (json.dumps(line) + "\n").encode()
        try:
            self._make_room(len(data))
            descriptor = os.open(
                self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600
            )
            with open(descriptor, "ab", buffering=0) as file:
                file.write(data)
        except OSError as error:
            self._lost.add(worth)
            self._say_once(error)
        else:
            self._is_away = False

    def _make_room(self, size: int) -> None:
        try:
            full = self._path.stat().st_size + size > self._most_bytes
        except FileNotFoundError:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            return
        if full:
            with suppress(FileNotFoundError):  # another process was first
                self._path.replace(_older(self._path))

    def _say_once(self, error: OSError) -> None:
        if not self._is_away:
            log.warning("shadow journal cannot be written: %s", error)
        self._is_away = True

    def _line(self, sighting: Sighting) -> dict[str, Any]:
        subject = sighting.subject.encode(errors="surrogatepass")
        return {
            "when": _instant(self._clock()),
            "direction": sighting.direction,
            "token": sighting.token,
            "control": str(sighting.control),
            "candidate": str(sighting.candidate),
            "subject": hmac.digest(self._key, subject, "sha256").hex()[:16],
            "client": sighting.client,
        }


class _Tally:
    """A number that several threads add to and one takes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._number = 0

    def add(self, number: int) -> None:
        with self._lock:
            self._number += number

    def take(self) -> int:
        with self._lock:
            taken, self._number = self._number, 0
            return taken


def files_of(path: Path) -> tuple[Path, ...]:
    """Give the files of a journal that there are, the older first."""
    return tuple(file for file in (_older(path), path) if file.exists())


def lines_of(path: Path) -> Iterator[dict[str, Any] | None]:
    """Read a journal, the oldest line first; None stands for a broken line."""
    for file in files_of(path):
        with file.open("rb") as lines:
            for line in lines:
                yield _parsed(line)


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):  # cut off by a full disk, or somebody's edit
        return None
    return value if isinstance(value, dict) else None


def _older(path: Path) -> Path:
    return path.with_name(f"{path.name}.1")


def _instant(now: float) -> str:
    moment = datetime.datetime.fromtimestamp(int(now), datetime.UTC)
    return moment.isoformat().replace("+00:00", "Z")
