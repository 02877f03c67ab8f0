"""What is observed of one login: its pages, its ending, its proof, its story.  Data.

Both a simulated login and a recorded one are told in these words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

__all__ = [
    "ACTORS",
    "Actor",
    "Breakage",
    "Ending",
    "Moment",
    "Observation",
    "Prompt",
    "Proof",
    "Reach",
    "Story",
]

Ending: TypeAlias = Literal["tokens", "error", "prompt"]
Reach: TypeAlias = Literal["nowhere", "customers", "employees"]
Proof: TypeAlias = Literal["nothing", "session", "remembered", "enrolled", "factor"]

Actor: TypeAlias = Literal["user", "application", "tenant", "scripts"]
ACTORS: Final[tuple[Actor, ...]] = ("user", "application", "tenant", "scripts")


@dataclass(frozen=True, slots=True)
class Prompt:
    """One page that the user meets; `method` is the factor that is asked for first."""

    kind: Literal["password", "factor", "enrolment", "consent", "redirect", "MFA API"]
    method: str = ""
    remember: str = "never"

    def __str__(self) -> str:
        offered = "" if self.remember == "never" else f" (remember: {self.remember})"
        return f"{self.kind} {self.method}".strip() + offered


@dataclass(frozen=True, slots=True)
class Breakage:
    """A script that broke: how, where, and in what words."""

    script: str
    kind: str
    message: str
    file: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What one login came to on one side.

    `reach` is how far the application lets its user go, `verdict` in its own words;
    `proof` is what stands behind the login, whatever the tokens say: `factor` one that
    the user had before, `enrolled` one that was set up in this very login; `gave_up`
    says that it was the user who stopped, `refused` that a script or the tenant said no
    to this very user; `loops` that the application tries again and nobody can stop it;
    `claims` are those that matter, as JSON.
    """

    prompts: tuple[Prompt, ...]
    ending: Ending
    error: str | None
    description: str | None
    claims: tuple[tuple[str, str], ...]
    verdict: str
    reach: Reach
    proof: Proof
    asked_by: str | None
    gave_up: bool = False
    refused: bool = False
    loops: bool = False
    broken: Breakage | None = None

    @property
    def could_run(self) -> bool:
        """Tell whether the scripts were run at all, well or badly."""
        return self.broken is None or self.broken.kind in _BADLY


# a login that meets these has run its scripts, and they failed as they would on Auth0
_BADLY: Final = (
    *("error", "thrown", "rejected", "unhandled"),
    *("timeout", "died", "too_large"),
)


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that was said; `where` is a script's file and line."""

    speaker: Actor
    hearer: Actor
    said: str
    where: str = ""


Story: TypeAlias = tuple[Moment, ...]
