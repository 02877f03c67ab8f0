"""Files that cannot be used: said before the work begins, in words for a person."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["check_fillable", "check_writable", "why_not"]

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


def check_fillable(folder: Path) -> None:
    """Raise the OSError now that making a folder and filling it would raise."""
    existing = next(
        place for place in (folder, *folder.absolute().parents) if place.exists()
    )
    if not existing.is_dir():
        raise OSError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))
    if not os.access(existing, os.W_OK):
        raise OSError(errno.EACCES, os.strerror(errno.EACCES), str(folder))


def check_writable(file: Path) -> None:
    """Raise the OSError now that writing a file would raise after minutes of work."""
    folder = file.parent
    if file.is_dir():
        raise OSError(errno.EISDIR, os.strerror(errno.EISDIR), str(file))
    if not folder.is_dir():
        raise OSError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(file))
    if not os.access(file if file.exists() else folder, os.W_OK):
        raise OSError(errno.EACCES, os.strerror(errno.EACCES), str(file))
