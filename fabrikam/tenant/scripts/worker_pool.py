"""The workers of one engine: a few at work, and a warm one in reserve.

Rule 1: a worker has one login at a time, and waiting for one has a limit of its own.
Rule 2: one thread starts all workers and lives as long as they do, since Linux ends a
        worker together with the thread that started it.
Rule 3: a worker in doubt is not leased again.
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
    """This pool leases no worker any more."""

    def __init__(self) -> None:
        super().__init__("died", "the engine is closed")


@dataclass(slots=True)
class Leased:
    """A worker for the length of one login; `keep` says that it may be leased again."""

    worker: Worker
    keep: bool = False


class WorkerPool:
    """Workers to lease, up to `size` at once."""

    def __init__(
        self, start: Callable[[], Worker], *, size: int, patience: float
    ) -> None:
        self._start = start
        self._patience = patience
        self._slots = threading.Semaphore(size)
        self._launcher = ThreadPoolExecutor(1, thread_name_prefix="script-workers")
        self._lock = threading.Lock()
        self._ready: list[Future[Worker]] = []  # the one in reserve first
        self._at_work: set[Worker] = set()
        self._leases = 0
        self._logins = 0  # that have a worker, or are about to get one
        self._open = True

    @contextlib.contextmanager
    def leased(self) -> Iterator[Leased]:
        """Lease a worker for the block; it is ended with it unless `keep` was set."""
        with self._slot():
            leased = Leased(self._lease())
            try:
                yield leased
            finally:
                self._release(leased)

    def retire(self) -> None:
        """Lease no worker any more; those at work finish what they do."""
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
    def _slot(self) -> Iterator[None]:
        """Wait for a slot, and keep the launcher alive while it is taken."""
        if not self._slots.acquire(timeout=self._patience):
            raise WorkerLost("timeout", "no worker became free")
        with self._lock:
            self._logins += 1
            retired = not self._open
        try:
            if retired:
                raise WorkerPoolClosed
            yield
        finally:
            self._slots.release()
            with self._lock:
                self._logins -= 1
            self._end_launcher_unless_needed()

    def _lease(self) -> Worker:
        with self._lock:
            self._leases += 1
            coming = self._ready.pop() if self._ready else self._order()
            scarce = self._open and not self._ready
            if scarce and self._leases > 1:  # not worth it for a single login
                self._ready.append(self._order())
        worker = coming.result()
        if not worker.attends():  # no login need suffer for what an earlier one did
            worker = self._order().result()
        with self._lock:
            self._at_work.add(worker)
        return worker

    def _order(self) -> Future[Worker]:
        return self._launcher.submit(self._start)

    def _release(self, leased: Leased) -> None:
        with self._lock:
            self._at_work.discard(leased.worker)
            if leased.keep and self._open:
                self._ready.append(_present(leased.worker))
                return
        leased.worker.close()

    def _end_launcher_unless_needed(self) -> None:
        with self._lock:
            needed = self._open or self._logins > 0
        if not needed:
            self._launcher.shutdown()


def _present(worker: Worker) -> Future[Worker]:
    present: Future[Worker] = Future()
    present.set_result(worker)
    return present


def _dismiss(coming: Future[Worker]) -> None:
    with contextlib.suppress(WorkerLost, OSError, CancelledError):
        coming.result().close()
