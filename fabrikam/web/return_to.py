"""Where a sign-in may lead afterwards: to a page of ours, and nowhere else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from bottle import Bottle, HTTPError, Route

from fabrikam.stepup import Requirement
from fabrikam.web.guard import requirement_of

__all__ = ["Destination", "ReturnTo"]

HOME: Final = "/"
_LONGEST: Final = 2_000
_PLAIN: Final = re.compile(r"/[!-\[\]-~]*")  # visible ASCII without the backslash


@dataclass(frozen=True, slots=True)
class Destination:
    """An address of our own, and what the page there requires."""

    address: str
    requirement: Requirement


class ReturnTo:
    """Reads `return_to`: the application's own router says what is ours."""

    def __init__(self, app: Bottle) -> None:
        self._app = app

    def to(self, return_to: str) -> Destination:
        """Return the way to a page of ours; anything else leads home."""
        return self._own_page(return_to) or self._home()

    def _own_page(self, return_to: str) -> Destination | None:
        if len(return_to) > _LONGEST or not _PLAIN.fullmatch(return_to):
            return None
        path = return_to.partition("?")[0].partition("#")[0]
        try:
            route, _ = self._app.match({"PATH_INFO": path, "REQUEST_METHOD": "GET"})
        except HTTPError:
            return None
        if not _is_page(route):  # never /login or /logout
            return None
        return Destination(return_to, requirement_of(route))

    def _home(self) -> Destination:
        home = self._own_page(HOME)
        if home is None:
            raise LookupError("the application has no page at /")
        return home


def _is_page(route: Route) -> bool:
    """Say whether people look at what a route answers; `page=True` says so as well."""
    return "template" in route.config or route.config.get("page") is True
