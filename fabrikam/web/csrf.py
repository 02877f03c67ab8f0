"""Forms must come from our own pages: a token bound to the session, in every form."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from functools import wraps
from typing import Any, Final, TypeAlias

from bottle import HTTPResponse, Route, request

from fabrikam.web.request_fields import field

__all__ = ["FIELD", "CrossSiteGuard"]

FIELD: Final = "csrf"
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})

View: TypeAlias = Callable[..., Any]


class CrossSiteGuard:
    """A Bottle plugin that refuses unsafe requests without this session's token.

    A stranger has no session to abuse and is left to the guard.  A route that other
    programs call says `cross_site=True`.
    """

    name = "cross_site"
    api = 2

    def __init__(
        self,
        *,
        token: Callable[[], str],
        refusal: Callable[[], HTTPResponse],
    ) -> None:
        self._token = token
        self._refusal = refusal

    def apply(self, view: View, route: Route) -> View:
        """Put the check before a view that can change something."""
        if route.method in _SAFE or route.config.get("cross_site"):
            return view

        @wraps(view)
        def checked(*args: Any, **kwargs: Any) -> Any:
            token = self._token()
            sent = field(request.forms, FIELD)
            if token and not hmac.compare_digest(sent.encode(), token.encode()):
                return self._refusal()
            return view(*args, **kwargs)

        return checked
