"""A side of a comparison: a tenant folder, and the mechanism its application uses."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from fabrikam.stepup import Both, Either, Legacy, Modern, Strategy
from fabrikam.tenant.configuration import tenancy_from
from fabrikam.tenant.login.facts import Api, Client, Tenancy
from fabrikam.tenant.pipeline import read_folder
from fabrikam.tenant.records.clients import client_from

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from fabrikam.tenant.pipeline import Folder

__all__ = [
    "API",
    "CALLBACK",
    "CLIENT_ID",
    "ISSUER",
    "LEVEL",
    "STRATEGIES",
    "Side",
    "side_of",
    "side_with",
]

ISSUER: Final = "http://127.0.0.1:3001/"
CLIENT_ID: Final = "fabrikam-intranet"
API: Final = "https://api.fabrikam.example/"
LEVEL: Final = "authentication_level"
CALLBACK: Final = "http://localhost:3000/callback"

_KEYLESS: Final = b"the lab signs nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One tenant folder with the application in front of it.

    `word` and `claim` name the mechanism as the command line does; `client` and
    `tenancy` are what the folder says of them.
    """

    name: str
    word: str
    claim: str
    folder: Folder
    strategy: Strategy
    client: Client
    tenancy: Tenancy


STRATEGIES: Final[Mapping[str, Callable[[str], Strategy]]] = {
    "legacy": lambda claim: Legacy(claim=claim),
    "legacy-userinfo": lambda claim: Legacy(claim=claim, source="userinfo"),
    "modern": lambda _: Modern(),
    "modern-acr": lambda _: Modern(demands_acr=True),
    "either": lambda claim: Either(Legacy(claim=claim), Modern()),
    "both": lambda claim: Both(Legacy(claim=claim), Modern()),
}


def side_of(root: Path, word: str, claim: str = LEVEL) -> Side:
    """Read a folder as one side; raises FolderRejected."""
    return side_with(read_folder(root), str(root), word, claim)


def side_with(folder: Folder, name: str, word: str, claim: str = LEVEL) -> Side:
    """Return a folder that was read, or changed since, as one side."""
    return Side(
        name=name,
        word=word,
        claim=claim,
        folder=folder,
        strategy=STRATEGIES[word](claim),
        client=_client(folder),
        tenancy=_with_an_api(tenancy_from(folder, ISSUER)),
    )


def _client(folder: Folder) -> Client:
    said = {one.get("client_id"): one for one in folder.clients}
    own = said.get(CLIENT_ID) or {"name": "Fabrikam Intranet", "client_id": CLIENT_ID}
    return replace(client_from(own, _KEYLESS), callbacks=(CALLBACK,))


def _with_an_api(tenancy: Tenancy) -> Tenancy:
    """Add an API behind those of the folder, so that there is one to ask for."""
    return replace(tenancy, apis=(*tenancy.apis, Api(identifier=API)))
