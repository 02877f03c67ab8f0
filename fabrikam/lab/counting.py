"""Numbers with their nouns, as a person says them.  Pure."""

from __future__ import annotations

__all__ = ["counted"]


def counted(number: int, noun: str) -> str:
    """Say how many there are: `1 login`, `2,000 logins`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
