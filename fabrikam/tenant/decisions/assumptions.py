"""The doubts about Auth0's behaviour, each as a named switch.

Where two readings are plausible the tenant can act out both.  The first word of each
switch is the default: the model that the compatibility table describes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["DOUBTS", "Assumptions", "Doubt", "assumptions_from"]


@dataclass(frozen=True, slots=True)
class Doubt:
    """A question that no source answers for certain, and the answers on offer."""

    number: str
    question: str
    words: tuple[str, ...]


DOUBTS: Final[Mapping[str, Doubt]] = MappingProxyType(
    {
        "acr_values_absent": Doubt(
            "U1",
            "what `event.transaction.acr_values` is when nothing was asked",
            ("empty", "undefined"),
        ),
        "amr_when_remembered": Doubt(
            "U2",
            "whether `amr` is there when a remembered browser satisfied MFA",
            ("absent", "present"),
        ),
        "amr_when_session_has_mfa": Doubt(
            "U3",
            "whether `amr` is there on single sign-on after an earlier MFA",
            ("absent", "present"),
        ),
        "silent_mfa_error": Doubt(
            "U4",
            "the error of `prompt=none` while MFA is due",
            ("login_required", "mfa_required", "interaction_required"),
        ),
        "acr_values_force_mfa": Doubt(
            "U5", "whether `acr_values` alone forces MFA", ("no", "yes")
        ),
        "mfa_required_status": Doubt(
            "U7", "the HTTP status of `mfa_required`", ("403", "400")
        ),
        "enroll_when_all_enrolled": Doubt(
            "U13", "what `enrollWith` does when all is enrolled", ("fail", "continue")
        ),
        "risk_confidence": Doubt(
            "adaptive", "the confidence of Adaptive MFA", ("high", "medium", "low")
        ),
        "query_without_authorize": Doubt(
            "1.5",
            "what `context.request.query` is in a Rule at the token endpoint",
            ("empty", "undefined"),
        ),
        "country": Doubt(
            "geoip",
            "the country that scripts see in `geoip`",
            ("unknown", "CH", "DE", "FR", "GB", "IN", "JP", "US"),
        ),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumptions:
    """One answer for each doubt."""

    acr_values_absent: str = "empty"
    amr_when_remembered: str = "absent"
    amr_when_session_has_mfa: str = "absent"
    silent_mfa_error: str = "login_required"
    acr_values_force_mfa: str = "no"
    mfa_required_status: str = "403"
    enroll_when_all_enrolled: str = "fail"
    risk_confidence: str = "high"
    query_without_authorize: str = "empty"
    country: str = "unknown"


def assumptions_from(
    changes: Mapping[str, Any], base: Assumptions | None = None
) -> Assumptions:
    """Change named switches; an unknown name or word is a `ValueError` that says so."""
    for name, word in changes.items():
        if name not in DOUBTS:
            raise ValueError(f"quirk {name}: unknown; known are {', '.join(DOUBTS)}")
        if word not in DOUBTS[name].words:
            words = " or ".join(DOUBTS[name].words)
            raise ValueError(f"quirk {name}: {word!r}; write {words}")
    return replace(base or Assumptions(), **changes)
