"""Kinds of values that the environment may hold, each read strictly, or refused."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from fabrikam.shared.lazy import deferred

__all__ = [
    "Unusable",
    "base_url",
    "issuer",
    "json_object",
    "one_of",
    "port",
    "scope",
    "seconds",
    "secret",
    "session_url",
    "switches",
    "text",
    "whole_number",
]

_parse_redis_url: Final = deferred("redis.connection:parse_url")
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_HOST_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*(:\d+)?")
_SHORTEST_SECRET: Final = 16
_MOST_DIGITS: Final = 12


class Unusable(Exception):
    """A reader's no: what is wrong with a value, and what to write instead."""

    def __init__(self, wrong: str, write: str) -> None:
        super().__init__(wrong)
        self.wrong = wrong
        self.write = write


def text(value: str) -> str:
    """Read any text."""
    return value


def one_of(*words: str) -> Callable[[str], Any]:
    """Return a reader of one of some words."""

    def read(value: str) -> str:
        if value in words:
            return value
        raise Unusable(f"{value!r} is not known", "one of " + ", ".join(words))

    return read


def whole_number(least: int, most: int) -> Callable[[str], int]:
    """Return a reader of a whole number within bounds."""

    def read(value: str) -> int:
        digits = value.lstrip("0") or "0"
        is_number = value.isascii() and value.isdigit() and len(digits) <= _MOST_DIGITS
        if is_number and least <= int(digits) <= most:
            return int(digits)
        raise Unusable(
            f"{value[:20]!r} is not usable", f"a number from {least} to {most}"
        )

    return read


def seconds(value: str) -> int:
    """Read a time in seconds: from one to a year."""
    return whole_number(1, 31_536_000)(value)


def port(value: str) -> int:
    """Read the number of a TCP port."""
    return whole_number(1, 65_535)(value)


def secret(value: str) -> str:
    """Read a secret, which must be long enough to be one."""
    if len(value) >= _SHORTEST_SECRET:
        return value
    raise Unusable(
        "too short to be a secret", f"{_SHORTEST_SECRET} random characters or more"
    )


def base_url(value: str) -> str:
    """Read `https://host` or, on loopback, `http://host:port`, without a path."""
    if _is_safe_url(value) and urlsplit(value).path in ("", "/"):
        return value.rstrip("/")
    raise Unusable(
        f"{value!r} is not usable",
        "https://your.host, or http://localhost:PORT (http is for loopback only)",
    )


def issuer(value: str) -> str:
    """Read a bare host, or a whole issuer; the result ends with a slash."""
    issuer = f"https://{value}/" if _HOST_NAME.fullmatch(value) else value
    if _is_safe_url(issuer):
        return issuer.rstrip("/") + "/"
    raise Unusable(
        f"{value!r} is not usable",
        "the bare host of your tenant, such as example.eu.auth0.com "
        "(http is for loopback only)",
    )


def _is_safe_url(value: str) -> bool:
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    if not host or parts.query or parts.fragment or "@" in parts.netloc:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)


def session_url(value: str) -> str:
    """Read where sessions are kept: SQLite or Redis."""
    if value.startswith("sqlite:///") or _is_redis_url(value):
        return value
    raise Unusable(f"{value!r} is not usable", "sqlite:///FILE or redis://HOST:PORT/0")


def _is_redis_url(value: str) -> bool:
    if not value.startswith(("redis://", "rediss://")):
        return False
    try:
        _parse_redis_url(value)
    except ValueError:
        return False
    return True


def switches(value: str) -> Mapping[str, str]:
    """Read `name=word` pairs, separated by commas."""
    pairs = [part.strip().partition("=") for part in value.split(",")]
    if all(name and equals for name, equals, _ in pairs):
        return {name: word for name, _, word in pairs}
    raise Unusable(f"{value!r} is not usable", "name=word, several by comma")


def json_object(value: str) -> Mapping[str, Any]:
    """Read a JSON object."""
    try:
        read = json.loads(value, parse_constant=_no_number)
    except (ValueError, RecursionError):
        read = None
    if isinstance(read, dict):
        return read
    raise Unusable("not a JSON object", """an object, such as '{"ENV": "test"}'""")


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is not JSON")


def scope(value: str) -> str:
    """Read a scope that asks for an ID token."""
    if "openid" in value.split():
        return value
    raise Unusable(f"{value!r} asks for no ID token", "a scope with the word openid")
