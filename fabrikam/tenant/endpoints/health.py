"""`/healthz`, `/` and the stylesheet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from bottle import HTTPResponse, static_file

from fabrikam.tenant.http.pages import page

if TYPE_CHECKING:
    from bottle import Bottle

    from fabrikam.tenant.context import TenantContext

__all__ = ["health"]

_STATIC: Final = Path(__file__).parent.parent / "views" / "static"


def health(app: Bottle, tenant: TenantContext) -> None:
    """Add the addresses."""

    @app.get("/healthz")
    def healthz() -> HTTPResponse:
        return HTTPResponse("ok\n", content_type="text/plain; charset=utf-8")

    @app.get("/")
    def home() -> HTTPResponse:
        return page("home", issuer=tenant.issuer, local=tenant.local)

    @app.get("/static/tenant.css")
    def stylesheet() -> HTTPResponse:
        answer = static_file("tenant.css", root=str(_STATIC))
        answer.set_header("Cache-Control", "public, max-age=300")
        return answer
