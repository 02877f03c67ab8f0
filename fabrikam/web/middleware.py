"""Step-up in front of an application of any framework, as WSGI middleware."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from bottle import Bottle, HTTPError, request

from fabrikam.stepup import Requirement
from fabrikam.web.assembly import StepUpConfiguration, install_step_up
from fabrikam.web.headers import WsgiApp
from fabrikam.web.routes import add_sign_in

__all__ = ["StepUp"]

_GRANTED: Final = "fabrikam.granted"
_METHODS: Final = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


class StepUp:
    """Lets a request through to `app` when its path's requirement is met.

    `needs` maps path prefixes to requirements; the longest prefix counts, and
    `otherwise` is for all other paths.  A path with several spellings (`//`, `/../`,
    `;x`) is not found, since the application behind might read it otherwise.  Case
    counts: before an application that takes `/ADMIN` for `/admin`, let `otherwise`
    require as much as the strictest of `needs`.  The application sees who it is in
    `REMOTE_USER`.
    """

    def __init__(
        self,
        app: WsgiApp,
        configuration: StepUpConfiguration,
        *,
        needs: Mapping[str, Requirement],
        otherwise: Requirement,
    ) -> None:
        self._app = app
        self._gate = _gate(configuration, needs, otherwise)

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Answer by ourselves, or let the application behind answer."""
        for ours in ("REMOTE_USER", _GRANTED):  # nobody but us says who it is
            environ.pop(ours, None)
        own = dict(environ)  # Bottle rewrites the path, and the other must not see it
        answer: list[Any] = []
        body: Iterable[bytes] = self._gate(own, lambda *start: answer.extend(start))
        if _GRANTED not in own:
            start_response(*answer)
            return body
        if own[_GRANTED] is not None:
            environ["REMOTE_USER"] = own[_GRANTED]
        return self._app(environ, start_response)


def _gate(
    configuration: StepUpConfiguration,
    needs: Mapping[str, Requirement],
    otherwise: Requirement,
) -> Bottle:
    gate = Bottle()
    services = install_step_up(gate, configuration)
    add_sign_in(gate, services)

    def let_pass() -> str:
        if not _has_one_spelling(request.environ["bottle.raw_path"]):
            raise HTTPError(404)
        session = services.current_session.session()
        request.environ[_GRANTED] = session and session.evidence.subject
        return ""

    def add(rule: str, requirement: Requirement) -> None:
        gate.route(
            rule,
            _METHODS,
            let_pass,
            requires=requirement,
            page=True,
            cross_site=True,  # the application behind has forms of its own
        )

    for prefix in sorted(needs, key=len, reverse=True):
        add(f"<:re:{re.escape(prefix.rstrip('/'))}(?:/.*)?>", needs[prefix])
    add("<:re:/.*>", otherwise)
    for route in gate.routes:
        route.prepare()
    return gate


def _has_one_spelling(raw: str) -> bool:
    """Say whether every reader takes this path for the same."""
    path = raw.encode("latin-1").decode("utf-8")
    *folders, last = path[1:].split("/")
    return not (
        {"", ".", ".."} & set(folders)
        or last in {".", ".."}
        or any(odd in path for odd in "\\%;\0")  # "/admin;x" is "/admin" to some
        or any(part != part.strip() for part in (*folders, last))
    )
