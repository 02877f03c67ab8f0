"""The parameters of `/authorize`, read once into a frozen request.

Pure: odd values become a `Refuse`, never an exception.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fabrikam.tenant.decisions.facts import AuthorizeRequest
from fabrikam.tenant.decisions.steps import Refuse

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["PUSHED_URI", "RESPONSE_MODES", "read_request"]

PUSHED_URI: Final = "urn:ietf:params:oauth:request_uri:"
RESPONSE_MODES: Final = ("query", "fragment", "form_post", "web_message")
_PROMPTS: Final = ("none", "login", "consent", "select_account")
_MAX_AGE_DIGITS: Final = 10


def read_request(query: Mapping[str, str]) -> AuthorizeRequest | Refuse:
    """Read what a client asked for."""
    prompt = tuple(query.get("prompt", "").split())
    refused = _unacceptable(query, prompt)
    if refused is not None:
        return refused
    return AuthorizeRequest(
        client_id=query.get("client_id", ""),
        redirect_uri=query.get("redirect_uri", ""),
        response_mode=query.get("response_mode", "query"),
        scopes=tuple(dict.fromkeys(query.get("scope", "").split())),
        state=query.get("state"),
        nonce=query.get("nonce"),
        prompt=prompt,
        max_age=int(query["max_age"]) if "max_age" in query else None,
        acr_values=tuple(query.get("acr_values", "").split()),
        audience=query.get("audience"),
        connection=query.get("connection"),
        login_hint=query.get("login_hint"),
        code_challenge=query.get("code_challenge"),
        request_uri=query.get("request_uri"),
        query=dict(query),
    )


def _unacceptable(query: Mapping[str, str], prompt: tuple[str, ...]) -> Refuse | None:
    if query.get("response_type") != "code":  # no token travels through the browser
        return Refuse("unsupported_response_type", "response_type must be code")
    if "organization" in query:  # without effect it would seem to be believed
        return Refuse("invalid_request", "organizations are not supported here")
    if "request" in query:
        return Refuse("request_not_supported", "request objects are not supported")
    if not query.get("request_uri", PUSHED_URI).startswith(PUSHED_URI):
        return Refuse("request_uri_not_supported", "push the request instead")
    if any(word not in _PROMPTS for word in prompt):
        return Refuse("invalid_request", "prompt is not one of " + ", ".join(_PROMPTS))
    if "none" in prompt and len(prompt) > 1:
        return Refuse("invalid_request", "prompt none stands alone")
    if query.get("response_mode", "query") not in RESPONSE_MODES:
        return Refuse("invalid_request", "response_mode is not supported")
    if query.get("response_mode") == "web_message" and "none" not in prompt:
        return Refuse("invalid_request", "response_mode web_message wants prompt none")
    if not _is_age(query.get("max_age", "0")):
        return Refuse("invalid_request", "max_age is not a number of seconds")
    return _unacceptable_challenge(query)


def _unacceptable_challenge(query: Mapping[str, str]) -> Refuse | None:
    challenge, method = query.get("code_challenge"), query.get("code_challenge_method")
    if method not in (None, "S256"):
        return Refuse("invalid_request", "code_challenge_method must be S256")
    if challenge is not None and method is None:
        return Refuse("invalid_request", "code_challenge_method must be S256")
    if challenge is None and method is not None:
        return Refuse("invalid_request", "code_challenge is missing")
    return None


def _is_age(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _MAX_AGE_DIGITS
