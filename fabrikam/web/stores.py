"""Which store a URL names."""

from __future__ import annotations

from pathlib import Path

from fabrikam.web.redis_store import RedisStore
from fabrikam.web.sqlite_store import SqliteStore
from fabrikam.web.store import Store

__all__ = ["open_store"]


def open_store(url: str) -> Store:
    """Open `sqlite:///FILE` or `redis://HOST:PORT/DB`; raises one of STORE_ERRORS."""
    if url.startswith("sqlite:///"):
        return SqliteStore(Path(url.removeprefix("sqlite:///")))
    return RedisStore.at(url)
