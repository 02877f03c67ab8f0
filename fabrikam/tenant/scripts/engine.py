"""The engine: a script input in, an outcome out, whatever the scripts do.

It holds scripts still, it is no sandbox: see `docs/explanation/script-engine.md`.
"""

from __future__ import annotations

import logging
import os
import threading
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any, Final, Literal, Self, TypeAlias

from fabrikam.tenant.scripts.compile_check import problem_of
from fabrikam.tenant.scripts.continuation import sealed, waits
from fabrikam.tenant.scripts.folder_problems import Problem
from fabrikam.tenant.scripts.management_api import (
    Account,
    ManagementResponse,
    ManagementSession,
    Request,
    answered,
)
from fabrikam.tenant.scripts.node import command, find_node
from fabrikam.tenant.scripts.outcome import Failure, Outcome, ScriptLine
from fabrikam.tenant.scripts.run_request import (
    CHECK,
    NOTHING,
    edition,
    has_scripts,
    loads,
    login,
)
from fabrikam.tenant.scripts.run_result import broken, outcome_of
from fabrikam.tenant.scripts.worker import Worker, WorkerLost
from fabrikam.tenant.scripts.worker_exchange import WorkerExchange
from fabrikam.tenant.scripts.worker_pool import WorkerPool, WorkerPoolClosed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from fabrikam.tenant.scripts.event import ScriptInput
    from fabrikam.tenant.scripts.folder import Folder
    from fabrikam.tenant.scripts.framing import Frame
    from fabrikam.tenant.scripts.management_api import Users
    from fabrikam.tenant.scripts.worker_pool import Leased

__all__ = ["Engine", "Isolation"]

Isolation: TypeAlias = Literal["reuse", "process"]

log = logging.getLogger(__name__)

_WARM_UP_SECONDS: Final = 10.0
_CHANGED: Final = Failure(
    script="",
    kind="protocol",
    message="the scripts were changed while the user was away; sign in again",
)


