"""What the package brings along besides its modules: front page, views, tenant folders.

In a wheel they lie in `fabrikam/shipped`, in a clone at its top level.
"""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from types import ModuleType

__all__ = ["SHIPPED", "create_shipped_app", "folder_or_shipped"]

_PACKAGE: Final = Path(__file__).parents[1]
_IN_WHEEL: Final = _PACKAGE / "shipped"

SHIPPED: Final = _IN_WHEEL if _IN_WHEEL.is_dir() else _PACKAGE.parent


def create_shipped_app(*arguments: Any) -> Any:
    """Build the intranet; its front page is imported when this is called."""
    return _front_page().create_app(*arguments)


def folder_or_shipped(folder: Path) -> Path:
    """Return a folder, or where there is none the shipped one of this name."""
    shipped = SHIPPED / folder
    return shipped if not folder.exists() and shipped.is_dir() else folder


def _front_page() -> ModuleType:
    # by its file: `app` is what many programs call their own front page
    spec = spec_from_file_location("fabrikam_front_page", SHIPPED / "app.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(SHIPPED / "app.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
