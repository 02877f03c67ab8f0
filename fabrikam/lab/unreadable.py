"""Why a file cannot be used, in words for whoever named it.  Pure."""

from __future__ import annotations

import errno
from typing import Final

__all__ = ["why_not"]

_WHY: Final = {
    errno.EACCES: "it may not be read or written",
    errno.EISDIR: "it is a folder, not a file",
    errno.ENOENT: "there is no such file",
    errno.ENOTDIR: "a part of its path is no folder",
}


def why_not(error: OSError) -> str:
    """Say which file cannot be used, and why: never a number of the machine."""
    known = _WHY.get(error.errno or 0) or (error.strerror or str(error)).lower()
    return f"{error.filename}: {known}" if error.filename else known
