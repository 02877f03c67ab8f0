"""The story of one login on one side: who said what to whom, in order.  Pure.

The terminal prints it as lines, the HTML report draws it as a sequence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fabrikam.lab.simulation.observation import Moment, Prompt
from fabrikam.lab.simulation.script_effects import effects_of
from fabrikam.tenant.decisions.steps import Refuse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fabrikam.lab.simulation.observation import Observation
    from fabrikam.lab.simulation.simulator import Run, SimulatedLogin
    from fabrikam.tenant.decisions.facts import AuthorizeRequest
    from fabrikam.tenant.scripts import Folder

__all__ = ["story_of"]

_TELLING: Final = ("grant_type", "scope", "acr_values", "prompt", "max_age", "audience")
_PAGES: Final = {
    "password": "asks for the password",
    "factor": "asks for the second factor: {method}",
    "enrolment": "lets the user enrol: {method}",
    "consent": "asks whether the application may",
    "redirect": "sends the browser away, and it comes back",
    "MFA API": "wants the second factor by its API: {method}",
}


def story_of(
    simulated: SimulatedLogin | Refuse, observation: Observation, folder: Folder
) -> tuple[Moment, ...]:
    """Tell a login from its request to the application's verdict."""
    return (
        *_beginning(simulated),
        *_middle(simulated, folder),
        *_ending(simulated, observation),
    )


def _beginning(simulated: SimulatedLogin | Refuse) -> Iterator[Moment]:
    if not isinstance(simulated, Refuse):
        yield Moment("application", "tenant", _asked(simulated.login.request))


def _asked(request: AuthorizeRequest) -> str:
    sent = request.query or request.body
    words = " ".join(f"{name}={sent[name]}" for name in _TELLING if name in sent)
    address = "/authorize" if request.hosted else "/oauth/token"
    return f"{address} {words}"


def _middle(simulated: SimulatedLogin | Refuse, folder: Folder) -> Iterator[Moment]:
    events = () if isinstance(simulated, Refuse) else simulated.events
    for event in events:
        if isinstance(event, Prompt):
            yield _page(event)
        else:
            yield from _run(event, folder)


def _page(prompt: Prompt) -> Moment:
    text = _PAGES[prompt.kind].format(method=prompt.method)
    offered = "" if prompt.remember == "never" else f" (remember: {prompt.remember})"
    return Moment("tenant", "user", text + offered)


def _run(run: Run, folder: Folder) -> Iterator[Moment]:
    effects = effects_of(run.outcome, folder)
    for effect in effects:
        yield Moment("scripts", "tenant", f"{effect.script} {effect.did}", effect.where)
    if not effects and run.outcome.executed:
        names = ", ".join(run.outcome.executed)
        yield Moment("scripts", "tenant", f"{names}: no wish, no claim")


def _ending(
    simulated: SimulatedLogin | Refuse, observation: Observation
) -> Iterator[Moment]:
    if observation.ending == "prompt":
        yield Moment("user", "tenant", "does not get past this page")
        return
    if not isinstance(simulated, Refuse) and simulated.gave_up:
        yield Moment("user", "tenant", "gives up")
    if observation.error is not None:
        text = f"error={observation.error} ({observation.description})"
    else:
        text = "tokens; " + (
            ", ".join(f"{name} = {value}" for name, value in observation.claims)
            or "no claim that matters"
        )
    yield Moment("tenant", "application", text)
    yield Moment("application", "user", observation.verdict)
