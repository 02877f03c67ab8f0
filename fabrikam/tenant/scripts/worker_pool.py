"""The workers of one engine: a few at work, and a warm one in reserve.

Rule 1: a worker has one login at a time, and waiting for one has a limit of its own.
Rule 2: one thread starts all workers and lives as long as they do, since Linux ends a
        worker together with the thread that started it.
Rule 3: a worker in doubt is not hired again.
"""

from __future__ import annotations

import contextlib
import threading
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fabrikam.tenant.scripts.worker import Worker, WorkerLost

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Leased", "WorkerPool", "WorkerPoolClosed"]


class WorkerPoolClosed(WorkerLost):
    """This crew hires nobody any more."""

    def __init__(self) -> None:
        super().__init__("died", "the engine is closed")


@dataclass(slots=True)
class Leased:
    """A worker for the length of one login; `keep` says that it may be hired again."""

    worker: Worker
    keep: bool = False


class WorkerPool:
    """Workers to hire, up to `size` at once."""

    def __init__(
        self, start: Callable[[], Worker], *, size: int, patience: float
    ) -> None:
        self._start = start
        self._patience = patience
        self._places = threading.Semaphore(size)
        self._launcher = ThreadPoolExecutor(1, thread_name_prefix="script-workers")
        self._lock = threading.Lock()
        self._ready: list[Future[Worker]] = []  # the one in reserve first
        self._at_work: set[Worker] = set()
        self._hires = 0
        self._guests = 0  # who has a worker, or is about to get one
        self._open = True

    @contextlib.contextmanager
    def hired(self) -> Iterator[Leased]:
        """Hire a worker for the block; it is ended with it unless `keep` was set."""
        with self._place():
            hired = Leased(self._hire())
            try:
                yield hired
            finally:
                self._release(hired)

    def retire(self) -> None:
        """Hire nobody any more; those at work finish what they do."""
        with self._lock:
            self._open = False
            ready, self._ready = self._ready, []
        for worker in ready:
            worker.add_done_callback(_dismiss)
        self._end_launcher_unless_needed()

    def close(self) -> None:
        """End all workers, also those at work."""
        self.retire()
        with self._lock:
            for worker in self._at_work:
                worker.kill()

    @contextlib.contextmanager
    def _place(self) -> Iterator[None]:
        """Wait for a place, and keep the launcher alive while it is taken."""
        if not self._places.acquire(timeout=self._patience):
            raise WorkerLost("timeout", "no worker became free")
        with self._lock:
            self._guests += 1
            retired = not self._open
        try:
            if retired:
                raise WorkerPoolClosed
            yield
        finally:
            self._places.release()
            with self._lock:
                self._guests -= 1
            self._end_launcher_unless_needed()

    def _hire(self) -> Worker:
        with self._lock:
            self._hires += 1
            coming = self._ready.pop() if self._ready else self._order()
            scarce = self._open and not self._ready
            if scarce and self._hires > 1:  # not worth it for a single login
                self._ready.append(self._order())
        worker = coming.result()
        if not worker.attends():  # no login need suffer for what an earlier one did
            worker = self._order().result()
        with self._lock:
            self._at_work.add(worker)
        return worker

    def _order(self) -> Future[Worker]:
        return self._launcher.submit(self._start)

    def _release(self, hired: Leased) -> None:
        with self._lock:
            self._at_work.discard(hired.worker)
            if hired.keep and self._open:
                self._ready.append(_present(hired.worker))
                return
        hired.worker.close()

    def _end_launcher_unless_needed(self) -> None:
        with self._lock:
            needed = self._open or self._guests > 0
        if not needed:
            self._launcher.shutdown()


def _present(worker: Worker) -> Future[Worker]:
    present: Future[Worker] = Future()
    present.set_result(worker)
    return present


def _dismiss(coming: Future[Worker]) -> None:
    with contextlib.suppress(WorkerLost, OSError, CancelledError):
        coming.result().close()
