"""Which application asks: one client of the tenant folders, the same on both sides.

An export holds many clients and mostly leaves their ids out, and scripts ask only those
that they know.  An application that no script knows is asked for nothing, and would
prove nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from fabrikam.lab.javascript.literals import compared_with

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from fabrikam.tenant.scripts import Folder

__all__ = [
    "CLIENT_ID",
    "Application",
    "ApplicationUnclear",
    "application_named",
    "applications",
]

ClientEntry: TypeAlias = "Mapping[str, Any]"
ApplicationPair: TypeAlias = "tuple[ClientEntry | None, ClientEntry | None]"

CLIENT_ID: Final = "fabrikam-intranet"

_NAME: Final = "Fabrikam Intranet"
_OWN: Final = {"name": _NAME, "client_id": CLIENT_ID}
_READ_AS: Final = {("context", "clientID"), ("event", "client", "client_id")}
_WEB: Final = (None, "regular_web", "spa")
_MACHINE: Final = "non_interactive"


class ApplicationUnclear(Exception):
    """Which application is meant cannot be told from the folders."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """A client as the Management API prints it, with an id in any case.

    `id_from` says where the id stands if the folder itself does not have it.
    """

    said: ClientEntry
    id_from: str = ""

    @property
    def name(self) -> str:
        """What the tenant calls it."""
        return str(self.said["name"])

    @property
    def client_id(self) -> str:
        """What requests call it."""
        return str(self.said["client_id"])


def applications(
    old: Folder, new: Folder, wished: str | None = None
) -> tuple[Application, Application]:
    """Say which client asks on either side; raises ApplicationUnclear.

    `wished` is a name or an id.  Without it the intranet itself is taken, or
    else the only web application of the folders' own.
    """
    pairs = [*_pairs(old, new)]
    control, candidate = _chosen(pairs, (old, new), wished)
    client_id, id_from = _id_of(control, candidate, (old, new), wished)
    return _named(control, client_id, id_from), _named(candidate, client_id, id_from)


def application_named(folder: Folder, name: str, client_id: str) -> Application:
    """Find a client again, as a case file names it."""
    wished = {"name": name, "client_id": client_id}
    for alike in (_same_id, _same_name):
        for entry in folder.clients:
            if alike(entry, wished):
                return Application(said={**entry, "client_id": client_id})
    return Application(said=wished)


def _pairs(old: Folder, new: Folder) -> Iterator[ApplicationPair]:
    """Bring the clients of both sides together: by their id, or else by their name."""
    left = [*new.clients]
    for entry in old.clients:
        other = next((two for two in left if _same_id(entry, two)), None)
        other = other or next((two for two in left if _same_name(entry, two)), None)
        if other is not None:
            left.remove(other)
        yield entry, other
    yield from ((None, two) for two in left)


def _same_id(entry: ClientEntry, other: ClientEntry) -> bool:
    return bool(entry.get("client_id")) and entry["client_id"] == other.get("client_id")


def _same_name(entry: ClientEntry, other: ClientEntry) -> bool:
    return bool(entry.get("name")) and entry["name"] == other.get("name")


def _chosen(
    pairs: list[ApplicationPair], folders: tuple[Folder, Folder], wished: str | None
) -> tuple[ClientEntry, ClientEntry]:
    if not pairs:  # the folders do not say which applications there are
        made_up = _OWN if wished is None else {"name": wished, "client_id": wished}
        return made_up, made_up
    pair = _wished(pairs, folders, wished) if wished else _usual(pairs)
    for folder, entry in zip(folders, pair, strict=True):
        if entry is None and folder.clients:
            name = _first(pair)["name"]
            known = _listed((None, client) for client in folder.clients)
            raise ApplicationUnclear(
                f"{folder.root} has no client {name!r}; it has {known}"
            )
    return _first(pair), pair[1] or _first(pair)


def _wished(
    pairs: list[ApplicationPair], folders: tuple[Folder, Folder], wished: str
) -> ApplicationPair:
    words = ("client_id", "name")
    for word in words:
        for pair in pairs:
            if any(entry and entry.get(word) == wished for entry in pair):
                return pair
    if wished in {word for word, _ in _literals(folders)}:
        return _usual(pairs)  # the id, where the export leaves it out
    raise ApplicationUnclear(
        f"no client is called {wished!r}: the folders have {_listed(pairs)}"
    )


def _usual(pairs: list[ApplicationPair]) -> ApplicationPair:
    for pair in pairs:
        if any(entry and entry.get("client_id") == CLIENT_ID for entry in pair):
            return pair
    on_both = [pair for pair in pairs if None not in pair]
    people = [pair for pair in on_both or pairs if _serves_people(_first(pair))]
    web = [pair for pair in people if _first(pair).get("app_type") in _WEB]
    candidates = web or people
    if len(candidates) != 1:
        raise ApplicationUnclear(
            "which application asks? name it with --client:"
            f" the folders have {_listed(candidates or pairs)}"
        )
    return candidates[0]


def _serves_people(entry: ClientEntry) -> bool:
    return (
        entry.get("is_first_party") is not False
        and entry.get("app_type") != _MACHINE
        and entry.get("global") is not True
    )


def _id_of(
    control: ClientEntry,
    candidate: ClientEntry,
    folders: tuple[Folder, Folder],
    wished: str | None,
) -> tuple[str, str]:
    """Say which id an application has whose export leaves it out, and where from."""
    given = control.get("client_id") or candidate.get("client_id")
    if given:
        return str(given), "the other folder"
    literals = dict(reversed([*_literals(folders)]))  # the first that is met
    if wished in literals:
        return str(wished), literals[str(wished)]
    for word, file in _literals(folders):
        return word, file
    if control.get("name") == _NAME:
        return CLIENT_ID, "made up"
    words = str(control.get("name", "application")).lower().split()
    return "-".join(("made-up", *words)), "made up"


def _literals(folders: Iterable[Folder]) -> Iterator[tuple[str, str]]:
    return chain.from_iterable(compared_with(folder, _READ_AS) for folder in folders)


def _named(entry: ClientEntry, client_id: str, id_from: str) -> Application:
    if entry.get("client_id"):
        return Application(said=entry)
    return Application(said={**entry, "client_id": client_id}, id_from=id_from)


def _first(pair: ApplicationPair) -> ClientEntry:
    return pair[0] or pair[1] or {}


def _listed(pairs: Iterable[ApplicationPair]) -> str:
    return ", ".join(sorted({repr(_first(pair).get("name")) for pair in pairs}))
