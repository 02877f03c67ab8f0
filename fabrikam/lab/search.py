"""The random search beyond the axes: odd parameters, metadata and times, mixed freely.

Hypothesis makes the situations and makes what fails small; `seed` makes it look in the
same places again.  Doubts about Auth0 stay as the model answers them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis import strategies as st

from fabrikam.lab.axes import AXES, DOUBT_AXES
from fabrikam.lab.situations import Beyond, Situation, excluded_by, with_words
from fabrikam.tenant import MFA_ACR

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from fabrikam.lab.experiment import Kind

__all__ = ["SITUATIONS", "RandomSearch"]

_MOST_FINDINGS: Final = 5
_SCOPES: Final = (
    "openid",
    "profile",
    "email",
    "offline_access",
    "step_up",
    "STEP_UP",
    "step_up_not",
    "stepup",
    "authentication_level",
    "mfa",
    "",
)
_CLASSES: Final = (
    MFA_ACR,
    MFA_ACR.upper(),
    MFA_ACR + "/",
    MFA_ACR.removesuffix("factor"),
    "urn:example:silver",
    "mfa",
    "step_up",
)
_MAX_AGES: Final = ("0", "1", "600", "86400", "9999999999")
_CLAIMED: Final = ("mfa", "normal", "MFA", "", "true")
_HOUR: Final = 3_600
_LATEST: Final = 40 * 24 * _HOUR

_PARAMETERS: Final = st.fixed_dictionaries(
    {},
    optional={
        "scope": st.lists(st.sampled_from(_SCOPES), max_size=5).map(" ".join),
        "acr_values": st.lists(st.sampled_from(_CLASSES), max_size=4).map(" ".join),
        "max_age": st.sampled_from(_MAX_AGES),
        "login_hint": st.sampled_from(("", "otp@fabrikam.example")),
        "ui_locales": st.sampled_from(("de", "en de")),
    },
)
_METADATA: Final = st.dictionaries(
    st.sampled_from(("authentication_level", "amr", "acr", "level", "mfa")),
    st.sampled_from(_CLAIMED),
    max_size=2,
)
# half of the words stay ordinary: where everything is odd at once, nothing gets far
_WORDS: Final = st.fixed_dictionaries(
    {
        axis.name: st.sampled_from((axis.words[0],) * len(axis.words) + axis.words[1:])
        for axis in AXES
        if axis.name not in DOUBT_AXES
    }
)
_TIMES: Final = st.just(0) | st.integers(0, _LATEST)


def _situation(
    words: dict[str, str],
    parameters: dict[str, str],
    metadata: dict[str, str],
    later: int,
) -> Situation:
    beyond = Beyond(
        parameters=tuple(sorted(parameters.items())),
        metadata=tuple(sorted(metadata.items())),
        later=later,
    )
    return with_words(words, Situation(beyond=beyond))


SITUATIONS: Final = st.builds(
    _situation, _WORDS, _PARAMETERS, _METADATA, _TIMES
).filter(lambda situation: excluded_by(situation) is None)


class _Differs(Exception):
    """Stops Hypothesis at a situation, so that it makes it small."""


@dataclass(frozen=True, slots=True)
class RandomSearch:
    """Tries so many situations, starting from a number."""

    seed: int
    examples: int

    def failing(
        self, kind_of: Callable[[Situation], Kind | None], met: Collection[Kind]
    ) -> Iterator[Situation]:
        """Give failing situations whose kind was not met, each of another kind."""
        known = {None, *met}
        for number in range(_MOST_FINDINGS):
            found = self._first(kind_of, known, self.seed + number)
            if found is None:
                return
            known.add(kind_of(found))
            yield found

    def _first(
        self,
        kind_of: Callable[[Situation], Kind | None],
        known: Collection[Kind | None],
        start: int,
    ) -> Situation | None:
        found: list[Situation] = []

        @seed(start)
        @settings(
            max_examples=self.examples,
            database=None,
            deadline=None,
            verbosity=Verbosity.quiet,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=tuple(HealthCheck),
        )
        @given(SITUATIONS)
        def look(situation: Situation) -> None:
            if kind_of(situation) not in known:
                found.append(situation)
                raise _Differs

        try:
            look()
        except _Differs:
            return found[-1]  # the last that failed is the smallest
        return None
