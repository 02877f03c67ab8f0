"""Text out of queries, forms and headers, whatever bytes a stranger has sent."""

from __future__ import annotations

from typing import Final

from bottle import BaseRequest, FormsDict

__all__ = ["address_of", "every", "field", "header", "is_text", "repeats"]

_LONGEST_ADDRESS: Final = 1_500


def field(values: FormsDict, name: str) -> str:
    """Return the value of a field; "" where it stands not at all or more than once."""
    texts = values.getall(name)
    return _text(texts[0]) if len(texts) == 1 else ""


def every(values: FormsDict) -> dict[str, str]:
    """Return all fields, of those that stand twice the last."""
    return {_text(name): _text(value) for name, value in values.allitems()}


def repeats(values: FormsDict) -> bool:
    """Say whether a field stands more than once."""
    return any(len(values.getall(name)) > 1 for name in values)


def header(request: BaseRequest, name: str) -> str:
    """Return a header; "" where it does not stand."""
    # not by bottle's get_header, which breaks where the bytes are no UTF-8
    key = "HTTP_" + name.upper().replace("-", "_")
    return _text(str(request.environ.get(key, "")))


def is_text(path: str) -> bool:
    """Say whether a path, as WSGI hands it over, is UTF-8.

    Bottle leaves out what is not, and would find `/metrics` at `/metrics%ff`, which a
    proxy's rule for `/metrics` has let pass.
    """
    try:
        path.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return False
    return True


def address_of(request: BaseRequest) -> str:
    """Return the address that was asked for, without its query where that is long."""
    query = str(request.query_string)
    address = f"{request.path}?{query}" if query else str(request.path)
    return address if len(address) <= _LONGEST_ADDRESS else str(request.path)


def _text(raw: str) -> str:
    # WSGI hands bytes over as Latin-1; what is no UTF-8 must not break the page
    return raw.encode("latin-1", "replace").decode("utf-8", "replace")
