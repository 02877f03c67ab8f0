"""The routes by which visitors come and go: the same for every application."""

from __future__ import annotations

from bottle import Bottle, HTTPResponse, request

from fabrikam.stepup import NOTHING
from fabrikam.web.assembly import Services
from fabrikam.web.request_fields import field, header

__all__ = ["add_sign_in"]


def add_sign_in(app: Bottle, services: Services) -> None:
    """Add /login, /login/mfa, /callback, /logout and /backchannel-logout."""
    sign_in = services.sign_in

    @app.get("/login", requires=NOTHING)
    def login() -> HTTPResponse:
        return sign_in.depart(step_up=False)

    @app.get("/login/mfa", requires=NOTHING)
    def step_up() -> HTTPResponse:
        return sign_in.depart(step_up=True)

    @app.get("/callback", requires=NOTHING)
    def callback() -> HTTPResponse:
        return sign_in.arrive()

    @app.get("/logout", requires=NOTHING)
    def logout() -> HTTPResponse:
        if header(request, "Sec-Fetch-Site") == "cross-site":
            return services.pages.response("confirm_logout", 200, {})
        return sign_in.leave()

    @app.post("/logout", requires=NOTHING)
    def confirmed_logout() -> HTTPResponse:
        return sign_in.leave()

    @app.post("/backchannel-logout", requires=NOTHING, cross_site=True)
    def backchannel_logout() -> HTTPResponse:
        return sign_in.end_by_tenant(field(request.forms, "logout_token"))
