"""Texts that match a regular expression of JavaScript, a few of them.  Pure."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from typing import Any, Final

from rstr import Rstr

__all__ = ["texts_matching"]

_MOST: Final = 2
_NAMED_GROUP: Final = re.compile(r"\(\?<(?![=!])")  # Python writes (?P<


def texts_matching(pattern: Any) -> Iterator[str]:
    r"""Give texts that match, the same ones every time.

    `pattern` is `{"regexp": source, "flags": flags}` or a text; what Python's syntax
    cannot say (look-behind of any length, `\p{…}`) gives none.
    """
    source = pattern.get("regexp") if isinstance(pattern, dict) else pattern
    if not isinstance(source, str):
        return
    generator = Rstr(random.Random(0))  # noqa: S311  # for the same texts every time
    for _ in range(_MOST):
        try:
            yield generator.xeger(_NAMED_GROUP.sub("(?P<", source))
        except (re.error, ValueError, NotImplementedError, KeyError, TypeError):
            return
