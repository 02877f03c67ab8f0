"""The faults of an endpoint: slow, failing or rubbish, where a test asked for it."""

from __future__ import annotations

import threading
from functools import wraps
from typing import TYPE_CHECKING, Any

from bottle import HTTPResponse

from fabrikam.tenant.http.pages import json_reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from fabrikam.tenant.context import TenantContext

__all__ = ["with_simulated_faults"]

_NEVER = threading.Event()


def with_simulated_faults(
    tenant: TenantContext, name: str
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let an endpoint obey the faults that bear its name."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def watched(*args: Any, **kwargs: Any) -> Any:
            _NEVER.wait(float(tenant.faults.find(f"slow_{name}") or 0))
            return _failure(tenant, name) or view(*args, **kwargs)

        return watched

    return decorate


def _failure(tenant: TenantContext, name: str) -> HTTPResponse | None:
    if tenant.faults.find(f"rubbish_{name}"):
        return HTTPResponse("<!doctype html><p>rubbish", content_type="text/html")
    status = tenant.faults.find(f"failing_{name}")
    if status is None:
        return None
    return json_reply({"error": "server_error"}, 500 if status is True else int(status))
