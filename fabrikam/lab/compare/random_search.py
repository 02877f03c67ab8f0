"""The random search beyond the axes: odd parameters, metadata and times, mixed freely.

Hypothesis makes the situations and makes what fails small; `seed` makes it look in the
same places again.  Doubts about Auth0 stay as the model answers them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis import strategies as st

from fabrikam.lab.javascript.literals import Vocabulary
from fabrikam.lab.scenarios.axes import AXES, DOUBT_AXES, Axis
from fabrikam.lab.scenarios.situation import Beyond, Situation, excluded_by, with_words
from fabrikam.stepup import Legacy
from fabrikam.tenant import MFA_ACR

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from fabrikam.lab.compare.search import DifferenceKind

__all__ = ["RandomSearch", "situations_with"]

_MOST_FINDINGS: Final = 5
_MECHANISM: Final = {MFA_ACR, *Legacy().ask()["scope"].split()}
# what an application asks with is an axis; drawn as well, it would be asked by mistake
_SCOPES: Final = (
    "openid",
    "profile",
    "email",
    "offline_access",
    "STEP_UP",
    "step_up_not",
    "stepup",
    "authentication_level",
    "mfa",
    "",
)
_CLASSES: Final = (
    MFA_ACR.upper(),
    MFA_ACR + "/",
    MFA_ACR.removesuffix("factor"),
    "urn:example:silver",
    "mfa",
    "step_up",
)
_MAX_AGES: Final = ("0", "1", "600", "86400", "9999999999")
_CLAIMED: Final = ("mfa", "normal", "MFA", "", "true")
_YES: Final = ("1", "true")
_KEYS: Final = ("authentication_level", "amr", "acr", "level", "mfa")
_HOUR: Final = 3_600
_LATEST: Final = 40 * 24 * _HOUR
# what the axes have, or what no request would be one without
_RESERVED: Final = frozenset(
    {
        "acr_values",
        "audience",
        "client_id",
        "client_secret",
        "code_challenge",
        "code_challenge_method",
        "grant_type",
        "max_age",
        "nonce",
        "password",
        "prompt",
        "protocol",
        "redirect_uri",
        "refresh_token",
        "requested_scopes",
        "response_mode",
        "response_type",
        "scope",
        "state",
        "username",
    }
)


def _weighed(axis: Axis) -> tuple[str, ...]:
    """Let most words stay ordinary: where all is odd at once, nothing gets far."""
    usual = ("login", "step-up") if axis.name == "request" else axis.words[:1]
    return usual * len(axis.words) + axis.words[1:]


_WORDS: Final = st.fixed_dictionaries(
    {
        axis.name: st.sampled_from(_weighed(axis))
        for axis in AXES
        if axis.name not in DOUBT_AXES
    }
)
_HOURS: Final = st.sampled_from(range(0, 24 * _HOUR, _HOUR))
_TIMES: Final = st.integers(0, _LATEST) | _HOURS | st.just(0)


def situations_with(words: Vocabulary) -> st.SearchStrategy[Situation]:
    """Draw situations, with what scripts look for among their parameters."""
    drawn = st.builds(
        _situation,
        _WORDS,
        _parameters(words),
        _metadata(words),
        st.lists(st.sampled_from(("admin", *words.words)), max_size=2, unique=True),
        _TIMES,
    )
    return drawn.filter(lambda situation: excluded_by(situation) is None)


def _parameters(words: Vocabulary) -> st.SearchStrategy[dict[str, str]]:
    single = tuple(word for word in words.words if len(word.split()) == 1)
    values = st.sampled_from((*_YES, *words.words))
    return st.fixed_dictionaries(
        {},
        optional={
            "scope": _some((*_SCOPES, *single), most=5),
            "acr_values": _some((*_CLASSES, *single), most=4),
            "max_age": st.sampled_from(_MAX_AGES),
            "login_hint": st.sampled_from(("", "otp@fabrikam.example", *words.words)),
            "ui_locales": st.sampled_from(("de", "en de")),
        }
        | {name: values for name in words.parameters if name not in _RESERVED},
    )


def _some(words: tuple[str, ...], *, most: int) -> st.SearchStrategy[str]:
    usable = [word for word in dict.fromkeys(words) if word not in _MECHANISM]
    return st.lists(st.sampled_from(usable), max_size=most).map(" ".join)


def _metadata(words: Vocabulary) -> st.SearchStrategy[dict[str, str]]:
    keys = st.sampled_from((*_KEYS, *words.metadata))
    values = st.sampled_from((*_CLAIMED, *words.words))
    return st.dictionaries(keys, values, max_size=2)


def _situation(
    words: dict[str, str],
    parameters: dict[str, str],
    metadata: dict[str, str],
    roles: list[str],
    later: int,
) -> Situation:
    beyond = Beyond(
        parameters=tuple(sorted(parameters.items())),
        metadata=tuple(sorted(metadata.items())),
        roles=tuple(roles),
        later=later,
    )
    return with_words(words, Situation(beyond=beyond))


class _Differs(Exception):
    """Stops Hypothesis at a situation, so that it makes it small."""


@dataclass(frozen=True, slots=True)
class RandomSearch:
    """Tries so many situations, starting from a number, with the words of scripts."""

    seed: int
    examples: int
    words: Vocabulary = field(default_factory=Vocabulary)

    def failing(
        self,
        kind_of: Callable[[Situation], DifferenceKind | None],
        met: Collection[DifferenceKind],
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
        kind_of: Callable[[Situation], DifferenceKind | None],
        known: Collection[DifferenceKind | None],
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
        @given(situations_with(self.words))
        def look(situation: Situation) -> None:
            if kind_of(situation) not in known:
                found.append(situation)
                raise _Differs

        try:
            look()
        except _Differs:
            return found[-1]  # the last that failed is the smallest
        return None
