"""Templates, rendered with what every page shows: the visitor, the way out.

A Bottle plugin in the place of Bottle's own template plugin, so that the lookup is
ours and the tenant's pages can never be found by mistake.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path
from typing import Any, Final, TypeAlias

from bottle import HTTPResponse, Route, template

__all__ = ["Page", "Pages"]

Page: TypeAlias = Mapping[str, Any]
View: TypeAlias = Callable[..., Any]


_PLAIN: Final = Path(__file__).parent / "views"


class Pages:
    """The pages of one folder, or plain ones; `common` gives what all of them show."""

    name = "template"
    api = 2

    def __init__(self, folder: Path | None, common: Callable[[], Page]) -> None:
        self._lookup = [str(place.resolve()) for place in (folder, _PLAIN) if place]
        self._common = common

    def apply(self, view: View, route: Route) -> View:
        """Render what a view returns, where its route names a template."""
        name = route.config.get("template")
        if name is None:
            return view

        @wraps(view)
        def rendered(*args: Any, **kwargs: Any) -> Any:
            answer = view(*args, **kwargs)
            return self.render(name, answer) if isinstance(answer, Mapping) else answer

        return rendered

    def render(self, name: str, page: Page) -> str:
        """Return a page as HTML."""
        shown = {**self._common(), **page}
        return str(template(name, template_lookup=self._lookup, **shown))

    def response(self, name: str, status: int, page: Page) -> HTTPResponse:
        """Return a page as a whole answer, for those that are not a 200."""
        return HTTPResponse(
            self.render(name, page),
            status,
            {"Content-Type": "text/html; charset=UTF-8"},
        )
