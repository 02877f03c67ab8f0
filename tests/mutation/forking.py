"""Jobs in forked children: each starts with all that was imported, and none harms another.

A child answers with one value and is gone, with every process it started.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import resource
import selectors
import shutil
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

Name = TypeVar("Name")


class Late(Exception):
    """The child did not answer in time."""


class Broken(Exception):
    """The child died, or raised: the message says what."""


@dataclass(frozen=True, slots=True)
class Job(Generic[Name]):
    """Something to do in a child, which gets a folder of its own."""

    name: Name
    do: Callable[[Path], Any]
    seconds: float


@dataclass(slots=True)
class _Child(Generic[Name]):
    job: Job[Name]
    pid: int
    answers: int
    folder: Path
    deadline: float
    received: bytearray = field(default_factory=bytearray)


ANSWER_AT_ONCE: Final = 1 << 16


def in_children(
    jobs: Iterable[Job[Name]], at_once: int
) -> Iterator[tuple[Name, Any | Late | Broken]]:
    """Do the jobs, some at once, and yield the answer of each as it comes."""
    waiting = iter(jobs)
    running: dict[int, _Child[Name]] = {}
    with selectors.DefaultSelector() as selector:
        try:
            while True:
                while len(running) < at_once and (job := next(waiting, None)):
                    child = _started(job)
                    running[child.answers] = child
                    selector.register(child.answers, selectors.EVENT_READ)
                if not running:
                    return
                for child, answer in _answered(selector, running):
                    selector.unregister(child.answers)
                    del running[child.answers]
                    _ended(child)
                    yield child.job.name, answer
        finally:
            for child in running.values():
                _ended(child)


def in_child(do: Callable[[Path], Any], seconds: float) -> Any:
    """Do one thing in a child; what went wrong there is raised here."""
    ((_, answer),) = in_children([Job(None, do, seconds)], at_once=1)
    if isinstance(answer, Late | Broken):
        raise answer
    return answer


def _answered(
    selector: selectors.BaseSelector, running: dict[int, _Child[Name]]
) -> list[tuple[_Child[Name], Any]]:
    soonest = min(child.deadline for child in running.values())
    answered: list[tuple[_Child[Name], Any]] = []
    for key, _ in selector.select(max(0.0, soonest - time.monotonic())):
        child = running[key.fd]
        part = os.read(child.answers, ANSWER_AT_ONCE)
        child.received += part
        if not part:
            answered.append((child, _answer(child)))
    late = [
        (child, Late(f"no answer in {child.job.seconds:.0f} s"))
        for child in running.values()
        if child.deadline <= time.monotonic()
    ]
    return answered or late


def _answer(child: _Child[Name]) -> Any:
    try:
        answer = pickle.loads(bytes(child.received))  # noqa: S301 - our own child's
    except (EOFError, pickle.UnpicklingError):
        return Broken("died without an answer")
    return answer


def _started(job: Job[Name]) -> _Child[Name]:
    folder = Path(tempfile.mkdtemp(prefix="mutation-"))
    reading, writing = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    with warnings.catch_warnings():
        # a thread of the parent is not in the child, and none of them is needed there
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid == 0:
        _live(job, folder, reading, writing)
    os.close(writing)
    return _Child(job, pid, reading, folder, time.monotonic() + job.seconds)


def _live(job: Job[Name], folder: Path, reading: int, writing: int) -> None:
    """Be the child: never return to what the parent was doing."""
    try:
        os.setpgid(0, 0)
        _limit_processor_time(job.seconds)
        os.close(reading)
        silence = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(silence, stream)
        tempfile.tempdir = str(folder)
        try:
            answer = job.do(folder)
        except BaseException:  # noqa: BLE001, RUF100 - told to the parent
            answer = Broken(traceback.format_exc())
        with os.fdopen(writing, "wb") as stream:
            stream.write(pickle.dumps(answer))
    finally:
        os._exit(0)


def _limit_processor_time(seconds: float) -> None:
    """A fault that never ends shall not outlive a parent that was killed."""
    hardest = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 1, hardest))


def _ended(child: _Child[Name]) -> None:
    os.close(child.answers)
    for end in (
        os.killpg,
        os.kill,
    ):  # whom it started, then itself if it had no group yet
        with contextlib.suppress(ProcessLookupError, PermissionError):
            end(child.pid, signal.SIGKILL)
    os.waitpid(child.pid, 0)
    shutil.rmtree(child.folder, ignore_errors=True)
