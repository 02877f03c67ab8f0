"""Frames between Python and Node: four bytes of length, little-endian, then JSON.

Pure: bytes in, frames out.
"""

from __future__ import annotations

import json
import re
import struct
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from fabrikam.tenant.scripts.depth import is_deeper

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["Frame", "FrameBroken", "Frames", "packed"]

Frame: TypeAlias = dict[str, Any]

_LENGTH: Final = struct.Struct("<I")
# Node writes half a surrogate pair, and nothing else, as an escape of this kind;
# no database and no token would take it.
_HALF: Final = re.compile(rb"(?<!\\)((?:\\\\)*)\\u[dD][89a-fA-F][0-9a-fA-F]{2}")
_MOST_LEVELS: Final = 100  # what scripts say is put aside by recursion
_LONGEST: Final = 8 * 1024 * 1024  # binary rubbish reads as a length above this


class FrameBroken(Exception):
    """What arrived is no frame."""


def packed(frame: Mapping[str, Any]) -> bytes:
    """Write one frame."""
    # a number that Node cannot read would leave the login waiting for its answer
    text = json.dumps(frame, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    body = text.encode(errors="replace")
    return _LENGTH.pack(len(body)) + body


class Frames:
    """The frames of a stream that arrives in pieces."""

    def __init__(self) -> None:
        self._arrived = bytearray()

    def feed(self, piece: bytes) -> Iterator[Frame]:
        """Take a piece, and give every frame that is whole by now."""
        self._arrived += piece
        while len(self._arrived) >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._arrived)
            if length > _LONGEST:
                raise FrameBroken(f"a frame of {length} bytes")
            end = _LENGTH.size + length
            if len(self._arrived) < end:
                return
            body = bytes(self._arrived[_LENGTH.size : end])
            del self._arrived[:end]
            yield _parsed(body)


def _parsed(body: bytes) -> Frame:
    try:
        frame = json.loads(_whole(body))
    except (ValueError, RecursionError) as error:
        raise FrameBroken("not JSON") from error
    if is_deeper(frame, _MOST_LEVELS):
        raise FrameBroken("what is nested too deep")
    if not isinstance(frame, dict) or not isinstance(frame.get("type"), str):
        raise FrameBroken("without a type")
    return frame


def _whole(body: bytes) -> bytes:
    return _HALF.sub(rb"\1\\ufffd", body) if b"\\u" in body else body
