"""What may be written about a user by the Management API: the type of each attribute.

Pure.  What is written is read in every login of that user, so a value that a login
cannot carry is refused before it is kept.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from fabrikam.tenant.scripts.depth import is_deeper
from fabrikam.tenant.scripts.folder_schema import USER, violations

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["METADATA", "too_much", "type_error_of"]

METADATA: Final = ("user_metadata", "app_metadata")
_MOST_LEVELS: Final = 50  # a login is put aside by recursion
_MOST_BYTES: Final = 2**20


def type_error_of(patch: Mapping[str, Any]) -> str | None:
    """Say what of a patch cannot be written, or None."""
    for name, value in patch.items():
        if name not in USER:
            return f"{name} cannot be written"
        if value is None:
            return f"{name} is null"
    return next((wrong for _, wrong in violations(patch, USER)), None)


def too_much(profile: Mapping[str, Any]) -> str | None:
    """Say which metadata of a user is more than a login can carry, or None."""
    for name in METADATA:
        value = profile.get(name) or {}
        if is_deeper(value, _MOST_LEVELS):
            return f"{name} is nested deeper than {_MOST_LEVELS} levels"
        try:
            size = len(json.dumps(value, allow_nan=False, ensure_ascii=False).encode())
        except ValueError:  # an odd number, or half a character
            return f"{name} is not JSON"
        if size > _MOST_BYTES:
            return f"{name} has more than {_MOST_BYTES} bytes"
    return None
