"""The guard before every route: one word on the route, one decision in `judge`."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeAlias

from bottle import HTTPResponse, PluginError, Route

from fabrikam.oidc import Evidence
from fabrikam.stepup import NOTHING, AnyOf, Need, Requirement, Strategy, Verdict, judge

__all__ = ["Guard", "requirement_of"]

View: TypeAlias = Callable[..., Any]


class Guard:
    """A Bottle plugin that reads `requires=` from the route and judges each request.

    `visitor` gives what the present visitor has shown, `refusal` turns a verdict into
    an answer, None for those that may pass.
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
    ) -> None:
        self.strategy = strategy
        self.visitor = visitor
        self.clock = clock
        self.refusal = refusal

    def apply(self, view: View, route: Route) -> View:
        """Put the guard before a view; raises PluginError where nothing is required."""
        requirement = requirement_of(route)
        if requirement == NOTHING:
            return view  # /healthz answers also when the sessions cannot be read

        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            verdict = judge(
                requirement, self.visitor(), by=self.strategy, now=self.clock()
            )
            refused = self.refusal(verdict, requirement)
            return view(*args, **kwargs) if refused is None else refused

        return guarded


def requirement_of(route: Route) -> Requirement:
    """Return what a route requires; raises PluginError where it does not say."""
    requirement = route.config.get("requires")
    if isinstance(requirement, Need | AnyOf):
        return requirement
    raise PluginError(f"{route.method} {route.rule}: say what it requires")
