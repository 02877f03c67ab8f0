"""How a command of the lab ends when it cannot go on."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from fabrikam.lab.commands.file_access import why_not
from fabrikam.lab.scenarios.situation import departures
from fabrikam.lab.simulation.application import ApplicationUnclear
from fabrikam.lab.simulation.determinism import NotDeterministic
from fabrikam.lab.simulation.simulator import ScriptsStuck
from fabrikam.shared.exit_codes import COULD_NOT_RUN, MISUSED
from fabrikam.tenant.scripts import FolderRejected

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fabrikam.lab.simulation.observation import Observation

__all__ = ["CommandFailed", "command_failures"]


class CommandFailed(Exception):
    """A command ends here: its exit code, and the sentence for stderr."""

    def __init__(self, code: int, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


@contextmanager
def command_failures(*own: type[Exception]) -> Iterator[None]:
    """Turn what may go wrong into CommandFailed; `own` are misuses of this command."""
    misuses: tuple[type[Exception], ...] = (ApplicationUnclear, FolderRejected, *own)
    try:
        yield
    except misuses as error:
        raise CommandFailed(MISUSED, str(error)) from error
    except OSError as error:
        raise CommandFailed(MISUSED, why_not(error)) from error
    except NotDeterministic as noise:
        raise CommandFailed(COULD_NOT_RUN, _disagreement(noise)) from noise
    except ScriptsStuck as stuck:
        raise CommandFailed(COULD_NOT_RUN, str(stuck)) from stuck


def _disagreement(noise: NotDeterministic) -> str:
    words = departures(noise.situation)
    case = ", ".join(f"{name}: {word}" for name, word in words.items())
    first, second = (_outcome(observation) for observation in noise.pair)
    return (
        f"{noise.side.name} does not agree with itself, so nothing can be compared: in"
        f" {case or 'an ordinary login'} it came to {first}, then to {second}; a script"
        " uses chance, or keeps something from one login to the next"
    )


def _outcome(observation: Observation) -> str:
    pages = ", ".join(map(str, observation.prompts)) or "no page"
    return f"{observation.verdict!r} ({pages})"
