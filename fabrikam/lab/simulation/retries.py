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
from fabrikam.lab.simulation.simulator import travel, travel_again

if TYPE_CHECKING:
    from fabrikam.lab.compare.comparison import Observation
    from fabrikam.lab.simulation.sides import Side
    from fabrikam.lab.simulation.simulator import Scripts
    from fabrikam.lab.simulation.tracked_reads import Glance

__all__ = ["observe_insisting"]

_TAKEN_FOR_CANCELLED: Final = "access_denied"


def observe_insisting(glance: Glance, side: Side, scripts: Scripts) -> Observation:
    """Drive a situation, and once more where the application tries again."""
    if side.on_error == "page":
        return observe(glance, side, scripts)
    trip = travel(glance, side, scripts)
    seen = observed(trip, glance, side)
    if seen.error != _TAKEN_FOR_CANCELLED or glance.look("flow") in DIRECT:
        return seen
    again = observed(travel_again(trip, glance, side, scripts), glance, side)
    if again.prompts or again.error != _TAKEN_FOR_CANCELLED:
        return seen  # there is a page to stop at
    return replace(seen, loops=True, verdict=f"tries again for ever: {seen.error}")
