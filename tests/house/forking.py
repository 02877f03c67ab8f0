"""Runs tests again and again without the wait: one process, a child for each run.

Most of a short run goes into reading libraries.  This program reads them once; from
then on every line of its input, a list of arguments for pytest, is run in a child
that begins with the libraries and without our own code.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import signal
import sys
import tempfile

import pytest

__all__ = ["LIBRARIES"]

LIBRARIES = (
    "argon2",
    "bottle",
    "cryptography.hazmat.primitives.asymmetric.rsa",
    "dotenv",
    "hypothesis",
    "jwt",
    "oauthlib.openid",
    "prometheus_client",
    "pyotp",
    "redis",
    "requests_oauthlib",
    "rich.console",
    "rich.table",
    "segno",
    "sqlite3",
    "tree_sitter_javascript",
    "waitress",
    "webtest",
)
_MOST_SECONDS = 100


def main() -> None:
    """Answer every line with the status and the words of one run."""
    for name in LIBRARIES:
        importlib.import_module(name)
    gc.freeze()  # the children need not look through all that again
    for line in sys.stdin:
        print(json.dumps(_run(json.loads(line))), flush=True)


def _run(arguments: list[str]) -> tuple[int, str]:
    with tempfile.TemporaryFile() as words:
        child = os.fork()
        if child == 0:
            _be_the_child(arguments, words.fileno())
        _, status = os.waitpid(child, 0)
        words.seek(0)
        return os.waitstatus_to_exitcode(status), words.read().decode()


def _be_the_child(arguments: list[str], words: int) -> None:
    signal.alarm(_MOST_SECONDS)  # a mistake may be an endless loop
    os.dup2(words, sys.stdout.fileno())
    os.dup2(words, sys.stderr.fileno())
    status = pytest.main(arguments)
    sys.stdout.flush()
    os._exit(status)


if __name__ == "__main__":
    main()
