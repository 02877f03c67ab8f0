"""The guard before every route: one word on the route, one decision in `judge`."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeAlias

from bottle import HTTPResponse, PluginError, Route

from fabrikam.oidc import Evidence
from fabrikam.stepup import NOTHING, AnyOf, Need, Requirement, Strategy, Verdict, judge
from fabrikam.web.bearer import Bearer

__all__ = ["Guard", "requirement_of"]

View: TypeAlias = Callable[..., Any]


class Guard:
    """A Bottle plugin that reads `requires=` from the route and judges each request.

    `visitor` gives what the present visitor has shown, `refusal` turns a verdict into
    an answer, None for those that may pass.  A route with a `scope=` also takes an
    access token, which `bearer` judges.
    """

    name = "guard"
    api = 2

    def __init__(
        self,
        strategy: Strategy,
        *,
        visitor: Callable[[], Evidence | None],
        clock: Callable[[], int],
        refusal: Callable[[Verdict, Requirement], HTTPResponse | None],
        bearer: Bearer | None = None,
    ) -> None:
        self.strategy = strategy
        self.visitor = visitor
        self.clock = clock
        self.refusal = refusal
        self.bearer = bearer

    def apply(self, view: View, route: Route) -> View:
        """Put the guard before a view; raises PluginError where nothing is required."""
        requirement = requirement_of(route)
        if requirement == NOTHING:
            return view  # /healthz answers also when the sessions cannot be read

        scope = route.config.get("scope")

        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if scope and self.bearer and self.bearer.is_brought():
                refused = self.bearer.refusal(requirement, scope)
            else:
                refused = self._refusal(requirement)
            return view(*args, **kwargs) if refused is None else refused

        return guarded

    def _refusal(self, requirement: Requirement) -> HTTPResponse | None:
        verdict = judge(requirement, self.visitor(), by=self.strategy, now=self.clock())
        return self.refusal(verdict, requirement)


def requirement_of(route: Route) -> Requirement:
    """Return what a route requires; raises PluginError where it does not say."""
    requirement = route.config.get("requires")
    if isinstance(requirement, Need | AnyOf):
        return requirement
    raise PluginError(f"{route.method} {route.rule}: say what it requires")
