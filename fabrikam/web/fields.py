"""Text out of queries and forms, whatever bytes a stranger has sent."""

from __future__ import annotations

from bottle import FormsDict

__all__ = ["every", "field", "repeats"]


def field(values: FormsDict, name: str) -> str:
    """Return the value of a field; "" where it stands not at all or more than once."""
    found = values.getall(name)
    return _text(found[0]) if len(found) == 1 else ""


def every(values: FormsDict) -> dict[str, str]:
    """Return all fields, of those that stand twice the last."""
    return {_text(name): _text(value) for name, value in values.allitems()}


def repeats(values: FormsDict) -> bool:
    """Say whether a field stands more than once."""
    return any(len(values.getall(name)) > 1 for name in values)


def _text(raw: str) -> str:
    # WSGI hands bytes over as Latin-1; what is no UTF-8 must not break the page
    return raw.encode("latin-1", "replace").decode("utf-8", "replace")
