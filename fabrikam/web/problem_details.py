"""Refusals for programs: problem details (RFC 9457) and challenges (RFC 9470)."""

from __future__ import annotations

import json
from collections.abc import Mapping

from bottle import BaseRequest, HTTPResponse

from fabrikam.stepup import Need, Shortfall, Strategy
from fabrikam.web.explanations import shortfall_words
from fabrikam.web.request_fields import header

__all__ = [
    "is_program",
    "lacking_words",
    "login_challenge",
    "problem",
    "scope_challenge",
    "step_up_challenge",
    "token_challenge",
]


def is_program(request: BaseRequest) -> bool:
    """Say whether a program asks: by the address, what it accepts, or how it asks.

    A script on a page could not follow a redirect to the tenant.
    """
    if str(request.path).startswith("/api/") or request.is_xhr:
        return True
    if header(request, "Sec-Fetch-Dest") == "empty":
        return True
    accepted = header(request, "Accept")
    return "json" in accepted and "text/html" not in accepted


def problem(
    status: int,
    code: str,
    title: str,
    detail: str,
    *,
    challenge: str | None = None,
    more: Mapping[str, object] | None = None,
) -> HTTPResponse:
    """Return an answer that a program can read; `code` is its stable name."""
    body = {
        "type": f"urn:fabrikam:problem:{code}",
        "title": title,
        "status": status,
        "detail": detail,
        **(more or {}),
    }
    headers = {"Content-Type": "application/problem+json; charset=UTF-8"}
    if challenge is not None:
        headers["WWW-Authenticate"] = challenge
    return HTTPResponse(json.dumps(body), status, headers)


def lacking_words(shortfalls: tuple[Shortfall, ...]) -> Mapping[str, object]:
    """Return shortfalls as members of a problem."""
    return {
        "shortfalls": [
            {"claim": lack.claim, "fault": lack.fault, "words": shortfall_words(lack)}
            for lack in shortfalls
        ]
    }


def login_challenge() -> str:
    """Return the challenge for somebody who is not signed in (RFC 6750 §3)."""
    return _challenge()


def token_challenge() -> str:
    """Return the challenge for a token that is not accepted (RFC 6750 §3.1)."""
    return _challenge(error="invalid_token")


def scope_challenge(scope: str) -> str:
    """Return the challenge for a token that covers too little (RFC 6750 §3.1)."""
    return _challenge(error="insufficient_scope", scope=scope)


def step_up_challenge(need: Need, strategy: Strategy, max_age: int | None) -> str:
    """Return the challenge for somebody who is not signed in well enough.

    RFC 9470 §3 names `acr_values` and `max_age`, in seconds; the legacy mechanism is
    asked for by a `scope` (RFC 6750 §3).
    """
    asked = dict(strategy.ask()) if need.second_factor else {}
    if max_age is not None:
        asked["max_age"] = str(max_age)
    return _challenge(
        error="insufficient_user_authentication",
        error_description="A stronger or more recent sign-in is required",
        **asked,
    )


def _challenge(**attributes: str) -> str:
    named = {"realm": "fabrikam-intranet", **attributes}
    return "Bearer " + ", ".join(f'{name}="{value}"' for name, value in named.items())
