"""A story drawn as a sequence: four lifelines and what was said between them, as SVG.

Every text of a script or a claim passes through `escape`; the drawing runs nothing.
"""

from __future__ import annotations

from html import escape
from textwrap import wrap
from typing import TYPE_CHECKING, Any, Final

from fabrikam.lab.simulation.observation import ACTORS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["diagram"]

_LANE: Final = 172
_WIDTH: Final = _LANE * len(ACTORS)
_TOP: Final = 34
_LINE: Final = 15
_GAP: Final = 20
_LETTERS: Final = 46
_X: Final = {actor: _LANE // 2 + _LANE * at for at, actor in enumerate(ACTORS)}


def diagram(story: Sequence[Mapping[str, Any]], title: str) -> str:
    """Draw one side of a difference."""
    drawn = []
    y = _TOP + _GAP
    for moment in story:
        lines = _text(moment)
        y += _LINE * len(lines)
        drawn.append(_moment(moment, lines, y))
        y += _GAP
    return (
        f'<svg class="sequence" viewBox="0 0 {_WIDTH} {y}" role="img"'
        f' aria-label="{escape(title)}">{_lifelines(y)}{"".join(drawn)}</svg>'
    )


def _text(moment: Mapping[str, Any]) -> list[str]:
    where = [moment["where"]] if moment["where"] else []
    return [*wrap(moment["said"], _LETTERS, break_long_words=True), *where]


def _lifelines(height: int) -> str:
    return "".join(
        f'<text class="actor" x="{x}" y="20">{actor}</text>'
        f'<line class="life" x1="{x}" y1="{_TOP}" x2="{x}" y2="{height}"/>'
        for actor, x in _X.items()
    )


def _moment(moment: Mapping[str, Any], lines: list[str], y: int) -> str:
    start, end = _X[moment["speaker"]], _X[moment["hearer"]]
    return "".join((*_words(lines, (start + end) // 2, y), _arrow(start, end, y)))


def _words(lines: list[str], middle: int, y: int) -> Iterator[str]:
    x = min(max(middle, _LANE), _WIDTH - _LANE)
    for number, line in enumerate(reversed(lines)):
        at = y - 6 - _LINE * number
        yield f'<text class="said" x="{x}" y="{at}">{escape(line)}</text>'


def _arrow(start: int, end: int, y: int) -> str:
    back = -7 if end > start else 7
    head = f"{end},{y} {end + back},{y - 4} {end + back},{y + 4}"
    return (
        f'<line class="way" x1="{start}" y1="{y}" x2="{end}" y2="{y}"/>'
        f'<polygon points="{head}"/>'
    )
