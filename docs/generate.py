"""Write the parts of the documentation that the code knows better.

`make docs` runs it; a test says when a part is stale.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from fabrikam.settings import SETTINGS

__all__ = ["ROOT", "blocks"]

ROOT: Final = Path(__file__).parents[1]


def settings_table() -> str:
    """Return every setting with its default and its meaning."""
    rows = [
        f"| `{s.name}` | {f'`{s.default}`' if s.default else 'none'} | {s.meaning} |"
        for s in SETTINGS
    ]
    return "\n".join(["| Name | Default | Meaning |", "| --- | --- | --- |", *rows])


def blocks() -> dict[Path, str]:
    """Return every generated file with the text that it should have."""
    settings = ROOT / "docs" / "reference" / "settings.md"
    return {settings: _filled(settings, "settings", settings_table())}


def _filled(path: Path, name: str, text: str) -> str:
    begin, end = f"<!-- {name}: generated -->", f"<!-- {name}: end -->"
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.S)
    return pattern.sub(lambda _: f"{begin}\n{text}\n{end}", path.read_text())


if __name__ == "__main__":
    for path, text in blocks().items():
        path.write_text(text)
