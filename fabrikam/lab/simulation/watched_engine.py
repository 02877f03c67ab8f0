"""An engine whose scripts are watched: rewritten as they are loaded, and only here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fabrikam.lab.javascript.watched import watched_source
from fabrikam.lab.simulation.forgetful import UsersWithoutMemory
from fabrikam.tenant.scripts import Engine

if TYPE_CHECKING:
    from fabrikam.lab.javascript.watched import Condition, WatchedSource
    from fabrikam.tenant.scripts import Folder
    from fabrikam.tenant.scripts.script_files import Action, Module, Rule

__all__ = ["conditions_of", "watched_engine"]


def watched_engine(
    folder: Folder, *, time_limit: float
) -> tuple[Engine, tuple[WatchedSource, ...]]:
    """Start an engine for a folder, and say what its scripts decide."""
    scripts: tuple[Module | Rule | Action, ...]
    scripts = (*folder.modules, *folder.rules, *folder.actions)
    sources = {
        (script.file, script.source): watched_source(
            script.source, file=script.file, script=script.name
        )
        for script in scripts
    }

    def prepare(load: dict[str, Any]) -> dict[str, Any]:
        watched = sources[load["file"], load["source"]]
        return {**load, "source": watched.source, "watcher": watched.watcher}

    engine = Engine(
        folder, time_limit=time_limit, users=UsersWithoutMemory(), prepare=prepare
    )
    return engine, tuple(sources.values())


def conditions_of(sources: tuple[WatchedSource, ...]) -> tuple[Condition, ...]:
    """List what all scripts decide."""
    return tuple(it for source in sources for it in source.conditions)
