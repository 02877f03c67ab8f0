"""Rules that misbehave when asked to, and a look at the processes of a worker."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from fabrikam.tenant.scripts.management_api import Account
from tests.tenant.scripts.builders import asking, rule

PASS = "callback(null, user, context);"
BAD = asking(scope="bad")
COUNTING = rule("global.n = (global.n || 0) + 1; user.n = global.n; " + PASS)


def when_bad(body):
    """A Rule that does this when the scope is `bad`, and otherwise passes."""
    return rule(f"if (context.request.query.scope === 'bad') {{ {body} }}\n{PASS}")


def workers_of(process):
    """The processes that a process has started and that still run."""
    return {
        int(status.parent.name)
        for status in Path("/proc").glob("[0-9]*/status")
        if is_running_child(status, process)
    }


def is_running_child(status, process):
    try:
        lines = status.read_text().splitlines()
    except OSError:  # it has just ended
        return False
    facts = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
    return facts["PPid"] == str(process) and not facts["State"].startswith("Z")


def ticks_of(process):
    """The processor time of a process, in hundredths of a second."""
    after_name = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2]
    return int(after_name.split()[11])


def until(condition, seconds=20):
    """Wait for what another process does."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        threading.Event().wait(0.01)


class Gate:
    """Users at whom a Rule has to wait until a test lets it through."""

    def __init__(self):
        self.reached = threading.Event()
        self.opened = threading.Event()

    def find(self, user_id):
        self.reached.set()
        self.opened.wait()
        return Account({"user_id": user_id})

    def update(self, *_):
        """Keep nothing."""


AT_THE_GATE = (
    "auth0.users.updateUserMetadata(user.user_id, {})"
    f".then(function () {{ {PASS} }}, callback); return;"
)
