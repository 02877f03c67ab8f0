"""What an API says when a token is not enough, and what to ask the tenant then. Pure.

The client's side of RFC 9470: read the `WWW-Authenticate` header of a 401, and hand
`challenge.ask()` to `RelyingParty.begin`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.request import parse_http_list

from requests.utils import unquote_header_value

__all__ = ["StepUpChallenge", "read_challenge"]

_INSUFFICIENT: Final = "insufficient_user_authentication"
_SCHEME: Final = re.compile(r"(?P<scheme>[\w-]+)\s+(?P<rest>[\w-]+\s*=.*)", re.S)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepUpChallenge:
    """What the API wants: classes in order of preference, recentness, a scope.

    `max_age` is in seconds.  What the API did not say is empty or None.
    """

    acr_values: tuple[str, ...] = ()
    max_age: int | None = None
    scope: tuple[str, ...] = ()

    def ask(self) -> Mapping[str, str]:
        """Return the parameters of the authorization request (RFC 9470 §4).

        A scope of the API is asked for beside `openid`, or no ID token would come.
        """
        asked = {}
        if self.acr_values:
            asked["acr_values"] = " ".join(self.acr_values)
        if self.max_age is not None:
            asked["max_age"] = str(self.max_age)
        if self.scope:
            asked["scope"] = " ".join(dict.fromkeys(("openid", *self.scope)))
        return asked


def read_challenge(header: str) -> StepUpChallenge | None:
    """Read a `WWW-Authenticate` header; None where it asks for no step-up.

    Of several challenges the first Bearer one with the error of RFC 9470 counts; a
    `max_age` that is no number of seconds is left out.
    """
    for attributes in _bearer_challenges(header):
        if attributes.get("error") == _INSUFFICIENT:
            return StepUpChallenge(
                acr_values=tuple(attributes.get("acr_values", "").split()),
                max_age=_seconds(attributes.get("max_age", "")),
                scope=tuple(attributes.get("scope", "").split()),
            )
    return None


def _bearer_challenges(header: str) -> list[dict[str, str]]:
    challenges: list[tuple[str, dict[str, str]]] = []
    for item in parse_http_list(header):
        begins = _SCHEME.fullmatch(item)
        if begins:
            challenges.append((begins["scheme"].lower(), {}))
            item = begins["rest"]  # noqa: PLW2901 - the scheme is dealt with
        name, _, value = item.partition("=")
        if challenges:
            challenges[-1][1][name.strip().lower()] = unquote_header_value(
                value.strip()
            )
    return [attributes for scheme, attributes in challenges if scheme == "bearer"]


def _seconds(text: str) -> int | None:
    usable = text.isascii() and text.isdigit() and len(text) <= 9  # noqa: PLR2004
    return int(text) if usable else None
