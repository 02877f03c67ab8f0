"""What a login comes to behind an application that tries again when it is refused.

Many applications take `access_denied` for "the user cancelled" and send the browser
back to the tenant.  Where the tenant then has a session and shows no page, nobody is
left who could stop it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from fabrikam.lab.scenarios.axes import DIRECT
from fabrikam.lab.simulation.observe import observe, observed
from fabrikam.lab.simulation.simulator import simulate, simulate_again

if TYPE_CHECKING:
    from fabrikam.lab.simulation.observation import Observation
    from fabrikam.lab.simulation.sides import Side
    from fabrikam.lab.simulation.simulator import ScriptCache
    from fabrikam.lab.simulation.tracked_reads import TrackedSituation

__all__ = ["observe_with_retries"]

_TAKEN_FOR_CANCELLED: Final = "access_denied"


def observe_with_retries(
    tracked: TrackedSituation, side: Side, scripts: ScriptCache
) -> Observation:
    """Drive a situation, and once more where the application tries again."""
    if side.on_error == "page":
        return observe(tracked, side, scripts)
    simulated = simulate(tracked, side, scripts)
    seen = observed(simulated, tracked, side)
    if seen.error != _TAKEN_FOR_CANCELLED or tracked.look("flow") in DIRECT:
        return seen
    again = observed(simulate_again(simulated, tracked, side, scripts), tracked, side)
    if again.prompts or again.error != _TAKEN_FOR_CANCELLED:
        return seen  # there is a page to stop at
    return replace(seen, loops=True, verdict=f"tries again for ever: {seen.error}")
