"""Whether scripts load: compiled, and never run, by the Node that would run them.

V8 is the one judge of syntax, for every command alike.
"""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any, Final

from fabrikam.tenant.scripts.folder_problems import Problem
from fabrikam.tenant.scripts.node import HOST, find_node
from fabrikam.tenant.scripts.script_files import Action, Module, Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

__all__ = ["problem_of", "uncompiled"]

_CHECK: Final = HOST / "check.mjs"


def uncompiled(
    scripts: Iterable[Rule | Action | Module], *, node: Path | None = None
) -> tuple[Problem, ...]:
    """Compile scripts in one Node, and say of each that it refuses why and where.

    Raises NodeMissing.
    """
    texts = [
        {
            "kind": "rule" if isinstance(script, Rule) else "module",
            "file": script.file,
            "source": script.source,
        }
        for script in scripts
    ]
    if not texts:
        return ()
    answer = subprocess.run(  # noqa: S603 - our own program
        [
            node or find_node(),
            "--permission",
            f"--allow-fs-read={HOST}",
            "--no-deprecation",
            _CHECK,
        ],
        input=json.dumps(texts).encode(),
        capture_output=True,
        check=True,
        env={},
    )
    return tuple(problem_of(failure) for failure in json.loads(answer.stdout))


def problem_of(failure: Mapping[str, Any]) -> Problem:
    """Read what the host says of a script that does not compile."""
    return Problem(
        failure["file"],
        failure.get("line", 1),
        failure["message"],
        failure.get("column", 1),
    )
