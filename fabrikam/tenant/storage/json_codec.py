"""Frozen values as JSON and back, so that a login under way can be put aside.

JSON holds data only; nothing that is read back can run.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

__all__ = ["freeze", "thaw"]

Value = TypeVar("Value")


def freeze(value: object) -> str:
    """Write a frozen value as JSON; each dataclass bears its name."""
    return json.dumps(_plain(value), separators=(",", ":"))


def thaw(kind: type[Value], text: str) -> Value:
    """Read back what `freeze` wrote; another shape is a `ValueError`."""
    try:
        value = _value(kind, json.loads(text))
    except (AttributeError, KeyError, TypeError) as odd:
        raise ValueError(f"frozen {kind.__name__}: malformed") from odd
    if not isinstance(value, kind):
        raise ValueError(f"frozen {kind.__name__}: malformed")  # noqa: TRY004 - as above
    return value


def _plain(value: object) -> object:
    if is_dataclass(value):
        named = {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
        return {"is": type(value).__name__, **named}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, frozenset):
        return sorted(value)
    return value


def _value(kind: Any, plain: Any) -> Any:
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        return _member(kind, plain)
    if origin is tuple:
        return tuple(_value(get_args(kind)[0], item) for item in plain)
    if origin is frozenset:
        return frozenset(plain)
    if origin is Mapping:
        inner = get_args(kind)[1]
        return {key: _value(inner, item) for key, item in plain.items()}
    if is_dataclass(kind) and isinstance(kind, type):
        hints = _hints(kind)
        return kind(**{n: _value(hints[n], plain[n]) for n in hints if n in plain})
    return plain


def _member(kind: Any, plain: Any) -> Any:
    members = [member for member in get_args(kind) if member is not type(None)]
    if isinstance(plain, dict):
        named = (m for m in members if getattr(m, "__name__", "") == plain.get("is"))
        return _value(next(named, Any), plain)
    if plain is not None and len(members) == 1:
        return _value(members[0], plain)
    return plain


@cache
def _hints(kind: type) -> dict[str, Any]:
    # some modules import this name for the type checker only
    return get_type_hints(kind, localns={"Mapping": Mapping})
