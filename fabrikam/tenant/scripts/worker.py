"""One Node process, spoken to in frames, and killed when it overstays.

Rule 1: one exchange at a time; the worker belongs to whoever holds it.
Rule 2: whatever a script does, an exchange ends: with a reply or with `WorkerLost`.
Rule 3: a worker that was lost is dead before anybody hears of it.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import selectors
import signal
import socket
import subprocess
import time
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from fabrikam.tenant.scripts.framing import Frame, FrameBroken, Frames, packed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

__all__ = ["Worker", "WorkerLost"]

_START_SECONDS: Final = 10.0
_TICK_SECONDS: Final = 0.05
_ATTENTION_SECONDS: Final = 1.0
_PING: Final = {"type": "ping", "id": "ping"}
_PIECE: Final = 65_536
_STRAY_BYTES: Final = 8_192
_WEIGHED_EVERY: Final = 50
_MOST_LOGINS: Final = 5_000
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")
_PR_SET_PDEATHSIG: Final = 1
_LIBC: Final = ctypes.CDLL(None)


class WorkerLost(Exception):
    """The worker had to be given up; `kind` is `timeout`, `died` or `protocol`."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def _started(
    command: Sequence[str], theirs: socket.socket, folder: Path
) -> subprocess.Popen[bytes]:
    """Start the process with one end of the socket and nothing else of ours.

    It is told the number of its socket: fixed numbers would have to be taken from
    whatever Python keeps there between fork and exec.
    """
    return subprocess.Popen(  # noqa: S603 - our own program
        command,
        pass_fds=(theirs.fileno(),),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={"TZ": os.environ.get("TZ", "UTC")},
        cwd=folder,
        preexec_fn=_die_with_parent,  # noqa: PLW1509 - one system call, no lock
    )


def _die_with_parent() -> None:
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)  # also while a script loops


class Worker:
    """A Node process that runs one login at a time."""

    def __init__(
        self,
        command: Callable[[int], Sequence[str]],
        *,
        folder: Path,
        memory_bytes: int,
    ) -> None:
        self._memory_bytes = memory_bytes
        self._frames = Frames()
        self._heard: deque[Frame] = deque()
        self._stray = b""
        self._logins = 0
        self._nonce: str | None = None
        self._socket, theirs = socket.socketpair()
        self._socket.settimeout(_START_SECONDS)
        with theirs:
            try:
                self._process = _started(command(theirs.fileno()), theirs, folder)
            except OSError as error:
                self._socket.close()
                message = f"Node cannot be started: {error}"
                raise WorkerLost("died", message) from error
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._socket, selectors.EVENT_READ)
        self._selector.register(self._output, selectors.EVENT_READ)
        self.node = self._greeted()

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    @property
    def _output(self) -> int:
        assert self._process.stdout is not None  # noqa: S101 - a pipe, see above
        return self._process.stdout.fileno()

    def send(self, frame: Mapping[str, Any]) -> None:
        """Give the worker a frame."""
        try:
            self._socket.sendall(packed(frame))
        except OSError as error:
            raise self._lost("died", self._how_it_died()) from error
        except ValueError as error:  # a number that JSON does not have
            raise self._lost("protocol", f"Node cannot read it: {error}") from error

    def receive(self, seconds: float) -> Iterator[Frame]:
        """Give what the worker says, as it says it, until the time is up."""
        deadline = time.monotonic() + seconds
        while self._heard:
            yield self._heard.popleft()
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                raise self._lost("timeout", f"no answer within {seconds:g} seconds")
            ready = {
                key.fd for key, _ in self._selector.select(min(left, _TICK_SECONDS))
            }
            if self._output in ready:
                self._keep_stray()
            if self._socket.fileno() in ready:
                self._heard += self._arrived()
            while self._heard:  # whoever stops listening leaves the rest to the next
                yield self._heard.popleft()
            if not ready:
                self._weigh()

    def attends(self) -> bool:
        """Whether it answers; if not, it is ended.

        A script of an earlier login may still loop in a timer, or have left.
        """
        late: list[Frame] = []
        try:
            self.send(_PING)
            for frame in self.receive(_ATTENTION_SECONDS):
                if frame["type"] == "pong":
                    self._heard.extendleft(reversed(late))
                    return True
                late.append(frame)
        except WorkerLost:
            return False
        raise AssertionError("a worker answers, or it is lost")

    def fit_for_another(self) -> bool:
        """Whether the worker should run yet another login; it grows old and fat."""
        self._logins += 1
        if self._logins % _WEIGHED_EVERY:
            return True
        return self._logins < _MOST_LOGINS and self._bytes() < self._memory_bytes

    def kill(self) -> None:
        """End the process; who is listening to it will notice."""
        self._process.kill()

    def close(self) -> None:
        """End the process, and let go of all that belongs to it."""
        self._process.kill()
        self._process.wait()
        self._selector.close()
        self._socket.close()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _greeted(self) -> str:
        hello = next(self.receive(_START_SECONDS))
        self._nonce = hello["nonce"]
        return str(hello["node"])

    def _arrived(self) -> Iterator[Frame]:
        try:
            piece = self._socket.recv(_PIECE)
            frames = [*self._frames.feed(piece)]
        except OSError:
            piece, frames = b"", []
        except FrameBroken as error:
            raise self._lost("protocol", f"the worker wrote {error}") from error
        if not piece:
            raise self._lost("died", self._how_it_died())
        for frame in frames:
            if self._nonce is not None and frame.get("nonce") != self._nonce:
                raise self._lost("protocol", "the worker wrote a foreign frame")
            yield frame

    def _keep_stray(self) -> None:
        piece = os.read(self._output, _PIECE)
        self._stray = (self._stray + piece)[-_STRAY_BYTES:]
        if not piece:
            with contextlib.suppress(KeyError):  # its end was seen before
                self._selector.unregister(self._output)

    def _weigh(self) -> None:
        """End a worker that grows too big; the heap's own limit leaves Buffers out."""
        if self._bytes() > self._memory_bytes:
            most = self._memory_bytes // 2**20
            raise self._lost("died", f"used more than {most} MiB of memory")

    def _bytes(self) -> int:
        try:
            pages = Path(f"/proc/{self.pid}/statm").read_text().split()[1]
        except OSError:  # no /proc here, or no process any more
            return 0
        return int(pages) * _PAGE

    def _lost(self, kind: str, message: str) -> WorkerLost:
        self.close()
        return WorkerLost(kind, message)

    def _how_it_died(self) -> str:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=1)
        with contextlib.suppress(BlockingIOError):
            os.set_blocking(self._output, False)
            self._keep_stray()
        if b"heap out of memory" in self._stray:
            return "used more heap than allowed"
        code = self._process.returncode
        if code is not None and code < 0:
            return f"ended by {signal.Signals(-code).name}"
        return f"ended by itself, code {code}"
