"""Write the parts of the documentation that the code knows better.

`make docs` runs it; a test says when a part is stale.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

from docs.commands import commands_of, commands_table, options_table
from docs.faults import codes_table, errors_table, faults_table
from docs.routes import routes_table
from fabrikam.cli import command_line
from fabrikam.lab.lint.reference import reference
from fabrikam.settings import SETTINGS

__all__ = ["BLOCKS", "ROOT", "pages"]

ROOT: Final = Path(__file__).parents[1]


def settings_table() -> str:
    """Return every setting with its default and its meaning."""
    rows = [
        f"| `{s.name}` | {f'`{s.default}`' if s.default else 'none'} | {s.meaning} |"
        for s in SETTINGS
    ]
    return "\n".join(["| Name | Default | Meaning |", "| --- | --- | --- |", *rows])


def _commands() -> str:
    return commands_table(tuple(commands_of(command_line())))


def _options() -> str:
    return options_table(tuple(commands_of(command_line())))


BLOCKS: Final[tuple[tuple[str, str, Callable[[], str]], ...]] = (
    ("README.md", "routes", routes_table),
    ("docs/reference/routes.md", "routes", routes_table),
    ("docs/reference/settings.md", "settings", settings_table),
    ("docs/reference/cli.md", "commands", _commands),
    ("docs/reference/cli.md", "options", _options),
    ("docs/reference/faults.md", "faults", faults_table),
    ("docs/reference/faults.md", "errors", errors_table),
    ("docs/reference/faults.md", "codes", codes_table),
    ("docs/reference/lint.md", "findings", reference),
)
"""Which page has which block, and what writes it."""


def pages() -> dict[Path, str]:
    """Return every page that has generated blocks with the text it should have."""
    texts: dict[Path, str] = {}
    for name, block, write in BLOCKS:
        path = ROOT / name
        text = texts.get(path) or path.read_text()
        texts[path] = _filled(text, block, write())
    return texts


def _filled(text: str, block: str, content: str) -> str:
    begin, end = f"<!-- {block}: generated -->", f"<!-- {block}: end -->"
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.S)
    filled, found = pattern.subn(lambda _: f"{begin}\n{content}\n{end}", text)
    if found != 1:
        raise LookupError(f"the block {block} stands {found} times, not once")
    return filled


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text)
