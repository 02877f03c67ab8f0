"""What is said between Python and a worker about one login, until its result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from fabrikam.tenant.pipeline.outcome import Access, Failure, ScriptLine
from fabrikam.tenant.pipeline.worker import WorkerLost

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fabrikam.tenant.pipeline.frames import Frame
    from fabrikam.tenant.pipeline.worker import Worker

__all__ = ["Conversation", "Users"]


class Users(Protocol):
    """Who answers `auth0.users` in a Rule; a `ValueError` goes back to the Rule."""

    def update_user_metadata(self, user_id: str, patch: Mapping[str, Any]) -> object:
        """Merge a patch into what the user may change; null removes a key."""

    def update_app_metadata(self, user_id: str, patch: Mapping[str, Any]) -> object:
        """Merge a patch into what only the tenant may change."""


class Conversation:
    """One login: what its scripts printed and touched, and which one runs."""

    def __init__(self, users: Users | None) -> None:
        self._users = users
        self.lines: list[ScriptLine] = []
        self.trace: list[Access] = []
        self.script = ""
        self.file: str | None = None

    def result(self, worker: Worker, login: Mapping[str, Any], seconds: float) -> Frame:
        """Send a login, answer what the worker asks, and return its result."""
        worker.send(login)
        for heard in worker.receive(seconds):
            ours = heard.get("id") == login["id"]
            match heard["type"]:
                case "result" if ours:
                    return heard
                case "step" if ours:
                    self.script, self.file = heard["script"], heard["file"]
                case "line":
                    level = heard["level"] if ours else "late"
                    line = ScriptLine(heard["script"], level, heard["text"])
                    self.lines.append(line)
                case "access":
                    self._note(heard, ours=ours)
                case "call":
                    worker.send(self._returned(heard))
                case other:
                    raise WorkerLost("protocol", f"an unexpected {other!r} frame")
        raise AssertionError("a worker answers, or it is lost")

    def failure(self, lost: WorkerLost) -> Failure:
        """Charge the loss of the worker to the script that was running."""
        return Failure(
            script=self.script, kind=lost.kind, message=str(lost), file=self.file
        )

    def _note(self, heard: Frame, *, ours: bool) -> None:
        if ours:  # else it is late, from a login that has ended
            access = Access(heard["script"], heard["kind"], heard["path"])
            self.trace.append(access)

    def _returned(self, call: Frame) -> Frame:
        answer = {"type": "return", "seq": call["seq"], "error": None}
        try:
            self._call(call["method"], *call["args"])
        except ValueError as error:
            return {**answer, "error": str(error)}
        return answer

    def _call(self, method: str, user_id: Any, patch: Any) -> None:
        if not isinstance(user_id, str) or not isinstance(patch, dict):
            raise ValueError("a user id and an object are needed")  # noqa: TRY004
        match self._users, method:
            case None, _:
                raise ValueError("auth0.users is not connected")
            case users, "update_app_metadata":
                users.update_app_metadata(user_id, patch)
            case users, "update_user_metadata":
                users.update_user_metadata(user_id, patch)
            case _:
                raise ValueError(f"auth0.users has no {method}")
