"""Numbers as a person says and types them.  Pure."""

from __future__ import annotations

from argparse import ArgumentTypeError

__all__ = ["counted", "from_nought_up", "from_one_up"]


def counted(number: int, noun: str) -> str:
    """Say how many there are: `1 login`, `2,000 logins`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def from_one_up(text: str) -> int:
    """Read a number that was typed; raises ArgumentTypeError, named by the option."""
    return _from(1, text)


def from_nought_up(text: str) -> int:
    """Read a number that was typed; raises ArgumentTypeError, named by the option."""
    return _from(0, text)


def _from(least: int, text: str) -> int:
    if text.isascii() and text.isdigit() and int(text) >= least:
        return int(text)
    raise ArgumentTypeError(f"{text!r} is not a whole number from {least} up")