class Engine:
    """Runs the scripts of one tenant folder; any thread may ask it to.

    `isolation="process"` gives every login a process of its own; `"reuse"` shares
    what Auth0 shares as well, `global` and the state of modules.  `time_limit` is for
    one run, `patience` for the wait until a worker is free, both in seconds.
    `prepare` may change what is loaded: the lab watches scripts so, the tenant never.
    """

    def __init__(
        self,
        folder: Folder,
        *,
        time_limit: float = 20.0,
        patience: float = 30.0,
        isolation: Isolation = "reuse",
        network: bool | tuple[str, ...] = False,
        node: Path | None = None,
        users: Users | None = None,
        workers: int = 1,
        memory_limit: int = 384 * 2**20,
        prepare: Callable[[Frame], Frame] = lambda load: load,
    ) -> None:
        self._time_limit = time_limit
        self._patience = patience
        self._isolation = isolation
        self._network = network
        self._node = node or find_node()
        self._users = users
        self._workers = workers
        self._memory_limit = memory_limit
        self._prepare = prepare
        self._numbers = count(1)
        self._lock = threading.Lock()
        self._cache: Mapping[str, Any] = {}  # of `api.cache`, for all workers
        self._folder = folder
        self._pool = self._pool_for(folder)
        self._process = os.getpid()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def run(
        self,
        script_input: ScriptInput,
        checkpoint: Mapping[str, Any] | None = None,
        *,
        trace: bool = False,
        watch: Mapping[str, Any] | None = None,
    ) -> Outcome:
        """Run what a login meets, from the start or from a checkpoint.

        With `trace` the outcome says what the scripts read and wrote, with `watch` how
        each decision of watched scripts came out: `forced` says which of them come out
        in another way, `chance` whether chance is 0 or 1.
        """
        folder, pool = self._present()
        scripts = edition(folder)
        start = checkpoint or {"scripts": scripts}
        if start.get("scripts") != scripts:
            return broken(_CHANGED)
        if waits(start):
            return sealed(outcome_of({**start, "executed": []}, script_input), scripts)
        if not has_scripts(folder):
            return Outcome()
        number = str(next(self._numbers))
        frame = login(
            number,
            folder,
            script_input,
            start,
            cache=self._cache,
            trace=trace,
            watch=watch,
        )
        exchange = WorkerExchange(self._management(folder, script_input))
        outcome = self._outcome(pool, frame, script_input, exchange)
        if outcome is None:  # another folder came into use at this moment
            return self.run(script_input, checkpoint, trace=trace, watch=watch)
        traced = replace(outcome, trace=tuple(exchange.trace))
        return sealed(traced, scripts)

    def check(self) -> tuple[Problem, ...]:
        """Compile every script that runs, and say which of them does not."""
        return self._uncompiled(*self._present())

    def use(self, folder: Folder) -> tuple[Problem, ...]:
        """Go on with another folder if its scripts compile, else say which do not.

        Logins under way end with the old one.
        """
        pool = self._pool_for(folder)
        problems = self._uncompiled(folder, pool)
        if problems:
            pool.close()
            return problems
        with self._lock:
            old, self._pool = self._pool, pool
            self._folder = folder
        old.retire()
        return ()

    def _uncompiled(self, folder: Folder, pool: WorkerPool) -> tuple[Problem, ...]:
        if not has_scripts(folder):
            return ()
        try:
            with pool.leased() as leased:
                result = WorkerExchange().result(leased.worker, CHECK, self._time_limit)
                leased.keep = True
        except WorkerLost as lost:
            return (Problem(".", 1, str(lost)),)
        return tuple(map(problem_of, result["broken"]))

    def close(self) -> None:
        """End all workers."""
        self._pool.close()

    def _outcome(
        self,
        pool: WorkerPool,
        frame: Frame,
        script_input: ScriptInput,
        exchange: WorkerExchange,
    ) -> Outcome | None:
        try:
            with pool.leased() as leased:
                result = exchange.result(leased.worker, frame, self._time_limit)
                exchange.lines += _warnings(result)
                outcome = outcome_of(result, script_input, exchange.lines)
                self._cache = dict(result.get("cache", self._cache))
                leased.keep = self._worth_keeping(leased, result)
                return outcome
        except WorkerLost as lost:
            if isinstance(lost, WorkerPoolClosed) and pool is not self._pool:
                return None
            return broken(exchange.failure(lost), exchange.lines)
        except (AttributeError, KeyError, TypeError, ValueError):
            log.exception(
                "a script forged what its worker says, or this is our mistake"
            )
            senseless = WorkerLost("protocol", "the worker's answer makes no sense")
            return broken(exchange.failure(senseless), exchange.lines)

    def _management(
        self, folder: Folder, script_input: ScriptInput
    ) -> Callable[[Request], ManagementResponse]:
        present = Account(
            script_input.user, script_input.roles, script_input.enrolled_factors
        )
        users = ManagementSession(self._users, present)
        return lambda request: answered(users, request, folder.roles)

    def _worth_keeping(self, leased: Leased, result: Frame) -> bool:
        reused = self._isolation == "reuse" and not result["findings"]
        return reused and leased.worker.fit_for_another()

    def _present(self) -> tuple[Folder, WorkerPool]:
        with self._lock:
            if self._process != os.getpid():  # a pipe is never shared after a fork
                self._left_behind = self._pool
                self._pool = self._pool_for(self._folder)
                self._process = os.getpid()
            return self._folder, self._pool

    def _pool_for(self, folder: Folder) -> WorkerPool:
        return WorkerPool(
            lambda: self._started(folder), size=self._workers, patience=self._patience
        )

    def _started(self, folder: Folder) -> Worker:
        worker = Worker(
            lambda descriptor: command(
                self._node,
                folder,
                descriptor=descriptor,
                network=self._network or folder.network,
            ),
            folder=folder.root,
            memory_bytes=self._memory_limit,
        )
        for load in loads(folder):
            worker.send(self._prepare(load))
        WorkerExchange().result(worker, NOTHING, _WARM_UP_SECONDS)
        return worker


def _warnings(result: Frame) -> list[ScriptLine]:
    findings = result["findings"]
    if not findings:
        return []
    text = f"changed what all scripts share: {', '.join(findings)}"
    return [ScriptLine((result["executed"] or [""])[-1], "warning", text)]
