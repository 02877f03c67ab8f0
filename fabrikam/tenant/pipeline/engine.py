"""The engine: an occasion in, an outcome out, whatever the scripts do."""

from __future__ import annotations

import threading
from itertools import count
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol, Self, TypeAlias

from fabrikam.tenant.pipeline.node import command, find_node
from fabrikam.tenant.pipeline.outcome import Failure, Outcome, ScriptLine
from fabrikam.tenant.pipeline.pausing import waits
from fabrikam.tenant.pipeline.reply import broken, outcome_of
from fabrikam.tenant.pipeline.request import loads, login
from fabrikam.tenant.pipeline.worker import Worker, WorkerLost

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from fabrikam.tenant.pipeline.event import Occasion
    from fabrikam.tenant.pipeline.folder import Folder
    from fabrikam.tenant.pipeline.frames import Frame

__all__ = ["Engine", "Users"]

Isolation: TypeAlias = Literal["reuse", "process"]

_MEMORY_BYTES: Final = 384 * 2**20
_RESULT_CHARACTERS: Final = 1_000_000


class Users(Protocol):
    """Who answers `auth0.users` in a Rule."""

    def update_user_metadata(self, user_id: str, patch: Mapping[str, Any]) -> None:
        """Merge a patch into what the user may change; null removes a key."""

    def update_app_metadata(self, user_id: str, patch: Mapping[str, Any]) -> None:
        """Merge a patch into what only the tenant may change."""


class Engine:
    """Runs the scripts of one tenant folder, one login at a time."""

    def __init__(
        self,
        folder: Folder,
        *,
        time_limit: float = 20.0,
        isolation: Isolation = "reuse",
        network: bool | tuple[str, ...] = False,
        node: Path | None = None,
        users: Users | None = None,
    ) -> None:
        self._folder = folder
        self._time_limit = time_limit
        self._isolation = isolation
        self._network = network
        self._node = node or find_node()
        self._users = users
        self._numbers = count(1)
        self._lock = threading.Lock()
        self._worker: Worker | None = None
        self._cache: Mapping[str, Any] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def run(
        self, occasion: Occasion, checkpoint: Mapping[str, Any] | None = None
    ) -> Outcome:
        """Run what a login meets, from the start or from a checkpoint."""
        if checkpoint is not None and waits(checkpoint):
            return outcome_of({**checkpoint, "executed": []}, occasion)
        with self._lock:
            frame = login(
                next(self._numbers),
                self._folder,
                occasion,
                checkpoint,
                cache=self._cache,
                limit=_RESULT_CHARACTERS,
            )
            return self._exchange(frame, occasion)

    def use(self, folder: Folder) -> None:
        """Go on with another folder, or with this one as it is now."""
        with self._lock:
            self._dismiss()
            self._folder = folder

    def close(self) -> None:
        """End the worker."""
        with self._lock:
            self._dismiss()

    def _exchange(self, frame: Frame, occasion: Occasion) -> Outcome:
        lines: list[ScriptLine] = []
        running = ""
        try:
            worker = self._hired()
            worker.send(frame)
            for answer in worker.receive(self._time_limit):
                match answer["type"]:
                    case "step":
                        running = answer["script"]
                    case "line":
                        line = ScriptLine(
                            answer["script"], answer["level"], answer["text"]
                        )
                        lines.append(line)
                    case "result":
                        self._cache = answer["cache"]
                        return outcome_of(answer, occasion, lines)
        except WorkerLost as lost:
            self._worker = None
            failure = Failure(script=running, kind=lost.kind, message=str(lost))
            return broken(failure, lines)
        raise AssertionError("receive ends with an answer or with WorkerLost")

    def _hired(self) -> Worker:
        if self._worker is None:
            self._worker = Worker(
                lambda descriptor: command(
                    self._node,
                    self._folder,
                    descriptor=descriptor,
                    network=self._network or self._folder.network,
                ),
                folder=self._folder.root,
                memory_bytes=_MEMORY_BYTES,
            )
            for load in loads(self._folder):
                self._worker.send(load)
        return self._worker

    def _dismiss(self) -> None:
        if self._worker is not None:
            self._worker.close()
            self._worker = None
