"""The report on a terminal: the verdict, then each difference by its smallest case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from fabrikam.lab.compare.comparison import DIRECTIONS
from fabrikam.lab.report.record_fields import case_words, fails
from fabrikam.shared.terminal import printable

if TYPE_CHECKING:
    from fabrikam.lab.report.record_fields import Record

__all__ = ["console", "print_record", "print_replay"]

_STYLES: Final = {
    "weaker": "bold red",
    "locked out": "bold yellow",
    "could not run": "bold magenta",
    "stronger": "green",
    "other prompts": "cyan",
    "other error": "cyan",
    "same": "dim",
}


def console(*, no_color: bool) -> Console:
    """Return where a result is printed."""
    return Console(no_color=no_color, highlight=False, soft_wrap=True)


def print_record(console: Console, data: Record) -> None:
    """Print an experiment."""
    verdict = data["verdict"]
    style = "bold red" if verdict["exit_code"] else "bold green"
    console.print(_text(verdict["sentence"], style))
    for sentence in verdict["more"]:
        console.print(_text(sentence))
    console.print()
    console.print(_directions(data))
    failing = [
        difference
        for difference in data["differences"]
        if fails(difference, verdict["door"])
    ]
    for difference in failing:
        _print_difference(console, difference)
    _print_others(
        console,
        [difference for difference in data["differences"] if difference not in failing],
    )
    console.print(_effort(data))


def print_replay(console: Console, data: Record) -> None:
    """Print a case step by step, one side after the other."""
    direction, written_as = data["direction"], data["written_as"]
    console.print(_text(f"{direction}: {data['why']}", _STYLES[direction]))
    if direction != written_as:
        console.print(_text(f"when this case was written it was: {written_as}"))
    for word in ("old", "new"):
        _print_story(console, word, data[word])


def _directions(data: Record) -> Table:
    table = Table("direction", "situations", box=None, pad_edge=False)
    table.columns[1].justify = "right"
    for word in DIRECTIONS:
        count = data["directions"][word]
        if count:
            table.add_row(Text(word, _STYLES[word]), f"{count:,}")
    return table


def _print_difference(console: Console, difference: Record) -> None:
    console.print()
    console.print(_heading(difference))
    console.print(_text(f"   {case_words(difference['situation'])}"))
    console.print(_text(f"   {difference['why']}"))
    if difference["known"]:
        known = difference["known"]
        console.print(_text(f"   known: {known['name']} ({known['owner']})"))
    for word in ("old", "new"):
        _print_seen(console, word, difference[word])


def _print_others(console: Console, differences: list[Record]) -> None:
    if differences:
        console.print(Text("\nWhat differs and does not fail:"))
    for difference in differences:
        line = _heading(difference)
        line.append(printable(f": {case_words(difference['situation'])}"))
        verdicts = f"{difference['old']['verdict']}; {difference['new']['verdict']}"
        line.append(printable(f"  [{verdicts}]"), "dim")
        console.print(line)


def _heading(difference: Record) -> Text:
    direction = difference["direction"]
    heading = _text(f"{difference['number']:>2} ")
    heading.append(direction, _STYLES[direction])
    heading.append(f", {difference['count']:,} situations")
    if difference["exposed"]:
        heading.append(", the tenant itself asks for less", "yellow")
    if difference["doubts"]:
        heading.append(", only in doubt", "dim")
    return heading


def _print_seen(console: Console, word: str, side: dict[str, Any]) -> None:
    prompts = ", ".join(side["prompts"]) or "no page"
    console.print(_text(f"   {word}  {prompts}; {side['verdict']}"))
    for moment in side["story"]:
        console.print(_text(f"        {_line(moment)}", "dim"))


def _line(moment: dict[str, str]) -> str:
    line = f"{moment['speaker']} to {moment['hearer']}: {moment['said']}"
    return f"{line}  [{moment['where']}]" if moment["where"] else line


def _print_story(console: Console, word: str, side: Record) -> None:
    console.print()
    console.print(_text(f"{word}: {side['folder']} ({side['strategy']})", "bold"))
    for number, moment in enumerate(side["story"], start=1):
        console.print(_text(f"  {number:>2} {_line(moment)}"))


def _effort(data: Record) -> Text:
    effort, counted = data["effort"], data["situations"]
    left_out = counted["product"] - counted["enumerated"]
    return Text(
        f"\n{counted['compared']:,} of {counted['enumerated']:,} situations compared in"
        f" {effort['seconds']:.1f} s: all that come to the same share one login, so"
        f" {effort['logins']:,} logins and {effort['script_runs']:,} runs of scripts in"
        f" Node stand for them. {effort['walked']:,} logins were walked through the"
        " real tenant and intranet. The verdict is about the"
        f" {counted['judged']:,} in which Auth0 does as the model does. {left_out:,}"
        " more combinations cannot be or show nothing new; --json and --html say why.",
        "dim",
    )


def _text(words: str, style: str = "") -> Text:
    """Make one line of text; what a folder wrote does not steer the terminal."""
    return Text(printable(words), style)
