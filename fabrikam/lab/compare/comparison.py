"""What one login came to on two sides, and which side is weaker.  Pure.

Rule 1: who gets in is asked twice: at the application's door, which checks the token,
and at the tenant's, which gives one.  The first decides; the second shows where the
application's check alone still holds.
Rule 2: what cannot be judged is `could not run`, never `same`.
Rule 3: a known difference gets a name; its direction stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from fabrikam.lab.simulation.observation import Observation, Proof, Reach

__all__ = [
    "DIRECTIONS",
    "FAILING",
    "Comparison",
    "Direction",
    "Door",
    "Known",
    "compare",
    "facts_of",
]

Direction: TypeAlias = Literal[
    "same",
    "weaker",
    "locked out",
    "could not run",
    "stronger",
    "other prompts",
    "other error",
]
DIRECTIONS: Final[tuple[Direction, ...]] = (
    "weaker",
    "locked out",
    "could not run",
    "stronger",
    "other prompts",
    "other error",
    "same",
)
FAILING: Final[tuple[Direction, ...]] = ("weaker", "locked out", "could not run")

Door: TypeAlias = Literal["application", "tenant"]
_Found: TypeAlias = tuple[Direction, str]

_REACHES: Final[tuple[Reach, ...]] = ("nowhere", "customers", "employees")
_WORTH: Final[Mapping[Proof, int]] = {
    "nothing": 0,
    "session": 1,
    "remembered": 1,
    "enrolled": 2,  # by whoever knows the password
    "factor": 3,
}
_PASSED: Final[tuple[Proof, ...]] = ("enrolled", "factor")


@dataclass(frozen=True, slots=True)
class Known:
    """A difference that a team understood: its name, its reason, its owner.

    `matches` names facts and the values that they may have.
    """

    name: str
    because: str
    owner: str
    matches: Mapping[str, tuple[str, ...]]

    def applies(self, facts: Mapping[str, str]) -> bool:
        """Tell whether every named fact has one of its values."""
        return all(facts.get(name) in values for name, values in self.matches.items())


@dataclass(frozen=True, slots=True)
class Comparison:
    """Which side is weaker at each door, why, and the name of it where it is known."""

    direction: Direction
    at_tenant: Direction
    why: str
    known: Known | None = None

    @property
    def exposed(self) -> bool:
        """Tell whether only the application's own check still holds."""
        return self.at_tenant == "weaker" and self.direction != "weaker"

    def at(self, door: Door) -> Direction:
        """Return the direction at one of the doors."""
        return self.at_tenant if door == "tenant" else self.direction


def compare(
    control: Observation,
    candidate: Observation,
    known: Iterable[Known] = (),
    situation: Mapping[str, str] | None = None,
) -> Comparison:
    """Say in which direction the candidate differs from the control."""
    direction, why = _at_application(control, candidate)
    comparison = Comparison(direction, _at_tenant(control, candidate), why)
    if direction == "same" and not comparison.exposed:
        return comparison
    facts = facts_of(control, candidate, comparison) | dict(situation or {})
    name = next((entry for entry in known if entry.applies(facts)), None)
    return Comparison(direction, comparison.at_tenant, why, name)


def facts_of(
    control: Observation, candidate: Observation, comparison: Comparison
) -> dict[str, str]:
    """Say what a known difference may be recognised by."""
    facts: dict[str, str] = {
        "direction": comparison.direction,
        "at_tenant": comparison.at_tenant,
    }
    for side, observation in (("old", control), ("new", candidate)):
        facts[f"{side}.ending"] = observation.ending
        facts[f"{side}.error"] = observation.error or ""
        facts[f"{side}.verdict"] = observation.verdict
        facts[f"{side}.reach"] = observation.reach
        facts[f"{side}.proof"] = observation.proof
    return facts


def _at_application(control: Observation, candidate: Observation) -> _Found:
    for ask in _QUESTIONS:
        answer = ask(control, candidate)
        if answer is not None:
            return answer
    return "same", "nothing differs"


def _unrun(control: Observation, candidate: Observation) -> _Found | None:
    for side, observation in (("old", control), ("new", candidate)):
        if not observation.could_run:
            return "could not run", f"on the {side} side a script cannot be run"
    return None


def _farther(control: Observation, candidate: Observation) -> _Found | None:
    if _REACHES.index(candidate.reach) <= _REACHES.index(control.reach):
        return None
    if control.refused:
        return "weaker", "who was refused gets in now"
    if candidate.proof in _PASSED:
        return "other prompts", "a second factor opens what it did not open before"
    if control.broken is not None:
        return "other error", "a login that broke off goes through now"
    if candidate.reach == "employees":
        return "weaker", "somebody gets in without passing a second factor"
    return "weaker", "a login goes through that had to prove more, or failed"


def _less_far(control: Observation, candidate: Observation) -> _Found | None:
    if _REACHES.index(candidate.reach) >= _REACHES.index(control.reach):
        return None
    if candidate.gave_up:
        return "stronger", "a second factor is asked for that was not"
    if control.reach == "employees" and control.proof == "nothing":
        return "stronger", "who got in without a second factor does not any more"
    if candidate.ending == "error":
        return "locked out", "a login that went through ends in an error"
    return "locked out", "who got in does not any more: the token lacks the proof"


def _for_less(control: Observation, candidate: Observation) -> _Found | None:
    if "nowhere" in (control.reach, candidate.reach):
        return None
    if (control.proof, candidate.proof) == ("factor", "enrolled"):
        return "weaker", "who has only the password may add a factor of their own"
    if _WORTH[candidate.proof] < _WORTH[control.proof]:
        return "weaker", "the same door opens for less"
    return None


def _for_more(control: Observation, candidate: Observation) -> _Found | None:
    if control.reach == "nowhere":
        return None
    if _WORTH[candidate.proof] > _WORTH[control.proof]:
        return "stronger", "the same door asks for more"
    return None


def _goes_round(control: Observation, candidate: Observation) -> _Found | None:
    if control.loops or not candidate.loops:
        return None
    return "locked out", "the application tries again for ever, and shows no page"


def _other_error(control: Observation, candidate: Observation) -> _Found | None:
    if (control.ending, control.error) == (candidate.ending, candidate.error):
        return None
    if "error" not in (control.ending, candidate.ending):
        return None
    return "other error", "it ends in another way, in front of the same door"


def _other_prompts(control: Observation, candidate: Observation) -> _Found | None:
    if control.prompts == candidate.prompts:
        return None
    return "other prompts", "the user meets other pages"


def _at_tenant(control: Observation, candidate: Observation) -> Direction:
    if not control.could_run or not candidate.could_run:
        return "could not run"
    if candidate.ending != "tokens":
        return "same" if control.ending == candidate.ending else "stronger"
    if control.refused:
        return "weaker"
    if control.ending != "tokens":
        mended = candidate.proof in _PASSED or control.broken is not None
        return "same" if mended else "weaker"
    if (control.proof, candidate.proof) == ("factor", "enrolled"):
        return "weaker"
    if (control.proof == "nothing") == (candidate.proof == "nothing"):
        return "same"
    return "weaker" if candidate.proof == "nothing" else "stronger"


_Question: TypeAlias = "Callable[[Observation, Observation], _Found | None]"

_QUESTIONS: Final[tuple[_Question, ...]] = (
    _unrun,
    _for_less,
    _farther,
    _less_far,
    _for_more,
    _goes_round,
    _other_error,
    _other_prompts,
)
