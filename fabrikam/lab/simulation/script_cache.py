"""The scripts of one folder, run in Node only where they have not been run alike.

A run is traced, and what it left is kept under what it read: an occasion that says the
same there comes to the same.  Every run is made twice, once without the tracer; where
that makes a difference, nothing is known of what was read, and all of it counts.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from fabrikam.lab.simulation.axis_reads import (
    SHOWN,
    axes_read,
    written_names,
)
from fabrikam.tenant.scripts.event import action_event
from fabrikam.tenant.scripts.rule_context import rule_context, rule_user

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fabrikam.tenant.scripts import Access, Engine, Failure, Outcome, ScriptInput

__all__ = ["LOST", "CachedRun", "ScriptCache", "ScriptsStuck"]

LOST: Final = ("timeout", "died", "protocol", "too_large")
_MOST_LOST: Final = 40
_BELIEVED_AFTER: Final = 3  # so many runs without an answer are made twice

_Frames: TypeAlias = "Mapping[str, Any]"


class ScriptsStuck(Exception):
    """Scripts that hang or die in ever new ways: no experiment comes to an end."""

    def __init__(self, failure: Failure) -> None:
        where = f" ({failure.file})" if failure.file else ""
        super().__init__(
            f"{failure.script}{where}: {failure.kind}, {failure.message};"
            f" the lab gave up after {_MOST_LOST} such runs, each in another situation"
        )


@dataclass(frozen=True, slots=True)
class CachedRun:
    """What a run left, which axes it saw, and which of the user's names it wrote.

    `written` is None where the user comes out of a checkpoint, as it stands there.
    """

    outcome: Outcome
    axes: tuple[str, ...]
    written: frozenset[str] | None


@dataclass(slots=True)
class _Read:
    """A place in the tree of reads: what is read next, and what follows each value."""

    access: Access
    onward: dict[str, _Read | CachedRun] = field(default_factory=dict)


class ScriptCache:
    """Runs the scripts of one folder, and remembers.

    Without the tracer each occasion is run by itself, and once: what remembers logins
    is caught by that difference.
    """

    def __init__(self, engine: Engine, *, traced: bool = True) -> None:
        self._engine = engine
        self._traced = traced
        self._trees: dict[str, _Read | CachedRun] = {}
        self._opaque: dict[str, CachedRun] = {}
        self._runs = self._lost = 0

    def run(
        self, script_input: ScriptInput, checkpoint: Mapping[str, Any] | None
    ) -> CachedRun:
        """Say what the scripts leave behind; raises ScriptsStuck."""
        frames, start = _frames(script_input), _start(script_input, checkpoint)
        known = self._recalled(start, frames)
        if known is not None:
            return replace(known, outcome=_for_this(known, frames["user"]))
        whole = _whole(script_input, checkpoint)
        if whole not in self._opaque:
            ran = self._first(script_input, checkpoint)
            if ran is not None:
                return ran
        return self._opaque[whole]

    def __len__(self) -> int:
        """How many different runs there were."""
        return self._runs

    def _recalled(self, start: str, frames: _Frames) -> CachedRun | None:
        place = self._trees.get(start)
        while isinstance(place, _Read):
            place = place.onward.get(_value(frames, place.access))
        return place

    def _first(
        self, script_input: ScriptInput, checkpoint: Mapping[str, Any] | None
    ) -> CachedRun | None:
        """Run a new kind of occasion; None where only it itself is known thereby."""
        self._runs += 1
        if not self._traced:
            plain = self._engine.run(script_input, checkpoint)
            self._opaque[_whole(script_input, checkpoint)] = _unknown(plain)
            return None
        traced = self._engine.run(script_input, checkpoint, trace=True)
        lost = self._is_lost(traced)
        if lost and self._lost > _BELIEVED_AFTER:
            plain = traced
        else:
            plain = self._engine.run(script_input, checkpoint)
        frames, start = _frames(script_input), _start(script_input, checkpoint)
        reads = [one for one in traced.trace if one.kind in ("read", "keys")]
        written = (
            None if (checkpoint or {}).get("left") else written_names(traced.trace)
        )
        ran = CachedRun(plain, axes_read(reads), written)
        if _said(plain) == _said(traced) and _for_this(ran, frames["user"]) == plain:
            self._keep(start, frames, reads, ran)
            return ran
        self._opaque[_whole(script_input, checkpoint)] = _unknown(plain)
        return None

    def _is_lost(self, outcome: Outcome) -> bool:
        failure = outcome.failure
        if failure is None or failure.kind not in LOST:
            return False
        self._lost += 1
        if self._lost > _MOST_LOST:
            raise ScriptsStuck(failure)
        return True

    def _keep(
        self, start: str, frames: _Frames, reads: list[Access], ran: CachedRun
    ) -> None:
        if not reads:
            self._trees[start] = ran
            return
        first, *others = reads
        place = self._trees.setdefault(start, _Read(first))
        for access in others:
            place = _beyond(place, frames, _Read(access))
        _beyond(place, frames, ran)


def _beyond(
    place: _Read | CachedRun, frames: _Frames, first: _Read | CachedRun
) -> _Read | CachedRun:
    """Go one read further in the tree; where nobody was before, it grows."""
    if isinstance(place, CachedRun):
        raise TypeError("scripts read on where they had ended")
    return place.onward.setdefault(_value(frames, place.access), first)


def _key(checkpoint: Mapping[str, Any] | None) -> str:
    return json.dumps(checkpoint, sort_keys=True)


def _start(script_input: ScriptInput, checkpoint: Mapping[str, Any] | None) -> str:
    """Say where a run begins: no tracer sees that a script looks at the clock."""
    return f"{script_input.now} {_key(checkpoint)}"


def _whole(script_input: ScriptInput, checkpoint: Mapping[str, Any] | None) -> str:
    return f"{_key(checkpoint)} {script_input!r}"


def _unknown(outcome: Outcome) -> CachedRun:
    """Return a run of which nobody knows what it depended on: on everything."""
    return CachedRun(outcome, tuple(SHOWN), frozenset())


def _said(outcome: Outcome) -> Outcome:
    """Return what counts of an outcome."""
    return replace(outcome, trace=(), lines=())


def _frames(script_input: ScriptInput) -> _Frames:
    return {
        "user": rule_user(script_input),
        "context": rule_context(script_input),
        "event": action_event(script_input),
        "management": json.dumps(
            [script_input.user, script_input.roles, script_input.enrolled_factors],
            default=repr,
        ),
    }


def _for_this(ran: CachedRun, user: Mapping[str, Any]) -> Outcome:
    """Give this user what the scripts left on one they could not tell from them."""
    left = ran.outcome.user
    if left is None or ran.written is None:
        return ran.outcome
    own = {name: value for name, value in user.items() if name not in ran.written}
    written = {name: left[name] for name in ran.written if name in left}
    return replace(ran.outcome, user={**own, **written})


def _value(frames: _Frames, access: Access) -> str:
    """Say what a script saw at a path; a name may have dots in it."""
    found = _found(frames, access.path)
    if access.kind == "keys":
        return json.dumps([_listed(one) for one in found])
    return json.dumps([_shallow(one) for one in found])


def _found(holder: Any, path: str) -> Iterator[Any]:
    if isinstance(holder, list):
        holder = {"length": len(holder), **{str(n): v for n, v in enumerate(holder)}}
    if not isinstance(holder, dict):
        return
    for name, value in holder.items():
        if name == path:
            yield value
        elif path.startswith(f"{name}."):
            yield from _found(value, path[len(name) + 1 :])


def _shallow(value: Any) -> Any:
    return type(value).__name__ if isinstance(value, (dict, list)) else [value]


def _listed(value: Any) -> Any:
    if isinstance(value, dict):
        return [[name, _shallow(inner)] for name, inner in value.items()]
    return [_shallow(inner) for inner in value] if isinstance(value, list) else value
