"""The way back to the client: a code or an error, by query, fragment or form."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from fabrikam.tenant.decisions.grants import grant_for
from fabrikam.tenant.http.pages import away, origin_of, page
from fabrikam.tenant.storage.database import new_key
from fabrikam.tenant.storage.tables import IssuedGrant, Origin
from fabrikam.tenant.storage.tenant_log import request_told
from fabrikam.tenant.universal_login.browser_sessions import (
    remember_browser,
    touch_session,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bottle import HTTPResponse

    from fabrikam.tenant.context import TenantContext
    from fabrikam.tenant.decisions.facts import AuthorizeRequest
    from fabrikam.tenant.decisions.login import Login
    from fabrikam.tenant.decisions.steps import Refuse
    from fabrikam.tenant.http.browser import Browser
    from fabrikam.tenant.storage.tables import LoginTransaction

__all__ = ["issue_code", "refuse", "with_parameters"]

_PROMPTS: Final = {"pwd": "login", "mfa": "mfa"}
_ORIGIN_SECONDS: Final = 86_400  # how long a code's replay still ends what it gave


def issue_code(
    tenant: TenantContext, browser: Browser, transaction: LoginTransaction
) -> HTTPResponse:
    """Give the client a code for a finished login."""
    login, now = transaction.login, tenant.now()
    code, family = new_key(), new_key()
    entitlement = IssuedGrant(grant_for(login, now), family)
    tenant.tables.origins.keep(code, Origin(family), ends_at=now + _ORIGIN_SECONDS)
    tenant.tables.codes.keep(
        code, entitlement, ends_at=now + tenant.lifetimes.code, family=family
    )
    touch_session(tenant, browser, login)
    browser = remember_browser(tenant, browser, login, chosen=transaction.remember)
    _count(tenant, login)
    _log(tenant, browser, login, "ssa" if login.request.silent else "s")
    return browser.dress(_answer(tenant, login.request, {"code": code}))


def refuse(
    tenant: TenantContext,
    browser: Browser,
    request: AuthorizeRequest,
    step: Refuse,
    login: Login | None = None,
) -> HTTPResponse:
    """Tell the client that there will be no code, and why."""
    tenant.log.write(
        "fsa" if request.silent else step.event,
        step.description,
        error=step.error,
        client_id=request.client_id,
        user_id=login.user.user_id if login and login.user else None,
        ip=browser.caller.address,
        details=request_told("qs", request.query),
    )
    said = {"error": step.error, "error_description": step.description}
    return browser.dress(_answer(tenant, request, said))


def with_parameters(
    url: str, parameters: Mapping[str, str], *, into: str = "query"
) -> str:
    """Add parameters to the query or to the fragment of an address."""
    parts = urlsplit(url)
    if into == "fragment":
        return urlunsplit(parts._replace(fragment=urlencode(parameters)))
    present = parse_qsl(parts.query, keep_blank_values=True)
    query = urlencode([*present, *parameters.items()])
    return urlunsplit(parts._replace(query=query))


def _answer(
    tenant: TenantContext, request: AuthorizeRequest, said: Mapping[str, str]
) -> HTTPResponse:
    echoed = {} if tenant.faults.find("no_state") else {"state": request.state}
    named = {} if tenant.faults.find("no_iss") else {"iss": tenant.issuer}
    parameters = {n: v for n, v in {**said, **echoed, **named}.items() if v is not None}
    if request.response_mode == "form_post":
        return page(
            "form_post",
            leads_to=request.redirect_uri,
            action=request.redirect_uri,
            fields=list(parameters.items()),
        )
    if request.response_mode == "web_message":
        return _message(tenant, request, parameters)
    target = with_parameters(
        request.redirect_uri, parameters, into=request.response_mode
    )
    return away(target)


def _message(
    tenant: TenantContext, request: AuthorizeRequest, parameters: Mapping[str, str]
) -> HTTPResponse:
    origin, client = origin_of(request.redirect_uri), tenant.client(request.client_id)
    if client is None or origin not in client.web_origins:
        return away(with_parameters(request.redirect_uri, parameters))
    return page(
        "web_message",
        framed_by=origin,
        origin=origin,
        response=json.dumps(parameters),
    )


def _count(tenant: TenantContext, login: Login) -> None:
    if login.user is not None and not login.request.silent:
        tenant.users.count_login(login.user.user_id)


def _log(tenant: TenantContext, browser: Browser, login: Login, event: str) -> None:
    tenant.log.write(
        event,
        client_id=login.client.client_id,
        client_name=login.client.name,
        user_id=login.user.user_id if login.user else None,
        user_name=login.user.profile.get("email") if login.user else None,
        methods=[method.name for method in login.passed],
        ip=browser.caller.address,
        user_agent=browser.caller.user_agent,
        details={
            **request_told("qs", login.request.query),
            "prompts": [{"name": _PROMPTS[name]} for name in _shown(login)],
        },
    )


def _shown(login: Login) -> list[str]:
    return [method.name for method in login.passed if method.name in _PROMPTS]
