"""What is said between Python and a worker about one login, until its result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fabrikam.tenant.scripts.management_api import ManagementResponse, Request
from fabrikam.tenant.scripts.outcome import Access, Failure, ScriptLine
from fabrikam.tenant.scripts.worker import WorkerLost

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fabrikam.tenant.scripts.framing import Frame
    from fabrikam.tenant.scripts.worker import Worker

__all__ = ["WorkerExchange"]

_NOBODY_THERE: Final = ManagementResponse(
    503, {"message": "there is no login to ask for"}
)


class WorkerExchange:
    """One login: what its scripts printed and touched, and which one runs."""

    def __init__(
        self, ask: Callable[[Request], ManagementResponse] | None = None
    ) -> None:
        self._ask = ask  # the Management API
        self.lines: list[ScriptLine] = []
        self.trace: list[Access] = []
        self.script = ""
        self.file: str | None = None

    def result(self, worker: Worker, login: Mapping[str, Any], seconds: float) -> Frame:
        """Send a login, answer what the worker asks, and return its result."""
        worker.send(login)
        for frame in worker.receive(seconds):
            ours = frame.get("id") == login["id"]
            match frame["type"]:
                case "result" if ours:
                    return frame
                case "step" if ours:
                    self.script, self.file = frame["script"], frame["file"]
                case "line":
                    level = frame["level"] if ours else "late"
                    line = ScriptLine(frame["script"], level, frame["text"])
                    self.lines.append(line)
                case "access":
                    self._note(frame, ours=ours)
                case "call":
                    if login.get("trace"):  # what it is told is read of the user
                        self.trace.append(Access("", "read", "management"))
                    worker.send(self._returned(frame if ours else None, frame["seq"]))
                case other:
                    raise WorkerLost("protocol", f"an unexpected {other!r} frame")
        raise AssertionError("a worker answers, or it is lost")

    def failure(self, lost: WorkerLost) -> Failure:
        """Charge the loss of the worker to the script that was running."""
        return Failure(
            script=self.script, kind=lost.kind, message=str(lost), file=self.file
        )

    def _note(self, frame: Frame, *, ours: bool) -> None:
        if ours:  # else it is late, from a login that has ended
            access = Access(frame["script"], frame["kind"], frame["path"])
            self.trace.append(access)

    def _returned(self, call: Frame | None, seq: int) -> Frame:
        if call is None or self._ask is None:  # a script of a login that is over
            status, body = _NOBODY_THERE
        else:
            status, body = self._ask(_asked(call))
        return {"type": "return", "seq": seq, "status": status, "body": body}


def _asked(call: Frame) -> Request:
    return Request(
        method=str(call["method"]),
        path=tuple(map(str, call["path"])),
        query={str(name): str(value) for name, value in call["query"].items()},
        body=call["body"],
        token=str(call["token"]),
    )
