"""How a command of the lab ends when it cannot go on, and how it prints."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from requests import RequestException
from rich.console import Console

from fabrikam.lab.commands.file_access import why_not
from fabrikam.lab.compare.cases import CaseRejected
from fabrikam.lab.compare.experiment import NotDeterministic
from fabrikam.lab.compare.known_differences import KnownRejected
from fabrikam.lab.end_to_end.walk import Disagreement
from fabrikam.lab.scenarios.situation import departures
from fabrikam.lab.simulation.application import ApplicationUnclear
from fabrikam.lab.simulation.simulator import ScriptsStuck
from fabrikam.shared.exit_codes import COULD_NOT_RUN, MISUSED
from fabrikam.tenant.scripts import FolderRejected

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from fabrikam.lab.compare.comparison import Observation

__all__ = ["CommandFailed", "command_failures", "console"]

_MISUSES: Final = (
    ApplicationUnclear,
    CaseRejected,
    FolderRejected,
    KnownRejected,
)


class CommandFailed(Exception):
    """A command ends here: its exit code, and the sentence for stderr."""

    def __init__(self, code: int, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


@contextmanager
def command_failures() -> Iterator[None]:
    """Turn what may go wrong into an exit code and a sentence; raises Refused."""
    try:
        yield
    except _MISUSES as error:
        raise CommandFailed(MISUSED, str(error)) from error
    except RequestException as error:
        raise CommandFailed(COULD_NOT_RUN, f"a walk was refused: {error}") from error
    except OSError as error:
        raise CommandFailed(MISUSED, why_not(error)) from error
    except NotDeterministic as noise:
        raise CommandFailed(COULD_NOT_RUN, _told(noise)) from noise
    except Disagreement as disagreement:
        raise CommandFailed(COULD_NOT_RUN, str(disagreement)) from disagreement
    except ScriptsStuck as stuck:
        raise CommandFailed(COULD_NOT_RUN, str(stuck)) from stuck


def _told(noise: NotDeterministic) -> str:
    words = departures(noise.situation)
    case = ", ".join(f"{name}: {word}" for name, word in words.items())
    first, second = (_outcome(seen) for seen in noise.pair)
    return (
        f"{noise.side.name} does not agree with itself, so nothing can be compared: in"
        f" {case or 'an ordinary login'} it came to {first}, then to {second}; a script"
        " uses chance, or keeps something from one login to the next"
    )


def _outcome(seen: Observation) -> str:
    pages = ", ".join(map(str, seen.prompts)) or "no page"
    return f"{seen.verdict!r} ({pages})"


def console(asked: argparse.Namespace) -> Console:
    """Return where the result is printed."""
    return Console(no_color=asked.no_color, highlight=False, soft_wrap=True)
