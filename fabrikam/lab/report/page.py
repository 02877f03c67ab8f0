"""The report as one HTML file: no script, nothing from elsewhere, good on paper.

The heat map says with a letter what it says with a colour; the filter is a row of radio
buttons that style sheets read.
"""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from fabrikam.lab.compare.comparison import DIRECTIONS
from fabrikam.lab.report.diagram import diagram

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fabrikam.lab.report.record_fields import Record

__all__ = ["page"]

_STYLE: Final = Path(__file__).with_name("page.css").read_text("utf-8")
_LETTERS: Final = {
    "weaker": "W",
    "locked out": "L",
    "could not run": "!",
    "stronger": "S",
    "other prompts": "P",
    "other error": "E",
    "same": "=",
}


def page(data: Record) -> str:
    """Draw an experiment."""
    verdict = data["verdict"]
    title = escape(_title(data))
    outcome = "bad" if verdict["exit_code"] else "good"
    return "".join(
        (
            '<!doctype html><html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta http-equiv="Content-Security-Policy" content="default-src',
            " 'none'; style-src 'unsafe-inline'\">",
            f"<title>{title}</title><style>{_STYLE}</style></head><body>",
            f'<header class="{outcome}"><p>{title}</p>',
            f"<h1>{escape(verdict['sentence'])}</h1>",
            *(f"<p>{escape(sentence)}</p>" for sentence in verdict["more"]),
            "</header><main>",
            *_map(data),
            *_differences(data),
            *_counts(data),
            "</main></body></html>\n",
        )
    )


def _title(data: Record) -> str:
    old, new = data["old"], data["new"]
    return (
        f"{old['folder']} ({old['strategy']}) against"
        f" {new['folder']} ({new['strategy']})"
    )


def _map(data: Record) -> Iterator[str]:
    yield "<section><h2>Where it differs</h2>"
    yield '<p class="legend">'
    for word in DIRECTIONS:
        yield f'<span class="{_class(word)}"><b>{_LETTERS[word]}</b> {word}</span> '
    yield "</p><p>A row is a kind of request, a column what the browser brings; the"
    yield " letter is the worst that happens there, the number how often.  Situations"
    yield " in which a doubt about Auth0 is answered otherwise are left out.</p>"
    yield _wide("map of the situations")
    yield '<table class="map"><thead><tr><th>request</th>'
    yield from (f'<th scope="col">{name}</th>' for name in data["map"]["columns"])
    yield "</tr></thead><tbody>"
    for row in data["map"]["rows"]:
        yield f'<tr><th scope="row">{row["name"]}</th>'
        yield from map(_cell, row["cells"])
        yield "</tr>"
    yield "</tbody></table></div></section>"


def _cell(cell: Record | None) -> str:
    if cell is None:
        return '<td class="none" title="cannot be">·</td>'
    worst = next(iter(cell))
    counts = ", ".join(f"{word}: {count:,}" for word, count in cell.items())
    return (
        f'<td class="{_class(worst)}" title="{counts}">'
        f"<b>{_LETTERS[worst]}</b> {cell[worst]:,}</td>"
    )


def _differences(data: Record) -> Iterator[str]:
    differences = data["differences"]
    words = [
        word
        for word in DIRECTIONS
        if any(difference["direction"] == word for difference in differences)
    ]
    yield "<section><h2>What differs, each by its smallest case</h2>"
    if not differences:
        yield "<p>Nothing.</p></section>"
        return
    yield '<div class="filter" role="radiogroup" aria-label="Show">'
    yield from _choice("all", "all", checked=True)
    for word in words:
        yield from _choice(_class(word), word, checked=False)
    for difference in differences:
        yield from _difference(difference)
    yield "</div></section>"


def _choice(name: str, label: str, *, checked: bool) -> Iterator[str]:
    on = " checked" if checked else ""
    yield f'<input type="radio" name="show" id="show-{name}"{on}>'
    yield f'<label for="show-{name}">{label}</label>'


def _difference(difference: Record) -> Iterator[str]:
    direction = difference["direction"]
    yield f'<article class="{_class(direction)}"><h3><b>{_LETTERS[direction]}</b>'
    yield f" {difference['number']}. {direction}: {escape(difference['why'])}</h3>"
    yield f"<p>{difference['count']:,} situations."
    yield f" The smallest: {_case(difference)}.</p>"
    yield from (f"<p>{escape(note)}</p>" for note in _notes(difference))
    yield '<div class="sides">'
    for word in ("old", "new"):
        side = difference[word]
        title = f"{word}: {side['verdict']}"
        yield f"<figure><figcaption>{escape(title)}</figcaption>"
        yield _wide(f"sequence {difference['number']}, {title}")
        yield diagram(side["story"], title) + "</div>"
        yield from _in_words(side["story"])
        yield "</figure>"
    yield "</div></article>"


def _wide(name: str) -> str:
    """Open what a narrow window scrolls; a keyboard has to reach it."""
    label = escape(name, quote=True)
    return f'<div class="wide" tabindex="0" role="region" aria-label="{label}">'


def _in_words(story: list[Record]) -> Iterator[str]:
    yield "<details><summary>The same in words</summary><ol>"
    for moment in story:
        where = f" <small>{escape(moment['where'])}</small>" if moment["where"] else ""
        yield f"<li>{moment['speaker']} to {moment['hearer']}:"
        yield f" {escape(moment['said'])}{where}</li>"
    yield "</ol></details>"


def _case(difference: Record) -> str:
    words = difference["situation"]
    if not words:
        return "an ordinary login"
    return ", ".join(
        f"{escape(name)} <b>{escape(word)}</b>" for name, word in words.items()
    )


def _notes(difference: Record) -> Iterator[str]:
    if difference["known"]:
        known = difference["known"]
        yield f"Known as “{known['name']}” ({known['owner']}): {known['because']}"
    if difference["doubts"]:
        yield (
            "Only if Auth0 answers otherwise than the model: " + difference["doubts"][0]
        )
    if difference["exposed"]:
        yield "The tenant itself asks for less: only the application's check holds."


def _counts(data: Record) -> Iterator[str]:
    counted, effort = data["situations"], data["effort"]
    yield "<section><h2>What was compared</h2>"
    yield (
        f"<p>{counted['compared']:,} of {counted['enumerated']:,} situations, in"
        f" {effort['seconds']:.1f} s.  All that come to the same share one login:"
        f" {effort['logins']:,} logins and {effort['script_runs']:,} runs of scripts in"
        f" Node stand for them; {effort['walked']:,} logins were walked through the"
        f" real tenant and intranet.  The axes have {counted['product']:,}"
        " combinations; these cannot be, or show nothing new:</p>"
    )
    yield _wide("what was left out")
    yield "<table><thead><tr><th>left out</th><th>because</th>"
    yield "<th>combinations</th></tr></thead><tbody>"
    for constraint in counted["excluded"]:
        yield f"<tr><td>{escape(constraint['name'])}</td>"
        yield f"<td>{escape(constraint['because'])}</td>"
        yield f'<td class="number">{constraint["count"]:,}</td></tr>'
    yield "</tbody></table></div></section>"


def _class(word: Any) -> str:
    return str(word).replace(" ", "-")
