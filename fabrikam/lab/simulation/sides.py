"""A side of a comparison: a tenant folder, and the mechanism its application uses."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from fabrikam.lab.javascript.literals import missing_configuration
from fabrikam.lab.simulation.application import applications
from fabrikam.lab.simulation.side_options import LEVEL
from fabrikam.stepup import Both, Either, Legacy, Modern, Strategy
from fabrikam.tenant import client_from, tenant_settings_from
from fabrikam.tenant.decisions.facts import (
    RegisteredClient,
    ResourceServer,
    TenantSettings,
)
from fabrikam.tenant.scripts import NO_KEYWORDS, read_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from fabrikam.lab.simulation.application import Application
    from fabrikam.lab.simulation.side_options import OnError
    from fabrikam.tenant.scripts import Folder

__all__ = [
    "API",
    "CALLBACK",
    "ISSUER",
    "STRATEGIES",
    "Side",
    "side_of",
    "side_with",
    "sides_of",
]

ISSUER: Final = "http://127.0.0.1:3001/"
API: Final = "https://api.fabrikam.example/"
CALLBACK: Final = "http://localhost:3000/callback"

_KEYLESS: Final = b"the lab signs nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One tenant folder with the application in front of it.

    `word` and `claim` name the mechanism as the command line does; `application`,
    `client` and `tenancy` are what the folder says of them.  `on_error` is what the
    application does when the tenant refuses: show a page, or try again.
    `unknown_configuration` names what Rules read and the folder does not hold.
    """

    name: str
    word: str
    claim: str
    folder: Folder
    strategy: Strategy
    application: Application
    client: RegisteredClient
    settings: TenantSettings
    on_error: OnError = "page"
    unknown_configuration: tuple[tuple[str, str, str], ...] = ()

    @property
    def callback(self) -> str:
        """Where the browser comes back to the application."""
        return self.client.callbacks[0]


STRATEGIES: Final[Mapping[str, Callable[[str], Strategy]]] = {
    "legacy": lambda claim: Legacy(claim=claim),
    "legacy-userinfo": lambda claim: Legacy(claim=claim, source="userinfo"),
    "modern": lambda _: Modern(),
    "modern-acr": lambda _: Modern(demands_acr=True),
    "either": lambda claim: Either(Legacy(claim=claim), Modern()),
    "both": lambda claim: Both(Legacy(claim=claim), Modern()),
}


def side_of(
    root: Path,
    word: str,
    claim: str = LEVEL,
    *,
    keywords: Mapping[str, Any] = NO_KEYWORDS,
) -> Side:
    """Read a folder as one side; raises FolderRejected, ApplicationUnclear."""
    folder = read_folder(root, replacements=keywords)
    return side_with(folder, str(root), word, claim)


def sides_of(
    roots: tuple[Path, Path],
    words: tuple[str, str],
    claim: str = LEVEL,
    *,
    client: str | None = None,
    on_error: OnError = "page",
    keywords: Mapping[str, Any] = NO_KEYWORDS,
) -> tuple[Side, Side]:
    """Read two folders as sides of one application, named or found in them.

    Raises FolderRejected, ApplicationUnclear.
    """
    old, new = (read_folder(root, replacements=keywords) for root in roots)
    control, candidate = applications(old, new, client)
    left = side_with(old, str(roots[0]), words[0], claim, control)
    right = side_with(new, str(roots[1]), words[1], claim, candidate)
    return replace(left, on_error=on_error), replace(right, on_error=on_error)


def side_with(
    folder: Folder,
    name: str,
    word: str,
    claim: str = LEVEL,
    application: Application | None = None,
) -> Side:
    """Return a folder that was read, or changed since, as one side."""
    asking = application or applications(folder, folder)[0]
    return Side(
        name=name,
        word=word,
        claim=claim,
        folder=folder,
        strategy=STRATEGIES[word](claim),
        application=asking,
        client=_client(asking),
        settings=_with_an_api(tenant_settings_from(folder, ISSUER)),
        unknown_configuration=missing_configuration(folder),
    )


def _client(application: Application) -> RegisteredClient:
    client = client_from(application.said, _KEYLESS)
    usable = (callback for callback in client.callbacks if _is_an_address(callback))
    return replace(client, callbacks=(next(usable, CALLBACK),))


def _is_an_address(callback: str) -> bool:
    """Tell whether a browser can come back there; a pattern is no address."""
    return callback.startswith(("http://", "https://")) and "*" not in callback


def _with_an_api(settings: TenantSettings) -> TenantSettings:
    """Add an API behind those of the folder, so that there is one to ask for."""
    return replace(settings, apis=(*settings.apis, ResourceServer(identifier=API)))
