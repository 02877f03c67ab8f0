"""The walks of `lab compare`: a sample, and the cases, through the real programs.

What a walk meets that the simulation does not ends the command.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from requests import RequestException

from fabrikam.lab.commands.failures import CommandFailed
from fabrikam.lab.end_to_end.walk import Disagreement, walk_through, walkable
from fabrikam.lab.scenarios.situation import situations
from fabrikam.shared.exit_codes import COULD_NOT_RUN

if TYPE_CHECKING:
    from fabrikam.lab.compare.findings import Findings
    from fabrikam.lab.end_to_end.programs import OpenIntranet
    from fabrikam.lab.simulation.side_simulator import Progress

__all__ = ["walked"]


def walked(
    findings: Findings, most: int, open_intranet: OpenIntranet, progress: Progress
) -> Findings:
    """Walk so many situations on either side, and count them; raises CommandFailed."""
    everything = [situation for situation in situations() if walkable(situation)]
    sample = everything[:: max(1, len(everything) // most)][:most]
    sample += [difference.smallest for difference in findings.differences[:most]]
    try:
        walks = sum(
            walk_through(side, sample, open_intranet, progress)
            for side in (findings.control, findings.candidate)
        )
    except RequestException as error:
        raise CommandFailed(COULD_NOT_RUN, f"a walk was refused: {error}") from error
    except Disagreement as disagreement:
        raise CommandFailed(COULD_NOT_RUN, str(disagreement)) from disagreement
    return replace(findings, walked=walks)
