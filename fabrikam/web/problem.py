"""Refusals for programs: problem details (RFC 9457) and challenges (RFC 9470)."""

from __future__ import annotations

import json
from collections.abc import Mapping

from bottle import BaseRequest, HTTPResponse

from fabrikam.stepup import Need, Strategy

__all__ = ["is_program", "login_challenge", "problem", "step_up_challenge"]


def is_program(request: BaseRequest) -> bool:
    """Say whether this request wants JSON: by its address, or by what it accepts."""
    if str(request.path).startswith("/api/"):
        return True
    accepted = str(request.get_header("Accept", ""))
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


def login_challenge() -> str:
    """Return the challenge for somebody who is not signed in (RFC 6750 §3)."""
    return 'Bearer realm="fabrikam-intranet"'


def step_up_challenge(need: Need, strategy: Strategy) -> str:
    """Return the challenge for somebody who is not signed in well enough.

    RFC 9470 §3 names `acr_values` and `max_age`; the legacy mechanism is asked for
    by a `scope` (RFC 6750 §3).
    """
    asked = dict(strategy.ask()) if need.second_factor else {}
    if need.login_within is not None:
        asked["max_age"] = str(need.login_within)
    attributes = {
        "realm": "fabrikam-intranet",
        "error": "insufficient_user_authentication",
        "error_description": "A stronger or more recent sign-in is required",
        **asked,
    }
    return "Bearer " + ", ".join(f'{k}="{v}"' for k, v in attributes.items())
