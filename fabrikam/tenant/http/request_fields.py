"""The words of a request, as text, or a 400 where they are none."""

from __future__ import annotations

import json
from typing import Any

from bottle import HTTPError, request

__all__ = [
    "bearer",
    "body_of",
    "form",
    "header",
    "json_of",
    "pairs_of",
    "query_of",
    "single_values",
    "text_of",
]


def pairs_of() -> list[tuple[str, str]]:
    """Read all parameters, those of the address first."""
    return _pairs(request.query) + _pairs(request.forms)


def form() -> dict[str, str]:
    """Read the fields of a form; a field that comes twice counts as the first."""
    return dict(reversed(_pairs(request.forms)))


def query_of() -> dict[str, str]:
    """Read the parameters of the address; one that comes twice counts as the first."""
    return dict(reversed(_pairs(request.query)))


def text_of(name: str) -> str:
    """Read one parameter, or an empty text."""
    return dict(reversed(pairs_of())).get(name, "")


def single_values() -> dict[str, str]:
    """Read all parameters, each of which has one value for whoever reads it."""
    pairs = pairs_of()
    if len(dict(pairs)) < len(set(pairs)):
        raise HTTPError(400, "a parameter has two values")
    return dict(pairs)


def body_of() -> list[tuple[str, str]]:
    """Read what a program sent, as a form or as JSON."""
    if request.content_type.partition(";")[0] != "application/json":
        return _pairs(request.forms)
    sent = json_of()
    if not isinstance(sent, dict):
        raise HTTPError(400, "the body is not a JSON object")
    return [(str(name), value) for name, value in sent.items() if _is_text(value)]


def json_of() -> Any:
    """Read what a program sent as JSON."""
    try:
        sent = request.json
        json.dumps(sent, ensure_ascii=False, allow_nan=False).encode()
    except (RecursionError, ValueError):  # UnicodeError is one
        wrong = "the body is nested too deeply, or holds no text or no number"
        raise HTTPError(400, wrong) from None
    return sent


def header(name: str) -> str:
    """Read a header, whatever bytes a stranger has sent, or an empty text."""
    # not by bottle's get_header, which breaks where they are no UTF-8
    raw = request.environ.get("HTTP_" + name.upper().replace("-", "_"), "")
    return str(raw).encode("latin-1", "replace").decode("utf-8", "replace")


def bearer() -> str | None:
    """Read the access token of a request, from the header or from its form."""
    scheme, _, token = header("Authorization").partition(" ")
    if scheme.lower() == "bearer":
        return token.strip() or None
    return form().get("access_token") if request.method == "POST" else None


def _pairs(fields: Any) -> list[tuple[str, str]]:
    try:
        return list(fields.decode().allitems())
    except UnicodeError:
        raise HTTPError(400, "a parameter is not UTF-8") from None


def _is_text(value: object) -> bool:
    return isinstance(value, str)
