"""The command line as a table, read from its parser."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["Command", "commands_of", "commands_table", "options_table"]


@dataclass(frozen=True, slots=True)
class Command:
    """One command: its words, what it does, and what may follow it."""

    words: str
    help: str
    places: tuple[argparse.Action, ...]
    options: tuple[argparse.Action, ...]

    @property
    def usage(self) -> str:
        """The command as it is typed, without its options."""
        return " ".join([self.words, *map(_place, self.places)])


def commands_of(
    parser: argparse.ArgumentParser, words: str = "", text: str = ""
) -> Iterator[Command]:
    """Yield every command that a parser knows, down to the last sub-command."""
    deeper = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
    for choice in deeper:
        helps = {entry.dest: entry.help or "" for entry in choice._choices_actions}
        for name, child in choice.choices.items():
            yield from commands_of(child, f"{words} {name}".strip(), helps[name])
    if not deeper:
        rest = [a for a in parser._actions if a.dest != "help"]
        yield Command(
            words,
            text,
            places=tuple(a for a in rest if not a.option_strings),
            options=tuple(a for a in rest if a.option_strings),
        )


def commands_table(commands: tuple[Command, ...]) -> str:
    """Return every command with what it does."""
    rows = [f"| `python app.py {one.usage}` | {one.help} |" for one in commands]
    return "\n".join(["| Command | Does |", "| --- | --- |", *rows])


def options_table(commands: tuple[Command, ...]) -> str:
    """Return every option of every command with its meaning."""
    rows = [
        f"| `{one.words}` | `{_option(option)}` | {_meaning(option)} |"
        for one in commands
        for option in one.options
    ]
    return "\n".join(["| Command | Option | Meaning |", "| --- | --- | --- |", *rows])


def _place(action: argparse.Action) -> str:
    optional = action.nargs == "?"
    return f"[{_value(action)}]" if optional else _value(action)


def _option(action: argparse.Action) -> str:
    flag = action.option_strings[-1]
    return flag if action.nargs == 0 else f"{flag} {_value(action)}"


def _value(action: argparse.Action) -> str:
    return str(action.metavar or action.dest).upper()


def _meaning(action: argparse.Action) -> str:
    words = ", ".join(f"`{word}`" for word in action.choices or ())
    return f"{action.help or ''}{': ' if words else ''}{words}".replace("%%", "%")
