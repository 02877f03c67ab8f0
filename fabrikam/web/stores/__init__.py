"""What the intranet keeps between two requests; a driver is imported when chosen."""

from __future__ import annotations

from importlib import import_module

from fabrikam.web.stores.store import RecordKind as RecordKind
from fabrikam.web.stores.store import Store as Store
from fabrikam.web.stores.store import StoreUnavailable as StoreUnavailable

__all__ = ["RecordKind", "Store", "StoreUnavailable", "open_store"]


def open_store(url: str) -> Store:
    """Open `sqlite:///FILE` or `redis://HOST:PORT/DB`; raises StoreUnavailable."""
    driver = "sqlite" if url.startswith("sqlite:") else "redis"
    store: Store = import_module(f"{__name__}.{driver}_store").open_url(url)
    return store
